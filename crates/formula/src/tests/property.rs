//! For all formulas and tables: the evaluator says what the reference says, and printed trees read back.

use model::{CellError, CellRef, CellValue, FieldNo, FormulaType};
use proptest::prelude::*;

use super::print::{bare, print};
use super::reference::{Plain, Row};
use super::table::{FIELDS, Table, field, resolve};
use crate::functions::date_format;
use crate::parse::parse;
use crate::tree::{Node, NodeKind};
use crate::{Program, Reference, Shape, compile, functions, re2, reach, regex};

const TEXTS: [&str; 33] = [
    "",
    "a",
    "Open",
    "Closed",
    "12.5",
    "0",
    "quick brown fox",
    "Ünïcode ß",
    "o",
    "2024-02-29",
    "2/3/2021 7:31",
    "2/3/2021 7:31 pm",
    "Feb 29, 2024",
    "20240229T1030",
    "2024-060 10:30-05:30",
    "2024-02-29 1e1:30",
    "days",
    "month",
    "America/New_York",
    "de",
    "en-gb",
    "D/M/YYYY H:mm",
    "dddd, Do MMMM LT Z",
    "MM-DD",
    ">=2",
    "!= a",
    "nan",
    "-3",
    "<>12.5",
    "$1,000.50",
    "{\"a\":[1,{\"b\":\"ü\"}],\"o\":null}",
    "a[1].b",
    "it's \\ {odd}\n",
];
/// Fields in whose place a formula is written, or one that holds it.
const REPLACED: [&str; 4] = ["Name", "n", "Due", "Other"];
const NUMBERS: [f64; 12] = [0.0, 1.0, 2.0, 3.0, 0.5, 12.5, 100.0, 0.1, 1.005, 7.25, 1e15, 1e16];

fn at(kind: NodeKind) -> Node {
    Node { kind, span: 0..0 }
}

fn leaf() -> impl Strategy<Value = Node> {
    prop_oneof![
        4 => (0..FIELDS.len()).prop_map(|index| at(NodeKind::Field(FIELDS[index].0.to_owned()))),
        2 => prop::sample::select(&NUMBERS[..]).prop_map(|number| at(NodeKind::Number(number))),
        2 => prop::sample::select(&TEXTS[..]).prop_map(|text| at(NodeKind::Text(text.to_owned()))),
    ]
}

pub(super) fn tree() -> impl Strategy<Value = Node> {
    let signs = |signs: &'static [&'static str], part: BoxedStrategy<Node>| {
        (part.clone(), prop::collection::vec((prop::sample::select(signs), part), 1..4))
            .prop_map(|(first, rest)| at(NodeKind::Chain(Box::new(first), rest)))
    };
    leaf().prop_recursive(4, 40, 4, move |part| {
        let part = part.boxed();
        let calls = (0..functions().len(), prop::collection::vec(part.clone(), 6), 0..3usize);
        let call = calls.prop_map(|(index, mut arguments, more)| {
            // LET has names and XLOOKUP takes fields as they are: they have trees of their own.
            let own = matches!(functions()[index].name, "LET" | "XLOOKUP");
            let function = if own { functions()[0] } else { functions()[index] };
            // Of the last change it is asked without fields here.
            let most = if function.name == "LAST_MODIFIED_TIME" { 0 } else { function.most };
            arguments.truncate((function.least + more).min(most));
            at(NodeKind::Call(function.name.to_owned(), arguments))
        });
        let condition =
            prop::collection::vec(part.clone(), 3).prop_map(|arguments| at(NodeKind::Call("IF".to_owned(), arguments)));
        let name = |name: &str| at(NodeKind::Word(name.to_owned()));
        let named = prop::collection::vec(part.clone(), 3).prop_map(move |parts| {
            let [one, other, more] = <[Node; 3]>::try_from(parts).unwrap();
            let sum = at(NodeKind::Chain(Box::new(name("x")), vec![("+", other)]));
            let call = |function: &str, arguments| at(NodeKind::Call(function.to_owned(), arguments));
            let body = call("IF", vec![name("y"), call("CONCATENATE", vec![name("x"), name("y"), more]), name("x")]);
            call("LET", vec![name("x"), one, name("y"), sum, body])
        });
        let list = prop::sample::select(&["{Prices}", "{Names}", "{Days}", "SPLIT('a b o', ' ')", "{n}"][..]);
        let looked_up = (part.clone(), list.clone(), list, part.clone(), 3..5usize).prop_map(
            move |(what, keys, held, otherwise, most)| {
                let mut arguments = vec![what, parse(keys).unwrap(), parse(held).unwrap(), otherwise];
                arguments.truncate(most);
                at(NodeKind::Call("XLOOKUP".to_owned(), arguments))
            },
        );
        // The same part for all rows, and for some of them.
        let again = (part.clone(), part.clone(), part.clone()).prop_map(|(one, condition, other)| {
            let call = |function: &str, arguments| at(NodeKind::Call(function.to_owned(), arguments));
            let shared = call("CONCATENATE", vec![one, other]);
            let some = call("IF", vec![condition, shared.clone(), call("LEN", vec![shared.clone()])]);
            at(NodeKind::Chain(Box::new(some), vec![("&", shared)]))
        });
        prop_oneof![
            6 => call,
            1 => again,
            1 => named,
            1 => looked_up,
            2 => condition,
            1 => part.clone().prop_map(|inner| at(NodeKind::Unary("-", Box::new(inner)))),
            2 => signs(&["+", "-"], part.clone()),
            1 => signs(&["*", "/"], part.clone()),
            2 => signs(&["&"], part.clone()),
            3 => signs(&["=", "!=", "<", "<=", ">", ">="], part),
        ]
    })
}

fn cell(index: usize) -> BoxedStrategy<CellValue> {
    let text = prop::sample::select(&TEXTS[1..]).prop_map(|text| CellValue::Text(text.to_owned()));
    let number = prop::sample::select(&NUMBERS[..]).prop_map(CellValue::Number);
    let day = (-400i64..400).prop_map(|day| CellValue::Time(1_709_164_800_000_000 + day * 86_400_000_000));
    let moment = (-400i64..400).prop_map(|hour| CellValue::Time(1_709_164_800_000_000 + hour * 3_600_000_500));
    let filled = match FIELDS[index].0 {
        "Name" | "Other" => text.boxed(),
        "n" | "m" => number.boxed(),
        "Done" => Just(CellValue::Flag(true)).boxed(),
        "Due" => day.boxed(),
        "At" => moment.boxed(),
        "Stat}us" => (1..5u32).prop_map(CellValue::Choice).boxed(),
        "Tags" => prop::collection::vec(1..5u32, 1..3).prop_map(CellValue::Choices).boxed(),
        "Prices" => list(prop_oneof![4 => number, 1 => Just(CellValue::Empty)].boxed()),
        "Names" => list(prop_oneof![9 => text, 1 => Just(CellValue::Error(CellError::Failed))].boxed()),
        "Days" => list(day.boxed()),
        _ => prop_oneof![
            number,
            Just(CellValue::Number(f64::NAN)),
            Just(CellValue::Number(f64::INFINITY)),
            Just(CellValue::Error(CellError::Failed)),
        ]
        .boxed(),
    };
    prop_oneof![3 => filled, 1 => Just(CellValue::Empty)].boxed()
}

fn list(value: BoxedStrategy<CellValue>) -> BoxedStrategy<CellValue> {
    prop::collection::vec(value, 1..4).prop_map(CellValue::Values).boxed()
}

fn table() -> impl Strategy<Value = Table> {
    let row: Vec<BoxedStrategy<CellValue>> = (0..FIELDS.len()).map(cell).collect();
    prop::collection::vec(row, 1..150).prop_map(|rows| Table::new(&rows))
}

/// What a cell of the answer says, in the reference's words.
fn told(cell: CellRef<'_>) -> Plain {
    match cell {
        CellRef::Empty => Plain::Blank,
        CellRef::Number(number) => Plain::Number(number),
        CellRef::Text(text) => Plain::Text(text.to_owned()),
        CellRef::Time(time) => Plain::Time(time, false),
        _ => Plain::Error,
    }
}

fn same(one: &Plain, other: &Plain) -> bool {
    let nan = |value: &Plain| matches!(value, Plain::Number(number) if number.is_nan());
    one == other || nan(one) && nan(other)
}

/// The tree with another in place of some fields.
fn with(node: &Node, other: &Node) -> Node {
    let all = |parts: &[Node]| parts.iter().map(|part| with(part, other)).collect();
    let kind = match &node.kind {
        NodeKind::Field(name) if REPLACED.contains(&name.as_str()) => return other.clone(),
        NodeKind::Unary(sign, inner) => NodeKind::Unary(sign, Box::new(with(inner, other))),
        NodeKind::Chain(first, rest) => {
            let rest = rest.iter().map(|(sign, part)| (*sign, with(part, other))).collect();
            NodeKind::Chain(Box::new(with(first, other)), rest)
        }
        NodeKind::Call(name, arguments) => NodeKind::Call(name.clone(), all(arguments)),
        kind => kind.clone(),
    };
    at(kind)
}

/// True where a call looks at what its argument is made of: whether a branch of it is an error, and the zone or locale of a date.
fn looks_within(node: &Node, held: &Node) -> bool {
    fn plain(node: &Node) -> &Node {
        if let NodeKind::Unary(sign, inner) = &node.kind
            && *sign != "-"
        {
            plain(inner)
        } else {
            node
        }
    }
    let looked_at: &[&str] = match &plain(held).kind {
        NodeKind::Call(name, _) if matches!(name.as_str(), "IF" | "IFERROR" | "SWITCH" | "XLOOKUP") => {
            &["ISERROR", "IFERROR"]
        }
        NodeKind::Call(name, _) if name.starts_with("SET_") => &["SET_TIMEZONE", "SET_LOCALE", "DATETIME_FORMAT"],
        _ => return false,
    };
    let is_replaced =
        |node: &Node| matches!(&plain(node).kind, NodeKind::Field(name) if REPLACED.contains(&name.as_str()));
    let is_looked_at = match &node.kind {
        NodeKind::Call(name, arguments) => {
            looked_at.contains(&name.as_str()) && arguments.first().is_some_and(is_replaced)
        }
        _ => false,
    };
    is_looked_at || node.parts().iter().any(|part| looks_within(part, held))
}

proptest! {
    #![proptest_config(ProptestConfig {
        max_shrink_iters: 20_000,
        max_global_rejects: 65_536,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn quoted_texts_and_signs_of_classes_are_themselves(text in r"[\[\](){}*+?.^$|\\&~#<>a-dwQ -]{1,24}") {
        let quoted = regex::compile(&format!(r"\A\Q{text}\E{{1}}\z"));
        prop_assert!(quoted.unwrap().is_match(&text));
        let class: String = text.chars().filter(|c| !"\\^]-".contains(*c)).collect();
        let found = regex::compile(&format!("[{class}-]")).unwrap();
        let is_found = |c: char| found.is_match(c.encode_utf8(&mut [0; 4]));
        let mut signs = "&~#<>[(){}*+?.|$abcdwQ -".chars();
        prop_assert!(signs.all(|c| is_found(c) == (c == '-' || class.contains(c))));
        prop_assert!(re2::translated(&text).unwrap().len() <= 7 * text.len());
    }

    /// What is behind the place up to which a search reads does not count; where it was found, it has read.
    #[test]
    fn searches_read_so_far_and_no_further(
        pattern in r"(a|b|ä|\.|\[\^a\]|\(a\||\(\?:|\)|\||\*|\*\?|\+|\?|\{1,2\}|\\b|\$|\^){1,12}",
        text in "[abä ]{0,12}",
        other in "[abä ]{0,12}",
        skipped in 0_usize..4,
    ) {
        let Some(regex) = regex::compile(&pattern) else { return Ok(()) };
        let mut reach = reach::Reach::new(&re2::read(&pattern).unwrap()).unwrap();
        let from = text.char_indices().map(|(at, _)| at).nth(skipped).unwrap_or(0);
        let (found, read) = (regex.find_at(&text, from).map(|found| found.range()), reach.from(&text, from));
        prop_assert!(found.as_ref().is_none_or(|found| found.end <= read) && (found.is_some() || read == text.len()));
        if let Some(kept) = text.get(..read).filter(|_| read < text.len()) {
            let changed = format!("{kept}{other}");
            // A look at what follows sees one sign more.
            let is_same = regex.find_at(&changed, from).map(|found| found.range()) == found;
            prop_assert!(is_same || pattern.contains(['$', '\\']), "{pattern:?} {text:?} {changed:?}");
        }
    }

    #[test]
    fn what_is_no_mark_of_strftime_stands_as_it_is(before in r"[\[\]\\DYLa-dü1 .-]{0,12}", after in r"[\[\]\\DYLa-dü1 .-]{0,12}") {
        let mut said = String::new();
        date_format(&format!("{before}%Y{after}")).unwrap().write(0, None, &mut said);
        prop_assert_eq!(said, format!("{before}1970{after}"));
    }

    #[test]
    fn columns_say_what_rows_say(node in tree(), table in table(), from in 0..100usize, len in 1..100usize) {
        let text = print(&node);
        let program = compile(&text, &resolve).unwrap();
        let rows = from.min(table.len - 1)..(from + len).clamp(from.min(table.len - 1) + 1, table.len);
        let whole = table.with(&program, 0..table.len, |batch| program.eval(batch));
        let part = table.with(&program, rows.clone(), |batch| program.eval(batch));
        let found = table.with(&program, 0..table.len, |batch| program.filter(batch));
        for row in 0..table.len {
            let value = Row { table: &table, index: row, bound: Vec::new() }.value(&node);
            let truth = value.is_true();
            let shown = value.shown(program.result());
            prop_assert!(same(&told(whole.cell(row)), &shown), "row {row}: {:?}, not {shown:?}: {text}", whole.cell(row));
            prop_assert_eq!(found.get(row), truth, "row {} as a filter: {}", row, &text);
            if rows.contains(&row) {
                let cell = part.cell(row - rows.start);
                prop_assert!(same(&told(cell), &shown), "row {row} of a part: {cell:?}, not {shown:?}: {text}");
            }
        }
    }

    /// Lists are left aside, which a field keeps as a text.
    #[test]
    fn a_field_is_worth_what_its_formula_is(held in tree(), node in tree(), table in table()) {
        let text = print(&held);
        let lists = ["Prices", "Names", "Days", "SPLIT", "ARRAY"];
        prop_assume!(!lists.iter().any(|list| text.contains(list)) && !looks_within(&node, &held));
        let program = compile(&text, &resolve).unwrap();
        let column = table.with(&program, 0..table.len, |batch| program.eval(batch));
        // What is nothing everywhere has any type where it is written out.
        prop_assume!((0..table.len).any(|row| !matches!(column.cell(row), CellRef::Empty | CellRef::Error(_))));
        let shape = match program.result() {
            FormulaType::Number | FormulaType::Flag => Shape::Number,
            FormulaType::Text => Shape::Text,
            FormulaType::Date => Shape::Date,
            FormulaType::DateTime => Shape::DateTime,
        };
        let more = Reference { field: field(FIELDS.len()), no: FieldNo(FIELDS.len() as u32), shape };
        let known = |name: &str| if name == "More" { Some(more) } else { resolve(name) };
        let (whole, named) = (print(&with(&node, &held)), print(&with(&node, &at(NodeKind::Field("More".to_owned())))));
        let mut table = table;
        table.more = column;
        let [out, of_field] = [&whole, &named].map(|text| {
            let program = compile(text, &known).unwrap();
            table.with(&program, 0..table.len, |batch| program.eval(batch))
        });
        for row in 0..table.len {
            let (one, other) = (told(of_field.cell(row)), told(out.cell(row)));
            prop_assert!(same(&one, &other), "row {row}: {one:?}, but {other:?} written out: {named} where More is {text}");
        }
    }

    #[test]
    fn printed_trees_read_back(node in tree()) {
        let read = parse(&print(&node)).unwrap();
        prop_assert_eq!(bare(&read), bare(&node));
    }

    #[test]
    fn the_one_form_reads_back_and_is_its_own(node in tree()) {
        let form = crate::format(&print(&node)).unwrap();
        prop_assert_eq!(bare(&parse(&form).unwrap()), bare(&node), "{}", form);
        prop_assert_eq!(&crate::format(&form).unwrap(), &form);
    }

    #[test]
    fn what_can_be_read_has_a_form(text in "[a-cA-C(){}'\"+*/&<>=!,.0-9 \\\\-]{0,80}|\\PC{0,30}") {
        if let Ok(node) = parse(&text) {
            let form = crate::format(&text).unwrap();
            prop_assert_eq!(bare(&parse(&form).unwrap()), bare(&node), "{}", form);
        }
    }

    #[test]
    fn canonical_text_means_the_same(node in tree(), table in table()) {
        let program = compile(&print(&node), &resolve).unwrap();
        let again = compile(&program.canonical(), &resolve).unwrap();
        prop_assert_eq!(again.canonical(), program.canonical());
        prop_assert_eq!(again.result(), program.result());
        prop_assert_eq!(again.is_volatile(), program.is_volatile());
        let (one, other) = (
            table.with(&program, 0..table.len, |batch| program.eval(batch)),
            table.with(&again, 0..table.len, |batch| again.eval(batch)),
        );
        for row in 0..table.len {
            prop_assert!(same(&told(one.cell(row)), &told(other.cell(row))));
        }
    }

    /// Whatever the fields are called by then, each of a formula that is kept is the one that it was.
    #[test]
    fn renaming_fields_changes_no_value(node in tree(), table in table(), other in 0..FIELDS.len()) {
        let program = compile(&print(&node), &resolve).unwrap();
        let renamed = |name: &str| {
            let is_id = (0..FIELDS.len()).any(|index| field(index).to_string() == name);
            resolve(if is_id { name } else { FIELDS[other].0 })
        };
        let again = compile(&program.canonical(), &renamed).unwrap();
        let values = |program: &Program| table.with(program, 0..table.len, |batch| program.eval(batch));
        let (one, other) = (values(&program), values(&again));
        for row in 0..table.len {
            prop_assert!(same(&told(one.cell(row)), &told(other.cell(row))), "{}", program.canonical());
        }
    }

    /// What is told to fail whenever some fields do fails in every row.
    #[test]
    fn what_fails_with_fields_fails_everywhere(
        node in tree(),
        table in table(),
        failing in prop::collection::vec(0..FIELDS.len(), 1..6),
    ) {
        let mut table = table;
        table.failing = failing;
        let program = compile(&print(&node), &resolve).unwrap();
        prop_assume!(program.fails_with(&|id| table.failing.iter().any(|index| field(*index) == id)));
        let out = table.with(&program, 0..table.len, |batch| program.eval(batch));
        for row in 0..table.len {
            let cell = told(out.cell(row));
            prop_assert!(cell == Plain::Error, "row {row} is {cell:?} with {:?}: {}", table.failing, print(&node));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~\n]{0,60}|[a-zA-Z(){}'\"+*/&<>=!,.0-9 ]{0,80}|\\PC{0,30}") {
        match compile(&text, &resolve) {
            Ok(program) => prop_assert!(compile(&program.canonical(), &resolve).is_ok()),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(text.get(problem.span.clone()).is_some(), "{problem:?}");
                }
            }
        }
    }
}

#[test]
fn every_type_of_result_is_met() {
    let types: Vec<FormulaType> =
        ["1", "'a'", "1=1", "TODAY()", "NOW()"].iter().map(|text| compile(text, &resolve).unwrap().result()).collect();
    assert_eq!(
        types,
        [FormulaType::Number, FormulaType::Text, FormulaType::Flag, FormulaType::Date, FormulaType::DateTime]
    );
}
