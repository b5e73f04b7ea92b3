use model::{FieldKind, FormulaType, Kind};

use super::{Shape, shape};
use crate::kinds::tests::{created, formula, kinds, lookup, multi, rollup};
use crate::table::of;

/// A formula must find in a column what the shape promises.
#[test]
fn every_shape_fits_its_column() {
    for kind in kinds() {
        let fits = match shape(&kind) {
            Shape::Number => kind.column() == Kind::Number,
            Shape::Text => kind.column() == Kind::Text,
            Shape::Flag => kind.column() == Kind::Flag,
            Shape::Date | Shape::DateTime => kind.column() == Kind::Time,
            Shape::Choice => kind.column() == Kind::Choice,
            Shape::Choices => kind.column() == Kind::Choices,
            Shape::Links => kind.column() == Kind::Links,
            Shape::List(_) => kind.is_list(),
        };
        assert!(fits, "{} is kept as {:?} and seen as {:?}", of(&kind).name(), kind.column(), shape(&kind));
    }
}

#[test]
fn formulas_and_system_times_have_the_shape_of_their_result() {
    for (result, expected) in [
        (FormulaType::Number, Shape::Number),
        (FormulaType::Flag, Shape::Number),
        (FormulaType::Text, Shape::Text),
        (FormulaType::Date, Shape::Date),
        (FormulaType::DateTime, Shape::DateTime),
    ] {
        assert_eq!(shape(&formula(result)), expected, "{result:?}");
    }
    for (kind, item) in [
        (lookup(formula(FormulaType::Date)), FormulaType::Date),
        (lookup(multi(&["a"])), FormulaType::Text),
        (lookup(FieldKind::AutoNumber), FormulaType::Number),
        (rollup(FormulaType::DateTime, true), FormulaType::DateTime),
    ] {
        assert_eq!(shape(&kind), Shape::List(item), "{kind:?}");
    }
    assert_eq!(shape(&rollup(FormulaType::Text, false)), Shape::Text);
    assert_eq!(shape(&created(true)), Shape::Date);
    assert_eq!(shape(&created(false)), Shape::DateTime);
    assert_eq!(shape(&FieldKind::AutoNumber), Shape::Number);
}
