//! Days and times as texts: read and written by patterns or without, in the words of a locale, by the clocks of a zone.
//!
//! Times are microseconds since 1970-01-01 in UTC. Patterns and what is read without one are those of the JavaScript
//! library `moment` (<https://momentjs.com/docs/>).
//!
//! Invariants: any text is read in time in proportion to its length; there is no clock here, who reads a text says what
//! time it is.
#![deny(missing_docs)]

mod iso;
mod locale;
mod loose;
mod pattern;
mod reading;
mod time;
mod tokens;
mod week;
mod zone;

pub use locale::Locale;
pub use pattern::{LONGEST, Pattern, Patterns};
pub use time::{Unit, add_months, in_range, parse_time, whole_months};
pub use week::{week_of, weekday};
pub use zone::Zone;
