//! A house with people, a base of projects and tasks, and handles on its records.

use std::sync::Arc;

use changes::Changes;
use identity::{Identity, User};
use model::{Actor, BaseId, Caller, Door, Ordinal, Role};
use schema::{NewBase, NewTable, Schemas};
use serde_json::{Map, Value, json};
use tenancy::{Access, At, Bootstrap, Grant};
use testkit::{Engine, ForDatabase, TestDb};
use web::Signer;

use crate::files::Files;
use crate::json::Shape;
use crate::ops::{Found, ListQuery, Records, Sort, UpdateRecord};
use crate::prompts::Generation;
use crate::{CommentCounts, Counted, Error, Written};

/// Memory enough for everything.
pub(crate) const WIDE: usize = 1 << 30;

pub(crate) struct House {
    pub test: TestDb,
    pub changes: Changes,
    pub access: Access,
    identity: Identity,
    pub schemas: Schemas,
    pub records: Records,
    pub owner: Caller,
    pub base: BaseId,
}

impl ForDatabase for House {
    async fn for_database(engine: Engine) -> Self {
        let migrations: [&[db::Migration]; 6] = [
            &identity::MIGRATIONS,
            &tenancy::MIGRATIONS,
            &audit::MIGRATIONS,
            changes::MIGRATIONS,
            &schema::MIGRATIONS,
            &crate::MIGRATIONS,
        ];
        let test = TestDb::for_database(engine).await.migrated(&migrations).await;
        let identity = Identity::new(test.db.clone(), test.clock.clone(), test.ids.clone());
        let access = Access::new(identity.people());
        let chosen = Bootstrap { email: Some("ann@example.org".to_owned()), ..Bootstrap::default() };
        let installed = chosen.run(&test.db, &identity, (&test.clock, &test.ids)).await.unwrap().unwrap();
        let owner = Caller::unlimited(Actor::User(installed.owner.id), model::TenantNo(1), Door::PublicApi);
        let changes = Changes::new(test.db.clone());
        let schemas =
            Schemas::new(test.db.clone(), changes.clone(), access.clone(), test.clock.clone(), test.ids.clone());
        let workspace = access.workspaces(&owner).await.unwrap()[0].id;
        assert_eq!(access.workspaces(&owner).await.unwrap()[0].role, Role::Owner);
        let new = NewBase { id: None, name: "Plans".to_owned(), workspace, tables: vec![projects(), tasks()] };
        let base = schemas.create_base(&owner, new).await.unwrap();
        let link = json!({ "name": "Project", "type": "multipleRecordLinks",
            "options": { "linkedTableId": base.tables[0].id } });
        let link = serde_json::from_value(link).unwrap();
        schemas.create_field(&owner, base.base, "Tasks", &link).await.unwrap();
        for (name, text) in [("Double", "{Points}*2"), ("Label", "{Name} & ' in ' & {Project}")] {
            let field = json!({ "name": name, "type": "formula", "options": { "formula": text } });
            let field = serde_json::from_value(field).unwrap();
            schemas.create_field(&owner, base.base, "Tasks", &field).await.unwrap();
        }
        let records = handle((&test.db, &test), &changes, &access, &schemas, WIDE);
        Self { test, changes, access, identity, schemas, records, owner, base: base.base }
    }
}

fn projects() -> NewTable {
    table(&json!({ "name": "Projects", "fields": [
        { "name": "Title", "type": "singleLineText" },
        { "name": "Budget", "type": "currency", "options": { "precision": 2, "symbol": "€" } },
    ]}))
}

fn tasks() -> NewTable {
    table(&json!({ "name": "Tasks", "fields": [
        { "name": "Name", "type": "singleLineText" },
        { "name": "Notes", "type": "multilineText" },
        { "name": "Points", "type": "number", "options": { "precision": 1 } },
        { "name": "Status", "type": "singleSelect", "options": { "choices": [{ "name": "Open" }, { "name": "Done" }] } },
        { "name": "Tags", "type": "multipleSelects", "options": { "choices": [{ "name": "a" }, { "name": "b" }] } },
        { "name": "Due", "type": "date", "options": { "dateFormat": { "name": "iso" } } },
        { "name": "Urgent", "type": "checkbox", "options": { "icon": "check", "color": "redBright" } },
        { "name": "No", "type": "autoNumber" },
    ]}))
}

pub(crate) fn table(definition: &Value) -> NewTable {
    serde_json::from_value(definition.clone()).unwrap()
}

fn handle(
    (db, test): (&db::Db, &TestDb),
    changes: &Changes,
    access: &Access,
    schemas: &Schemas,
    memory: usize,
) -> Records {
    let signer = Signer::new(b"a secret of tests that is long enough");
    let source = (test.clock.clone(), test.ids.clone());
    let counts = CommentCounts::new(async |_, _, ordinals| Ok(counted(&ordinals)));
    Records::new(
        (db.clone(), changes.clone()),
        access.clone(),
        schemas.clone(),
        source,
        signer,
        memory,
        (counts, Files::default(), Generation::default()),
    )
}

/// As if records had as many comments as there are records before them; the first one is left out.
fn counted(ordinals: &[Ordinal]) -> Counted {
    ordinals.iter().filter(|ordinal| ordinal.0 > 0).map(|ordinal| (*ordinal, i64::from(ordinal.0))).collect()
}

/// An object of cells.
pub(crate) fn cells(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(cells) => cells,
        other => std::iter::once(("Name".to_owned(), other)).collect(),
    }
}

/// Records as JSON: their fields.
pub(crate) fn told(found: &Found) -> Vec<Value> {
    let mut out = Vec::new();
    found.write_all(&Shape::default(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

pub(crate) fn list(filter: &str, sort: &[(&str, bool)]) -> ListQuery {
    ListQuery {
        filter: Some(filter.to_owned()).filter(|filter| !filter.is_empty()),
        sort: sort
            .iter()
            .map(|(field, descending)| Sort { field: (*field).to_owned(), descending: *descending })
            .collect(),
        ..ListQuery::default()
    }
}

impl House {
    /// Another editor of the workspace.
    pub async fn colleague(&self, name: &str) -> Caller {
        let now = self.test.clock.now();
        let user = User { id: self.test.ids.user(now), email: format!("{name}@example.org"), name: name.to_owned() };
        let mut tx = self.test.db.begin(db::Group::House).await.unwrap();
        self.identity.insert_user(&mut tx, self.owner.tenant, &user);
        tx.commit().await.unwrap();
        let workspace = self.access.workspaces(&self.owner).await.unwrap()[0].id;
        let grant = [(user.id, Grant::Give(Role::Editor))];
        self.access.grant(&self.owner, At::Workspace(workspace), &grant, (now, &self.test.ids)).await.unwrap();
        Caller { actor: Actor::User(user.id), ..self.owner.clone() }
    }

    /// Another handle with memory of its own, as another process would have it.
    pub fn with_memory(&self, memory: usize) -> Records {
        handle((&self.test.db, &self.test), &self.changes, &self.access, &self.schemas, memory)
    }

    /// A handle that shares nothing in memory, log included.
    pub fn stranger(&self) -> (Changes, Records) {
        let changes = Changes::new(self.test.db.clone());
        let (clock, ids) = (self.test.clock.clone(), self.test.ids.clone());
        let schemas = Schemas::new(self.test.db.clone(), changes.clone(), self.access.clone(), clock, ids);
        (changes.clone(), handle((&self.test.db, &self.test), &changes, &self.access, &schemas, WIDE))
    }

    /// The handles of two processes, or twice the one of a file, which has one owner.
    pub async fn processes(&self) -> [Records; 2] {
        if self.test.db.dialect() == db::Dialect::Sqlite {
            return [self.records.clone(), self.records.clone()];
        }
        let db = db::Db::open(self.test.target.clone()).await.unwrap();
        let (clock, ids) = (self.test.clock.clone(), self.test.ids.clone());
        let identity = Identity::new(db.clone(), clock.clone(), ids.clone());
        let (changes, access) = (Changes::new(db.clone()), Access::new(identity.people()));
        let schemas = Schemas::new(db.clone(), changes.clone(), access.clone(), clock, ids);
        [self.records.clone(), handle((&db, &self.test), &changes, &access, &schemas, WIDE)]
    }

    pub async fn try_create(&self, table: &str, new: &[Value], typecast: bool) -> Result<Written, Error> {
        let new: Vec<_> = new.iter().cloned().map(cells).collect();
        self.records.create(&self.owner, self.base, table, &new, typecast).await
    }

    /// Makes records and answers their ids.
    pub async fn create(&self, table: &str, new: &[Value]) -> Vec<String> {
        let written = self.try_create(table, new, true).await.unwrap();
        written.found.ids().iter().map(ToString::to_string).collect()
    }

    pub async fn try_update(&self, table: &str, id: &str, fields: Value, how: (bool, bool)) -> Result<Written, Error> {
        let update = UpdateRecord { id: id.to_owned(), fields: cells(fields) };
        self.records.update(&self.owner, self.base, table, &[update], how).await
    }

    pub async fn update(&self, table: &str, id: &str, fields: Value) -> i64 {
        self.try_update(table, id, fields, (true, false)).await.unwrap().sequence
    }

    pub async fn delete(&self, table: &str, ids: &[String]) -> i64 {
        self.records.delete(&self.owner, self.base, table, ids).await.unwrap().sequence
    }

    /// The fields of a record, or nothing when it does not exist.
    pub async fn get(&self, table: &str, id: &str) -> Option<Value> {
        let found = self.records.get(&self.owner, self.base, table, id).await.ok()?;
        Some(told(&found)[0]["fields"].clone())
    }

    /// The values of one field over a whole list.
    pub async fn column(&self, table: &str, field: &str, query: &ListQuery) -> Vec<Value> {
        let page = self.records.list(&self.owner, self.base, table, query).await.unwrap();
        told(&page.found).iter().map(|record| record["fields"][field].clone()).collect()
    }

    /// The picture that readers of this handle see.
    pub async fn image(&self, records: &Records) -> Arc<images::BaseImage> {
        records.view(&self.owner, self.base).await.unwrap().1.image
    }
}
