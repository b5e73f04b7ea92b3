//! Clean tables with varied content, made from a seed.

/// A table as its author meant it.
#[derive(Debug, Clone)]
pub struct Clean {
    pub name: &'static str,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// A small generator of numbers; the same seed gives the same tables everywhere.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    pub fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    pub fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }
}

const FIRST: [&str; 12] =
    ["Ana", "Björn", "Chloé", "Dmitri", "Élodie", "Fatima", "George", "Hannah", "Ian", "Jürgen", "Kate", "Luís"];
const LAST: [&str; 12] =
    ["Smith", "O'Brien", "Müller", "García", "Van Dyke", "Núñez", "Lee", "Jones", "Ångström", "Rossi", "Silva", "King"];
const CITY: [&str; 10] =
    ["Paris", "São Paulo", "Zürich", "New York", "Málaga", "Köln", "Oslo", "Reykjavík", "Leeds", "St. John's"];
const THING: [&str; 10] = [
    "Lamp",
    "Desk, oak",
    "Chair",
    "Pipe 5\" steel",
    "Mug \"Best Dad\"",
    "Rug (large)",
    "Shelf; white",
    "Clock",
    "Bed, king size",
    "Sofa",
];
const PHRASE: [&str; 10] = [
    "Works well",
    "Late, but fine",
    "She said \"never again\"",
    "No comment",
    "Too small; returned",
    "Great value!",
    "I'd buy it again",
    "Broken on arrival, see photo",
    "OK",
    "Don't know",
];

/// Twelve tables.
pub fn all(seed: u64) -> Vec<Clean> {
    let mut chance = Chance(seed);
    let c = &mut chance;
    vec![
        people(c),
        products(c),
        orders(c),
        cities(c),
        books(c),
        sensors(c),
        places(c),
        notes(c),
        invoices(c),
        survey(c),
        links(c),
        wide(c),
    ]
}

fn table(name: &'static str, header: &[&str], count: usize, mut row: impl FnMut(usize) -> Vec<String>) -> Clean {
    Clean { name, header: header.iter().map(ToString::to_string).collect(), rows: (0..count).map(&mut row).collect() }
}

fn date(c: &mut Chance) -> (usize, usize, usize) {
    (2015 + c.below(10), 1 + c.below(12), 1 + c.below(28))
}

fn people(c: &mut Chance) -> Clean {
    table("people", &["Id", "First name", "Last name", "E-mail", "Age", "City", "Joined"], 50, |i| {
        let (y, m, d) = date(c);
        let first = c.of(&FIRST);
        vec![
            (i + 1).to_string(),
            first.into(),
            c.of(&LAST).into(),
            if c.one_in(8) { String::new() } else { format!("user{i}@example.org") },
            (18 + c.below(60)).to_string(),
            c.of(&CITY).into(),
            format!("{y}-{m:02}-{d:02}"),
        ]
    })
}

fn products(c: &mut Chance) -> Clean {
    table("products", &["SKU", "Product", "Price", "Stock", "Comment"], 45, |i| {
        vec![
            format!("AB-{:04}", 100 + i),
            c.of(&THING).into(),
            format!("${},{:03}.{:02}", 1 + c.below(9), c.below(1000), c.below(100)),
            c.below(500).to_string(),
            if c.one_in(4) { String::new() } else { c.of(&PHRASE).into() },
        ]
    })
}

fn orders(c: &mut Chance) -> Clean {
    table("orders", &["Order", "Customer", "Ordered on", "Total", "Paid"], 60, |i| {
        let (y, m, d) = date(c);
        vec![
            (10_000 + i).to_string(),
            format!("{} {}", c.of(&FIRST), c.of(&LAST)),
            format!("{d:02}/{m:02}/{y}"),
            format!("{}.{:02}", c.below(900), c.below(100)),
            c.of(&["yes", "no"]).into(),
        ]
    })
}

fn cities(c: &mut Chance) -> Clean {
    table("cities", &["City", "Country", "Population", "Latitude", "Longitude"], 40, |_| {
        vec![
            c.of(&CITY).into(),
            c.of(&["France", "Côte d'Ivoire", "España", "Norway", "Brasil"]).into(),
            format!("{},{:03},{:03}", 1 + c.below(9), c.below(1000), c.below(1000)),
            format!("{}.{:04}", c.below(90), c.below(10_000)),
            format!("-{}.{:04}", c.below(180), c.below(10_000)),
        ]
    })
}

fn books(c: &mut Chance) -> Clean {
    table("books", &["Title", "Author", "Year", "ISBN", "Rating"], 45, |_| {
        let titles = ["The \"Great\" Escape", "War, and Peace", "Émile", "On Time", "Who's There?", "A: B or C"];
        vec![
            format!("{} {}", c.of(&titles), c.below(50)),
            format!("{}, {}", c.of(&LAST), c.of(&FIRST)),
            (1900 + c.below(120)).to_string(),
            format!("978{:010}", c.below(1_000_000_000)),
            if c.one_in(6) { String::new() } else { format!("{}.{}", 1 + c.below(4), c.below(10)) },
        ]
    })
}

fn sensors(c: &mut Chance) -> Clean {
    table("sensors", &["Time", "Sensor", "Value", "Unit", "OK"], 80, |i| {
        vec![
            format!("2024-03-{:02}T{:02}:{:02}:00Z", 1 + i / 24, i % 24, c.below(60)),
            format!("s{}", c.below(4)),
            format!("{}{}.{}", if c.one_in(3) { "-" } else { "" }, c.below(100), c.below(1000)),
            c.of(&["°C", "%", "hPa"]).into(),
            c.of(&["true", "false"]).into(),
        ]
    })
}

fn places(c: &mut Chance) -> Clean {
    table("places", &["Zip", "Place", "State", "Phone"], 50, |_| {
        vec![
            format!("{:05}", c.below(99_999)),
            c.of(&CITY).into(),
            c.of(&["NY", "CA", "TX", "WA"]).into(),
            format!("+1 {} 555 {:04}", 200 + c.below(700), c.below(10_000)),
        ]
    })
}

fn notes(c: &mut Chance) -> Clean {
    table("notes", &["No", "Note", "By", "When"], 40, |i| {
        let (y, m, d) = date(c);
        let text = match c.below(3) {
            0 => format!("{}\n{}", c.of(&PHRASE), c.of(&PHRASE)),
            1 => format!("{}\n\n- {}", c.of(&PHRASE), c.of(&THING)),
            _ => c.of(&PHRASE).to_owned(),
        };
        vec![
            (i + 1).to_string(),
            text,
            c.of(&FIRST).into(),
            format!("{y}-{m:02}-{d:02} {:02}:{:02}", c.below(24), c.below(60)),
        ]
    })
}

fn invoices(c: &mut Chance) -> Clean {
    table("invoices", &["Rechnung", "Kunde", "Datum", "Betrag", "Steuer"], 50, |i| {
        let (y, m, d) = date(c);
        vec![
            format!("R{:05}", 400 + i),
            format!("{} & {} GmbH", c.of(&LAST), c.of(&LAST)),
            format!("{d:02}.{m:02}.{y}"),
            format!("{}.{:03},{:02} €", 1 + c.below(9), c.below(1000), c.below(100)),
            c.of(&["7 %", "19 %"]).into(),
        ]
    })
}

fn survey(c: &mut Chance) -> Clean {
    table("survey", &["Respondent", "Answer", "Mood", "Remark", "Follow up"], 45, |i| {
        vec![
            format!("{} {}", c.of(&FIRST), c.of(&LAST)) + if i % 2 == 0 { "" } else { " jr." },
            c.of(&PHRASE).into(),
            c.of(&["happy", "neutral", "sad", ""]).into(),
            if c.one_in(2) { String::new() } else { c.of(&PHRASE).into() },
            if c.one_in(3) { String::new() } else { c.of(&["call", "mail", "none"]).into() },
        ]
    })
}

fn links(c: &mut Chance) -> Clean {
    table("links", &["Address", "Title", "Tags", "Added"], 45, |i| {
        let (y, m, d) = date(c);
        vec![
            format!("https://example.com/a?id={i}&x={}", c.below(100)),
            c.of(&["Home", "About us | Example", "Prices, plans", "FAQ: all answers", "Blog"]).into(),
            c.of(&["a; b", "news", "a; b; c", "x, y", ""]).into(),
            format!("{m}/{d}/{y} {}:{:02} PM", 1 + c.below(12), c.below(60)),
        ]
    })
}

fn wide(c: &mut Chance) -> Clean {
    let header: Vec<String> = (1..=20).map(|i| format!("Q{i} answer")).collect();
    let names: Vec<&str> = header.iter().map(String::as_str).collect();
    table("wide", &names, 35, |_| {
        (0..20)
            .map(|column| match column % 5 {
                0 => c.below(1000).to_string(),
                1 => c.of(&PHRASE).into(),
                2 => format!("{}.{}", c.below(10), c.below(10)),
                3 => c.of(&["A", "B", "C", ""]).into(),
                _ => c.of(&CITY).into(),
            })
            .collect()
    })
}
