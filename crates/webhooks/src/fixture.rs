//! A house with a base of projects and tasks, webhooks on it, and a receiver of pings.

use std::sync::{Arc, Mutex};

use changes::Changes;
use identity::Identity;
use jobs::Jobs;
use model::{Actor, BaseId, Caller, Door, TenantNo};
use outbound::{Outbound, Policy};
use records::{
    CommentCounts, Counted, {Records, UpdateRecord},
};
use schema::{NewBase, NewTable, Schemas};
use serde_json::{Map, Value, json};
use tenancy::{Access, Bootstrap};
use testkit::{Engine, ForDatabase, TestDb};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use web::Signer;

use crate::ops::{Parts, Webhooks};
use crate::{Created, Error, Specification};

pub(crate) struct House {
    pub test: TestDb,
    pub schemas: Schemas,
    pub records: Records,
    pub webhooks: Webhooks,
    pub owner: Caller,
    pub base: BaseId,
}

impl ForDatabase for House {
    async fn for_database(engine: Engine) -> Self {
        let migrations: [&[db::Migration]; 8] = [
            changes::MIGRATIONS,
            jobs::MIGRATIONS,
            &identity::MIGRATIONS,
            &tenancy::MIGRATIONS,
            &audit::MIGRATIONS,
            &schema::MIGRATIONS,
            &records::MIGRATIONS,
            &crate::MIGRATIONS,
        ];
        let test = TestDb::for_database(engine).await.migrated(&migrations).await;
        let identity = Identity::new(test.db.clone(), test.clock.clone(), test.ids.clone());
        let access = Access::new(identity.people());
        let chosen = Bootstrap { email: Some("ann@example.org".to_owned()), ..Bootstrap::default() };
        let installed = chosen.run(&test.db, &identity, (&test.clock, &test.ids)).await.unwrap().unwrap();
        let owner = Caller::unlimited(Actor::User(installed.owner.id), TenantNo(1), Door::PublicApi);
        let changes = Changes::new(test.db.clone());
        let source = (test.clock.clone(), test.ids.clone());
        let schemas =
            Schemas::new(test.db.clone(), changes.clone(), access.clone(), source.0.clone(), source.1.clone());
        let workspace = access.workspaces(&owner).await.unwrap()[0].id;
        let new = NewBase { id: None, name: "Plans".to_owned(), workspace, tables: vec![projects(), tasks()] };
        let base = schemas.create_base(&owner, new).await.unwrap();
        let link = json!({ "name": "Project", "type": "multipleRecordLinks",
            "options": { "linkedTableId": base.tables[0].id } });
        schemas.create_field(&owner, base.base, "Tasks", &serde_json::from_value(link).unwrap()).await.unwrap();
        let signer = Signer::new(b"a secret of tests that is long enough");
        let log = (test.db.clone(), changes.clone());
        let counts = CommentCounts::new(async |_, _, _| Ok(Counted::default()));
        let kept = (counts, records::Files::default(), records::Generation::default());
        let records = Records::new(log, access.clone(), schemas.clone(), source.clone(), signer.clone(), 1 << 30, kept);
        let webhooks = Webhooks::new(Parts {
            db: test.db.clone(),
            changes,
            access,
            identity,
            schemas: schemas.clone(),
            records: records.clone(),
            jobs: Jobs::new(test.db.clone(), source.0.clone(), source.1.clone()),
            outbound: Outbound::new(Policy { allow_private: true }).unwrap(),
            signer,
            clock: source.0,
            ids: source.1,
        });
        Self { test, schemas, records, webhooks, owner, base: base.base }
    }
}

fn projects() -> NewTable {
    table(json!({ "name": "Projects", "fields": [{ "name": "Title", "type": "singleLineText" }] }))
}

fn tasks() -> NewTable {
    table(json!({ "name": "Tasks", "fields": [
        { "name": "Name", "type": "singleLineText" },
        { "name": "Points", "type": "number", "options": { "precision": 1 } },
        { "name": "Status", "type": "singleSelect", "options": { "choices": [{ "name": "Open" }, { "name": "Done" }] } },
        { "name": "Tags", "type": "multipleSelects", "options": { "choices": [{ "name": "a" }, { "name": "b" }] } },
        { "name": "Double", "type": "formula", "options": { "formula": "{Points}*2" } },
    ]}))
}

fn table(definition: Value) -> NewTable {
    serde_json::from_value(definition).unwrap()
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// A specification with these filters.
pub(crate) fn spec(filters: Value) -> Value {
    json!({ "options": { "filters": filters } })
}

/// All that happens to records.
pub(crate) fn data() -> Value {
    spec(json!({ "dataTypes": ["tableData"] }))
}

impl House {
    /// The same webhooks, but calls may reach public addresses only.
    pub fn guarded(&self) -> Webhooks {
        let parts = &self.webhooks.parts;
        Webhooks::new(Parts {
            db: parts.db.clone(),
            changes: parts.changes.clone(),
            access: parts.access.clone(),
            identity: parts.identity.clone(),
            schemas: parts.schemas.clone(),
            records: parts.records.clone(),
            jobs: parts.jobs.clone(),
            outbound: Outbound::new(Policy::default()).unwrap(),
            signer: parts.signer.clone(),
            clock: parts.clock.clone(),
            ids: parts.ids.clone(),
        })
    }

    /// The id of a table.
    pub async fn table(&self, name: &str) -> String {
        self.schema().await.table(name).unwrap().id.to_string()
    }

    pub async fn schema(&self) -> Arc<model::Schema> {
        self.schemas.describe(&self.owner, self.base).await.unwrap()
    }

    /// The id of a field of the tasks.
    pub async fn field(&self, name: &str) -> String {
        self.schema().await.table("Tasks").unwrap().field(name).unwrap().id.to_string()
    }

    pub async fn try_hook(&self, url: Option<&str>, specification: Value) -> Result<Created, Error> {
        let specification: Specification = serde_json::from_value(specification).unwrap();
        self.webhooks.create(&self.owner, self.base, url.map(str::to_owned), specification).await
    }

    /// Makes a webhook and answers its id.
    pub async fn hook(&self, specification: Value) -> String {
        self.try_hook(None, specification).await.unwrap().id.to_string()
    }

    /// All payloads of a webhook.
    pub async fn payloads(&self, id: &str) -> Vec<Value> {
        let page = self.webhooks.list_payloads(&self.owner, self.base, id, None, None).await.unwrap();
        page.payloads.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
    }

    /// The one webhook of the base, as it is kept.
    pub async fn only(&self) -> crate::Webhook {
        let (mut all, _) = self.webhooks.list(&self.owner, self.base).await.unwrap();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    /// Makes records and answers their ids.
    pub async fn create(&self, table: &str, rows: &[Value]) -> Vec<String> {
        let rows: Vec<_> = rows.iter().cloned().map(object).collect();
        let written = self.records.create(&self.owner, self.base, table, &rows, true).await.unwrap();
        written.found.ids().iter().map(ToString::to_string).collect()
    }

    pub async fn update(&self, table: &str, id: &str, fields: Value) {
        let update = UpdateRecord { id: id.to_owned(), fields: object(fields) };
        self.records.update(&self.owner, self.base, table, &[update], (true, false)).await.unwrap();
    }

    pub async fn delete(&self, table: &str, ids: &[String]) {
        self.records.delete(&self.owner, self.base, table, ids).await.unwrap();
    }
}

/// What a receiver was sent: the head in small letters, and the body.
type Calls = Arc<Mutex<Vec<(String, String)>>>;

/// Takes pings on loopback.
pub(crate) struct Receiver {
    pub url: String,
    pub calls: Calls,
}

impl Receiver {
    /// Answers one call after another with these statuses, then with the last of them.
    pub async fn start(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ping", listener.local_addr().unwrap());
        let calls = Calls::default();
        let seen = Arc::clone(&calls);
        #[expect(clippy::disallowed_methods, reason = "a test's receiver has no lifecycle")]
        tokio::spawn(async move {
            for at in 0.. {
                let (mut socket, _) = listener.accept().await.unwrap();
                let call = read(&mut socket).await;
                seen.lock().unwrap().push(call);
                let status = statuses[at.min(statuses.len() - 1)];
                let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _gone = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, calls }
    }

    pub fn count(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
}

async fn read(socket: &mut tokio::net::TcpStream) -> (String, String) {
    let mut text = String::new();
    let mut piece = [0; 4096];
    loop {
        let length = socket.read(&mut piece).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let wanted = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
            if body.len() >= wanted || length == 0 {
                return (head, body.to_owned());
            }
        }
        assert!(length > 0, "the call broke off: {text}");
    }
}
