//! A house with a table that has a field of files, and a server of files that answers as it is told.

use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};

use blob::Blobs;
use changes::Changes;
use identity::Identity;
use jobs::Jobs;
use model::{Actor, BaseId, Caller, Door, TenantNo};
use outbound::{Outbound, Policy};
use records::{Addresses, CommentCounts, Counted, Files, Generation, Records};
use schema::{NewBase, Schemas};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tenancy::{Access, Bootstrap};
use testkit::{Engine, ForDatabase, TestDb};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use web::Signer;

use crate::{Attachments, Parts, queue};

pub(crate) struct House {
    pub test: TestDb,
    pub records: Records,
    pub files: Attachments,
    pub owner: Caller,
    pub base: BaseId,
    pub folder: TempDir,
    pub changes: Changes,
}

impl ForDatabase for House {
    async fn for_database(engine: Engine) -> Self {
        let migrations: [&[db::Migration]; 7] = [
            &identity::MIGRATIONS,
            &tenancy::MIGRATIONS,
            &audit::MIGRATIONS,
            changes::MIGRATIONS,
            jobs::MIGRATIONS,
            &schema::MIGRATIONS,
            &records::MIGRATIONS,
        ];
        let test = TestDb::for_database(engine).await.migrated(&migrations).await;
        let (db, clock, ids) = (test.db.clone(), test.clock.clone(), test.ids.clone());
        let identity = Identity::new(db.clone(), clock.clone(), ids.clone());
        let access = Access::new(identity.people());
        let installed = Bootstrap::default().run(&db, &identity, (&clock, &ids)).await.unwrap().unwrap();
        let owner = Caller::unlimited(Actor::User(installed.owner.id), TenantNo(1), Door::PublicApi);
        let changes = Changes::new(db.clone());
        let schemas = Schemas::new(db.clone(), changes.clone(), access.clone(), clock.clone(), ids.clone());
        let signer = Signer::new(b"a secret of tests that is long enough");
        let jobs = Jobs::new(db.clone(), clock.clone(), ids.clone());
        let outbound = Outbound::new(Policy { allow_private: true }).unwrap();
        let addresses = Addresses::new("http://house", &signer);
        let fetch = queue(jobs.clone(), outbound.clone(), addresses.clone(), clock.clone());
        let kept =
            Files::new(addresses.clone(), fetch, crate::allowed(outbound.clone(), addresses.clone(), clock.clone()));
        let counts = CommentCounts::new(async |_, _, _| Ok(Counted::default()));
        let handed_in = (counts, kept, Generation::default());
        let source = (clock.clone(), ids.clone());
        let log = (db.clone(), changes.clone());
        let records = Records::new(log, access.clone(), schemas.clone(), source, signer, 1 << 30, handed_in);
        let workspace = access.workspaces(&owner).await.unwrap()[0].id;
        let fields =
            json!([{ "name": "Name", "type": "singleLineText" }, { "name": "Files", "type": "multipleAttachments" }]);
        let table = serde_json::from_value(json!({ "name": "Tasks", "fields": fields })).unwrap();
        let new = NewBase { id: None, name: "Plans".to_owned(), workspace, tables: vec![table] };
        let base = schemas.create_base(&owner, new).await.unwrap().base;
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::folder(&folder.path().join("files")).unwrap();
        let parts = Parts {
            db,
            changes: changes.clone(),
            sweep_days: NonZeroU16::new(7),
            records: records.clone(),
            jobs,
            outbound,
            blobs,
            addresses,
            is_shared: Arc::new(|_| Box::pin(async { Some(true) })),
            clock,
            ids,
            folder: folder.path().join("fetching"),
        };
        Self { test, records, files: Attachments::new(parts), owner, base, folder, changes }
    }
}

impl House {
    /// Makes a record with a file to fetch; answers its id.
    pub async fn given(&self, url: &str) -> String {
        let cells: Map<String, Value> = serde_json::from_value(json!({ "Files": [{ "url": url }] })).unwrap();
        let made = self.records.create(&self.owner, self.base, "Tasks", &[cells], false).await.unwrap();
        made.found.ids()[0].to_string()
    }

    /// The first file of a record.
    pub async fn file(&self, record: &str) -> Value {
        let found = self.records.get(&self.owner, self.base, "Tasks", record).await.unwrap();
        let mut out = Vec::new();
        found.write_one(&records::Shape::default(), &mut out).unwrap();
        serde_json::from_slice::<Value>(&out).unwrap()["fields"]["Files"][0].clone()
    }

    /// Does what is to be done now; answers how many attempts that took.
    pub async fn work(&self) -> usize {
        self.files.worker().run_until_idle().await.unwrap()
    }

    /// The names of all objects.
    pub fn objects(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut open = vec![self.folder.path().join("files")];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        names.sort();
        names
    }
}

/// Answers every request with what it holds at the time.
pub(crate) struct Library {
    pub url: String,
    answer: Arc<Mutex<String>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Library {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/a.txt", listener.local_addr().unwrap());
        let answer: Arc<Mutex<String>> = Arc::default();
        let told = Arc::clone(&answer);
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        let serving = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut head = [0; 4_096];
                let _asked = socket.read(&mut head).await.unwrap();
                let answer = told.lock().unwrap().clone();
                let _gone = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, answer, serving }
    }

    pub fn tell(&self, status: &str, body: &str) {
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        *self.answer.lock().unwrap() = head + body;
    }

    /// Says that more comes than does.
    pub fn break_off(&self) {
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\nhalf"
            .clone_into(&mut self.answer.lock().unwrap());
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
