//! What clocks show elsewhere.

use jiff::tz::TimeZone;

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// By its name in the tables of time zones, whatever its letters' case.
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name.trim()).ok().map(Self)
    }

    /// How many seconds clocks are before those of UTC.
    pub fn offset(&self, time: i64) -> i64 {
        instant(time).map_or(0, |instant| i64::from(self.0.to_offset(instant).seconds()))
    }

    /// Appends what the zone is called then, as `EST`.
    pub fn write_name(&self, time: i64, out: &mut String) {
        if let Some(instant) = instant(time) {
            out.push_str(self.0.to_offset_info(instant).abbreviation());
        }
    }
}

/// None in years that have no zones.
fn instant(time: i64) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_microsecond(time).ok()
}
