//! `SET_LOCALE`.

use datetime::Locale;
use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::mark;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "SET_LOCALE",
    usage: "SET_LOCALE(date, locale)",
    about: "The same date, which DATETIME_FORMAT shows in a language.",
    family: Family::Date,
    examples: &[("DATETIME_FORMAT(SET_LOCALE(\"2024-02-29\", \"de\"), \"LL\")", "\"29. Februar 2024\"")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::DateTime),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    mark(call, |name| Locale::named(name).is_some())
}
