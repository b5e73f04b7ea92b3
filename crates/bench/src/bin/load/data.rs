//! The table that is measured: twelve fields of the usual kinds, the same cells on every run.

use std::fmt::Write;

/// Fields of the table but the formula, as the meta API makes them.
pub const FIELDS: &str = r#"[
  {"name":"Name","type":"singleLineText"},
  {"name":"Notes","type":"multilineText"},
  {"name":"Count","type":"number","options":{"precision":0}},
  {"name":"Price","type":"currency","options":{"precision":2,"symbol":"$"}},
  {"name":"Status","type":"singleSelect","options":{"choices":[{"name":"Todo"},{"name":"Doing"},{"name":"Done"},{"name":"Late"},{"name":"Held"},{"name":"New"},{"name":"Old"},{"name":"Odd"},{"name":"Even"}]}},
  {"name":"Tags","type":"multipleSelects","options":{"choices":[{"name":"red"},{"name":"green"},{"name":"blue"},{"name":"gold"},{"name":"grey"}]}},
  {"name":"Due","type":"date","options":{"dateFormat":{"name":"iso"}}},
  {"name":"Ready","type":"checkbox","options":{"icon":"check","color":"greenBright"}},
  {"name":"Mail","type":"email"},
  {"name":"Site","type":"url"},
  {"name":"Stars","type":"rating","options":{"icon":"star","max":5,"color":"yellowBright"}}
]"#;

/// The formula field.
pub const FORMULA: &str = "{Count} * {Price}";

/// A filter that about one record in ninety passes, another text for each number.
pub fn filter(number: usize) -> String {
    format!("AND({{Count}} > 900.{number:05}, {{Status}} = 'Done')")
}

pub const STATUS: [&str; 9] = ["Todo", "Doing", "Done", "Late", "Held", "New", "Old", "Odd", "Even"];
pub const TAGS: [&str; 5] = ["red", "green", "blue", "gold", "grey"];
const WORDS: [&str; 16] = [
    "river", "stone", "paper", "light", "garden", "window", "winter", "copper", "letter", "bridge", "orange", "silver",
    "market", "summer", "forest", "harbor",
];

/// Numbers without pattern, from a seed (Marsaglia's xorshift64).
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }
}

/// The cells of one record, as text, in the order of [`FIELDS`].
pub struct Row {
    name: String,
    notes: String,
    count: usize,
    price: (usize, usize),
    status: &'static str,
    tags: [&'static str; 2],
    due: (usize, usize, usize),
    ready: bool,
    mail: String,
    site: String,
    stars: usize,
}

impl Row {
    pub fn new(random: &mut Random, number: usize) -> Self {
        let first = random.pick(&WORDS);
        let notes: Vec<&str> = (0..9).map(|_| random.pick(&WORDS)).collect();
        let tag = random.below(TAGS.len());
        let other = (tag + 1 + random.below(TAGS.len() - 1)) % TAGS.len();
        let tags = [tag, other].map(|index| TAGS.get(index).copied().unwrap_or_default());
        Self {
            name: format!("{first} {number}"),
            notes: notes.join(" "),
            count: random.below(1_000),
            price: (random.below(500), random.below(100)),
            status: random.pick(&STATUS),
            tags,
            due: (2_015 + random.below(12), 1 + random.below(12), 1 + random.below(28)),
            ready: random.below(2) == 1,
            mail: format!("{first}{number}@example.com"),
            site: format!("https://example.com/{first}/{number}"),
            stars: 1 + random.below(5),
        }
    }

    /// As the `fields` object of a record.
    pub fn json(&self) -> String {
        let [tag, other] = self.tags;
        self.json_with(&format!(r#"["{tag}","{other}"]"#))
    }

    /// As NocoDB takes it.
    pub fn nocodb_json(&self) -> String {
        let [tag, other] = self.tags;
        self.json_with(&format!(r#""{tag},{other}""#))
    }

    fn json_with(&self, tags: &str) -> String {
        let Self { name, notes, count, price, status, due: (y, m, d), ready, mail, site, stars, .. } = self;
        format!(
            r#"{{"Name":"{name}","Notes":"{notes}","Count":{count},"Price":{}.{:02},"Status":"{status}","Tags":{tags},"Due":"{y}-{m:02}-{d:02}","Ready":{ready},"Mail":"{mail}","Site":"{site}","Stars":{stars}}}"#,
            price.0, price.1
        )
    }

    fn csv(&self, out: &mut String) {
        let Self { name, notes, count, price, status, tags: [tag, other], due: (y, m, d), .. } = self;
        let Self { ready, mail, site, stars, .. } = self;
        let ready = if *ready { "true" } else { "false" };
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            out,
            "{name},{notes},{count},${}.{:02},{status},\"{tag}, {other}\",{y}-{m:02}-{d:02},{ready},{mail},{site},{stars}",
            price.0, price.1
        );
    }
}

/// A file of this many rows.
pub fn csv(rows: usize) -> String {
    let mut random = Random::new(0x5eed);
    let mut out = String::from("Name,Notes,Count,Price,Status,Tags,Due,Ready,Mail,Site,Stars\n");
    for number in 0..rows {
        Row::new(&mut random, number).csv(&mut out);
    }
    out
}
