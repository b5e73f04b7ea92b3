//! E-mail addresses, web addresses and phone numbers.

use super::date::{DateOrder, parse_any_day};
use super::number::{DecimalStyle, parse_number};

/// True for what looks like one e-mail address.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.trim().rsplit_once('@') else { return false };
    let local_fits = !local.is_empty()
        && local.len() <= 64
        && !local.contains(|c: char| c.is_whitespace() || c.is_control() || r#"@,;:<>()[]\""#.contains(c));
    local_fits && domain.contains('.') && is_host(domain)
}

/// True for what looks like one web address: `http://…`, `https://…`, `ftp://…`, `mailto:…` or `www.…`.
pub fn is_url(text: &str) -> bool {
    let text = text.trim();
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return false;
    }
    if let Some((scheme, address)) = text.split_once(':')
        && scheme.eq_ignore_ascii_case("mailto")
    {
        return is_email(address);
    }
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if ["http", "https", "ftp"].iter().any(|known| known.eq_ignore_ascii_case(scheme)) => rest,
        None if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) => text,
        _ => return false,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.starts_with('[') || is_host(host.split(':').next().unwrap_or_default())
}

/// True for what looks like one phone number: 7 to 15 digits with the usual signs between. What reads as a number or
/// a day is none, unless a `+` stands in front.
pub fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    let only_signs =
        rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.' | ' ' | '(' | ')' | '/' | '\u{a0}'));
    (7..=15).contains(&digits) && only_signs && (rest.len() < text.len() || !is_number_or_day(text))
}

fn is_number_or_day(text: &str) -> bool {
    [DecimalStyle::Point, DecimalStyle::Comma].into_iter().any(|style| parse_number(text, style).is_some())
        || parse_any_day(text, DateOrder::default()).is_some()
}

fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        })
}
