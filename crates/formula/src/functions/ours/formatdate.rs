//! `FORMATDATE`.

use std::borrow::Cow;

use datetime::{Locale, Pattern};

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Function, Run, datetime_format};
use crate::lookup::Lookup;
use crate::moment::Moment;
use crate::strings::Made;
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "FORMATDATE",
    usage: "FORMATDATE(date, [format])",
    about: "The date as a text in UTC and English, YYYY-MM-DD without a format. With a `%` in it the format is one of strftime.",
    examples: &[
        ("FORMATDATE(\"2024-02-29 15:05\", \"%d.%m.%Y %H:%M\")", "\"29.02.2024 15:05\""),
        ("FORMATDATE(\"2024-02-29 15:05\", \"D MMM YYYY\")", "\"29 Feb 2024\""),
        ("FORMATDATE(\"2024-02-29 15:05\")", "\"2024-02-29\""),
    ],
    run: Run::Over(run),
    ..datetime_format::FUNCTION
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [date, format] = &lanes;
    let (moments, mut format) = (extent.per(date, Moment::of), Text::new(format));
    let mut patterns = Lookup::new(pattern);
    call.write(&extent, |row, out| match (moments.at(row), patterns.of(format.at(row))) {
        (Moment::Blank, _) => Made::Blank,
        (Moment::At(time), Some(pattern)) => {
            pattern.write(time, None, out);
            Made::Value
        }
        _ => Made::Error,
    })
}

/// None where the format is too long or has a mark that strftime does not know.
pub(crate) fn pattern(format: &str) -> Option<Pattern> {
    let format = match format {
        "" => Cow::Borrowed("YYYY-MM-DD"),
        format if format.contains('%') => Cow::Owned(from_strftime(format)?),
        format => Cow::Borrowed(format),
    };
    Pattern::new(&format, Locale::english())
}

/// False where a format has a mark that strftime does not know.
pub(crate) fn is_strftime(format: &str) -> bool {
    from_strftime(format).is_some()
}

/// The marks of strftime that are known.
pub(crate) fn marks() -> String {
    let marks: Vec<String> = MARKS.iter().map(|(mark, _)| format!("`%{mark}`")).collect();
    marks.join(" ")
}

/// The marks of strftime in the words of `DATETIME_FORMAT`.
const MARKS: [(char, &str); 19] = [
    ('Y', "YYYY"),
    ('y', "YY"),
    ('m', "MM"),
    ('d', "DD"),
    ('e', "D"),
    ('j', "DDDD"),
    ('H', "HH"),
    ('I', "hh"),
    ('M', "mm"),
    ('S', "ss"),
    ('p', "A"),
    ('B', "MMMM"),
    ('b', "MMM"),
    ('A', "dddd"),
    ('a', "ddd"),
    ('w', "d"),
    ('F', "YYYY-MM-DD"),
    ('T', "HH:mm:ss"),
    ('z', "ZZ"),
];

/// A format of strftime in the words of `DATETIME_FORMAT`.
fn from_strftime(format: &str) -> Option<String> {
    let (mut out, mut rest) = (String::with_capacity(format.len() * 2), format);
    while let Some((text, after)) = rest.split_once('%') {
        literal(text, &mut out);
        let mark = after.chars().next()?;
        let (_, token) = MARKS.iter().chain(&[('%', "%")]).find(|(held, _)| *held == mark)?;
        out.push_str(token);
        rest = after.get(mark.len_utf8()..)?;
    }
    literal(rest, &mut out);
    Some(out)
}

/// What stands in the format as it is: in brackets where there are letters or backslashes, which mean nothing there. An opening
/// bracket stands behind a backslash, as there is none within brackets; a closing one within them, where it ends no others.
fn literal(text: &str, out: &mut String) {
    for part in text.split_inclusive(['[', ']']) {
        let plain = part.trim_end_matches(['[', ']']);
        if plain.contains(|c: char| c.is_alphabetic() || c == '\\') {
            out.extend(["[", plain, "]"]);
        } else {
            out.push_str(plain);
        }
        out.push_str(match part.chars().last() {
            Some('[') => "\\[",
            Some(']') => "[]]",
            _ => "",
        });
    }
}
