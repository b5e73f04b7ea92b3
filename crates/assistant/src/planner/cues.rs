//! Words that say what is asked: how many, average, highest, by, different, top five.

#[cfg(test)]
mod tests;

use super::{amounts, mentions::Reading, plan::Op};

/// "highest", "oldest", "top 5".
#[derive(Debug, Clone, PartialEq)]
pub struct Superlative {
    pub start: usize,
    pub end: usize,
    pub greatest: bool,
    /// Words of field names it speaks of by itself.
    pub hints: &'static [&'static str],
    /// About time: least is earliest.
    pub of_time: bool,
    /// How many records are wanted when more than one.
    pub count: Option<u64>,
    /// "the second highest": how many better ones are passed over.
    pub skip: u64,
}

/// `(word, greatest, of_time, hints)`
type Entry = (&'static str, bool, bool, &'static [&'static str]);

const LONG: &[&str] = &["duration", "length", "long", "runtime", "hour", "minute", "day", "time", "distance", "height"];

const SUPERLATIVES: &[Entry] = &[
    ("highest", true, false, &[]),
    ("largest", true, false, &[]),
    ("biggest", true, false, &[]),
    ("greatest", true, false, &[]),
    ("most", true, false, &[]),
    ("maximum", true, false, &[]),
    ("max", true, false, &[]),
    ("top", true, false, &[]),
    ("best", true, false, &["rating", "score", "point"]),
    ("longest", true, false, LONG),
    ("tallest", true, false, &["height", "elevation"]),
    ("heaviest", true, false, &["weight", "mass"]),
    ("fastest", true, false, &["speed"]),
    ("richest", true, false, &["revenue", "income", "gdp", "worth"]),
    ("deepest", true, false, &["depth"]),
    ("strongest", true, false, &["strength", "magnitude"]),
    ("costliest", true, false, &["cost", "price"]),
    ("priciest", true, false, &["price", "cost"]),
    ("lowest", false, false, &[]),
    ("smallest", false, false, &[]),
    ("least", false, false, &[]),
    ("fewest", false, false, &[]),
    ("minimum", false, false, &[]),
    ("min", false, false, &[]),
    ("bottom", false, false, &[]),
    ("worst", false, false, &["rating", "score", "point"]),
    ("shortest", false, false, LONG),
    ("farthest", true, false, &["distance"]),
    ("furthest", true, false, &["distance"]),
    ("nearest", false, false, &["distance"]),
    ("hottest", true, false, &["temperature", "temp", "heat"]),
    ("warmest", true, false, &["temperature", "temp"]),
    ("coldest", false, false, &["temperature", "temp"]),
    ("coolest", false, false, &["temperature", "temp"]),
    ("wettest", true, false, &["precipitation", "rain", "rainfall"]),
    ("driest", false, false, &["precipitation", "rain", "rainfall", "humidity"]),
    ("windiest", true, false, &["wind"]),
    ("deadliest", true, false, &["death", "fatality", "killed", "victim"]),
    ("lightest", false, false, &["weight", "mass"]),
    ("slowest", false, false, &["speed"]),
    ("cheapest", false, false, &["price", "cost", "budget", "fee"]),
    ("poorest", false, false, &["income", "gdp"]),
    ("latest", true, true, &[]),
    ("newest", true, true, &[]),
    ("youngest", true, true, &[]),
    ("earliest", false, true, &[]),
    ("oldest", false, true, &[]),
    ("first", false, true, &[]),
    ("last", true, true, &[]),
];

/// All that the words say about what is asked.
#[derive(Debug, Clone, Default)]
pub struct Cues {
    /// "how many", "number of": its words.
    pub count: Option<(usize, usize)>,
    pub how_much: bool,
    pub distinct: Option<usize>,
    pub op: Option<(Op, usize)>,
    pub superlatives: Vec<Superlative>,
    /// Where the words after "by", "per", "for each" begin, and where that cue begins.
    pub groups: Vec<(usize, usize)>,
    /// Where the words after "sorted by" begin, and where that cue begins.
    pub sort: Option<(usize, usize)>,
    pub descending: bool,
    /// Begins like a question to be answered yes or no.
    pub yes_no: bool,
}

impl Cues {
    /// Whether anything is asked at all.
    pub fn any(&self) -> bool {
        self.count.is_some()
            || self.how_much
            || self.distinct.is_some()
            || self.op.is_some()
            || !self.superlatives.is_empty()
            || !self.groups.is_empty()
    }

    pub fn of(reading: &Reading) -> Self {
        let mut cues = Self { yes_no: begins_yes_no(reading), ..Self::default() };
        for at in 0..reading.words.len() {
            cues.look(reading, at);
        }
        join_counts(&mut cues.superlatives, reading);
        cues.descending = reading.words.iter().any(|w| matches!(w.text.as_str(), "descending" | "desc"))
            || cues.sort.is_some() && !cues.superlatives.is_empty();
        cues
    }

    fn look(&mut self, reading: &Reading, at: usize) {
        self.look_count(reading, at);
        self.look_groups(reading, at);
        match reading.text(at) {
            "different" | "distinct" | "unique" => self.distinct = self.distinct.or(Some(at)),
            "average" | "mean" | "avg" | "typical" => self.op = self.op.or(Some((Op::Avg, at))),
            "median" => self.op = self.op.or(Some((Op::Median, at))),
            "sum" | "combined" => self.op = self.op.or(Some((Op::Sum, at))),
            "total" | "altogether" | "overall" if self.op.is_none() => self.op = Some((Op::Sum, at)),
            _ => {}
        }
        if let Some(found) = superlative(reading, at) {
            self.superlatives.push(found);
        }
    }

    fn look_count(&mut self, reading: &Reading, at: usize) {
        let width = match (reading.text(at), reading.text(at + 1)) {
            ("how", "many") => 2,
            ("how", "much") => {
                self.how_much = true;
                return;
            }
            ("number" | "amount" | "count", "of") => 2,
            ("count", _) if at == 0 => 1,
            _ => return,
        };
        if self.count.is_none() {
            let total = at.checked_sub(1).is_some_and(|before| reading.is(before, &["total"]));
            self.count = Some((at - usize::from(total), at + width));
        }
    }

    fn look_groups(&mut self, reading: &Reading, at: usize) {
        let mut next = match (reading.text(at), reading.text(at + 1)) {
            ("for" | "in" | "of" | "on", "each" | "every") => at + 2,
            ("by" | "per" | "each", _) => at + 1,
            _ => return,
        };
        while reading.is(next, &["the", "each", "its", "their"]) {
            next += 1;
        }
        let sorted = at.checked_sub(1).is_some_and(|b| {
            reading.is(b, &["sort", "sorted", "order", "ordered", "ranked", "rank", "them"])
                && (0..=b).any(|i| reading.is(i, &["sort", "sorted", "order", "ordered", "ranked", "rank"]))
        });
        let passive = at.checked_sub(1).and_then(|b| reading.words.get(b)).is_some_and(|w| {
            w.text.ends_with("ed")
                && !matches!(w.stem.as_str(), "grouped" | "summed" | "counted" | "totaled" | "totalled")
                || matches!(
                    w.text.as_str(),
                    "won" | "held" | "made" | "written" | "owned" | "led" | "built" | "drawn" | "run"
                )
        });
        if passive && !sorted && reading.is(at, &["by"]) {
            return;
        }
        if sorted {
            self.sort = Some((next, at - 1));
        } else if !self.groups.iter().any(|(n, _)| *n == next) {
            self.groups.push((next, at));
        }
    }
}

fn begins_yes_no(reading: &Reading) -> bool {
    let opener = reading.is(0, &["is", "are", "was", "were", "does", "do", "did", "has", "have"]);
    opener
        && !reading.is(1, &["you"])
        && !reading.words.iter().take(4).any(|w| matches!(w.text.as_str(), "what" | "which"))
}

fn superlative(reading: &Reading, at: usize) -> Option<Superlative> {
    let text = reading.text(at);
    if text == "most" || text == "least" {
        let (next, hints): (&str, &'static [&'static str]) =
            (reading.text(at + 1), &["price", "cost", "budget", "fee"]);
        let wide = Superlative {
            start: at,
            end: at + 2,
            greatest: text == "most",
            hints: &[],
            of_time: false,
            count: None,
            skip: 0,
        };
        match next {
            "recent" => return Some(Superlative { of_time: true, ..wide }),
            "expensive" | "costly" => return Some(Superlative { hints, ..wide }),
            "populous" | "populated" => return Some(Superlative { hints: &["population"], ..wide }),
            _ => {}
        }
        if at.checked_sub(1).is_some_and(|before| reading.is(before, &["at"])) {
            return None;
        }
    }
    if text == "last" && is_verb(reading, at) {
        return None;
    }
    let (_, greatest, of_time, hints) = SUPERLATIVES.iter().find(|(word, ..)| *word == text)?;
    let after = reading.words.get(at + 1).and_then(amounts::whole_number).filter(|n| (1..=1000).contains(n));
    let before = at.checked_sub(1).and_then(|b| reading.words.get(b)).and_then(amounts::whole_number);
    let count = after.or(before.filter(|n| (2..=1000).contains(n))).map(|n| n as u64);
    let span_word = reading.is(at + 1, &["week", "month", "year", "quarter", "name", "day"])
        || reading.is(at + 2, &["days", "weeks", "months", "years"]);
    if matches!(text, "last" | "first" | "top" | "bottom")
        && (span_word || text == "top" && count.is_none() && !reading.is(at + 1, &["scoring", "paid"]))
    {
        return None;
    }
    let start = at - usize::from(after.is_none() && count.is_some());
    let end = at + 1 + usize::from(after.is_some());
    let skip = if count.is_none() && !matches!(text, "first" | "last") { passed_over(reading, at) } else { 0 };
    let start = start - usize::from(skip > 0);
    Some(Superlative { start, end, greatest: *greatest, hints, of_time: *of_time, count, skip })
}

/// "how long did it last": the verb.
fn is_verb(reading: &Reading, at: usize) -> bool {
    let asks = (0..at).any(|i| reading.is(i, &["did", "does", "do", "will", "would", "can", "could"]));
    let next = reading.text(at + 1);
    asks && (next.is_empty() || matches!(next, "in" | "on" | "for" | "at" | "during"))
}

/// "the second longest": one is passed over.
fn passed_over(reading: &Reading, at: usize) -> u64 {
    const ORDINALS: &[&[&str]] =
        &[&["second", "2nd"], &["third", "3rd"], &["fourth", "4th"], &["fifth", "5th"], &["sixth", "6th"]];
    let Some(before) = at.checked_sub(1) else { return 0 };
    ORDINALS.iter().position(|words| reading.is(before, words)).map_or(0, |place| place as u64 + 1)
}

/// "top 3 longest": the number belongs to the word that follows.
fn join_counts(superlatives: &mut Vec<Superlative>, reading: &Reading) {
    let joined = |pair: &[Superlative]| match pair {
        [top, next] => {
            let beside = next.start <= top.end && next.end > top.end;
            let counted = top.count.is_some() && (next.count.is_none() || next.count == top.count);
            beside && counted && reading.is(top.start, &["top", "first"])
        }
        _ => false,
    };
    while let Some(at) = superlatives.windows(2).position(joined) {
        let top = superlatives.remove(at);
        if let Some(next) = superlatives.get_mut(at) {
            next.start = top.start;
            next.count = top.count;
        }
    }
}

/// Whether a word by itself says what is asked.
pub fn is_cue_word(text: &str) -> bool {
    SUPERLATIVES.iter().any(|(word, ..)| *word == text)
        || matches!(
            text,
            "average"
                | "mean"
                | "median"
                | "sum"
                | "total"
                | "count"
                | "number"
                | "different"
                | "distinct"
                | "unique"
                | "per"
                | "by"
                | "each"
                | "every"
                | "combined"
                | "overall"
                | "altogether"
        )
}
