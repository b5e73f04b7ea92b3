//! `SET_TIMEZONE` and `SET_LOCALE` around the date of `DATETIME_FORMAT`: what they say stands in the formula, so a date
//! need not carry it.

use crate::tree::{Node, NodeKind};

/// The date without its marks, and the zone and the locale that they name: of several the outermost.
pub(crate) struct Marked<'n> {
    pub date: &'n Node,
    pub zone: Option<&'n Node>,
    pub locale: Option<&'n Node>,
}

impl<'n> Marked<'n> {
    pub fn of(mut date: &'n Node) -> Self {
        let (mut zone, mut locale) = (None, None);
        while let NodeKind::Call(name, arguments) = &date.kind
            && let [inner, mark] = arguments.as_slice()
        {
            match name.as_str() {
                "SET_TIMEZONE" => zone = zone.or(Some(mark)),
                "SET_LOCALE" => locale = locale.or(Some(mark)),
                _ => break,
            }
            date = inner;
        }
        Self { date, zone, locale }
    }
}
