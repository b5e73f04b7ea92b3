//! Numbers as texts.

use std::fmt::Write;
use std::ops::Range;

/// Numbers below this have at most fifteen digits: each is the only number with its decimal form.
const EXACT: f64 = 1e15;
/// Numbers that are written without an exponent by every rule.
const PLAIN: Range<f64> = 1e-3..EXACT;
/// Larger numbers that may have a fraction.
const FINE: Range<f64> = EXACT..1e16;

/// Appends the shortest decimal as JavaScript writes it: without a trailing `.0`, and with an exponent from 1e21 on and below
/// 1e-6; `NaN`, `Infinity` and `-Infinity`.
pub fn push_number(number: f64, out: &mut String) {
    if number.abs() < EXACT {
        let whole = number as i64;
        if whole as f64 == number {
            out.push_str(itoa::Buffer::new().format(whole));
            return;
        }
        if let Some(hundredths) = hundredths(number) {
            write_hundredths(hundredths, out);
            return;
        }
    }
    // Of two decimals that are as near it is the even one.
    if PLAIN.contains(&number.abs()) || FINE.contains(&number.abs()) && number.fract() != 0.0 {
        out.push_str(zmij::Buffer::new().format_finite(number));
    } else {
        write_rare(number, out);
    }
}

/// Numbers that are very large, very small or none, as browsers write them: exponents begin at 1e21 and 1e-7.
fn write_rare(number: f64, out: &mut String) {
    // Writing to a `String` does not fail.
    let _ = match number.abs() {
        _ if number.is_nan() => write!(out, "NaN"),
        f64::INFINITY => write!(out, "{}Infinity", if number > 0.0 { "" } else { "-" }),
        1e-6..1e21 => write!(out, "{number}"),
        1e21.. => write!(out, "{}", format!("{number:e}").replace('e', "e+")),
        _ => write!(out, "{number:e}"),
    };
}

/// The number times 100 when it has at most two decimals: what money and rounded numbers have.
fn hundredths(number: f64) -> Option<i64> {
    let scaled = number * 100.0;
    let nearest = (scaled + 0.5f64.copysign(scaled)) as i64;
    (scaled.abs() < EXACT && nearest as f64 / 100.0 == number).then_some(nearest)
}

fn write_hundredths(hundredths: i64, out: &mut String) {
    if hundredths < 0 {
        out.push('-');
    }
    let (whole, rest) = (hundredths.unsigned_abs() / 100, (hundredths.unsigned_abs() % 100) as u8);
    out.push_str(itoa::Buffer::new().format(whole));
    out.push('.');
    out.push(char::from(b'0' + rest / 10));
    if !rest.is_multiple_of(10) {
        out.push(char::from(b'0' + rest % 10));
    }
}
