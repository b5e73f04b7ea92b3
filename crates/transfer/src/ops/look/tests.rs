use super::{Inspected, inspect};
use crate::csv::{Doubt, Overrides, Reader, sniff};
use crate::infer::{ColumnKind, DecimalMark, TypeMode, profile};
use crate::ops::place::Place;
use crate::report::Report;

/// A file whose second column shall be numbers, looked at, and what is said when nobody keeps what does not fit.
fn unkept(file: &str) -> Vec<Doubt> {
    let told = Overrides { delimiter: Some(",".to_owned()), ..Overrides::default() };
    let sniffed = sniff(file.as_bytes(), file.len() as u64, &told);
    let table = sniffed.main_table().unwrap();
    let reader = Reader::new(file.as_bytes(), &sniffed.dialect, table).unwrap();
    let plans = profile(reader, table, TypeMode::Infer, None).unwrap().columns;
    let number = ColumnKind::Number { precision: 0, mark: DecimalMark::Point };
    let places = [Place::planned(ColumnKind::Text), Place::planned(number)];
    let seen: Inspected = inspect(file.as_bytes(), &sniffed.dialect, table, &places, Report::new(&sniffed, 0)).unwrap();
    seen.unkept(&plans)
}

#[test]
fn what_is_left_out_is_said() {
    assert_eq!(unkept("name,age\nann,31\nbob,27\n"), []);
    assert_eq!(unkept("name,age\nann,31,\nbob,27,\ncid,28\n"), [], "nothing stands there");
    let doubts = unkept("name,age\nann,31\nbob,x,y\ncid,27\ndan,28\n");
    assert_eq!(doubts, [Doubt::Unkept { column: "age".into(), cells: 1 }, Doubt::SurplusUnkept { rows: 1 }]);
    let said: Vec<String> = doubts.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "column `age`: 1 cell did not fit and was left out; `--keep-unfit` (`keepUnfit=true`) keeps it as text",
            "cells beside the last column were left out in 1 row; `--keep-unfit` (`keepUnfit=true`) keeps them as text",
        ]
    );
}
