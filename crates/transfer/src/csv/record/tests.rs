use proptest::prelude::*;

use super::{Grammar, Reading, Record, plain, split};
use crate::csv::dialect::Newline;

fn cells(record: &Record) -> Vec<String> {
    record.cells().map(str::to_owned).collect()
}

proptest! {
    #[test]
    fn a_usual_record_is_read_as_any_other(text in "[a,\"\n\r ]{0,12}\n?", last: bool) {
        let grammar = Grammar::new(",", Some('"'), None, Newline::Lf);
        let (mut quick, mut whole) = (Record::default(), Record::default());
        if let Some(used) = plain(&grammar, &text, &mut quick) {
            let read = split(&grammar, &text, last, Reading::Nearest, &mut whole);
            prop_assert_eq!(read.map(|read| (read, cells(&whole), whole.opened)), Some((used, cells(&quick), quick.opened)));
            prop_assert!(whole.is_clean());
        }
    }
}

#[test]
fn most_records_are_usual() {
    let grammar = Grammar::new(",", Some('"'), None, Newline::CrLf);
    let mut record = Record::default();
    let text = "a,\"b, \nc\",,d\r\nrest";
    assert_eq!(plain(&grammar, text, &mut record), Some(text.len() - 4));
    assert_eq!(cells(&record), ["a", "b, \nc", "", "d"]);
    for odd in ["a,b", "a\"b\"\n", "\"a\" ,b\n", "\"a\"\"b\"\n", "\"a\n"] {
        assert_eq!(plain(&grammar, odd, &mut record), None, "{odd:?}");
    }
}
