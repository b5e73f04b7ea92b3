use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use axum::middleware::from_fn_with_state;
use db::Group;
use identity::{Identity, NewToken, User};
use model::{Actor, BaseId, BaseNo, Caller, Door, Role, Scope, TenantNo, WorkspaceId};
use serde_json::{Value, json};
use testkit::{ForDatabase, TestDb, on_every_database};
use tower::ServiceExt as _;

use crate::{Access, Action, At, Bootstrap, Denied, Error, Grant, Members, NewMember, register_base, store};

const HOME: TenantNo = TenantNo(1);
const ELSEWHERE: TenantNo = TenantNo(2);

/// Two tenants, each with a workspace and a base; the first one made by the bootstrap.
struct House {
    test: TestDb,
    identity: Identity,
    access: Access,
    token: String,
    owner: Caller,
    workspace: WorkspaceId,
    base: BaseId,
    foreign: BaseId,
}

fn caller(user: &User, tenant: TenantNo) -> Caller {
    Caller::unlimited(Actor::User(user.id), tenant, Door::PublicApi)
}

impl ForDatabase for House {
    async fn for_database(engine: testkit::Engine) -> Self {
        let test = TestDb::for_database(engine)
            .await
            .migrated(&[&identity::MIGRATIONS, &crate::MIGRATIONS, &audit::MIGRATIONS])
            .await;
        let identity = Identity::new(test.db.clone(), test.clock.clone(), test.ids.clone());
        let access = Access::new(identity.people());
        let chosen = Bootstrap { email: Some("ann@example.org".to_owned()), ..Bootstrap::default() };
        let installed = chosen.run(&test.db, &identity, (&test.clock, &test.ids)).await.unwrap().unwrap();
        let owner = caller(&installed.owner, HOME);
        let workspace = access.workspaces(&owner).await.unwrap()[0].id;
        let now = test.clock.now();
        let (base, foreign, other) = (test.ids.base(now), test.ids.base(now), test.ids.workspace(now));
        let mut tx = test.db.begin(Group::House).await.unwrap();
        store::insert_tenant(&mut tx, ELSEWHERE, test.ids.tenant(now), "Elsewhere", now);
        store::insert_workspace(&mut tx, ELSEWHERE, other, "Theirs", now);
        store::insert_place(&mut tx, ELSEWHERE, BaseNo(2), foreign, other);
        let permit = access.workspace_permit(&owner, Action::CreateBase, workspace).await.unwrap();
        register_base(&mut tx, &permit, base, BaseNo(1));
        tx.commit().await.unwrap();
        let token = installed.token.reveal().to_owned();
        Self { test, identity, access, token, owner, workspace, base, foreign }
    }
}

impl House {
    fn members(&self) -> Members {
        Members::new(self.access.clone(), self.identity.clone(), self.test.clock.clone(), self.test.ids.clone())
    }

    async fn user(&self, name: &str) -> Caller {
        let now = self.test.clock.now();
        let user = User { id: self.test.ids.user(now), email: format!("{name}@example.org"), name: name.to_owned() };
        let mut tx = self.test.db.begin(Group::House).await.unwrap();
        self.identity.insert_user(&mut tx, HOME, &user);
        tx.commit().await.unwrap();
        caller(&user, HOME)
    }

    async fn set_role(&self, who: &Caller, role: Option<Role>) -> Result<(), Error> {
        self.grant(&self.owner, At::Workspace(self.workspace), who, role.map_or(Grant::Take, Grant::Give)).await
    }

    async fn grant(&self, by: &Caller, at: At, who: &Caller, grant: Grant) -> Result<(), Error> {
        self.access.grant(by, at, &[(who.user().unwrap(), grant)], (self.test.clock.now(), &self.test.ids)).await
    }

    async fn read(&self, who: &Caller, base: BaseId) -> String {
        match self.access.scope(who, base).await {
            Ok(scope) => format!("{:?}", scope.role()),
            Err(denied) => format!("{denied:?}"),
        }
    }
}

#[test]
fn the_policy_is_this_table() {
    let roles = [Role::ReadOnly, Role::Commenter, Role::Editor, Role::Creator, Role::Owner];
    let may = |action: Action, role| action.check(role, &Scope::ALL).is_ok();
    let table: Vec<_> = Action::ALL
        .into_iter()
        .map(|action| {
            let row: String = roles.into_iter().map(|role| if may(action, role) { '+' } else { '-' }).collect();
            let scopes: Vec<_> = action.scopes().iter().map(|scope| scope.name()).collect();
            (format!("{action:?}"), row, scopes.join(" "))
        })
        .collect();
    let all = "data.records:read data.records:write data.recordComments:read data.recordComments:write \
        schema.bases:read schema.bases:write user.email:read webhook:manage ids:write \
        workspacesAndBases:read workspacesAndBases:write enterprise.account:read enterprise.user:read \
        enterprise.auditLogs:read";
    let expected = [
        ("ReadRecords", "+++++", "data.records:read"),
        ("ReadComments", "+++++", "data.recordComments:read"),
        ("Comment", "-++++", "data.recordComments:write"),
        ("WriteRecords", "--+++", "data.records:write"),
        ("ReadSchema", "+++++", "schema.bases:read"),
        ("EditSchema", "---++", "schema.bases:write"),
        ("EditViews", "--+++", "schema.bases:write"),
        ("CreateBase", "---++", "schema.bases:write"),
        ("KeepIds", "---++", "ids:write"),
        ("DeleteBase", "---++", "schema.bases:write"),
        ("RemoveBase", "----+", "schema.bases:write"),
        ("ManageWebhooks", "---++", "webhook:manage"),
        ("ReadPeople", "+++++", "workspacesAndBases:read"),
        ("ShareBase", "---++", "workspacesAndBases:write"),
        ("ShareWorkspace", "----+", "workspacesAndBases:write"),
        ("ManagePeople", "----+", all),
        ("ManageTokens", "+++++", all),
        ("ReadEnterprise", "----+", "enterprise.account:read"),
        ("ReadUsers", "----+", "enterprise.user:read"),
        ("ReadAudit", "----+", "enterprise.auditLogs:read"),
    ];
    assert_eq!(table, expected.map(|(action, roles, scopes)| (action.to_owned(), roles.to_owned(), scopes.to_owned())));
}

#[test]
fn a_token_does_no_more_than_its_scopes() {
    for action in Action::ALL {
        for missing in action.scopes() {
            let scopes: Vec<_> = Scope::ALL.into_iter().filter(|scope| scope != missing).collect();
            let denied = action.check(Role::Owner, &scopes).unwrap_err();
            assert!(
                matches!(&denied, Denied::Scope { missing: named } if named == &[*missing]),
                "{action:?} {denied:?}"
            );
        }
    }
}

#[on_every_database]
async fn what_is_elsewhere_is_as_if_it_were_not(house: House) {
    let nowhere = house.test.ids.base(house.test.clock.now());
    let stranger = house.user("eve").await;
    let mut answers = Vec::new();
    for (who, base) in
        [(&house.owner, nowhere), (&house.owner, house.foreign), (&stranger, house.base), (&stranger, nowhere)]
    {
        answers.push(format!("{:?}", house.access.scope(who, base).await.unwrap_err()));
        for action in Action::ALL {
            answers.push(format!("{:?}", house.access.permit(who, action, base).await.unwrap_err()));
        }
    }
    let other = house.access.workspaces(&Caller::system(ELSEWHERE, "test")).await.unwrap()[0].id;
    answers.push(format!(
        "{:?}",
        house.access.workspace_permit(&house.owner, Action::CreateBase, other).await.unwrap_err()
    ));
    answers.dedup();
    assert_eq!(answers, ["NotFound"]);
}

#[on_every_database]
async fn a_role_counts_from_the_next_request(house: House) {
    let bob = house.user("bob").await;
    assert_eq!(house.read(&bob, house.base).await, "NotFound");
    for (role, seen) in [
        (Some(Role::ReadOnly), "ReadOnly"),
        (Some(Role::Creator), "Creator"),
        (Some(Role::Editor), "Editor"),
        (None, "NotFound"),
    ] {
        house.set_role(&bob, role).await.unwrap();
        assert_eq!(house.read(&bob, house.base).await, seen);
        assert_eq!(house.read(&bob, house.base).await, seen, "from memory");
    }
}

#[on_every_database]
async fn in_a_base_the_higher_role_counts(house: House) {
    let (bob, eve) = (house.user("bob").await, house.user("eve").await);
    let (base, workspace) = (At::Base(house.base), At::Workspace(house.workspace));
    house.grant(&house.owner, base, &bob, Grant::Give(Role::Commenter)).await.unwrap();
    assert_eq!(house.read(&bob, house.base).await, "Commenter");
    assert_eq!(house.access.workspaces(&bob).await.unwrap().len(), 0);
    house.set_role(&bob, Some(Role::ReadOnly)).await.unwrap();
    assert_eq!(house.read(&bob, house.base).await, "Commenter");
    house.set_role(&bob, Some(Role::Editor)).await.unwrap();
    assert_eq!(house.read(&bob, house.base).await, "Editor");
    let early = house.grant(&bob, base, &eve, Grant::Give(Role::ReadOnly)).await.unwrap_err();
    assert!(matches!(&early, Error::Denied(denied) if matches!(**denied, Denied::Role { .. })), "{early:?}");
    house.grant(&house.owner, base, &bob, Grant::Change(Role::Creator)).await.unwrap();
    house.grant(&bob, base, &eve, Grant::Give(Role::Creator)).await.unwrap();
    for grant in [Grant::Give(Role::Owner), Grant::Change(Role::Owner)] {
        assert!(matches!(house.grant(&house.owner, base, &eve, grant).await, Err(Error::Grant { .. })));
    }
    let above = house.grant(&bob, workspace, &eve, Grant::Give(Role::ReadOnly)).await.unwrap_err();
    assert!(matches!(&above, Error::Denied(denied) if matches!(**denied, Denied::Role { .. })), "{above:?}");
    house.grant(&bob, base, &bob, Grant::Take).await.unwrap();
    assert_eq!(house.read(&bob, house.base).await, "Editor");
    for grant in [Grant::Take, Grant::Change(Role::Editor)] {
        let none = house.grant(&house.owner, base, &bob, grant).await.unwrap_err();
        assert!(matches!(none, Error::NoCollaborator { .. }), "{none:?}");
    }
}

#[on_every_database]
async fn roles_are_given_together_or_not_at_all(house: House) {
    let (bob, eve) = (house.user("bob").await, house.user("eve").await);
    let (bob_id, eve_id) = (bob.user().unwrap(), eve.user().unwrap());
    let at = At::Base(house.base);
    let grants = [(bob_id, Grant::Give(Role::Editor)), (eve_id, Grant::Take)];
    assert!(house.members().grant(&house.owner, at, &grants).await.is_err());
    assert_eq!(house.read(&bob, house.base).await, "NotFound");
    let grants = [(bob_id, Grant::Give(Role::Editor)), (model::UserId::ordered(1, 1), Grant::Give(Role::Editor))];
    let unknown = house.members().grant(&house.owner, at, &grants).await.unwrap_err();
    assert!(matches!(unknown, Error::NoUser { .. }), "{unknown:?}");
    let denied = house.members().grant(&bob, at, &grants).await.unwrap_err();
    assert!(matches!(&denied, Error::Denied(denied) if matches!(**denied, Denied::NotFound)), "{denied:?}");
    let many = vec![(bob_id, Grant::Give(Role::Editor)); 101];
    for grants in [&many[..], &[]] {
        assert!(matches!(house.members().grant(&house.owner, at, grants).await, Err(Error::Grant { .. })));
    }
    house.members().grant(&house.owner, at, &many[..1]).await.unwrap();
    assert_eq!(house.read(&bob, house.base).await, "Editor");
}

#[on_every_database]
async fn who_has_a_role_is_a_member(house: House) {
    let bob = house.user("bob").await;
    let scope = house.access.scope_for(&house.owner, Action::ReadComments, house.base).await.unwrap();
    let is_member = async |who: &Caller| house.access.is_member(&scope, who.user().unwrap()).await.unwrap();
    assert!(is_member(&house.owner).await && !is_member(&bob).await);
    house.set_role(&bob, Some(Role::ReadOnly)).await.unwrap();
    assert!(is_member(&bob).await);
    house.set_role(&bob, None).await.unwrap();
    assert!(!is_member(&bob).await);
}

#[on_every_database]
async fn only_owners_manage_people_and_one_stays(house: House) {
    let bob = house.user("bob").await;
    let error = house.set_role(&house.owner, Some(Role::Creator)).await.unwrap_err();
    assert!(matches!(error, Error::LastOwner), "{error:?}");
    house.set_role(&bob, Some(Role::Creator)).await.unwrap();
    let own = house.grant(&bob, At::Workspace(house.workspace), &bob, Grant::Give(Role::Owner)).await.unwrap_err();
    assert!(matches!(&own, Error::Denied(denied) if matches!(**denied, Denied::Role { .. })), "{own:?}");
    house.set_role(&bob, Some(Role::Owner)).await.unwrap();
    house.set_role(&house.owner, None).await.unwrap();
    assert_eq!(house.read(&house.owner, house.base).await, "NotFound");
}

#[on_every_database]
async fn the_house_itself_may_everything_in_its_tenant(house: House) {
    let system = Caller::system(HOME, "sweep");
    let permit = house.access.permit(&system, Action::EditSchema, house.base).await.unwrap();
    assert_eq!((permit.tenant(), permit.base_no(), permit.base()), (HOME, BaseNo(1), house.base));
    assert_eq!((permit.role(), permit.workspace()), (Role::Owner, house.workspace));
    assert_eq!(house.read(&system, house.foreign).await, "NotFound");
}

#[on_every_database]
async fn a_second_start_makes_nothing(house: House) {
    let again = Bootstrap::default().run(&house.test.db, &house.identity, (&house.test.clock, &house.test.ids)).await;
    assert!(again.unwrap().is_none());
    let owner = Bootstrap::owner(&house.test.db).await.unwrap();
    assert_eq!(owner, Some((HOME, house.owner.user().unwrap())));
}

#[on_every_database]
async fn every_statement_is_understood(house: House) {
    for statement in store::STATEMENTS.into_iter().chain(store::BASE_ROWS) {
        house.test.db.check(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}

async fn get(router: &Router, path: &str, authorization: Option<&str>) -> (u16, Option<String>, Value) {
    let mut request = Request::get(path);
    if let Some(value) = authorization {
        request = request.header(header::AUTHORIZATION, value);
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let asks = response.headers().get(header::WWW_AUTHENTICATE).map(|value| value.to_str().unwrap().to_owned());
    let bytes = to_bytes(response.into_body(), 10_000).await.unwrap();
    (status, asks, serde_json::from_slice(&bytes).unwrap())
}

#[on_every_database]
async fn doors_ask_for_a_token(house: House) {
    let router = crate::router(house.members())
        .split_for_parts()
        .0
        .route("/api/v1/thing", axum::routing::get(|| async { "" }))
        .layer(from_fn_with_state(Arc::new(house.identity.clone()), crate::authenticate));
    let unknown = format!("Bearer pat12345678901234.{}", "0".repeat(64));
    let refused = json!({ "error": { "type": "AUTHENTICATION_REQUIRED", "message": "Authentication required" } });
    for authorization in [None, Some("Bearer x"), Some(&unknown), Some(&house.token), Some("Basic YTpi")] {
        let answer = get(&router, "/v0/meta/whoami", authorization.map(|text: &str| text)).await;
        assert_eq!(answer, (401, Some("Bearer".to_owned()), refused.clone()), "{authorization:?}");
        let (status, _, problem) = get(&router, "/api/v1/thing", authorization).await;
        assert_eq!((status, &problem["code"]), (401, &json!("authentication-required")));
    }
    for scheme in ["Bearer", "bearer"] {
        let (status, _, who) = get(&router, "/v0/meta/whoami", Some(&format!("{scheme} {}", house.token))).await;
        assert_eq!((status, &who["id"], &who["email"]), (200, &json!(house.owner.user()), &json!("ann@example.org")));
    }
    let (_, _, list) = get(&router, "/v0/meta/workspaces", Some(&format!("Bearer {}", house.token))).await;
    let workspace = json!({ "id": house.workspace, "name": "My workspace", "permissionLevel": "owner" });
    assert_eq!(list, json!({ "workspaces": [workspace] }));
}

#[on_every_database]
async fn a_narrow_token_says_less(house: House) {
    let narrow = NewToken {
        tenant: HOME,
        owner: house.owner.user().unwrap(),
        name: "narrow".to_owned(),
        scopes: vec![Scope::RecordsRead],
        expires: None,
    };
    let mut tx = house.test.db.begin(Group::House).await.unwrap();
    let token = house.identity.insert_token(&mut tx, &house.owner, &narrow, None).unwrap();
    tx.commit().await.unwrap();
    let router = crate::router(house.members())
        .split_for_parts()
        .0
        .layer(from_fn_with_state(Arc::new(house.identity.clone()), crate::authenticate));
    let bearer = format!("Bearer {}", token.reveal());
    let (status, _, who) = get(&router, "/v0/meta/whoami", Some(&bearer)).await;
    assert_eq!((status, who.get("email")), (200, None));
    let (status, _, error) = get(&router, "/v0/meta/workspaces", Some(&bearer)).await;
    assert_eq!((status, &error["error"]["type"]), (403, &json!("INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND")));
}

fn new_member(email: &str, role: Role) -> NewMember {
    NewMember { email: email.to_owned(), name: None, workspace: None, role: Some(role) }
}

#[on_every_database]
async fn a_new_person_gets_a_role_and_a_token(house: House) {
    let members = house.members();
    let added = members.add(&house.owner, &new_member(" Bob@Example.org ", Role::Editor)).await.unwrap();
    assert_eq!((added.user.email.as_str(), added.user.name.as_str()), ("bob@example.org", "bob"));
    let known = house.identity.authenticate(added.token.unwrap().reveal()).await.unwrap().unwrap();
    assert_eq!(known.owner, added.user.id);
    let bob = caller(&added.user, HOME);
    assert_eq!(house.read(&bob, house.base).await, "Editor");

    let again = members.add(&house.owner, &new_member("bob@example.org", Role::Creator)).await.unwrap();
    assert_eq!((again.user.id, again.token.is_none()), (added.user.id, true), "no token of somebody who is known");
    assert_eq!(house.read(&bob, house.base).await, "Creator");
    let listed: Vec<_> =
        members.list(&house.owner).await.unwrap().into_iter().map(|m| (m.user.name, m.roles)).collect();
    let roles = |role| vec![(house.workspace, role)];
    assert_eq!(listed, [("ann".to_owned(), roles(Role::Owner)), ("bob".to_owned(), roles(Role::Creator))]);
}

#[on_every_database]
async fn people_are_for_owners_and_tokens_for_their_own(house: House) {
    let members = house.members();
    let added = members.add(&house.owner, &new_member("bob@example.org", Role::Creator)).await.unwrap();
    let bob = caller(&added.user, HOME);
    let eve = new_member("eve@example.org", Role::Owner);
    let denied = [members.add(&bob, &eve).await.unwrap_err(), members.list(&bob).await.unwrap_err()];
    for error in denied {
        assert!(matches!(&error, Error::Denied(denied) if matches!(**denied, Denied::Role { .. })), "{error:?}");
    }
    members.create_token(&bob, "more", None).await.unwrap();
    assert_eq!(members.list_tokens(&bob).await.unwrap().len(), 2);
    let narrow = Caller { scopes: vec![Scope::RecordsRead, Scope::SchemaRead], ..house.owner.clone() };
    let error = members.create_token(&narrow, "more", None).await.unwrap_err();
    assert!(matches!(&error, Error::Denied(denied) if matches!(**denied, Denied::Scope { .. })), "{error:?}");
    let nobody = User { id: "usr00000000000000".parse().unwrap(), email: String::new(), name: String::new() };
    let error = members.create_token(&caller(&nobody, HOME), "more", None).await.unwrap_err();
    assert!(matches!(&error, Error::NoRole), "{error:?}");
}

#[on_every_database]
async fn a_token_is_its_owners_alone(house: House) {
    let members = house.members();
    let added = members.add(&house.owner, &new_member("bob@example.org", Role::Owner)).await.unwrap();
    let bob = caller(&added.user, HOME);
    let token = members.create_token(&house.owner, "phone", Some(vec![Scope::RecordsRead])).await.unwrap();
    let nothing = members.create_token(&house.owner, "nothing", Some(Vec::new())).await;
    assert!(matches!(nothing, Err(Error::NoScopes)));
    let error = members.revoke_token(&bob, token.reveal()).await.unwrap_err();
    assert!(matches!(error, Error::Identity(identity::Error::TokenNotFound { .. })), "{error:?}");
    let names: Vec<_> = members.list_tokens(&house.owner).await.unwrap().into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["First token", "phone"]);
    members.revoke_token(&house.owner, token.reveal()).await.unwrap();
    assert!(house.identity.authenticate(token.reveal()).await.unwrap().is_none());
}

#[on_every_database]
async fn what_is_no_address_is_nobody(house: House) {
    for email in ["", "bob", "@example.org", "bob@", "bob @example.org", "bob@example.org\u{0}"] {
        let error = house.members().add(&house.owner, &new_member(email, Role::Editor)).await.unwrap_err();
        assert!(matches!(error, Error::Email { .. }), "{email:?}: {error:?}");
    }
    let alone = house.members().add(&house.owner, &new_member("ann@example.org", Role::Editor)).await.unwrap_err();
    assert!(matches!(alone, Error::LastOwner), "{alone:?}");
}

#[on_every_database]
async fn one_more_tenant_sees_nothing_of_the_first(house: House) {
    let made = Bootstrap::default().add(&house.test.db, &house.identity, (&house.test.clock, &house.test.ids)).await;
    let made = made.unwrap();
    let known = house.identity.authenticate(made.token.reveal()).await.unwrap().unwrap();
    assert!(![HOME, ELSEWHERE].contains(&known.tenant));
    let stranger = caller(&made.owner, known.tenant);
    assert_eq!(house.read(&stranger, house.base).await, "NotFound");
    assert_eq!(house.members().list(&stranger).await.unwrap().len(), 1);
}
