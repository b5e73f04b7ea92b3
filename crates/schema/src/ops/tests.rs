use identity::{Identity, User};
use model::{Actor, Door};
use serde_json::json;
use tenancy::{At, Grant};
use testkit::{Engine, ForDatabase, TestDb, on_every_database};

use super::*;

/// A house with an owner and a workspace.
struct House {
    test: TestDb,
    changes: Changes,
    access: Access,
    identity: Identity,
    schemas: Schemas,
    owner: Caller,
    workspace: WorkspaceId,
}

impl ForDatabase for House {
    async fn for_database(engine: Engine) -> Self {
        let migrations: [&[db::Migration]; 5] =
            [&identity::MIGRATIONS, &tenancy::MIGRATIONS, &audit::MIGRATIONS, changes::MIGRATIONS, &crate::MIGRATIONS];
        let test = TestDb::for_database(engine).await.migrated(&migrations).await;
        let identity = Identity::new(test.db.clone(), test.clock.clone(), test.ids.clone());
        let access = Access::new(identity.people());
        let chosen = tenancy::Bootstrap { email: Some("ann@example.org".to_owned()), ..tenancy::Bootstrap::default() };
        let installed = chosen.run(&test.db, &identity, (&test.clock, &test.ids)).await.unwrap().unwrap();
        let owner = Caller::unlimited(Actor::User(installed.owner.id), TenantNo(1), Door::PublicApi);
        let changes = Changes::new(test.db.clone());
        let schemas =
            Schemas::new(test.db.clone(), changes.clone(), access.clone(), test.clock.clone(), test.ids.clone());
        let workspace = access.workspaces(&owner).await.unwrap()[0].id;
        Self { test, changes, access, identity, schemas, owner, workspace }
    }
}

fn table(name: &str, fields: &[&str]) -> NewTable {
    let fields: Vec<Value> = fields.iter().map(|name| json!({ "name": name, "type": "singleLineText" })).collect();
    serde_json::from_value(json!({ "name": name, "fields": fields })).unwrap()
}

fn text(name: &str) -> NewField {
    serde_json::from_value(json!({ "name": name, "type": "singleLineText" })).unwrap()
}

impl House {
    async fn base(&self, name: &str) -> Arc<Schema> {
        let tables = vec![table("People", &["Name"]), table("Places", &["Title"])];
        let new = NewBase { id: None, name: name.to_owned(), workspace: self.workspace, tables };
        self.schemas.create_base(&self.owner, new).await.unwrap()
    }

    async fn user(&self, name: &str, role: Option<Role>) -> Caller {
        let now = self.test.clock.now();
        let user = User { id: self.test.ids.user(now), email: format!("{name}@example.org"), name: name.to_owned() };
        let mut tx = self.test.db.begin(Group::House).await.unwrap();
        self.identity.insert_user(&mut tx, TenantNo(1), &user);
        tx.commit().await.unwrap();
        if let Some(role) = role {
            let at = At::Workspace(self.workspace);
            self.access.grant(&self.owner, at, &[(user.id, Grant::Give(role))], (now, &self.test.ids)).await.unwrap();
        }
        Caller { actor: Actor::User(user.id), ..self.owner.clone() }
    }

    /// What another process reads.
    async fn stored(&self, base: BaseId) -> Arc<Schema> {
        let changes = Changes::new(self.test.db.clone());
        let (clock, ids) = (self.test.clock.clone(), self.test.ids.clone());
        Schemas::new(self.test.db.clone(), changes, self.access.clone(), clock, ids)
            .describe(&self.owner, base)
            .await
            .unwrap()
    }
}

#[on_every_database]
async fn every_edit_raises_the_revision_and_is_a_change_in_the_log(house: House) {
    let made = house.base("B").await;
    let (owner, base) = (&house.owner, made.base);
    assert_eq!((made.revision, house.changes.head(made.base_no).await.unwrap().schema_revision), (1, 1));
    house.schemas.create_table(owner, base, &table("Things", &["What"])).await.unwrap();
    house.schemas.create_field(owner, base, "people", &text("Mail")).await.unwrap();
    house.schemas.update_table(owner, base, "Places", Some("Spots"), None).await.unwrap();
    let (last, _) =
        house.schemas.update_field(owner, base, ("Spots", "title"), Some("Label"), Some("seen"), None).await.unwrap();
    let head = house.changes.head(made.base_no).await.unwrap();
    assert_eq!((head.sequence, head.schema_revision, last.revision), (4, 5, 5));
    let stored = house.stored(base).await;
    assert_eq!((&stored.tables, stored.revision), (&last.tables, 5));
    let names: Vec<&str> = stored.live_tables().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["People", "Spots", "Things"]);
    // The log takes each table from what it was to what it is.
    let mut tables = made.tables.clone();
    let mut changes = house.changes.list_newest(made.base_no, None, 10).await.unwrap();
    changes.reverse();
    for change in &changes {
        for part in &change.body.schema {
            let SchemaChange::Table { before, after } = part else { continue };
            let held = tables.iter_mut().find(|table| table.no == after.no);
            assert_eq!(held.as_deref(), before.as_ref());
            match held {
                Some(held) => *held = Arc::clone(after),
                None => tables.push(Arc::clone(after)),
            }
        }
    }
    assert_eq!(tables, stored.tables);
}

#[on_every_database]
async fn an_edit_that_changes_nothing_writes_nothing(house: House) {
    let made = house.base("B").await;
    let (schema, _) =
        house.schemas.update_table(&house.owner, made.base, "People", Some("People"), None).await.unwrap();
    assert_eq!(schema.revision, 1);
    assert_eq!(house.changes.head(made.base_no).await.unwrap().sequence, 0);
}

#[on_every_database]
async fn an_edit_that_is_refused_leaves_nothing_but_unused_numbers(house: House) {
    let made = house.base("B").await;
    let wrong: NewTable = serde_json::from_value(json!({ "name": "New", "fields": [
        { "name": "a", "type": "singleLineText" }, { "name": "A", "type": "singleLineText" } ] }))
    .unwrap();
    assert!(matches!(house.schemas.create_table(&house.owner, made.base, &wrong).await, Err(Error::FieldName { .. })));
    assert!(matches!(
        house.schemas.create_field(&house.owner, made.base, "Nope", &text("x")).await,
        Err(Error::TableNotFound { .. })
    ));
    let missing = house.schemas.update_field(&house.owner, made.base, ("People", "Nope"), Some("x"), None, None).await;
    assert!(
        matches!(missing, Err(Error::FieldNotFound { ref name, ref table }) if name == "Nope" && table == "People")
    );
    assert_eq!(house.stored(made.base).await.tables, made.tables);
    assert_eq!(house.changes.head(made.base_no).await.unwrap().sequence, 0);
}

#[on_every_database]
async fn fields_made_at_once_have_numbers_of_their_own(house: House) {
    let made = house.base("B").await;
    let new: Vec<NewField> = (0..8).map(|n| text(&format!("f{n}"))).collect();
    let create = |at: usize| house.schemas.create_field(&house.owner, made.base, "People", &new[at]);
    let all = tokio::join!(create(0), create(1), create(2), create(3), create(4), create(5), create(6), create(7));
    let all: [Result<_, Error>; 8] = all.into();
    assert!(all.iter().all(Result::is_ok));
    let stored = house.stored(made.base).await;
    let mut numbers: Vec<u32> = stored.tables.iter().flat_map(|table| table.fields.iter().map(|f| f.no.0)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((numbers.len(), stored.revision), (10, 9));
    // Of two who want the same name, one gets it.
    let same = text("same");
    let make = || house.schemas.create_field(&house.owner, made.base, "People", &same);
    let (one, two) = tokio::join!(make(), make());
    assert!(one.is_ok() != two.is_ok());
}

#[on_every_database]
async fn a_base_needs_a_name_and_a_table(house: House) {
    let long = "x".repeat(256);
    let cases: [(&str, Vec<NewTable>); 5] = [
        ("", vec![table("T", &["a"])]),
        ("  ", vec![table("T", &["a"])]),
        (&long, vec![table("T", &["a"])]),
        ("a\0b", vec![table("T", &["a"])]),
        ("B", vec![]),
    ];
    for (name, tables) in cases {
        let new = NewBase { id: None, name: name.to_owned(), workspace: house.workspace, tables };
        assert!(matches!(house.schemas.create_base(&house.owner, new).await, Err(Error::Invalid { .. })), "{name}");
    }
    assert!(house.schemas.list_bases(&house.owner).await.unwrap().is_empty());
}

#[on_every_database]
async fn tables_made_with_a_base_may_link_to_each_other(house: House) {
    let made = house.base("B").await;
    let people = made.tables[0].id;
    let new: NewTable = serde_json::from_value(json!({ "name": "Pets", "fields": [
        { "name": "Name", "type": "singleLineText" },
        { "name": "Owner", "type": "multipleRecordLinks", "options": { "linkedTableId": people } },
    ] }))
    .unwrap();
    house.schemas.create_table(&house.owner, made.base, &new).await.unwrap();
    let stored = house.stored(made.base).await;
    let back = stored.table("People").unwrap().field("Pets").unwrap().clone();
    assert_eq!(back.kind.link().unwrap().linked_table, stored.table("Pets").unwrap().id);
    let log = house.changes.list_newest(made.base_no, None, 1).await.unwrap();
    assert_eq!(log[0].body.schema.len(), 2, "both tables in one change");
}

#[on_every_database]
async fn roles_say_who_may_read_and_who_may_edit(house: House) {
    let made = house.base("B").await;
    // Role, may read, may edit.
    let cases = [
        (Some(Role::Owner), true, true),
        (Some(Role::Creator), true, true),
        (Some(Role::Editor), true, false),
        (Some(Role::Commenter), true, false),
        (Some(Role::ReadOnly), true, false),
        (None, false, false),
    ];
    for (at, (role, reads, edits)) in cases.into_iter().enumerate() {
        let user = house.user(&format!("user{at}"), role).await;
        assert_eq!(house.schemas.describe(&user, made.base).await.is_ok(), reads, "{role:?}");
        assert_eq!(house.schemas.find_base(&user, "b").await.is_ok(), reads, "{role:?}");
        let edited = house.schemas.create_field(&user, made.base, "People", &text(&format!("f{at}"))).await;
        assert_eq!(edited.is_ok(), edits, "{role:?}");
        assert_eq!(house.schemas.default_workspace(&user).await.is_ok(), edits, "{role:?}");
    }
}

#[on_every_database]
async fn bases_are_found_by_id_and_by_name(house: House) {
    let first = house.base("Plans").await;
    let second = house.base("plans").await;
    let find = async |name: &str| house.schemas.find_base(&house.owner, name).await.map(|base| base.id).ok();
    assert_eq!(find(&second.base.to_string()).await, Some(second.base));
    assert_eq!(find("plans").await, Some(second.base), "the very name before the others");
    assert_eq!(find("Plans").await, Some(first.base));
    let several = house.schemas.find_base(&house.owner, "PLANS").await.unwrap_err().to_string();
    assert!([first.base, second.base].iter().all(|id| several.contains(&id.to_string())), "{several}");
    let third = house.base("Tasks").await;
    assert_eq!(find("TASKS").await, Some(third.base));
    assert_eq!(find("Plan").await, None);
    assert_eq!(house.schemas.list_bases(&house.owner).await.unwrap().len(), 3);
}

#[on_every_database]
async fn a_snapshot_is_the_one_of_its_revision(house: House) {
    let made = house.base("B").await;
    let snapshot = async || house.schemas.snapshot(TenantNo(1), made.base_no).await.unwrap();
    let first = snapshot().await;
    assert!(Arc::ptr_eq(&first, &snapshot().await), "read once");
    house.schemas.create_field(&house.owner, made.base, "People", &text("New")).await.unwrap();
    let second = snapshot().await;
    assert_eq!((first.revision, second.revision), (1, 2));
    assert!(second.table("People").unwrap().field("New").is_some());
}
