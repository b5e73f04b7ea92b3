use changes::Changes;
use identity::Identity;
use model::{Actor, BaseId, Caller, Door, Role, Schema, TenantNo, WorkspaceId};
use serde_json::{Value, json};
use tenancy::{Access, Bootstrap, Members, NewMember};
use testkit::{ForDatabase, TestDb, on_every_database};

use crate::{Error, NewBase, NewField, NewTable, Schemas, store, wire};

/// A base `Plans` with the tables `Tasks` and `Projects`, and its owner.
struct House {
    test: TestDb,
    identity: Identity,
    members: Members,
    schemas: Schemas,
    owner: Caller,
    workspace: WorkspaceId,
    base: BaseId,
}

fn field(name: &str, kind: &str, options: Value) -> NewField {
    let options = Some(options).filter(|options| !options.is_null());
    NewField { id: None, name: name.to_owned(), field_type: kind.to_owned(), description: None, options }
}

fn table(name: &str, fields: Vec<NewField>) -> NewTable {
    NewTable { id: None, name: name.to_owned(), description: None, fields, primary_field_id: None, views: None }
}

fn caller(user: model::UserId, tenant: TenantNo) -> Caller {
    Caller::unlimited(Actor::User(user), tenant, Door::PublicApi)
}

fn plans(workspace: WorkspaceId) -> NewBase {
    let tasks = vec![
        field("Name", "singleLineText", Value::Null),
        field("Points", "number", json!({ "precision": 1 })),
        field("Double", "formula", json!({ "formula": "{Points}*2" })),
    ];
    let projects = vec![field("Title", "singleLineText", Value::Null)];
    let tables = vec![table("Tasks", tasks), table("Projects", projects)];
    NewBase { id: None, name: "Plans".to_owned(), workspace, tables }
}

impl ForDatabase for House {
    async fn for_database(engine: testkit::Engine) -> Self {
        let all: [&[db::Migration]; 5] =
            [changes::MIGRATIONS, &identity::MIGRATIONS, &tenancy::MIGRATIONS, &audit::MIGRATIONS, &crate::MIGRATIONS];
        let test = TestDb::for_database(engine).await.migrated(&all).await;
        let identity = Identity::new(test.db.clone(), test.clock.clone(), test.ids.clone());
        let installed = Bootstrap::default().run(&test.db, &identity, (&test.clock, &test.ids)).await.unwrap().unwrap();
        let owner = caller(installed.owner.id, TenantNo(1));
        let access = Access::new(identity.people());
        let workspace = access.workspaces(&owner).await.unwrap()[0].id;
        let members = Members::new(access.clone(), identity.clone(), test.clock.clone(), test.ids.clone());
        let changes = Changes::new(test.db.clone());
        let schemas = Schemas::new(test.db.clone(), changes, access, test.clock.clone(), test.ids.clone());
        let base = schemas.create_base(&owner, plans(workspace)).await.unwrap().base;
        Self { test, identity, members, schemas, owner, workspace, base }
    }
}

impl House {
    async fn schema(&self) -> std::sync::Arc<Schema> {
        self.schemas.describe(&self.owner, self.base).await.unwrap()
    }

    /// The fields of a table as clients read them.
    async fn fields(&self, table: &str) -> Vec<Value> {
        let schema = self.schema().await;
        let table = schema.table(table).unwrap();
        table.live_fields().map(|field| serde_json::to_value(wire::field_out(&schema, field.id)).unwrap()).collect()
    }

    async fn add(&self, name: &str, kind: &str, options: Value) -> Result<String, Error> {
        let made = self.schemas.create_field(&self.owner, self.base, "Tasks", &field(name, kind, options)).await;
        made.map(|(_, id)| id.to_string())
    }

    async fn change(&self, name: &str, new: Option<&str>, options: Option<Value>) -> Result<(), Error> {
        let at = ("Tasks", name);
        self.schemas.update_field(&self.owner, self.base, at, new, None, options.as_ref()).await.map(drop)
    }
}

#[on_every_database]
async fn every_statement_is_understood(house: House) {
    for statement in store::STATEMENTS.into_iter().chain(store::BASE_ROWS) {
        house.test.db.check(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}

#[on_every_database]
async fn a_base_is_read_as_it_was_made(house: House) {
    let schema = house.schema().await;
    assert_eq!((schema.name.as_str(), schema.revision), ("Plans", 1));
    let names: Vec<_> = schema.live_tables().map(|table| table.name.clone()).collect();
    assert_eq!(names, ["Tasks", "Projects"]);
    let tasks = serde_json::to_value(wire::table_out(&schema, schema.table("Tasks").unwrap(), true)).unwrap();
    assert_eq!(tasks["primaryFieldId"], tasks["fields"][0]["id"]);
    assert_eq!(
        (&tasks["views"][0]["type"], tasks["views"][0]["visibleFieldIds"].as_array().unwrap().len()),
        (&json!("grid"), 3)
    );
    assert_eq!(tasks["fields"][1]["options"], json!({ "precision": 1 }));
    assert_eq!(tasks["fields"][2]["options"]["isValid"], true);
    let found = house.schemas.find_base(&house.owner, "pLANS").await.unwrap();
    assert_eq!((found.id, found.workspace, found.role), (house.base, house.workspace, Role::Owner));
}

#[on_every_database]
async fn a_link_gets_its_other_side(house: House) {
    let projects = house.schema().await.table("Projects").unwrap().id;
    house.add("Project", "multipleRecordLinks", json!({ "linkedTableId": projects })).await.unwrap();
    let here = house.fields("Tasks").await.pop().unwrap();
    let there = house.fields("Projects").await.pop().unwrap();
    assert_eq!((&here["name"], &there["name"]), (&json!("Project"), &json!("Tasks")));
    assert_eq!(here["options"]["inverseLinkFieldId"], there["id"]);
    assert_eq!(there["options"]["inverseLinkFieldId"], here["id"]);
    assert_eq!(there["options"]["linkedTableId"], json!(house.schema().await.table("Tasks").unwrap().id));
}

#[on_every_database]
async fn a_name_can_change_under_a_formula(house: House) {
    house.change("Points", Some("Effort"), None).await.unwrap();
    let fields = house.fields("Tasks").await;
    assert_eq!(fields[1]["name"], "Effort");
    let options = &fields[2]["options"];
    assert_eq!((&options["isValid"], &options["referencedFieldIds"]), (&json!(true), &json!([fields[1]["id"]])));
    assert_eq!(house.schema().await.revision, 2);
}

#[on_every_database]
async fn what_cannot_be_changes_nothing(house: House) {
    let before = house.schema().await;
    let refused = [
        house.add("name", "singleLineText", Value::Null).await.unwrap_err(),
        house.add(" ", "singleLineText", Value::Null).await.unwrap_err(),
        house.add("Level", "levels", Value::Null).await.unwrap_err(),
        house.add("Level", "number", json!({ "precision": 99 })).await.unwrap_err(),
        house.add("Level", "formula", json!({ "formula": "{Nothing}+1" })).await.unwrap_err(),
        house.add("Level", "multipleRecordLinks", json!({ "linkedTableId": "tbl00000000000000" })).await.unwrap_err(),
        house.change("Nothing", Some("x"), None).await.unwrap_err(),
        house.change("Double", None, Some(json!({ "formula": "{Double}+1" }))).await.unwrap_err(),
        house.schemas.create_table(&house.owner, house.base, &table("tasks", Vec::new())).await.unwrap_err(),
        house.schemas.update_table(&house.owner, house.base, "Projects", Some("TASKS"), None).await.unwrap_err(),
    ];
    let kinds = refused.map(|error| {
        let text = format!("{error:?}");
        text.split([' ', '(']).next().unwrap_or_default().to_owned()
    });
    let expected = [
        "FieldName",
        "FieldName",
        "FieldType",
        "Options",
        "Formula",
        "Options",
        "FieldNotFound",
        "Cycle",
        "TableName",
        "TableName",
    ];
    assert_eq!(kinds, expected);
    let after = house.schema().await;
    assert_eq!((after.revision, after.live_tables().count()), (before.revision, 2));
}

#[on_every_database]
async fn the_same_again_is_no_change(house: House) {
    house.change("Points", Some("Points"), None).await.unwrap();
    assert_eq!(house.schema().await.revision, 1);
}

#[on_every_database]
async fn numbers_of_fields_are_never_used_again(house: House) {
    let mut numbers = Vec::new();
    for name in ["A", "B", "C"] {
        house.add(name, "checkbox", json!({ "icon": "check", "color": "greenBright" })).await.unwrap();
    }
    for table in house.schema().await.live_tables() {
        numbers.extend(table.live_fields().map(|field| field.no));
    }
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), count);
}

#[on_every_database]
async fn editors_read_schemas_and_creators_change_them(house: House) {
    for (email, role, may) in [("bob@example.org", Role::Editor, false), ("cid@example.org", Role::Creator, true)] {
        let new = NewMember { email: email.to_owned(), name: None, workspace: None, role: Some(role) };
        let user = house.members.add(&house.owner, &new).await.unwrap().user;
        let who = caller(user.id, TenantNo(1));
        assert!(house.schemas.describe(&who, house.base).await.is_ok());
        let new = field(email, "singleLineText", Value::Null);
        assert_eq!(house.schemas.create_field(&who, house.base, "Tasks", &new).await.is_ok(), may, "{role:?}");
        assert_eq!(house.schemas.default_workspace(&who).await.is_ok(), may, "{role:?}");
    }
}

#[on_every_database]
async fn another_tenant_sees_no_base(house: House) {
    let made = Bootstrap::default().add(&house.test.db, &house.identity, (&house.test.clock, &house.test.ids)).await;
    let stranger = caller(made.unwrap().owner.id, TenantNo(2));
    let nowhere = house.test.ids.base(house.test.clock.now());
    assert!(house.schemas.list_bases(&stranger).await.unwrap().is_empty());
    assert!(house.schemas.find_base(&stranger, "Plans").await.is_err());
    let answers = [
        house.schemas.describe(&stranger, house.base).await.map(drop),
        house.schemas.describe(&stranger, nowhere).await.map(drop),
        house.schemas.update_table(&stranger, house.base, "Tasks", Some("Ours"), None).await.map(drop),
        house.schemas.create_base(&stranger, plans(house.workspace)).await.map(drop),
    ];
    for answer in answers {
        assert_eq!(answer.unwrap_err().to_string(), "it does not exist, or you may not see it");
    }
}
