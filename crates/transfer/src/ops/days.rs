//! Days and times in files that a table follows: one text means the same in each of them.

use fields::Incoming;
use fields::guess::{self, parse_any_day, parse_any_time, parse_datetime};
use jiff::tz::TimeZone;
use model::{CellValue, Field, Timestamp};

use crate::error::Error;
use crate::infer::{ColumnKind, DateOrder, Reason};
use crate::words::excerpt;

/// True when a column may become what it seems to hold: the cell fits, and the next file finds it as it is now.
pub(super) fn is_kept(kind: &ColumnKind, text: &str, cell: Result<Incoming, Reason>) -> bool {
    let (ColumnKind::Date { order } | ColumnKind::DateTime { order }, Ok(Incoming::Cell(CellValue::Time(time)))) =
        (kind, &cell)
    else {
        return cell != Err(Reason::OtherKind);
    };
    // No format says that years of two digits come first: the field will read the month first.
    let by_field = if *order == DateOrder::Ymd { guess::DateOrder::default() } else { order.told() };
    let found = if matches!(kind, ColumnKind::Date { .. }) {
        parse_any_day(text, by_field)
    } else {
        parse_any_time(text, by_field, &TimeZone::UTC)
    };
    found == Some(Timestamp(*time))
}

/// What a column shows about the order of its days, where the format of its field does not say it.
pub(super) struct Orders {
    format: String,
    /// A day that is one in two orders.
    open: Option<String>,
    /// A day that is one only in the order that is not the usual.
    other: Option<String>,
}

impl Orders {
    pub fn of(field: &Field) -> Option<Self> {
        let format = fields::day_format(&field.kind)?;
        let says = fields::date_order(&field.kind).is_some();
        (!says).then(|| Self { format: format.name.clone(), open: None, other: None })
    }

    /// Refuses a column some days of which would be turned over, as others of it show.
    pub fn see(&mut self, column: &str, text: &str) -> Result<(), Error> {
        let read = |order| parse_datetime(text, order, &TimeZone::UTC);
        match (read(guess::DateOrder::MonthFirst), read(guess::DateOrder::DayFirst)) {
            (None, Some(_)) => self.other.get_or_insert_with(|| excerpt(text, 64)),
            (Some(month), Some(day)) if month != day => self.open.get_or_insert_with(|| excerpt(text, 64)),
            _ => return Ok(()),
        };
        let (Some(open), Some(other)) = (&self.open, &self.other) else { return Ok(()) };
        let reason = format!(
            "column `{column}` holds `{other}`, where the day comes first, and `{open}`, which its field with the date \
             format `{}` reads with the month first: give the field the date format `european` or `us`, or write days as \
             YYYY-MM-DD",
            self.format
        );
        Err(Error::Request { reason })
    }
}
