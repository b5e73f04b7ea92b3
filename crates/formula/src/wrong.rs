//! Which of its arguments a function can make nothing of, and why.

use crate::constants::shortened;
use crate::functions::NO_DATE;
use crate::mistakes::Mistake;
use crate::moment::Moment;
use crate::value::Val;
use crate::workdays::no_day;

/// The first argument that makes a call an error, and what is wrong with it; none where it is none of them by itself.
pub(crate) type Wrong = fn(&[Val<'_>]) -> Option<Found>;

/// The place of an argument, and what is wrong with it.
pub(crate) type Found = (usize, Mistake);

/// One of these that is to be a date and is none.
pub(crate) fn no_date(values: &[Val<'_>], places: &[usize]) -> Option<Found> {
    let is_wrong = |at: &usize| values.get(*at).is_some_and(|value| matches!(Moment::of(*value), Moment::Wrong));
    let at = places.iter().copied().find(is_wrong)?;
    Some((at, (format!("`{}` is no date", told(values, at)), NO_DATE.1.to_owned())))
}

/// The argument at this place, where it is to be a number and is none.
pub(crate) fn no_number(values: &[Val<'_>], at: usize) -> Option<Found> {
    values.get(at).filter(|value| !value.number().is_finite()).map(|value| (at, not_counted(*value)))
}

/// What is to be a number and is none, or none that can be counted.
pub(crate) fn not_counted(value: Val<'_>) -> Mistake {
    let mut scratch = String::new();
    let shown = shortened(value.text(&mut scratch));
    let (message, advice) = match value {
        Val::Text(_) => (
            format!("the text `{shown}` is no number"),
            "a number is written without quotes, as 3; VALUE reads one from a text",
        ),
        Val::Number(number) if !number.is_nan() => {
            (format!("`{shown}` is too much to be counted"), "take a number, as 3")
        }
        _ => (format!("`{shown}` is no number"), "take a number, as 3"),
    };
    (message, advice.to_owned())
}

/// A holiday behind a day and another argument that is no day.
pub(crate) fn no_holiday(values: &[Val<'_>]) -> Option<Found> {
    let mut scratch = String::new();
    let part = no_day(values.get(2)?.text(&mut scratch))?;
    let message = format!("`{}` is no date", shortened(part));
    Some((2, (message, "holidays are days with commas between them, as `2024-12-25, 2024-12-26`".to_owned())))
}

/// An argument as it is shown.
pub(crate) fn told(values: &[Val<'_>], at: usize) -> String {
    let mut scratch = String::new();
    shortened(values.get(at).copied().unwrap_or(Val::Blank).text(&mut scratch))
}
