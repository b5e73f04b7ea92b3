//! What becomes of a text without leaving a cell empty, and yet is not all of it.

use model::{CellRef, CellValue, FieldKind, SelectOptions, user_ids};

use crate::calendar::date_order;
use crate::guess::{DecimalStyle, parse_any_local, parse_currency};
use crate::list::split_names;

/// False where something of a text is not in the cell that became of it.
pub fn is_whole(kind: &FieldKind, text: &str, value: &CellValue) -> bool {
    match (kind, value.view()) {
        // Brought to the nearest that a rating may be.
        (FieldKind::Rating(_), CellRef::Number(number)) => {
            parse_currency(text, "", DecimalStyle::Point) == Some(number)
        }
        (FieldKind::Number(_) | FieldKind::Currency(_) | FieldKind::Percent(_), CellRef::Number(number)) => {
            has_all_digits(text, number)
        }
        // A day has no time of day.
        (FieldKind::Date(_), _) => {
            let order = date_order(kind).unwrap_or_default();
            parse_any_local(text, order).is_none_or(|local| local == local.day())
        }
        (FieldKind::MultipleCollaborators, CellRef::Text(ids)) => user_ids(ids).count() == split_names(text).len(),
        // Choices are found without regard to case.
        (FieldKind::SingleSelect(select), CellRef::Choice(no)) => names(select, &[no]).eq([text.trim()]),
        (FieldKind::MultipleSelects(select), CellRef::Choices(list)) => {
            let given = split_names(text);
            given.iter().all(|name| names(select, list).any(|known| known == name))
        }
        _ => true,
    }
}

fn names<'s>(select: &'s SelectOptions, list: &'s [u32]) -> impl Iterator<Item = &'s str> {
    list.iter().filter_map(|no| select.by_no(*no)).map(|choice| choice.name.as_str())
}

/// False where a text has digits that its number lacks, zeros in front as of telephone numbers, or words.
fn has_all_digits(text: &str, number: f64) -> bool {
    let text = text.trim();
    if text.parse() == Ok(number) && text.contains(['e', 'E']) {
        return true;
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let given = digits(text);
    let before_point = text.find(|c: char| c.is_ascii_digit()).and_then(|start| text.get(start..)).unwrap_or_default();
    let zeros = before_point.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let held = digits(&format!("{number}"));
    !zeros && !text.contains(char::is_alphabetic) && given.trim_matches('0') == held.trim_matches('0')
}

#[cfg(test)]
mod tests {
    use super::has_all_digits;

    #[test]
    fn digits_that_a_number_lacks_are_seen() {
        for (text, number, whole) in [
            ("12", 12.0, true),
            (" 7.50 ", 7.5, true),
            ("$1,000", 1000.0, true),
            ("-0.05", -0.05, true),
            ("45%", 0.45, true),
            ("(5)", -5.0, true),
            ("1e3", 1000.0, true),
            ("0", 0.0, true),
            ("9007199254740993", 9_007_199_254_740_992.0, false),
            ("12345678901234567890", 12_345_678_901_234_567_000.0, false),
            ("0.1234567890123456789", 0.123_456_789_012_345_68, false),
            ("0049301234", 49_301_234.0, false),
            ("007", 7.0, false),
            ("5 pieces", 5.0, false),
        ] {
            assert_eq!(has_all_digits(text, number), whole, "{text}");
        }
    }
}
