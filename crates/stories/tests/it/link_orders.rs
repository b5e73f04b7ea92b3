//! The order of linked records on both sides, and its way back.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::{Near, TestApp};

struct Orders<'a> {
    app: &'a TestApp,
    base: String,
    tasks: Vec<String>,
    projects: Vec<String>,
}

impl<'a> Orders<'a> {
    /// Three tasks and three projects, linked by nothing.
    async fn new(app: &'a TestApp) -> Self {
        let base = app.plans().await;
        let make = async |table: &str, name: &str| {
            let records: Vec<_> = (0..3).map(|no| json!({ "fields": { name: format!("{table} {no}") } })).collect();
            let made = app.ok(Method::POST, &format!("/v0/{base}/{table}"), &json!({ "records": records })).await;
            let ids = made["records"].as_array().unwrap().iter();
            ids.map(|record| record["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (tasks, projects) = (make("Tasks", "Name").await, make("Projects", "Title").await);
        Self { app, base, tasks, projects }
    }

    async fn write(&self, table: &str, record: &str, fields: Value) {
        let path = format!("/v0/{}/{table}/{record}", self.base);
        self.app.ok(Method::PATCH, &path, &json!({ "fields": fields })).await;
    }

    async fn link_task(&self, task: usize, projects: &[usize]) {
        let list: Vec<_> = projects.iter().map(|no| &self.projects[*no]).collect();
        self.write("Tasks", &self.tasks[task], json!({ "Project": list })).await;
    }

    async fn link_project(&self, project: usize, tasks: &[usize]) {
        let list: Vec<_> = tasks.iter().map(|no| &self.tasks[*no]).collect();
        self.write("Projects", &self.projects[project], json!({ "Tasks": list })).await;
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.app.ok(Method::POST, &format!("/api/v1/bases/{}/{path}", self.base), &body).await
    }

    async fn newest(&self) -> i64 {
        let page = self.app.get(&format!("/api/v1/bases/{}/history?limit=1", self.base)).await;
        page["changes"][0]["change"].as_i64().unwrap()
    }

    /// The numbers of the linked records, by task, then by project, as `app` reads them.
    async fn lists(&self, app: &TestApp, query: &str) -> [Vec<Vec<usize>>; 2] {
        let side = async |table: &str, field: &str, ids: &[String], others: &[String]| {
            let page = app.get(&format!("/v0/{}/{table}{query}", self.base)).await;
            let records = page["records"].as_array().unwrap();
            let linked = |id: &String| {
                let record = records.iter().find(|record| record["id"] == **id);
                let list = record.and_then(|record| record["fields"][field].as_array());
                let number = |linked: &Value| others.iter().position(|other| *linked == **other).unwrap();
                list.map(|list| list.iter().map(number).collect()).unwrap_or_default()
            };
            ids.iter().map(linked).collect()
        };
        let tasks = side("Tasks", "Project", &self.tasks, &self.projects).await;
        [tasks, side("Projects", "Tasks", &self.projects, &self.tasks).await]
    }

    async fn told(&self) -> [Vec<Vec<usize>>; 2] {
        self.lists(self.app, "").await
    }

    /// The database has the orders that memory has.
    async fn check_stored(&self) {
        if self.app.is_shared() {
            assert_eq!(self.lists(&self.app.neighbour().await, "").await, self.told().await);
        }
    }
}

#[on_every_database]
async fn each_side_has_an_order_of_its_own(app: Near) {
    let orders = Orders::new(&app.0).await;
    orders.link_project(0, &[2, 0, 1]).await;
    orders.link_task(1, &[2, 0, 1]).await;
    assert_eq!(orders.told().await, [vec![vec![0], vec![2, 0, 1], vec![0]], vec![vec![2, 0, 1], vec![1], vec![1]]]);
    orders.link_task(0, &[1, 0, 2]).await;
    orders.link_task(1, &[0, 1, 2]).await;
    let wanted = [
        vec![vec![1, 0, 2], vec![0, 1, 2], vec![0]],
        // Who is linked anew comes last; what only went to another place in its own list stays in others.
        vec![vec![2, 0, 1], vec![1, 0], vec![1, 0]],
    ];
    assert_eq!(orders.told().await, wanted);
    orders.check_stored().await;
}

#[on_every_database]
async fn lists_that_are_written_together_leave_those_of_the_other_side(app: Near) {
    let orders = Orders::new(&app.0).await;
    let write = async |lists: [&[usize]; 3]| {
        let record = |(no, list): (usize, &[usize])| {
            let list: Vec<_> = list.iter().map(|no| &orders.projects[*no]).collect();
            json!({ "id": orders.tasks[no], "fields": { "Project": list } })
        };
        let records: Vec<Value> = lists.into_iter().enumerate().map(record).collect();
        app.0.ok(Method::PATCH, &format!("/v0/{}/Tasks", orders.base), &json!({ "records": records })).await;
    };
    write([&[0, 1, 2]; 3]).await;
    orders.link_project(1, &[2, 0, 1]).await;
    let others = vec![vec![0, 1, 2], vec![2, 0, 1], vec![0, 1, 2]];
    let at = orders.newest().await;
    for lists in [[[1, 2, 0]; 3], [[2, 1, 0], [0, 2, 1], [1, 0, 2]], [[0, 1, 2]; 3]] {
        write([&lists[0], &lists[1], &lists[2]]).await;
        assert_eq!(orders.told().await, [lists.map(Vec::from).to_vec(), others.clone()]);
    }
    orders.check_stored().await;
    // One list loses a record meanwhile, another gains it back: who is linked anew comes last.
    write([&[2, 0], &[1, 2, 0], &[0, 1, 2]]).await;
    write([&[0, 2, 1], &[2, 1, 0], &[0, 2, 1]]).await;
    assert_eq!(orders.told().await[1], [vec![0, 1, 2], vec![2, 1, 0], vec![0, 1, 2]]);
    orders.check_stored().await;
    orders.post("restore", json!({ "at": at })).await;
    assert_eq!(orders.told().await, [vec![vec![0, 1, 2]; 3], others]);
    orders.check_stored().await;
}

#[on_every_database]
async fn orders_come_back_on_both_sides(app: Near) {
    let orders = Orders::new(&app.0).await;
    let mut states = vec![(orders.newest().await, orders.told().await)];
    let steps: [(bool, usize, &[usize]); 9] = [
        (false, 0, &[2, 0, 1]),
        (true, 1, &[2, 0, 1]),
        (true, 0, &[1, 0, 2]),
        (false, 0, &[0, 1, 2]),
        (true, 1, &[0]),
        (true, 1, &[1, 0]),
        (false, 2, &[2, 1, 0]),
        (true, 2, &[]),
        (false, 0, &[]),
    ];
    for (of_task, no, list) in steps {
        if of_task {
            orders.link_task(no, list).await;
        } else {
            orders.link_project(no, list).await;
        }
        states.push((orders.newest().await, orders.told().await));
    }
    for (table, record) in [("Projects", &orders.projects[1]), ("Tasks", &orders.tasks[0])] {
        orders.app.ok(Method::DELETE, &format!("/v0/{}/{table}/{record}", orders.base), &Value::Null).await;
        states.push((orders.newest().await, orders.told().await));
    }
    orders.check_stored().await;
    for (change, lists) in &states {
        assert_eq!(orders.lists(orders.app, &format!("?at={change}")).await, *lists, "at {change}");
    }
    for (_, lists) in states.iter().rev().skip(1) {
        orders.post("undo", json!({})).await;
        assert_eq!(orders.told().await, *lists, "undone");
        if lists.iter().flatten().flatten().count() > 8 {
            orders.check_stored().await;
        }
    }
    for (_, lists) in states.iter().skip(1) {
        orders.post("redo", json!({})).await;
        assert_eq!(orders.told().await, *lists, "done again");
    }
    orders.check_stored().await;
    for (change, lists) in states.iter().rev() {
        orders.post("restore", json!({ "at": change })).await;
        assert_eq!(orders.told().await, *lists, "restored as of {change}");
        let again = orders.post("restore", json!({ "at": change, "dryRun": true })).await;
        assert_eq!(again["cells"], 0, "{again}");
    }
    orders.check_stored().await;
}

/// A number below `end`, always the same ones in a row (X. Marsaglia, "Xorshift RNGs", 2003).
fn below(state: &mut u64, end: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state % end as u64) as usize
}

#[on_every_database]
async fn whatever_orders_there_were_come_back_at_once(app: Near) {
    let mut orders = Orders::new(&app.0).await;
    let path = format!("/v0/{}/Tasks", orders.base);
    let made = app.0.ok(Method::POST, &path, &json!({ "fields": { "Name": "Tasks 3" } })).await;
    orders.tasks.push(made["id"].as_str().unwrap().to_owned());
    orders.link_project(0, &[0, 1]).await;
    let then = orders.newest().await;
    orders.link_project(0, &[2, 0, 3]).await;
    orders.post("restore", json!({ "at": then })).await;
    assert_eq!(orders.told().await[1][0], [0, 1]);
    let mut chance = 88_172_645_463_325_252;
    let mut any = |of: usize| {
        let mut list: Vec<usize> = (0..of).collect();
        for at in 1..of {
            list.swap(at, below(&mut chance, at + 1));
        }
        list.truncate(below(&mut chance, of + 1));
        list
    };
    for round in 0..16 {
        let mut states = Vec::new();
        for _ in 0..2 {
            for no in 0..3 {
                orders.link_task(no, &any(3)).await;
                orders.link_project(no, &any(4)).await;
            }
            states.push((orders.newest().await, orders.told().await));
        }
        let (then, lists) = &states[0];
        orders.post("restore", json!({ "at": then })).await;
        assert_eq!(orders.told().await, *lists, "round {round}");
        let again = orders.post("restore", json!({ "at": then, "dryRun": true })).await;
        assert_eq!(again["cells"], 0, "{again}");
    }
    orders.check_stored().await;
}
