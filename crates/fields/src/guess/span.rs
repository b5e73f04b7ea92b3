//! Lengths of time.

use super::number::{DecimalStyle, parse_number};

/// Seconds: `1:30:05.5`; `1:30`, hours and minutes in a field that shows no seconds, else minutes and seconds;
/// `1h 30m`; or a bare number of seconds. `format` is the field's, such as `h:mm:ss`.
pub fn parse_duration(text: &str, format: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
        return positive(rest.trim_start(), format).map(|seconds| -seconds);
    }
    positive(text.strip_prefix('+').unwrap_or(text), format)
}

fn positive(text: &str, format: &str) -> Option<f64> {
    if text.starts_with(['-', '+', '(']) {
        return None;
    }
    if text.contains(':') {
        return clock(text, format == "h:mm");
    }
    parse_number(text, DecimalStyle::Point).or_else(|| units(text))
}

fn clock(text: &str, hours_first: bool) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    let whole = |part: &str| digits(part).then(|| part.parse::<f64>().ok()).flatten();
    match *parts.as_slice() {
        [hours, minutes, seconds] => {
            Some(whole(hours)? * 3_600.0 + below_sixty(whole(minutes)?)? * 60.0 + below_sixty(decimal(seconds)?)?)
        }
        [hours, minutes] if hours_first => Some(whole(hours)? * 3_600.0 + below_sixty(whole(minutes)?)? * 60.0),
        [minutes, seconds] => Some(whole(minutes)? * 60.0 + below_sixty(decimal(seconds)?)?),
        _ => None,
    }
}

fn digits(part: &str) -> bool {
    (1..=12).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn decimal(part: &str) -> Option<f64> {
    let (whole, rest) = part.split_once('.').unwrap_or((part, "0"));
    (digits(whole) && digits(rest)).then(|| part.parse().ok()).flatten()
}

fn below_sixty(number: f64) -> Option<f64> {
    (number < 60.0).then_some(number)
}

/// `1h 30m`, `2 hours`, `45 sec`: numbers, each with a unit.
fn units(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut total = None;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(end)?;
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        total = Some(total.unwrap_or(0.0) + decimal(number)? * seconds_of(unit)?);
        rest = after.trim_start_matches([' ', ',']);
    }
    total
}

fn seconds_of(unit: &str) -> Option<f64> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "d" | "day" | "days" => 86_400.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "ms" | "millisecond" | "milliseconds" => 0.001,
        _ => return None,
    })
}
