//! From text to values: what an import and typecast use.
//!
//! Each parser takes the whole text, blanks at the ends aside, and answers none for what it does not know; a parser
//! with a style or an order reads only that, so that an importer can find the one that fits a whole column.

mod contact;
mod date;
mod flag;
mod iso;
mod number;
mod span;
mod time;

pub use contact::{is_email, is_phone, is_url};
pub(crate) use date::names_later_year;
pub use date::{DateOrder, parse_any_day, parse_any_local, parse_date};
pub use flag::parse_checkbox;
pub use iso::parse_iso_day;
pub use number::{
    CURRENCY_SIGNS, DecimalStyle, currency_sign, parse_amount, parse_currency, parse_number, parse_percent,
};
pub use span::parse_duration;
pub use time::{parse_any_time, parse_datetime, parse_iso_time};

pub(crate) use number::shift;

#[cfg(test)]
mod tests;
