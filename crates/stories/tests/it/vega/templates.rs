//! Questions made from templates, tables, columns and values by a seed, each with its answer from the raw rows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::raw::{Raw, Row};
use super::score::Asked;

/// What the questions on a table may speak of.
pub struct Frame {
    /// What a row is called.
    pub noun: &'static str,
    /// The columns by which a row is told.
    pub names: &'static [&'static str],
    /// Columns whose cells together name one row, and what may be asked of it.
    pub keys: &'static [&'static str],
    pub asked: &'static [&'static str],
    pub kinds: &'static [&'static str],
    pub measures: &'static [&'static str],
    pub day: Option<&'static str>,
}

const PLAIN: Frame = Frame { noun: "rows", names: &[], keys: &[], asked: &[], kinds: &[], measures: &[], day: None };

const FRAMES: [(&str, Frame); 11] = [
    (
        "birdstrikes",
        Frame {
            noun: "birdstrikes",
            names: &["Airport Name", "Aircraft Make Model"],
            kinds: &["Origin State", "Phase of flight", "Wildlife Size", "Time of day", "Aircraft Airline Operator"],
            measures: &["Cost Total $", "Cost Repair", "Cost Other", "Speed IAS in knots"],
            day: Some("Flight Date"),
            ..PLAIN
        },
    ),
    (
        "football",
        Frame {
            noun: "football records",
            names: &["home_team", "away_team"],
            kinds: &["division", "home_team", "away_team"],
            measures: &["home_score", "away_score"],
            day: Some("date"),
            ..PLAIN
        },
    ),
    (
        "jobs",
        Frame {
            names: &["job"],
            keys: &["job", "sex", "year"],
            asked: &["count", "perc"],
            kinds: &["job", "sex", "year"],
            measures: &["count", "perc"],
            ..PLAIN
        },
    ),
    (
        "la riots",
        Frame {
            noun: "records",
            names: &["last_name", "first_name", "neighborhood"],
            keys: &["first_name"],
            asked: &["last_name", "age", "race", "address", "neighborhood", "type"],
            kinds: &["gender", "race", "type", "neighborhood"],
            measures: &["age"],
            day: Some("death_date"),
        },
    ),
    (
        "disasters",
        Frame {
            noun: "disasters",
            names: &["Entity"],
            keys: &["Entity", "Year"],
            asked: &["Deaths"],
            kinds: &["Entity", "Year"],
            measures: &["Deaths"],
            day: None,
        },
    ),
    (
        "airports",
        Frame {
            noun: "airports",
            names: &["iata", "name"],
            keys: &["iata"],
            asked: &["name", "city", "state", "country"],
            kinds: &["state", "city", "country"],
            measures: &["latitude", "longitude"],
            day: None,
        },
    ),
    ("github", Frame { noun: "entries", measures: &["count"], day: Some("time"), ..PLAIN }),
    (
        "seattle weather",
        Frame {
            names: &["date"],
            kinds: &["weather"],
            measures: &["precipitation", "temp_max", "temp_min", "wind"],
            day: Some("date"),
            ..PLAIN
        },
    ),
    (
        "countries",
        Frame {
            names: &["country"],
            keys: &["country", "year"],
            asked: &["fertility", "life_expect", "n_fertility", "p_life_expect"],
            kinds: &["country", "year"],
            measures: &["fertility", "life_expect", "n_life_expect", "p_fertility"],
            ..PLAIN
        },
    ),
    (
        "zipcodes",
        Frame {
            noun: "zipcodes",
            names: &["zip_code"],
            keys: &["zip_code"],
            asked: &["city", "county", "state"],
            kinds: &["state", "county", "city"],
            measures: &["latitude", "longitude"],
            day: None,
        },
    ),
    (
        "flights",
        Frame {
            noun: "flights",
            names: &["origin", "destination"],
            kinds: &["origin", "destination"],
            measures: &["delay", "distance"],
            day: Some("date"),
            ..PLAIN
        },
    ),
];

fn frame(table: &str) -> &'static Frame {
    let found = FRAMES.iter().find(|(name, _)| *name == table);
    found.map_or_else(|| panic!("there is no frame for {table}"), |(_, frame)| frame)
}

/// A sequence of numbers that a seed decides.
pub struct Seeded(pub u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> Option<&'a T> {
        if all.is_empty() { None } else { Some(all[self.below(all.len())]) }
    }
}

/// One table being asked about.
struct Maker<'a> {
    table: &'a Raw,
    frame: &'static Frame,
    seed: &'a mut Seeded,
}

/// A test of a row in words, with the rows that meet it.
struct Part<'a> {
    said: String,
    rows: Vec<Row<'a>>,
}

fn spoken(column: &str) -> String {
    column.replace('_', " ")
}

/// Makes a question and its answer, where the values that chance picked allow one.
type Template<'a> = fn(&mut Maker<'a>) -> Option<(String, Value)>;

pub fn about<'a>(table: &'a Raw, seed: &'a mut Seeded) -> Vec<Asked> {
    let templates: &[Template<'a>] = &[
        |maker| Some(maker.all()),
        Maker::kind_counted,
        Maker::kind_counted,
        Maker::kind_excluded,
        Maker::either_kind,
        Maker::measure_compared,
        Maker::measure_compared,
        Maker::measure_between,
        Maker::two_tests,
        Maker::month_counted,
        Maker::day_compared,
        Maker::aggregate,
        Maker::aggregate,
        Maker::aggregate_of_kind,
        Maker::aggregate_of_kind,
        Maker::different,
        Maker::grouped,
        Maker::aggregate_by_kind,
        Maker::largest_group,
        Maker::extreme,
        Maker::extreme_of_kind,
        Maker::top,
        Maker::looked_up,
        Maker::looked_up,
        Maker::listed,
    ];
    let mut maker = Maker { table, frame: frame(table.name), seed };
    let made = templates.iter().filter_map(|template| template(&mut maker));
    made.map(|(question, wanted)| Asked { question, wanted }).collect()
}

impl<'a> Maker<'a> {
    fn row(&mut self) -> Row<'a> {
        let at = self.seed.below(self.table.rows.len());
        self.table.rows().nth(at).unwrap()
    }

    /// A cell that is there, of a row taken at random.
    fn cell(&mut self, column: &str) -> Option<&'a str> {
        let text = self.row().text(column);
        (!text.is_empty()).then_some(text)
    }

    fn kind(&mut self) -> Option<(&'static str, Part<'a>)> {
        let column = self.seed.of(self.frame.kinds)?;
        let value = self.cell(column)?;
        let rows = self.table.rows().filter(|row| row.is(column, value)).collect();
        Some((column, Part { said: format!("{} is {value}", spoken(column)), rows }))
    }

    fn measure(&mut self) -> Option<&'static str> {
        self.seed.of(self.frame.measures)
    }

    fn compared(&mut self, column: &'static str) -> Option<Part<'a>> {
        let text = self.cell(column)?;
        let bound: f64 = text.parse().unwrap();
        let (word, meets): (&str, fn(f64, f64) -> bool) = match self.seed.below(8) {
            0 => ("more than", |held, bound| held > bound),
            1 => ("above", |held, bound| held > bound),
            2 => ("over", |held, bound| held > bound),
            3 => ("at least", |held, bound| held >= bound),
            4 => ("less than", |held, bound| held < bound),
            5 => ("below", |held, bound| held < bound),
            6 => ("at most", |held, bound| held <= bound),
            _ => ("greater than", |held, bound| held > bound),
        };
        let rows = self.table.rows().filter(|row| row.number(column).is_some_and(|held| meets(held, bound))).collect();
        Some(Part { said: format!("{word} {text}"), rows })
    }

    fn all(&mut self) -> (String, Value) {
        let noun = self.frame.noun;
        let asked = match self.seed.below(3) {
            0 => format!("How many {noun} are there?"),
            1 => format!("number of {noun}"),
            _ => format!("What is the total number of {noun}?"),
        };
        (asked, json!(self.table.rows.len()))
    }

    fn kind_counted(&mut self) -> Option<(String, Value)> {
        let noun = self.frame.noun;
        let (column, part) = self.kind()?;
        let value = part.rows[0].text(column);
        let column = spoken(column);
        let asked = match self.seed.below(5) {
            0 => format!("How many {noun} have {column} {value}?"),
            1 => format!("How many {noun} where {}?", part.said),
            2 => format!("Count the {noun} with {column} {value}"),
            3 => format!("how many {noun} have the {column} \"{value}\"?"),
            _ => format!("What is the number of {noun} whose {}?", part.said),
        };
        Some((asked, json!(part.rows.len())))
    }

    fn kind_excluded(&mut self) -> Option<(String, Value)> {
        let noun = self.frame.noun;
        let (column, part) = self.kind()?;
        let value = part.rows[0].text(column);
        let others = self.table.rows.len() - part.rows.len();
        let column = spoken(column);
        let asked = match self.seed.below(3) {
            0 => format!("How many {noun} where {column} is not {value}?"),
            1 => format!("How many {noun} have a {column} other than {value}?"),
            _ => format!("how many {noun} don't have {column} {value}?"),
        };
        Some((asked, json!(others)))
    }

    fn either_kind(&mut self) -> Option<(String, Value)> {
        let noun = self.frame.noun;
        let (column, one) = self.kind()?;
        let other = self.cell(column)?;
        let first = one.rows[0].text(column);
        if other == first {
            return None;
        }
        let total = one.rows.len() + self.table.rows().filter(|row| row.is(column, other)).count();
        Some((format!("How many {noun} have {} {first} or {other}?", spoken(column)), json!(total)))
    }

    fn measure_compared(&mut self) -> Option<(String, Value)> {
        let noun = self.frame.noun;
        let column = self.measure()?;
        let part = self.compared(column)?;
        let column = spoken(column);
        let asked = match self.seed.below(3) {
            0 => format!("How many {noun} have a {column} of {}?", part.said),
            1 => format!("How many {noun} where {column} is {}?", part.said),
            _ => format!("number of {noun} with {column} {}", part.said),
        };
        Some((asked, json!(part.rows.len())))
    }

    fn measure_between(&mut self) -> Option<(String, Value)> {
        let column = self.measure()?;
        let (one, other) = (self.cell(column)?, self.cell(column)?);
        let number = |text: &str| text.parse::<f64>().unwrap();
        let (low, high) = if number(one) <= number(other) { (one, other) } else { (other, one) };
        let inside = |row: &Row<'_>| row.number(column).is_some_and(|v| v >= number(low) && v <= number(high));
        let total = self.table.rows().filter(inside).count();
        let asked = format!("How many {} have a {} between {low} and {high}?", self.frame.noun, spoken(column));
        Some((asked, json!(total)))
    }

    fn two_tests(&mut self) -> Option<(String, Value)> {
        let noun = self.frame.noun;
        let (column, one) = self.kind()?;
        let measure = self.measure()?;
        let two = self.compared(measure)?;
        let value = one.rows[0].text(column);
        let both = two.rows.iter().filter(|row| row.is(column, value)).count();
        let asked = match self.seed.below(2) {
            0 => format!("How many {noun} with {} {value} have a {} {}?", spoken(column), spoken(measure), two.said),
            _ => format!("How many {noun} where {} and {} is {}?", one.said, spoken(measure), two.said),
        };
        Some((asked, json!(both)))
    }

    fn month_counted(&mut self) -> Option<(String, Value)> {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let day = self.frame.day?;
        let text = self.cell(day)?;
        let (year, month) = (&text[..4], &text[5..7]);
        let name = MONTHS[month.parse::<usize>().unwrap() - 1];
        let (asked, length) = match self.seed.below(3) {
            0 => (format!("{name} {year}"), 7),
            1 => (format!("{} {year}", &name[..3]), 7),
            _ => (year.to_owned(), 4),
        };
        let total = self.table.rows().filter(|row| row.text(day).starts_with(&text[..length])).count();
        let asked = format!("How many {} have a {} in {asked}?", self.frame.noun, spoken(day));
        Some((asked, json!(total)))
    }

    fn day_compared(&mut self) -> Option<(String, Value)> {
        let day = self.frame.day?;
        let iso = |text: &str| text[..10].replace('/', "-");
        let bound = iso(self.cell(day)?);
        let (word, meets): (&str, fn(&str, &str) -> bool) = match self.seed.below(4) {
            0 => ("before", |held, bound| held < bound),
            1 => ("after", |held, bound| held > bound),
            2 => ("since", |held, bound| held >= bound),
            _ => ("on", |held, bound| held == bound),
        };
        let total = self.table.rows().filter(|row| meets(&iso(row.text(day)), &bound)).count();
        Some((format!("How many {} have a {} {word} {bound}?", self.frame.noun, spoken(day)), json!(total)))
    }

    /// A word for an aggregate, and its value over numbers.
    fn op(&mut self, numbers: &mut [f64]) -> (&'static str, f64) {
        numbers.sort_by(f64::total_cmp);
        let sum: f64 = numbers.iter().sum();
        let (last, middle) = (numbers.len() - 1, numbers.len() / 2);
        match self.seed.below(7) {
            0 => ("average", sum / numbers.len() as f64),
            1 => ("mean", sum / numbers.len() as f64),
            2 => ("total", sum),
            3 => ("lowest", numbers[0]),
            4 => ("maximum", numbers[last]),
            5 => ("highest", numbers[last]),
            _ if numbers.len().is_multiple_of(2) => ("median", f64::midpoint(numbers[middle - 1], numbers[middle])),
            _ => ("median", numbers[middle]),
        }
    }

    fn aggregate(&mut self) -> Option<(String, Value)> {
        let column = self.measure()?;
        let mut numbers: Vec<f64> = self.table.rows().filter_map(|row| row.number(column)).collect();
        let (word, value) = self.op(&mut numbers);
        let column = spoken(column);
        let asked = match self.seed.below(3) {
            0 => format!("What is the {word} {column}?"),
            1 => format!("{word} {column}"),
            _ => format!("Tell me the {word} {column} please"),
        };
        Some((asked, json!(value)))
    }

    fn aggregate_of_kind(&mut self) -> Option<(String, Value)> {
        let column = self.measure()?;
        let (kind, part) = self.kind()?;
        let mut numbers: Vec<f64> = part.rows.iter().filter_map(|row| row.number(column)).collect();
        if numbers.is_empty() {
            return None;
        }
        let (word, value) = self.op(&mut numbers);
        let (noun, held) = (self.frame.noun, part.rows[0].text(kind));
        let column = spoken(column);
        let asked = match self.seed.below(3) {
            0 => format!("What is the {word} {column} where {}?", part.said),
            1 => format!("What's the {word} {column} of {noun} with {} {held}?", spoken(kind)),
            _ => format!("{word} {column} for {} {held}", spoken(kind)),
        };
        Some((asked, json!(value)))
    }

    fn different(&mut self) -> Option<(String, Value)> {
        let column = self.seed.of(self.frame.kinds)?;
        let all: BTreeSet<&str> = self.table.rows().map(|row| row.text(column)).filter(|t| !t.is_empty()).collect();
        let said = spoken(column);
        let asked = match self.seed.below(3) {
            0 => format!("How many different {said} values are there?"),
            1 => format!("How many distinct values does {said} have?"),
            _ => format!("number of unique {said} values"),
        };
        Some((asked, json!(all.len())))
    }

    fn parts(&self, column: &str) -> BTreeMap<&'a str, Vec<Row<'a>>> {
        let mut parts: BTreeMap<&str, Vec<Row<'a>>> = BTreeMap::new();
        for row in self.table.rows().filter(|row| !row.text(column).is_empty()) {
            parts.entry(row.text(column)).or_default().push(row);
        }
        parts
    }

    fn grouped(&mut self) -> Option<(String, Value)> {
        let (noun, column) = (self.frame.noun, self.seed.of(self.frame.kinds)?);
        let parts = self.parts(column);
        if parts.len() > 60 {
            return None;
        }
        let said = spoken(column);
        let asked = match self.seed.below(3) {
            0 => format!("How many {noun} by {said}?"),
            1 => format!("number of {noun} per {said}"),
            _ => format!("How many {noun} are there for each {said}?"),
        };
        let wanted = parts.iter().map(|(key, rows)| json!({ "key": key, "value": rows.len() })).collect();
        Some((asked, wanted))
    }

    fn aggregate_by_kind(&mut self) -> Option<(String, Value)> {
        let (column, kind) = (self.measure()?, self.seed.of(self.frame.kinds)?);
        let parts = self.parts(kind);
        if parts.len() > 60 || parts.values().any(|rows| rows.iter().all(|row| row.number(column).is_none())) {
            return None;
        }
        let total = self.seed.below(2) == 0;
        let value = |rows: &Vec<Row<'_>>| {
            let numbers: Vec<f64> = rows.iter().filter_map(|row| row.number(column)).collect();
            numbers.iter().sum::<f64>() / if total { 1.0 } else { numbers.len() as f64 }
        };
        let wanted = parts.iter().map(|(key, rows)| json!({ "key": key, "value": value(rows) })).collect();
        let word = if total { "total" } else { "average" };
        let joint = if self.seed.below(2) == 0 { "by" } else { "per" };
        Some((format!("{word} {} {joint} {}", spoken(column), spoken(kind)), wanted))
    }

    fn largest_group(&mut self) -> Option<(String, Value)> {
        let (noun, column) = (self.frame.noun, self.seed.of(self.frame.kinds)?);
        let parts = self.parts(column);
        let most = self.seed.below(3) > 0;
        let sizes = parts.values().map(Vec::len);
        let edge = if most { sizes.max()? } else { sizes.min()? };
        let wanted: Vec<&str> = parts.iter().filter(|(_, rows)| rows.len() == edge).map(|(key, _)| *key).collect();
        if wanted.len() > 10 {
            return None;
        }
        let word = if most { "most" } else { "fewest" };
        Some((format!("Which {} has the {word} {noun}?", spoken(column)), json!(wanted)))
    }

    fn edge(&mut self, rows: &[Row<'a>], column: &'static str, name: &'static str) -> Option<(&'static str, Value)> {
        let greatest = self.seed.below(2) == 0;
        let numbers = rows.iter().filter_map(|row| row.number(column));
        let edge = if greatest { numbers.reduce(f64::max)? } else { numbers.reduce(f64::min)? };
        let found: BTreeSet<&str> =
            rows.iter().filter(|row| row.number(column) == Some(edge)).map(|row| row.text(name)).collect();
        if found.len() > 15 {
            return None;
        }
        Some((if greatest { "highest" } else { "lowest" }, json!(found)))
    }

    fn extreme(&mut self) -> Option<(String, Value)> {
        let (column, name) = (self.measure()?, self.seed.of(self.frame.names)?);
        let rows: Vec<Row<'a>> = self.table.rows().collect();
        let (word, wanted) = self.edge(&rows, column, name)?;
        Some((format!("Which {} has the {word} {}?", spoken(name), spoken(column)), wanted))
    }

    fn extreme_of_kind(&mut self) -> Option<(String, Value)> {
        let (column, name) = (self.measure()?, self.seed.of(self.frame.names)?);
        let (kind, part) = self.kind()?;
        if kind == name {
            return None;
        }
        let (word, wanted) = self.edge(&part.rows, column, name)?;
        let asked = format!("Where {}, which {} has the {word} {}?", part.said, spoken(name), spoken(column));
        Some((asked, wanted))
    }

    /// Only where the edge of the list is no tie.
    fn top(&mut self) -> Option<(String, Value)> {
        let (column, name) = (self.measure()?, self.seed.of(self.frame.names)?);
        let count = 2 + self.seed.below(4);
        let mut rows: Vec<Row<'a>> = self.table.rows().filter(|row| row.number(column).is_some()).collect();
        rows.sort_by(|a, b| b.number(column).unwrap().total_cmp(&a.number(column).unwrap()));
        if rows[count - 1].number(column) == rows[count].number(column) {
            return None;
        }
        let wanted: Vec<&str> = rows.iter().take(count).map(|row| row.text(name)).collect();
        let (name, column, noun) = (spoken(name), spoken(column), self.frame.noun);
        let asked = match self.seed.below(2) {
            0 => format!("What is the {name} of the {count} {noun} with the highest {column}?"),
            _ => format!("Show the {name} of the top {count} {noun} by {column}"),
        };
        Some((asked, json!(wanted)))
    }

    fn looked_up(&mut self) -> Option<(String, Value)> {
        let asked = self.seed.of(self.frame.asked)?;
        let row = self.row();
        let keys = self.frame.keys;
        let like = |held: &Row<'_>| keys.iter().all(|key| held.text(key) == row.text(key));
        let cells: Vec<&str> =
            self.table.rows().filter(like).map(|held| held.text(asked)).filter(|text| !text.is_empty()).collect();
        if cells.is_empty() {
            return None;
        }
        let named: Vec<String> = keys.iter().map(|key| format!("{} {}", spoken(key), row.text(key))).collect();
        let bare: Vec<&str> = keys.iter().map(|key| row.text(key)).collect();
        let said = spoken(asked);
        let question = match self.seed.below(4) {
            0 => format!("What is the {said} for {}?", named.join(" and ")),
            1 => format!("What was the {said} of {}?", bare.join(", ")),
            2 => format!("Tell me the {said} where {}", named.join(", ").replace("year ", "year is ")),
            _ => format!("{said} of {}", named.join(" ")),
        };
        Some((question, json!(cells)))
    }

    fn listed(&mut self) -> Option<(String, Value)> {
        let (column, name) = (self.measure()?, self.seed.of(self.frame.names)?);
        let mut numbers: Vec<f64> = self.table.rows().filter_map(|row| row.number(column)).collect();
        numbers.sort_by(f64::total_cmp);
        let bound = numbers[numbers.len() - 1 - self.seed.below(12).min(numbers.len() - 1)];
        let found: BTreeSet<&str> = self
            .table
            .rows()
            .filter(|row| row.number(column).is_some_and(|held| held >= bound))
            .map(|row| row.text(name))
            .collect();
        if found.len() > 60 {
            return None;
        }
        let (name, column, noun) = (spoken(name), spoken(column), self.frame.noun);
        Some((format!("List the {name} of {noun} with a {column} of at least {bound}"), json!(found)))
    }
}
