//! Any text is read: what is read is all of the text, and what is wrong with it is told with its place.

use proptest::prelude::*;

use super::print::print;
use super::property::tree;
use super::table::resolve;
use crate::parse::read;
use crate::tree::Node;
use crate::{DiagnosticKind, compile, compile_new, study};

/// Signs, quotes, brackets, names and what belongs to no language.
const PIECES: [&str; 43] = [
    "//",
    "/*",
    "*/",
    " ",
    "  ",
    "\n",
    "\t",
    "\u{a0}",
    "(",
    ")",
    "((",
    "))",
    ",",
    ";",
    "+",
    "-",
    "*",
    "/",
    "&",
    "=",
    "!=",
    "==",
    "<>",
    "&&",
    "%",
    "\"",
    "'",
    "{",
    "}",
    "“",
    "”",
    "[",
    "]",
    "`",
    "\\",
    "1",
    "2.5",
    "1..2",
    "{n}",
    "Name",
    "IF",
    "SUM(",
    "ü👍🏽",
];

/// A formula in which pieces were put in, left out or replaced.
fn spoiled() -> impl Strategy<Value = String> {
    let edits =
        prop::collection::vec((any::<prop::sample::Index>(), 0..6usize, prop::sample::select(&PIECES[..])), 1..6);
    (tree(), edits).prop_map(|(node, edits)| {
        let mut text: Vec<char> = print(&node).chars().collect();
        for (place, out, piece) in edits {
            let at = place.index(text.len() + 1);
            text.splice(at..text.len().min(at + out), piece.chars());
        }
        text.into_iter().collect()
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,60}|(.|\n){0,40}",
        "[a-zA-Z(){}'\"+*/&<>=!,;.0-9 “”‘’`\\[\\]\\\\]{0,80}",
        prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40).prop_map(|pieces| pieces.concat()),
        spoiled(),
    ]
}

/// The parts of a node are within it, in the order of the text.
fn is_in_order(node: &Node) -> bool {
    let mut at = node.span.start;
    let in_order = node.parts().into_iter().all(|part| {
        let follows = part.span.start >= at && is_in_order(part);
        at = part.span.end;
        follows
    });
    in_order && at <= node.span.end
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_printed_as_it_is(text in any_text()) {
        let read = read(&text);
        prop_assert!(is_in_order(&read.root), "{:?}", read.root);
        prop_assert_eq!(read.print(&|_| None), &*text);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place(text in any_text()) {
        let Err(mistakes) = study(&text, &resolve, false, None).program else { return Ok(()) };
        prop_assert!(!mistakes.is_empty());
        prop_assert!(mistakes.is_sorted_by_key(|mistake| mistake.span.start), "{mistakes:?}");
        for mistake in mistakes {
            prop_assert!(!mistake.message.is_empty());
            prop_assert!(text.get(mistake.span.clone()).is_some(), "{mistake:?}");
            let before = text.get(..mistake.span.start).unwrap();
            prop_assert_eq!(mistake.at, before.chars().count() + 1);
        }
    }

    #[test]
    fn a_formula_is_read_without_mistakes(node in tree()) {
        let text = print(&node);
        prop_assert_eq!(read(&text).mistakes, []);
        prop_assert_eq!(read(&text).print(&|_| None), text);
    }
}

fn told(text: &str) -> Vec<(String, String)> {
    let mistakes = compile_new(text, &resolve).err().unwrap_or_default();
    mistakes.into_iter().map(|mistake| (text[mistake.span].to_owned(), mistake.advice)).collect()
}

/// Each mistake is told, and nothing that only follows from one.
#[test]
fn independent_mistakes_are_told_together() {
    let text = "IF({n} == 1 && {Nope}, SUMM(1), DATEADD({Due}, 1, 'dayz')";
    let told = told(text);
    let places: Vec<&str> = told.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, [text, "==", "&&", "{Nope}", "SUMM", "'dayz'"]);
    assert_eq!(told[0].1, "add `)`");
    assert_eq!(told[4].1, "did you mean SUM?");
}

#[test]
fn not_more_is_told_than_anybody_reads() {
    assert_eq!(told(&"@ 1 ".repeat(300)).len(), 100);
    assert_eq!(told(&"{Nope} + ".repeat(300)).len(), 100);
}

/// What is too large is said to be so, and nothing else is: nobody looked.
#[test]
fn nothing_is_told_of_what_nobody_looked_at() {
    for text in ["@(".repeat(200), format!("1 2 {}", "1+".repeat(30_000)), format!("{{Nope}}{}", " ".repeat(70_000))] {
        let mistakes = compile(&text, &resolve).err().unwrap();
        let large = mistakes.iter().filter(|mistake| mistake.kind == DiagnosticKind::TooLarge).count();
        let syntax = mistakes.iter().filter(|mistake| mistake.kind == DiagnosticKind::Syntax).count();
        assert_eq!((large, syntax), (1, 0), "{mistakes:?}");
        assert_eq!(read(&text).print(&|_| None), text);
    }
}
