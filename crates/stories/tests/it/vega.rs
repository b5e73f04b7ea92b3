//! Tables that nobody here made, imported as files and asked about in plain language.

mod raw;
mod score;
mod talk;
mod templates;

use hyper::Method;
use serde_json::{Value, json};
use testkit::Engine;

use self::raw::Raw;
use self::score::{Asked, Score, score};
use self::templates::Seeded;
use crate::app::TestApp;

fn tables() -> Vec<Raw> {
    let mut all = vec![
        raw::read("la riots", "la-riots.csv"),
        raw::read("disasters", "disasters.csv"),
        raw::read("github", "github.csv"),
        raw::read("countries", "countries.json"),
        raw::read("seattle weather", "seattle-weather.csv"),
        raw::read("airports", "airports.csv"),
        raw::read("football", "football.json"),
        raw::read("jobs", "jobs.json"),
        raw::read("birdstrikes", "birdstrikes.csv"),
        raw::read("zipcodes", "zipcodes.csv"),
        raw::read("flights", "flights-10k.json"),
    ];
    // Four states of 59: the whole file would fill most of the story's time.
    for table in all.iter_mut().filter(|table| table.name == "zipcodes") {
        let state = table.column("state");
        table.rows.retain(|row| ["NY", "CA", "IL", "TX"].contains(&row[state].as_str()));
    }
    all
}

/// Uploads the table as a file of a base of its own; answers the base's id.
async fn import(app: &TestApp, table: &Raw) -> String {
    let name = table.name.replace(' ', "%20");
    let begun = app.upload(&format!("/api/v1/imports?base={name}&table={name}&create=true"), table.csv()).await;
    assert_eq!(begun.0, 202, "{}", begun.1);
    let path = format!("/api/v1/imports/{}", begun.1["id"].as_str().unwrap());
    app.text(Method::GET, &format!("{path}/events")).await;
    let done = app.get(&path).await;
    assert_eq!((&done["state"], &done["rows"]), (&json!("done"), &json!(table.rows.len())), "{done}");
    let bases = app.get("/v0/meta/bases").await;
    let found = bases["bases"].as_array().unwrap().iter().find(|base| base["name"] == table.name).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

/// What came of a set of questions.
struct Tally {
    name: &'static str,
    right: usize,
    wrong: Vec<String>,
    declined: Vec<String>,
}

impl Tally {
    fn of(name: &'static str) -> Self {
        Self { name, right: 0, wrong: Vec::new(), declined: Vec::new() }
    }

    /// Asks each question in a conversation of its own.
    async fn ask(&mut self, app: &TestApp, base: &str, table: &str, all: &[Asked]) {
        for (at, Asked { question, wanted }) in all.iter().enumerate() {
            let session = format!("{}-{table}-{at}", self.name).replace(' ', "-");
            let body = json!({ "message": question, "session_id": session, "base_id": base });
            let answer = app.ok(Method::POST, "/chat", &body).await;
            let line = || format!("{table}: {question}\n    wanted {}\n    got {}", short(wanted), answer["response"]);
            match score(wanted, &answer["value"]) {
                Score::Right => self.right += 1,
                Score::Wrong => self.wrong.push(line()),
                Score::Declined => self.declined.push(line()),
            }
        }
    }

    fn total(&self) -> usize {
        self.right + self.wrong.len() + self.declined.len()
    }

    /// The scores with what was not right.
    fn told(&self) -> String {
        let Self { name, right, wrong, declined } = self;
        format!(
            "{name}: {right} of {} right, {} wrong, {} declined\n{}\n--- declined\n{}",
            self.total(),
            wrong.len(),
            declined.len(),
            wrong.join("\n"),
            declined.join("\n")
        )
    }

    /// At least nine in ten right, none wrong.
    fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.right * 10 >= self.total() * 9
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(160).collect()
}

/// On one database: what is read here are the images, which do not know where they come from.
#[test]
fn questions_on_tables_nobody_here_made_are_answered_right_or_not_at_all() {
    testkit::run(Engine::Sqlite, |app: TestApp| async move {
        let mut talk = Tally::of("as people talk");
        let mut made = Tally::of("templates");
        let mut apart = Tally::of("templates, other seed");
        let (mut seed, mut other) = (Seeded(1969), Seeded(20_260_401));
        for table in tables() {
            let base = import(&app, &table).await;
            let (spoken, one, two) =
                (talk::about(&table), templates::about(&table, &mut seed), templates::about(&table, &mut other));
            tokio::join!(
                talk.ask(&app, &base, table.name, &spoken),
                made.ask(&app, &base, table.name, &one),
                apart.ask(&app, &base, table.name, &two),
            );
        }
        assert!(talk.total() >= 50 && talk.total() + made.total() >= 200 && apart.total() >= 150);
        let all = [talk, made, apart];
        let told = all.iter().map(Tally::told).collect::<Vec<_>>().join("\n");
        assert!(all.iter().all(Tally::is_good), "wrong values, or too few answers\n{told}");
    });
}
