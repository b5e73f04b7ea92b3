//! Texts with a form of their own: addresses, phone numbers, yes and no, and words for nothing.

use serde::{Deserialize, Serialize};

use super::shape::Shape;

/// The two words of a checkbox column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CheckboxWords {
    /// `true` and `false`.
    TrueFalse,
    /// `yes` and `no`.
    YesNo,
    /// `y` and `n`.
    Yn,
    /// `t` and `f`.
    Tf,
    /// `on` and `off`.
    OnOff,
    /// `checked` and `unchecked`, as Airtable writes them; an empty cell is unchecked too.
    Checked,
    /// `x` and nothing.
    X,
    /// `✓` and nothing.
    Tick,
}

impl CheckboxWords {
    pub(crate) const ALL: [Self; 8] =
        [Self::TrueFalse, Self::YesNo, Self::Yn, Self::Tf, Self::OnOff, Self::Checked, Self::X, Self::Tick];

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::TrueFalse => ("true", "false"),
            Self::YesNo => ("yes", "no"),
            Self::Yn => ("y", "n"),
            Self::Tf => ("t", "f"),
            Self::OnOff => ("on", "off"),
            Self::Checked => ("checked", "unchecked"),
            Self::X => ("x", ""),
            Self::Tick => ("✓", ""),
        }
    }

    /// True when an empty cell says no.
    pub(crate) fn empty_is_no(self) -> bool {
        matches!(self, Self::Checked | Self::X | Self::Tick)
    }

    /// What the text says in these words.
    pub(crate) fn read(self, text: &str) -> Option<bool> {
        let (yes, no) = self.words();
        let text = text.trim();
        if text.eq_ignore_ascii_case(yes) {
            Some(true)
        } else if !text.is_empty() && text.eq_ignore_ascii_case(no) {
            Some(false)
        } else {
            None
        }
    }

    /// The words this text belongs to.
    pub(crate) fn of(text: &str) -> Option<Self> {
        if text.len() > 9 || !text.trim_start().starts_with(|first: char| "tfynoxcuTFYNOXCU✓".contains(first)) {
            return None;
        }
        Self::ALL.into_iter().find(|words| words.read(text).is_some())
    }
}

/// True for what stands before the sums of the columns.
pub(super) fn is_total(text: &str) -> bool {
    const WORDS: [&str; 8] = ["total", "totals", "sum", "sums", "grand total", "subtotal", "summe", "gesamt"];
    let text = text.trim_end_matches([':', ' ']);
    text.len() <= 11 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Words people write where there is nothing.
pub(crate) fn is_placeholder(text: &str) -> bool {
    /// What the words below begin with.
    const FIRST: [char; 6] = ['N', 'n', '#', '-', '?', '—'];
    const WORDS: [&str; 13] = ["NA", "N/A", "#N/A", "NaN", "null", "NULL", "None", "n/a", "nan", "-", "--", "?", "—"];
    text.len() <= 4 && text.trim_start().starts_with(FIRST) && WORDS.contains(&text.trim())
}

/// `name@host.domain`.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'');
    !name.is_empty() && name.len() <= 64 && name.chars().all(plain) && is_host(host)
}

fn is_host(host: &str) -> bool {
    let Some((rest, top)) = host.rsplit_once('.') else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    host.len() <= 253 && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic) && rest.split('.').all(label)
}

/// `http://…`, `https://…`, `ftp://…` or `www.…`.
pub(crate) fn is_url(text: &str) -> bool {
    if !text.starts_with(['h', 'H', 'f', 'F', 'w', 'W']) {
        return false;
    }
    let starts = |head: &str| text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head));
    let rest = ["https://", "http://", "ftp://"]
        .iter()
        .find(|scheme| starts(scheme))
        .and_then(|scheme| text.get(scheme.len()..))
        .or_else(|| starts("www.").then_some(text));
    rest.is_some_and(|rest| rest.len() > 3 && !(Shape::of(text).may_have_space() && text.contains(char::is_whitespace)))
}

/// Seven to fifteen digits written as people write phone numbers: with a plus, parentheses, or groups.
pub(crate) fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let marks = text.bytes().filter(|byte| matches!(byte, b'+' | b'(' | b')' | b'-' | b' ' | b'.' | b'/')).count();
    let plus = text.rfind('+').unwrap_or(0) == 0;
    text.len() <= 24 && (7..=15).contains(&digits) && marks > 0 && digits + marks == text.len() && plus
}

#[cfg(test)]
mod tests;
