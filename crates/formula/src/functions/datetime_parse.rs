//! `DATETIME_PARSE`.

use datetime::{Locale, Pattern, Patterns, parse_time};
use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::expr::Expr;
use crate::lookup::Lookup;
use crate::text::Text;
use crate::value::{Scalar, Val};
use crate::wrong::{Found, no_date, told};

pub(super) const FUNCTION: Function = Function {
    name: "DATETIME_PARSE",
    usage: "DATETIME_PARSE(text, [format], [locale])",
    about: "The point in time that a text names, read by a format where there is one.",
    family: Family::Date,
    examples: &[
        ("DATETIME_PARSE(\"2/29/2024\")", "2024-02-29T00:00:00.000Z"),
        ("DATETIME_PARSE(\"4 Mar 2017 23:00\", \"D MMM YYYY HH:mm\")", "2017-03-04T23:00:00.000Z"),
    ],
    least: 1,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::DateTime),
    reads: Reads::Nothing,
    fails: Some((
        "the text has not the form that it is read in",
        "say the form: `DATETIME_PARSE(text, \"DD.MM.YYYY\")`",
    )),
    wrong: Some(unread),
    run: Run::Over(run),
};

/// Of a text that fits its format the day is missing, or the hour.
fn unread(values: &[Val<'_>]) -> Option<Found> {
    let said = |at: usize| values.get(at).map_or_else(String::new, |value| value.text(&mut String::new()).to_owned());
    let (text, format, locale) = (said(0), said(1), said(2));
    if format.is_empty() {
        let advice =
            "a date is written as `2024-02-29 15:05`; say the form of another: `DATETIME_PARSE(text, \"DD.MM.YYYY\")`";
        return no_date(values, &[0]).map(|(at, (message, _))| (at, (message, advice.to_owned())));
    }
    let locale = if locale.is_empty() { Locale::english() } else { Locale::named(&locale)? };
    let message = format!("there is no day or time `{}`", told(values, 0));
    let advice = "months have 28 to 31 days, and the years that are counted go from -99,999 to 99,999";
    Pattern::new(&format, locale)?.fits(&text).then(|| (0, (message, advice.to_owned())))
}

/// The same by a format that may leave the year to the present.
pub(crate) const BY_THE_DAY: Function = Function { reads: Reads::Day, ..FUNCTION };

/// True when what its arguments say of a date may have to be completed by today's.
pub(crate) fn needs_the_day(arguments: &[Expr]) -> bool {
    match arguments.get(1) {
        None | Some(Expr::Constant(Scalar::Blank)) => false,
        Some(Expr::Constant(Scalar::Text(format))) => {
            !format.is_empty() && !Pattern::new(format, Locale::english()).is_some_and(|pattern| pattern.names_a_year())
        }
        Some(_) => true,
    }
}

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?];
    let extent = call.extent(&lanes);
    let [value, format, locale] = &lanes;
    let (mut format, mut locale) = (Text::new(format), Text::new(locale));
    let (mut locales, mut patterns) = (Lookup::new(Locale::named), Patterns::default());
    let mut read = |row: usize, text: &str| {
        let (format, locale) = (format.at(row), locale.at(row));
        if format.is_empty() {
            return parse_time(text);
        }
        let spoken = if locale.is_empty() { Locale::english() } else { *locales.of(locale)? };
        patterns.of(format, spoken)?.read(text, call.cx.batch.now)
    };
    Ok(extent.moments(|row| match value.get(row) {
        Val::Time(time, _) => Out::Value((time, false)),
        value if value.is_blank() => Out::Blank,
        value => read(row, value.text(&mut String::new())).map_or(Out::Error, |time| Out::Value((time.0, false))),
    }))
}
