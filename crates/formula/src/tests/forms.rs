//! What is told of formulas: their one form, their parts, what can come next.

use super::table::resolve;
use crate::{Argument, Part, What, begun, format, functions, study};

#[test]
fn formulas_have_one_form() {
    for (text, form) in [
        (" 1+2 * 3", "1 + 2 * 3"),
        ("((1+2))*3 - (4 - 5)", "(1 + 2) * 3 - (4 - 5)"),
        ("(1+2)+3", "(1 + 2) + 3"),
        ("-(1+2) * -x", "-(1 + 2) * -{x}"),
        ("- - +5", "--+5"),
        ("'it\\'s \"x\" \\\\ \\n'&a", "\"it's \\\"x\\\" \\\\ \\n\" & {a}"),
        ("if(a>.5,true,{b\\} c})", "IF({a} > 0.5, TRUE(), {b\\} c})"),
        ("sum(values)", "SUM(values)"),
        ("LET(x, 1, {a b}, x, x + {a b} + y)", "LET(x, 1, {a b}, x, x + {a b} + {y})"),
        ("LET(x, x, x) & x", "LET(x, {x}, x) & {x}"),
        ("1.50", "1.5"),
        (
            "IF(AND({Status}='Open',{Due}<TODAY(),{Owner}!=''),'late since '&DATETIME_FORMAT({Due},'D MMMM YYYY'),IF({Status}='Open','open','done'))",
            r#"IF(
    AND({Status} = "Open", {Due} < TODAY(), {Owner} != ""),
    "late since " & DATETIME_FORMAT({Due}, "D MMMM YYYY"),
    IF({Status} = "Open", "open", "done")
)"#,
        ),
        (
            "{A field with a long name}*{Another field with a long name}+{A third field with a long name}",
            "{A field with a long name} * {Another field with a long name}\n    + {A third field with a long name}",
        ),
    ] {
        assert_eq!(format(text).as_deref(), Ok(form), "{text}");
        assert_eq!(format(form).as_deref(), Ok(form));
    }
    let wrong = format("1 + ").unwrap_err();
    assert_eq!((wrong[0].span.clone(), wrong[0].at), (4..4, 5));
}

/// Nesting as deep as may be takes no time that doubles with each level.
#[test]
fn deep_formulas_are_written_too() {
    let deep =
        format!("{}{}{}", "IF(a,".repeat(120), "'some text that is long enough to break a line'", ",b)".repeat(120));
    let form = format(&deep).unwrap();
    assert!(form.lines().count() > 240 && form.lines().all(|line| line.chars().count() < 130));
    assert_eq!(format(&form).unwrap(), form);
    // What would be longer than a formula may be is not written: it could not be read any more.
    let terms = |count: usize| vec!["a"; count].join("+");
    assert!(format(&terms(6_000)).is_ok_and(|form| format(&form) == Ok(form)));
    let wrong = format(&terms(10_000)).unwrap_err();
    assert!(wrong[0].message.starts_with("in its one form it has 99993 bytes"), "{wrong:?}");
    let endless = "9".repeat(400);
    assert_eq!(format(&endless).unwrap().len(), 310);
}

#[test]
fn parts_are_told_with_their_places() {
    let text = "IF({ü} > 1, 'a', -b)";
    let told: Vec<(&str, usize, What)> = study(text, &resolve, false, None)
        .parts
        .into_iter()
        .map(|part| (&text[part.span], part.depth, part.what))
        .collect();
    let name = |name: &str| What::Name(name.to_owned());
    assert_eq!(
        told,
        [
            (text, 0, What::Call("IF".to_owned())),
            ("{ü} > 1", 1, What::Operation(vec![">"])),
            ("{ü}", 2, name("ü")),
            ("1", 2, What::Constant),
            ("'a'", 1, What::Constant),
            ("-b", 1, What::Operation(vec!["-"])),
            ("b", 2, name("b")),
        ]
    );
}

#[test]
fn brackets_belong_to_what_they_are_within() {
    let text = "((1+2))*(3-n)";
    let told: Vec<&str> = study(text, &resolve, false, None).parts.into_iter().map(|part| &text[part.span]).collect();
    assert_eq!(told, [text, "1+2", "1", "2", "3-n", "3", "n"]);
}

/// A name of `LET` is no field, whatever fields there are.
#[test]
fn names_of_let_are_told_as_such() {
    let text = "LET(n, {m}, N, n & N & {Name}, LET(y, 1, y) + N) + n";
    let told =
        |part: &Part| (text[part.span.clone()].to_owned(), matches!(part.what, What::Given(_)), part.stands_alone);
    let names: Vec<_> =
        study(text, &resolve, false, None).parts.iter().map(told).filter(|(name, ..)| name.len() < 20).collect();
    let expected = [
        ("n", true, false),
        ("{m}", false, true),
        ("N", true, false),
        ("n & N & {Name}", false, false),
        ("n", true, false),
        ("N", true, false),
        ("{Name}", false, true),
        ("LET(y, 1, y) + N", false, false),
        ("LET(y, 1, y)", false, true),
        ("y", true, false),
        ("1", false, true),
        ("y", true, false),
        ("N", true, false),
        ("n", false, true),
    ];
    assert_eq!(names, expected.map(|(name, is_given, alone)| (name.to_owned(), is_given, alone)));
}

/// Also of what is no formula it is known what it is made of.
#[test]
fn what_is_no_formula_has_parts_too() {
    let text = "IF({n} == LEFT(Full Name, ), {m} + , \"a";
    let told: Vec<(&str, usize)> =
        study(text, &resolve, false, None).parts.into_iter().map(|part| (&text[part.span], part.depth)).collect();
    assert_eq!(told, [(text, 0), ("{n}", 1), ("LEFT(Full Name, )", 1), ("{m} + ", 1), ("{m}", 2)]);
}

#[test]
fn it_is_known_what_has_begun() {
    for (before, expected) in [
        ("", Some((0, "", false))),
        ("  ", Some((2, "", false))),
        ("SU", Some((0, "SU", false))),
        ("1 + da", Some((4, "da", false))),
        ("IF({Na", Some((3, "Na", true))),
        ("IF({", Some((3, "", true))),
        ("SUM(", Some((4, "", false))),
        ("SUM(a, ", Some((7, "", false))),
        ("'text", None),
        ("'text'", None),
        ("{Name}", None),
        ("12", None),
        ("SUM(a)", None),
        ("a #", None),
    ] {
        let told = begun(before).map(|begun| (begun.from, begun.prefix, begun.in_braces));
        assert_eq!(told, expected, "{before}");
    }
}

#[test]
fn functions_tell_what_they_take() {
    let take = |name: &str| functions().iter().find(|function| function.name == name).unwrap().arguments();
    let one = |name, optional, repeats| Argument { name, optional, repeats };
    assert_eq!(take("NOW"), []);
    assert_eq!(take("DATETIME_DIFF"), [one("a", false, false), one("b", false, false), one("unit", true, false)]);
    assert_eq!(take("SUM"), [one("a", false, false), one("b", false, true)]);
    assert_eq!(take("LAST_MODIFIED_TIME"), [one("field", true, true)]);
    assert_eq!(take("LET"), [one("name", false, true), one("value", false, true), one("result", false, false)]);
    let switch = [
        one("value", false, false),
        one("pattern", false, true),
        one("result", false, true),
        one("default", true, false),
    ];
    assert_eq!(take("SWITCH"), switch);
    assert_eq!(
        take("TEXTJOIN").iter().map(|argument| argument.repeats).collect::<Vec<_>>(),
        [false, false, false, true]
    );
    // What is said to `ERROR` is taken and not told: nobody documents it.
    for function in functions().iter().filter(|function| function.name != "ERROR") {
        let arguments = function.arguments();
        let needed = arguments.iter().filter(|argument| !argument.optional).count();
        let many = arguments.iter().any(|argument| argument.repeats);
        assert!(needed.abs_diff(function.least) <= 1, "{}", function.usage);
        assert!(many || arguments.len() == function.most, "{}", function.usage);
        assert!(!many || function.most > arguments.len(), "{}", function.usage);
    }
}
