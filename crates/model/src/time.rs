//! Points in time as 64-bit microseconds since 1970 UTC.

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z. Record times are whole milliseconds; dates are midnight UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// Microseconds of one day.
const DAY: i64 = 86_400_000_000;

impl Timestamp {
    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1_000)
    }

    /// Whole milliseconds since 1970, rounded down.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Midnight UTC of the given civil date (proleptic Gregorian). Out-of-range months or days carry over.
    ///
    /// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`.
    pub const fn from_date(year: i64, month: i64, day: i64) -> Self {
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let year_of_era = y - era * 400;
        let month_index = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * month_index + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self((era * 146_097 + day_of_era - 719_468) * DAY)
    }

    /// Year, month (1..=12), day (1..=31) in UTC.
    ///
    /// Source: Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms" (2023),
    /// within 32 bits; years before 0 are counted from a multiple of 400 years earlier.
    pub const fn date(self) -> (i64, u32, u32) {
        /// Days of 400 years.
        const ERA: i64 = 146_097;
        let days = self.0.div_euclid(DAY) + 719_468;
        let eras = if days < 0 { days.div_euclid(ERA) } else { 0 };
        let days = (days - eras * ERA) as u32;
        let century = (4 * days + 3) / ERA as u32;
        let day_of_century = (4 * days + 3) % ERA as u32 / 4;
        let product = 2_939_745 * (4 * day_of_century + 3) as u64;
        let year_of_century = (product >> 32) as u32;
        let day_of_year = product as u32 / 2_939_745 / 4;
        let month = 2_141 * day_of_year + 197_913;
        let day = month % 65_536 / 2_141 + 1;
        // Years begin in March here.
        let (next, month) = if day_of_year >= 306 { (1, month / 65_536 - 12) } else { (0, month / 65_536) };
        ((100 * century + year_of_century + next) as i64 + 400 * eras, month, day)
    }

    /// Hour, minute, second, millisecond in UTC.
    pub const fn clock(self) -> (u32, u32, u32, u32) {
        let millis = (self.0.rem_euclid(DAY) / 1_000) as u32;
        (millis / 3_600_000, millis / 60_000 % 60, millis / 1_000 % 60, millis % 1_000)
    }

    /// Midnight UTC of the same day.
    #[must_use]
    pub const fn day(self) -> Self {
        Self(self.0.div_euclid(DAY) * DAY)
    }

    /// Appends `YYYY-MM-DD`; years of more than four digits and those before 0 as `±YYYYYY`.
    pub fn write_date(self, out: &mut Vec<u8>) {
        let (year, month, day) = self.date();
        if (0..=9_999).contains(&year) {
            let mut text = *b"0000-00-00";
            put(&mut text, 0, year as u32 / 100);
            put(&mut text, 2, year as u32 % 100);
            put(&mut text, 5, month);
            put(&mut text, 8, day);
            out.extend_from_slice(&text);
        } else {
            let sign = if year < 0 { '-' } else { '+' };
            out.extend_from_slice(format!("{sign}{:06}-{month:02}-{day:02}", year.abs()).as_bytes());
        }
    }

    /// Appends `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    pub fn write_iso(self, out: &mut Vec<u8>) {
        self.write_date(out);
        let (hour, minute, second, millis) = self.clock();
        let mut text = *b"T00:00:00.000Z";
        put(&mut text, 1, hour);
        put(&mut text, 4, minute);
        put(&mut text, 7, second);
        // Three digits by two overlapping pairs.
        put(&mut text, 10, millis / 10);
        put(&mut text, 11, millis % 100);
        out.extend_from_slice(&text);
    }

    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    pub fn iso(self) -> String {
        let mut out = Vec::with_capacity(24);
        self.write_iso(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }
}

/// Writes two digits of a number below 100.
fn put(text: &mut [u8], at: usize, value: u32) {
    if let Some([tens, ones]) = text.get_mut(at..at + 2) {
        *tens = b'0' + (value / 10) as u8;
        *ones = b'0' + (value % 10) as u8;
    }
}

#[cfg(test)]
mod tests;
