//! `DATETIME_FORMAT`.

use datetime::{Locale, Patterns, Zone};
use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::lookup::Lookup;
use crate::moment::Moment;
use crate::strings::Made;
use crate::text::Text;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "DATETIME_FORMAT",
    usage: "DATETIME_FORMAT(date, [format])",
    about: "The date as a text, in UTC and English unless SET_TIMEZONE and SET_LOCALE around it say otherwise.",
    family: Family::Date,
    examples: &[
        (
            "DATETIME_FORMAT(\"2024-02-29 15:05\", \"dddd, D MMMM YYYY [at] h:mm a\")",
            "\"Thursday, 29 February 2024 at 3:05 pm\"",
        ),
        ("DATETIME_FORMAT(SET_LOCALE(\"07/10/19\", \"es\"), \"LLLL\")", "\"miércoles, 10 de julio de 2019 0:00\""),
    ],
    least: 1,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0])),
    run: Run::Over(run),
};

/// What is said without a format where clocks are those of UTC.
const UTC: &str = "YYYY-MM-DDTHH:mm:ss[Z]";
/// And elsewhere.
const ZONED: &str = "YYYY-MM-DDTHH:mm:ssZ";

/// The third and the fourth argument are the zone and the locale that the date was marked with.
fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?, call.argument(3)?];
    let extent = call.extent(&lanes);
    let [date, format, zone, locale] = &lanes;
    let moments = extent.per(date, Moment::of);
    let (mut format, mut zone, mut locale) = (Text::new(format), Text::new(zone), Text::new(locale));
    let (mut zones, mut locales, mut patterns) =
        (Lookup::new(Zone::named), Lookup::new(Locale::named), Patterns::default());
    call.write(&extent, |row, out| {
        let time = match moments.at(row) {
            Moment::At(time) => time,
            Moment::Blank => return Made::Blank,
            Moment::Wrong => return Made::Error,
        };
        let (zone, locale) = (zone.at(row), locale.at(row));
        let found = if zone.is_empty() { None } else { zones.of(zone).map(|zone| &*zone) };
        let spoken = if locale.is_empty() { Some(Locale::english()) } else { locales.of(locale).copied() };
        let format = format.at(row);
        let usual = if found.is_some_and(|zone| zone.offset(time) != 0) { ZONED } else { UTC };
        let format = if format.is_empty() { usual } else { format };
        match spoken.and_then(|locale| patterns.of(format, locale)) {
            Some(pattern) if zone.is_empty() || found.is_some() => {
                pattern.write(time, found, out);
                Made::Value
            }
            _ => Made::Error,
        }
    })
}
