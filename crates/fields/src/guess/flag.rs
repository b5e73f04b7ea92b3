//! Checkboxes.

const CHECKED: [&str; 12] =
    ["true", "t", "yes", "y", "on", "1", "x", "checked", "\u{2713}", "\u{2714}", "\u{2611}", "\u{2705}"];

const UNCHECKED: [&str; 9] = ["false", "f", "no", "n", "off", "0", "unchecked", "\u{2610}", "\u{2717}"];

/// True or false for the words and signs that stand for a checkbox, in any case.
pub fn parse_checkbox(text: &str) -> Option<bool> {
    let text = text.trim();
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(&CHECKED) { Some(true) } else { is(&UNCHECKED).then_some(false) }
}
