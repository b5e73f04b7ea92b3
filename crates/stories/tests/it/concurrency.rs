//! Sixteen writers and eight readers at one base: lists, single records and links are what they would be if one had
//! come after the other.

mod register;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Chance, Engine};

use crate::app::database;
use crate::served::{Line, Served, long, program};
use register::{Act, fault};

const WRITERS: usize = 16;
const READERS: usize = 8;
/// Records that stay for all of the story: their cells `Value` are what is read and written.
const REGISTERS: usize = 12;
const PROJECTS: usize = 5;
/// Records that nobody deletes, so that lists have many pages.
const STAYING: usize = 120;

/// What everybody works on.
struct Race<'s> {
    servers: &'s [Served],
    base: String,
    registers: Vec<String>,
    projects: Vec<String>,
    /// Counts what began and what ended: every moment has two numbers of its own.
    moments: AtomicU64,
    until: Instant,
}

/// From when to when a request went.
type Span = (u64, u64);

/// What one of them did and saw.
#[derive(Default)]
struct Seen {
    created: Vec<(String, Span)>,
    deleted: Vec<(String, Span)>,
    acts: Vec<(String, Act)>,
    walks: Vec<Walk>,
    snapshots: usize,
}

/// A list from its first page to its last.
struct Walk {
    first: Span,
    end: u64,
    ids: Vec<String>,
}

/// One of the writers or readers: a line to each server, and its own chance.
struct Hand<'r> {
    race: &'r Race<'r>,
    lines: Vec<Line>,
    chance: Chance,
    seen: Seen,
    number: u64,
}

impl<'r> Hand<'r> {
    fn new(race: &'r Race<'r>, seed: u64, number: usize) -> Self {
        let lines = race.servers.iter().map(|server| Line::open(server.address).unwrap()).collect();
        let mut chance = Chance(seed ^ ((number as u64 + 1) << 32));
        chance.below(1);
        Self { race, lines, chance, seen: Seen::default(), number: number as u64 }
    }

    /// A request to any of the servers, which must go well.
    fn send(&mut self, method: &str, path: &str, body: &Value) -> (Value, Span) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let server = self.chance.below(self.lines.len());
        let began = self.race.moments.fetch_add(2, Ordering::SeqCst);
        let (status, answer) = self.lines[server].send(method, path, &body).unwrap();
        let ended = self.race.moments.fetch_add(2, Ordering::SeqCst);
        assert_eq!(status, 200, "{method} {path} {body}: {answer}");
        (answer, (began, ended))
    }

    fn tasks(&self) -> String {
        format!("/v0/{}/Tasks", self.race.base)
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.race.until
    }

    /// Notes what a record held in a request.
    fn note(&mut self, record: &Value, (began, ended): Span, is_write: bool) {
        let id = record["id"].as_str().unwrap();
        if self.race.registers.iter().any(|register| register == id) {
            let value = record["fields"]["Value"].as_u64().unwrap();
            self.seen.acts.push((id.to_owned(), Act { began, ended, value, is_write }));
        }
    }

    fn write(mut self) -> Seen {
        let (mut own, mut count) = (Vec::new(), 0);
        while !self.is_over() {
            match self.chance.below(10) {
                0..4 => self.set_registers(&mut count),
                4..6 => self.create(&mut own),
                6 => self.delete(&mut own),
                7 => self.move_one(&own),
                8 => self.link_from_task(&own),
                _ => self.link_from_project(&own),
            }
        }
        self.seen
    }

    /// One register, or three in one request.
    fn set_registers(&mut self, count: &mut u64) {
        let (race, tasks) = (self.race, self.tasks());
        let mut fields = || {
            *count += 1;
            json!({ "Value": self.number * 1_000_000 + *count })
        };
        let at = self.chance.below(REGISTERS);
        let count = if self.chance.below(4) > 0 { 1 } else { 3 };
        let chosen = (0..count).map(|next| &race.registers[(at + next) % REGISTERS]);
        let mut records: Vec<Value> = chosen.map(|id| json!({ "id": id, "fields": fields() })).collect();
        let (answered, span) = if count == 1 {
            let (record, span) = self.send("PATCH", &format!("{tasks}/{}", race.registers[at]), &records[0]);
            (vec![record], span)
        } else {
            let (mut answer, span) = self.send("PATCH", &tasks, &json!({ "records": records }));
            (std::mem::take(answer["records"].as_array_mut().unwrap()), span)
        };
        assert_eq!(ids(&records), ids(&answered));
        for record in records.drain(..) {
            self.note(&record, span, true);
        }
        // The answer tells the records as they are when it is made: another may have written since.
        for record in answered {
            self.note(&record, (span.0 + 1, span.1 + 1), false);
        }
    }

    fn create(&mut self, own: &mut Vec<String>) {
        let records: Vec<Value> = (0..=self.chance.below(3))
            .map(|_| {
                let project = self.chance.of(&self.race.projects).unwrap().clone();
                json!({ "fields": { "Key": self.chance.below(1000), "Value": 0, "Project": [project] } })
            })
            .collect();
        let (answer, span) = self.send("POST", &self.tasks(), &json!({ "records": records }));
        for record in answer["records"].as_array().unwrap() {
            let id = record["id"].as_str().unwrap().to_owned();
            own.push(id.clone());
            self.seen.created.push((id, span));
        }
    }

    fn delete(&mut self, own: &mut Vec<String>) {
        if own.is_empty() {
            return;
        }
        let id = own.swap_remove(self.chance.below(own.len()));
        let (_, span) = self.send("DELETE", &format!("{}/{id}", self.tasks()), &Value::Null);
        self.seen.deleted.push((id, span));
    }

    /// Gives a record another place in sorted lists.
    fn move_one(&mut self, own: &[String]) {
        let race = self.race;
        let Some(id) = self.chance.of(own).or(race.registers.first()) else { return };
        let body = json!({ "fields": { "Key": self.chance.below(1000) } });
        self.send("PATCH", &format!("{}/{id}", self.tasks()), &body);
    }

    fn link_from_task(&mut self, own: &[String]) {
        let Some(id) = self.chance.of(own) else { return };
        let projects: BTreeSet<String> =
            (0..self.chance.below(3)).filter_map(|_| self.chance.of(&self.race.projects).cloned()).collect();
        self.send("PATCH", &format!("{}/{id}", self.tasks()), &json!({ "fields": { "Project": projects } }));
    }

    /// Takes away all links of a project but a few of this writer's records.
    fn link_from_project(&mut self, own: &[String]) {
        let race = self.race;
        let project = self.chance.of(&race.projects).unwrap();
        let tasks: BTreeSet<String> = (0..self.chance.below(6)).filter_map(|_| self.chance.of(own).cloned()).collect();
        let path = format!("/v0/{}/Projects/{project}", race.base);
        self.send("PATCH", &path, &json!({ "fields": { "Tasks": tasks } }));
    }

    fn read(mut self, kind: usize) -> Seen {
        while !self.is_over() {
            match kind % 4 {
                0 | 1 => self.walk(),
                2 => self.look(),
                _ => self.compare(),
            }
        }
        self.seen
    }

    fn walk(&mut self) {
        let orders = [
            "",
            "&sort[0][field]=Key",
            "&sort[0][field]=Key&sort[0][direction]=desc&sort[1][field]=No",
            "&filterByFormula={Key}%3E%3D0",
        ];
        let list =
            format!("{}?pageSize={}{}", self.tasks(), 7 + self.chance.below(40), self.chance.of(&orders).unwrap());
        let (mut page, first) = self.send("GET", &list, &Value::Null);
        let (mut span, mut ids) = (first, Vec::new());
        loop {
            for record in page["records"].as_array().unwrap() {
                ids.push(record["id"].as_str().unwrap().to_owned());
                self.note(record, span, false);
            }
            let Some(offset) = page["offset"].as_str() else { break };
            (page, span) = self.send("GET", &format!("{list}&offset={offset}"), &Value::Null);
        }
        self.seen.walks.push(Walk { first, end: span.1, ids });
    }

    fn look(&mut self) {
        let race = self.race;
        let id = self.chance.of(&race.registers).unwrap();
        let (record, span) = self.send("GET", &format!("{}/{id}", self.tasks()), &Value::Null);
        self.note(&record, span, false);
    }

    /// Both sides of the links at the newest change.
    fn compare(&mut self) {
        let (told, _) = self.send("GET", &format!("/api/v1/bases/{}/history?limit=1", self.race.base), &Value::Null);
        let change = told["changes"][0]["change"].as_i64().unwrap();
        let [tasks, projects] = ["Tasks", "Projects"].map(|table| self.all(table, &format!("&at={change}")));
        assert_symmetric(&tasks, &projects, &format!("at change {change}"));
        self.seen.snapshots += 1;
    }

    /// A whole table.
    fn all(&mut self, table: &str, more: &str) -> Vec<Value> {
        let list = format!("/v0/{}/{table}?{more}", self.race.base);
        let (mut records, mut offset) = (Vec::new(), String::new());
        loop {
            let (mut page, _) = self.send("GET", &format!("{list}{offset}"), &Value::Null);
            records.append(page["records"].as_array_mut().unwrap());
            let Some(next) = page["offset"].as_str() else { return records };
            offset = format!("&offset={next}");
        }
    }
}

/// Record and record of the other table.
fn pairs(records: &[Value], field: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let linked = |record: &Value| record["fields"][field].as_array().cloned().unwrap_or_default();
    records
        .iter()
        .flat_map(|record| linked(record).into_iter().map(move |to| (text(&record["id"]), text(&to))))
        .collect()
}

fn assert_symmetric(tasks: &[Value], projects: &[Value], place: &str) {
    let mut there = pairs(tasks, "Project");
    let mut back: Vec<(String, String)> = pairs(projects, "Tasks").into_iter().map(|(one, two)| (two, one)).collect();
    there.sort_unstable();
    back.sort_unstable();
    assert!(there == back, "{place}: from tasks {there:?}\nfrom projects {back:?}");
    assert!(there.array_windows().all(|[one, two]| one != two), "{place}: a link is there twice: {there:?}");
}

/// Each record that was there from before the first page to the end was told once, no other one twice; what came later or went
/// before was not told.
fn assert_walked(walk: &Walk, spans: &BTreeMap<&str, (Span, Option<Span>)>) {
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for id in &walk.ids {
        *told.entry(id).or_default() += 1;
    }
    for (id, (created, deleted)) in spans {
        let count = told.remove(id).unwrap_or(0);
        let was_there = created.1 < walk.first.0 && deleted.is_none_or(|deleted| deleted.0 > walk.end);
        let was_not = created.0 > walk.first.1 || deleted.is_some_and(|deleted| deleted.1 < walk.first.0);
        let fits = if was_there { count == 1 } else { count <= usize::from(!was_not) };
        assert!(
            fits,
            "{id}, created {created:?}, deleted {deleted:?}: told {count} times from {:?} to {}",
            walk.first, walk.end
        );
    }
    assert!(told.is_empty(), "nobody created {told:?}");
}

fn seconds() -> Duration {
    Duration::from_secs(if long() { 120 } else { 6 })
}

fn ids(records: &[Value]) -> Vec<String> {
    records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// A base with tasks and projects, and the tasks that stay.
fn prepare(servers: &[Served]) -> (Race<'_>, Vec<String>) {
    let field = |name: &str, kind: &str, options: Value| json!({ "name": name, "type": kind, "options": options });
    let server = &servers[0];
    let base = server.base();
    let send = |path: String, body: Value| {
        let (status, answer) = server.send("POST", &path, &body.to_string()).unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    };
    let tables = format!("/v0/meta/bases/{base}/tables");
    let fields = [json!({ "name": "Title", "type": "singleLineText" })];
    let projects = send(tables.clone(), json!({ "name": "Projects", "fields": fields }));
    let whole = json!({ "precision": 0 });
    let link = json!({ "linkedTableId": projects["id"], "inverseName": "Tasks" });
    let fields = [
        field("Key", "number", whole.clone()),
        field("Value", "number", whole),
        json!({ "name": "No", "type": "autoNumber" }),
    ];
    send(tables.clone(), json!({ "name": "Tasks", "fields": fields }));
    send(format!("{tables}/Tasks/fields"), field("Project", "multipleRecordLinks", link));
    let many = |table: &str, count: usize| -> Vec<String> {
        let fields = |at: usize| if table == "Tasks" { json!({ "Key": at * 7 % 1000, "Value": 0 }) } else { json!({}) };
        let batches: Vec<usize> = (0..count).step_by(10).collect();
        let batch = |from: &usize| {
            let records: Vec<Value> = (*from..count.min(from + 10)).map(|at| json!({ "fields": fields(at) })).collect();
            ids(send(format!("/v0/{base}/{table}"), json!({ "records": records }))["records"].as_array().unwrap())
        };
        batches.iter().flat_map(batch).collect()
    };
    let projects = many("Projects", PROJECTS);
    let staying = many("Tasks", REGISTERS + STAYING);
    let registers = staying[..REGISTERS].to_vec();
    let moments = AtomicU64::new(1);
    (Race { servers, registers, projects, moments, until: Instant::now() + seconds(), base }, staying)
}

fn race(servers: &[Served]) {
    let seed = Chance::seed();
    println!("seed {seed}");
    let (race, staying) = prepare(servers);
    let race = &race;
    let all: Vec<Seen> = std::thread::scope(|scope| {
        let writers = (0..WRITERS).map(|at| scope.spawn(move || Hand::new(race, seed, at).write()));
        let mut hands: Vec<_> = writers.collect();
        hands.extend((0..READERS).map(|at| scope.spawn(move || Hand::new(race, seed, WRITERS + at).read(at))));
        hands.into_iter().map(|hand| hand.join().unwrap()).collect()
    });

    let mut spans: BTreeMap<&str, (Span, Option<Span>)> = staying.iter().map(|id| (&**id, ((0, 0), None))).collect();
    spans.extend(all.iter().flat_map(|seen| &seen.created).map(|(id, span)| (&**id, (*span, None))));
    for (id, span) in all.iter().flat_map(|seen| &seen.deleted) {
        spans.get_mut(&**id).unwrap().1 = Some(*span);
    }
    let walks: Vec<&Walk> = all.iter().flat_map(|seen| &seen.walks).collect();
    for walk in &walks {
        assert_walked(walk, &spans);
    }

    let mut last = Hand::new(race, seed, WRITERS + READERS);
    let (tasks, projects) = (last.all("Tasks", ""), last.all("Projects", ""));
    assert_symmetric(&tasks, &projects, "at the end");
    let left: BTreeSet<&str> = tasks.iter().map(|record| record["id"].as_str().unwrap()).collect();
    let expected: BTreeSet<&str> = spans.iter().filter(|(_, (_, gone))| gone.is_none()).map(|(id, _)| *id).collect();
    assert_eq!(left, expected);

    let mut acts: BTreeMap<&str, Vec<Act>> = BTreeMap::new();
    for (id, act) in all.iter().flat_map(|seen| &seen.acts) {
        acts.entry(id).or_default().push(*act);
    }
    for (register, acts) in &acts {
        if let Some(fault) = fault(0, acts) {
            panic!("{register}: {fault}\nof {acts:#?}");
        }
    }
    let snapshots: usize = all.iter().map(|seen| seen.snapshots).sum();
    let (count, writes) = (acts.values().flatten().count(), acts.values().flatten().filter(|act| act.is_write).count());
    println!("{} walks, {snapshots} snapshots, {writes} writes of {count} acts, {} records", walks.len(), spans.len());
    assert!(
        walks.len() > 10 && snapshots > 5 && writes > 100 && count > 2 * writes && spans.len() > staying.len() + 50
    );
}

fn unlimited() -> Command {
    let mut command = Command::new(program());
    command.env("AIRLOOM_LIMITS__REQUESTS_PER_MINUTE", "0");
    command
}

/// Processes on one database of `PostgreSQL`.
fn race_on_postgres(processes: usize) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = runtime.block_on(database(Engine::Postgres)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let start =
        |at: usize| Served::under(unlimited(), &folder.path().join(at.to_string()), &["--database-url", url.as_str()]);
    race(&(0..processes).map(start).collect::<Vec<_>>());
}

mod each_sees_what_one_after_the_other_would_have_left {
    use super::{Served, race, race_on_postgres, unlimited};

    #[test]
    fn sqlite() {
        let folder = tempfile::tempdir().unwrap();
        race(&[Served::under(unlimited(), &folder.path().join("data"), &[])]);
    }

    #[test]
    fn postgres() {
        race_on_postgres(1);
    }

    #[test]
    fn two_processes_on_postgres() {
        race_on_postgres(2);
    }
}
