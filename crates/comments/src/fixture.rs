//! A house with people, a base of tasks and projects with a record each, and comments on them.

use changes::Changes;
use identity::{Identity, User};
use model::{Actor, BaseId, Caller, CommentId, Door, Role, TenantNo, UserId, WorkspaceId};
use records::Records;
use schema::{NewBase, Schemas};
use serde_json::{Map, Value, json};
use tenancy::{Access, At, Bootstrap, Grant};
use testkit::{Engine, ForDatabase, TestDb};
use web::Signer;

use crate::{Comment, Comments, Error, NewComment, Page, Parts, Subject, Told, counts};

pub(crate) struct House {
    pub test: TestDb,
    pub identity: Identity,
    pub access: Access,
    pub records: Records,
    pub comments: Comments,
    pub workspace: WorkspaceId,
    pub owner: Caller,
    pub base: BaseId,
    /// Records of the table `Tasks`.
    pub tasks: Vec<String>,
    /// A record of the table `Projects`.
    pub project: String,
}

pub(crate) fn caller(user: &User, tenant: TenantNo) -> Caller {
    Caller::unlimited(Actor::User(user.id), tenant, Door::PublicApi)
}

fn cells(cells: Value) -> Map<String, Value> {
    serde_json::from_value(cells).unwrap()
}

impl ForDatabase for House {
    async fn for_database(engine: Engine) -> Self {
        let migrations: [&[db::Migration]; 7] = [
            &identity::MIGRATIONS,
            &tenancy::MIGRATIONS,
            &audit::MIGRATIONS,
            changes::MIGRATIONS,
            &schema::MIGRATIONS,
            &records::MIGRATIONS,
            &crate::MIGRATIONS,
        ];
        let test = TestDb::for_database(engine).await.migrated(&migrations).await;
        let (db, clock, ids) = (test.db.clone(), test.clock.clone(), test.ids.clone());
        let identity = Identity::new(db.clone(), clock.clone(), ids.clone());
        let access = Access::new(identity.people());
        let chosen = Bootstrap { email: Some("ann@example.org".to_owned()), ..Bootstrap::default() };
        let installed = chosen.run(&db, &identity, (&clock, &ids)).await.unwrap().unwrap();
        let owner = caller(&installed.owner, TenantNo(1));
        let changes = Changes::new(db.clone());
        let schemas = Schemas::new(db.clone(), changes.clone(), access.clone(), clock.clone(), ids.clone());
        let signer = Signer::new(b"a secret of tests that is long enough");
        let records = Records::new(
            (db.clone(), changes),
            access.clone(),
            schemas.clone(),
            (clock.clone(), ids.clone()),
            signer.clone(),
            1 << 30,
            (counts(db.clone()), records::Files::default(), records::Generation::default()),
        );
        let workspace = access.workspaces(&owner).await.unwrap()[0].id;
        let table = |name| json!({ "name": name, "fields": [{ "name": "Name", "type": "singleLineText" }] });
        let tables = ["Tasks", "Projects"].map(|name| serde_json::from_value(table(name)).unwrap());
        let new = NewBase { id: None, name: "Plans".to_owned(), workspace, tables: tables.into() };
        let base = schemas.create_base(&owner, new).await.unwrap().base;
        let new: Vec<_> = ["Paint", "Mow"].map(|name| cells(json!({ "Name": name }))).into();
        let made = records.create(&owner, base, "Tasks", &new, false).await.unwrap();
        let tasks = made.found.ids().iter().map(ToString::to_string).collect();
        let made = records.create(&owner, base, "Projects", &new[..1], false).await.unwrap();
        let project = made.found.ids()[0].to_string();
        let parts = Parts {
            db,
            access: access.clone(),
            identity: identity.clone(),
            schemas,
            records: records.clone(),
            signer,
            clock,
            ids,
        };
        let comments = Comments::new(parts);
        Self { test, identity, access, records, comments, workspace, owner, base, tasks, project }
    }
}

impl House {
    /// A user of the tenant, with a role or none.
    pub async fn user(&self, name: &str, role: Option<Role>) -> Caller {
        let now = self.test.clock.now();
        let user = User { id: self.test.ids.user(now), email: format!("{name}@example.org"), name: name.to_owned() };
        let mut tx = self.test.db.begin(db::Group::House).await.unwrap();
        self.identity.insert_user(&mut tx, self.owner.tenant, &user);
        tx.commit().await.unwrap();
        if let Some(role) = role {
            self.grant(user.id, Grant::Give(role)).await;
        }
        caller(&user, self.owner.tenant)
    }

    pub async fn grant(&self, user: UserId, grant: Grant) {
        let at = At::Workspace(self.workspace);
        self.access.grant(&self.owner, at, &[(user, grant)], (self.test.clock.now(), &self.test.ids)).await.unwrap();
    }

    /// The first task.
    pub fn task(&self) -> Subject<'_> {
        Subject { base: self.base, table: "Tasks", record: &self.tasks[0] }
    }

    pub async fn try_say(&self, who: &Caller, text: &str) -> Result<Told<Comment>, Error> {
        self.comments.create(who, self.task(), NewComment { text, parent: None }).await
    }

    /// Writes a comment on the first task.
    pub async fn say(&self, who: &Caller, text: &str) -> Comment {
        self.try_say(who, text).await.unwrap().what
    }

    pub async fn try_reply(&self, who: &Caller, text: &str, to: &str) -> Result<Comment, Error> {
        let new = NewComment { text, parent: Some(to) };
        self.comments.create(who, self.task(), new).await.map(|told| told.what)
    }

    pub async fn page(&self, size: u64, offset: Option<&str>) -> Result<Page, Error> {
        self.comments.list(&self.owner, self.task(), Some(size), offset).await.map(|told| told.what)
    }

    /// The comments of the first task, the newest first.
    pub async fn all(&self) -> Vec<Comment> {
        self.page(100, None).await.unwrap().comments
    }

    pub async fn texts(&self) -> Vec<String> {
        self.all().await.into_iter().map(|comment| comment.text).collect()
    }

    pub async fn delete(&self, who: &Caller, id: CommentId) -> Result<CommentId, Error> {
        self.comments.delete(who, self.task(), &id.to_string()).await
    }
}
