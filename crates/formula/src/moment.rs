//! Arguments that are points in time.

use crate::call::{Call, Out, Per};
use crate::eval::Lanes;
use crate::lane::{Lane, Values};
use crate::strings::Made;
use crate::value::Val;
use datetime::{Unit, week_of, weekday};
use model::{Chunk, Timestamp};

/// An argument of a date function.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Moment {
    At(i64),
    #[default]
    Blank,
    /// Neither a date nor a text that reads as one.
    Wrong,
}

impl Moment {
    pub fn of(value: Val<'_>) -> Self {
        if value.is_blank() { Self::Blank } else { value.time().map_or(Self::Wrong, Self::At) }
    }

    pub fn map(self, f: impl FnOnce(Timestamp) -> f64) -> Out<f64> {
        match self {
            Self::At(time) => Out::Value(f(Timestamp(time))),
            Self::Blank => Out::Blank,
            Self::Wrong => Out::Error,
        }
    }
}

/// The unit that a value names; milliseconds for every other value.
pub(crate) fn unit_of(value: Val<'_>) -> Unit {
    Unit::named(value.text(&mut String::new()))
}

/// The unit that a value names, if it names one.
pub(crate) fn known_unit_of(value: Val<'_>) -> Option<Unit> {
    Unit::known(value.text(&mut String::new()))
}

/// The day that weeks start on: 0 for Sunday, 1 for Monday.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WeekStart(i64);

impl WeekStart {
    /// Monday where a text says so.
    pub fn of(value: Val<'_>) -> Self {
        Self(i64::from(value.text(&mut String::new()).eq_ignore_ascii_case("monday")))
    }

    /// 0 on the first day of the week.
    pub fn day_of_week(self, time: Timestamp) -> u32 {
        (weekday(time) - self.0).rem_euclid(7) as u32
    }

    /// From 1: the first week is the one with the first of January.
    pub fn week_of_year(self, time: Timestamp) -> u32 {
        week_of(time.day(), (self.0, 6 + self.0)).1 as u32
    }
}

/// A number of each point in time.
pub(crate) fn part<'b>(call: &Call<'_, 'b>, f: impl Fn(Timestamp) -> f64) -> Lanes<'b> {
    let date = [call.argument(0)?];
    if let [Lane { values: Values::Times(times, _), blank, error }] = &date {
        let number = |time: &i64| if *time == Chunk::NO_TIME { 0.0 } else { f(Timestamp(*time)) };
        let values = Values::Numbers(times.iter().map(number).collect());
        return Ok(Lane { values, blank: blank.clone(), error: error.clone() });
    }
    let extent = call.extent(&date);
    let [date] = &date;
    let moments = extent.per(date, Moment::of);
    Ok(extent.calculate(|row| moments.at(row).map(&f)))
}

/// The points in time moved by as much of a unit.
pub(crate) fn moved<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?];
    let extent = call.extent(&lanes);
    let [date, count, unit] = &lanes;
    let (counts, units) = (extent.per(count, number), extent.per(unit, unit_of));
    // A column that is moved by the same everywhere.
    if let (Values::Times(times, _), Per::Same(count), Per::Same(unit)) = (&date.values, &counts, &units)
        && count.is_finite()
    {
        let mut error = date.error.clone();
        let mut moved = vec![Chunk::NO_TIME; times.len()];
        for (row, (moved, time)) in
            moved.iter_mut().zip(times.iter()).enumerate().filter(|(_, (_, time))| **time != Chunk::NO_TIME)
        {
            match unit.add(*time, *count) {
                Some(time) => *moved = time,
                None => error.set(row),
            }
        }
        let values = Values::Times(moved.into(), false);
        return Ok(extent.finish(Lane { values, blank: date.blank.clone(), error }));
    }
    Ok(extent.moments(|row| {
        let (date, count) = (date.get(row), counts.at(row));
        match date.time() {
            _ if date.is_blank() => Out::Blank,
            Some(time) if count.is_finite() => {
                units.at(row).add(time, count).map_or(Out::Error, |moved| Out::Value((moved, false)))
            }
            _ => Out::Error,
        }
    }))
}

/// A number of each point in time, by the day that its weeks start on.
pub(crate) fn week<'b>(call: &Call<'_, 'b>, f: impl Fn(WeekStart, Timestamp) -> u32) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [date, start] = &lanes;
    let (moments, start) = (extent.per(date, Moment::of), extent.per(start, WeekStart::of));
    Ok(extent.calculate(|row| moments.at(row).map(|time| f64::from(f(start.at(row), time)))))
}

/// A text of each point in time.
pub(crate) fn write<'b>(call: &Call<'_, 'b>, f: impl Fn(i64, &mut String)) -> Lanes<'b> {
    let date = [call.argument(0)?];
    let extent = call.extent(&date);
    let [date] = &date;
    let moments = extent.per(date, Moment::of);
    call.write(&extent, |row, out| match moments.at(row) {
        Moment::At(time) => {
            f(time, out);
            Made::Value
        }
        Moment::Blank => Made::Blank,
        Moment::Wrong => Made::Error,
    })
}

/// The same point in time, where its second argument is blank or names something.
pub(crate) fn mark<'b>(call: &Call<'_, 'b>, exists: impl Fn(&str) -> bool) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [date, name] = &lanes;
    let known = extent.per(name, |name| name.is_blank() || exists(name.text(&mut String::new())));
    Ok(extent.moments(|row| match date.get(row) {
        date if date.is_blank() => Out::Blank,
        date => match date.time().filter(|_| known.at(row)) {
            Some(time) => Out::Value((time, false)),
            None => Out::Error,
        },
    }))
}

/// A function of two points in time and something about its third argument: blank when one of them is, an error where there is none.
pub(crate) fn two<'b, U: Copy + Default>(
    call: &Call<'_, 'b>,
    third: impl Fn(Val<'_>) -> U,
    f: impl Fn(i64, i64, U) -> Option<f64>,
) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?];
    let extent = call.extent(&lanes);
    let [a, b, unit] = &lanes;
    let (a, b, unit) = (extent.per(a, Moment::of), extent.per(b, Moment::of), extent.per(unit, third));
    Ok(extent.calculate(|row| match (a.at(row), b.at(row)) {
        (Moment::Blank, _) | (_, Moment::Blank) => Out::Blank,
        (Moment::At(a), Moment::At(b)) => f(a, b, unit.at(row)).map_or(Out::Error, Out::Value),
        _ => Out::Error,
    }))
}

/// A value in number context.
pub(crate) fn number(value: Val<'_>) -> f64 {
    value.number()
}
