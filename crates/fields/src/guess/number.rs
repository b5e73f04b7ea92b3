//! Numbers, percentages and amounts of money.

/// Which sign parts the decimals; the others may group digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DecimalStyle {
    /// `1,234.5`
    #[default]
    Point,
    /// `1.234,5`
    Comma,
}

impl DecimalStyle {
    fn decimal(self) -> char {
        if self == Self::Point { '.' } else { ',' }
    }

    fn groups(self, sign: char) -> bool {
        let other = if self == Self::Point { ',' } else { '.' };
        sign == other || matches!(sign, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}')
    }
}

/// Signs of currencies that [`currency_sign`] finds; longer ones first where one begins another.
pub const CURRENCY_SIGNS: [&str; 26] = [
    "US$", "CA$", "A$", "C$", "R$", "HK$", "NZ$", "S$", "$", "\u{20ac}", "\u{a3}", "\u{a5}", "\u{20b9}", "\u{20bd}",
    "\u{20a9}", "\u{20ba}", "\u{20b4}", "\u{20aa}", "\u{20ab}", "\u{e3f}", "CHF", "K\u{10d}", "z\u{142}", "kr", "EUR",
    "USD",
];

/// A number such as `1,234.5`, `-3`, `+2e5` or `(12)`, which is -12. Groups are of three digits, or of two before the
/// last three.
pub fn parse_number(text: &str, style: DecimalStyle) -> Option<f64> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return unsigned(inner.trim(), style).map(|number| -number);
    }
    let (negative, rest) = split_sign(text);
    let number = unsigned(rest.trim_start(), style)?;
    Some(if negative { -number } else { number })
}

fn split_sign(text: &str) -> (bool, &str) {
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
        return (true, rest);
    }
    (false, text.strip_prefix('+').unwrap_or(text))
}

fn unsigned(text: &str, style: DecimalStyle) -> Option<f64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, decimals) = match mantissa.split_once(style.decimal()) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (mantissa, None),
    };
    let mut plain = ungroup(whole, style)?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(decimals) = decimals {
        if !digits(decimals) || whole.is_empty() && decimals.is_empty() {
            return None;
        }
        plain.push('.');
        plain.push_str(decimals);
    } else if whole.is_empty() {
        return None;
    }
    if let Some(exponent) = exponent {
        let power = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if power.is_empty() || power.len() > 4 || !digits(power) {
            return None;
        }
        plain.push('e');
        plain.push_str(exponent);
    }
    plain.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Whole digits without their group signs; none where the groups are not those of a number.
fn ungroup(whole: &str, style: DecimalStyle) -> Option<String> {
    if whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(whole.to_owned());
    }
    let sign = whole.chars().find(|character| !character.is_ascii_digit())?;
    if !style.groups(sign) {
        return None;
    }
    let groups: Vec<&str> = whole.split(sign).collect();
    let (first, rest) = groups.split_first()?;
    let (last, middle) = rest.split_last()?;
    let fits =
        (1..=3).contains(&first.len()) && last.len() == 3 && middle.iter().all(|group| (2..=3).contains(&group.len()));
    let out = groups.concat();
    (fits && out.bytes().all(|byte| byte.is_ascii_digit())).then_some(out)
}

/// A share: `45%` is 0.45; without the sign the number is taken as it stands.
pub fn parse_percent(text: &str, style: DecimalStyle) -> Option<f64> {
    let text = text.trim();
    match text.strip_suffix('%').or_else(|| text.strip_prefix('%')) {
        Some(number) => parse_number(number, style).map(|number| shift(number, -2)),
        None => parse_number(text, style),
    }
}

/// The number with its decimal point moved: a quotient would make 0.12300000000000001 of 12.3 %, a product 28.499… of
/// 0.285.
pub(crate) fn shift(number: f64, places: i8) -> f64 {
    format!("{number}e{places}").parse().unwrap_or(number)
}

/// An amount of money: a number with `symbol` or one of [`CURRENCY_SIGNS`] before or after it, or with none.
pub fn parse_currency(text: &str, symbol: &str, style: DecimalStyle) -> Option<f64> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return amount(inner.trim(), symbol, style).map(|number| -number.abs());
    }
    let (negative, rest) = split_sign(text);
    let bare = rest.trim();
    // `--5` is none.
    let signed = bare.len() < text.len() && without_sign(bare, symbol).starts_with(['-', '+', '(', '\u{2212}']);
    let number = amount(bare, symbol, style).filter(|_| !signed)?;
    Some(if negative { -number } else { number })
}

/// A number as people write it: an amount of money, or a share with its sign: `45%` is 0.45.
pub fn parse_amount(text: &str, symbol: &str, style: DecimalStyle) -> Option<f64> {
    if text.contains('%') { parse_percent(text, style) } else { parse_currency(text, symbol, style) }
}

fn amount(text: &str, symbol: &str, style: DecimalStyle) -> Option<f64> {
    parse_number(without_sign(text, symbol), style)
}

fn without_sign<'a>(text: &'a str, symbol: &str) -> &'a str {
    let own = Some(symbol.trim()).filter(|symbol| !symbol.is_empty());
    let bare = own.and_then(|symbol| without(text, symbol));
    bare.or_else(|| currency_sign(text).and_then(|sign| without(text, sign))).unwrap_or(text)
}

fn without<'a>(text: &'a str, sign: &str) -> Option<&'a str> {
    text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)).map(str::trim)
}

/// The currency sign at the start or end of a text, a minus or a bracket aside.
pub fn currency_sign(text: &str) -> Option<&'static str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '+' | '(' | ')' | '\u{2212}'));
    CURRENCY_SIGNS.into_iter().find(|sign| text.starts_with(sign) || text.ends_with(sign))
}
