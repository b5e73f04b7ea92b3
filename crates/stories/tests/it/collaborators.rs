//! Who has a role in a base or workspace, and giving, changing and taking it.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// Somebody of the tenant without a role.
async fn outsider(app: &TestApp, name: &str) -> (String, String) {
    let (id, token) = app.person(name, "readOnly").await;
    let path = format!("/v0/meta/workspaces/{}/collaborators/{id}", app.workspace().await);
    app.ok(Method::DELETE, &path, &Value::Null).await;
    (id, token)
}

async fn in_base(app: &TestApp, base: &str) -> Value {
    let told = app.get(&format!("/v0/meta/bases/{base}?include[]=collaborators")).await;
    told["individualCollaborators"]["baseCollaborators"].clone()
}

#[on_every_database]
async fn a_role_in_one_base_opens_that_base_alone(app: TestApp) {
    let (base, other) = (app.plans().await, app.plans().await);
    let (bob, token) = outsider(&app, "bob").await;
    let roles = format!("/v0/meta/bases/{base}/collaborators");
    let task = json!({ "fields": { "Name": "Paint", "Points": 3 } });
    let tasks = format!("/v0/{base}/Tasks");
    assert_eq!(app.call_as(&token, Method::GET, &tasks, &Value::Null).await.0, 403);
    let give = json!({ "collaborators": [{ "user": { "id": bob }, "permissionLevel": "read" }] });
    assert_eq!(app.call(Method::POST, &roles, &give).await, (200, Value::Null));
    let (status, seen) = app.call_as(&token, Method::GET, "/v0/meta/bases", &Value::Null).await;
    assert_eq!((status, seen), (200, json!({ "bases": [{ "id": base, "name": "Plans", "permissionLevel": "read" }] })));
    assert_eq!(app.call_as(&token, Method::GET, &tasks, &Value::Null).await.0, 200);
    assert_eq!(app.call_as(&token, Method::POST, &tasks, &task).await.0, 403);
    let level = json!({ "permissionLevel": "edit" });
    assert_eq!(app.call(Method::PATCH, &format!("{roles}/{bob}"), &level).await.0, 200);
    assert_eq!(app.call_as(&token, Method::POST, &tasks, &task).await.0, 200);
    assert_eq!(app.call_as(&token, Method::GET, &format!("/v0/{other}/Tasks"), &Value::Null).await.0, 403);
    let workspace = format!("/v0/meta/workspaces/{}", app.workspace().await);
    assert_eq!(app.call_as(&token, Method::GET, &workspace, &Value::Null).await.0, 403);
    let (status, none) = app.call_as(&token, Method::GET, "/v0/meta/workspaces", &Value::Null).await;
    assert_eq!((status, none), (200, json!({ "workspaces": [] })));

    let held = in_base(&app, &base).await;
    let owner = app.get("/v0/meta/whoami").await;
    let expected = json!([{
        "userId": bob, "email": "bob@example.org", "permissionLevel": "edit",
        "createdTime": held[0]["createdTime"], "grantedByUserId": owner["id"],
    }]);
    assert_eq!(held, expected);
    let told = app.get(&format!("{workspace}?include[]=collaborators")).await;
    assert_eq!((&told["name"], &told["baseIds"]), (&json!("My workspace"), &json!([base, other])));
    let held = &told["individualCollaborators"];
    assert_eq!((&held["baseCollaborators"][0]["baseId"], &held["baseCollaborators"][1]), (&json!(base), &Value::Null));
    assert_eq!(held["workspaceCollaborators"].as_array().unwrap().len(), 1);
    assert_eq!(app.get(&workspace).await.get("individualCollaborators"), None);

    // The base goes to the trash and comes back with the people who were in it.
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    assert_eq!(app.call_as(&token, Method::GET, &tasks, &Value::Null).await.0, 403);
    let (status, trash) = app.call_as(&token, Method::GET, "/api/v1/trash/bases", &Value::Null).await;
    assert_eq!((status, &trash["bases"]), (200, &json!([])));
    app.ok(Method::POST, &format!("/api/v1/trash/bases/{base}/restore"), &Value::Null).await;
    assert_eq!(app.call_as(&token, Method::GET, &tasks, &Value::Null).await.0, 200);

    assert_eq!(app.call(Method::DELETE, &format!("{roles}/{bob}"), &Value::Null).await.0, 200);
    assert_eq!(app.call_as(&token, Method::GET, &tasks, &Value::Null).await.0, 403);
    assert_eq!(app.call(Method::DELETE, &format!("{roles}/{bob}"), &Value::Null).await.0, 404);
}

#[on_every_database]
async fn who_is_in_a_base_may_be_named_by_its_cells_and_comments(app: TestApp) {
    let (base, other) = (app.plans().await, app.plans().await);
    let (bob, _) = outsider(&app, "bob").await;
    let give = json!({ "collaborators": [{ "user": { "id": bob }, "permissionLevel": "comment" }] });
    app.call(Method::POST, &format!("/v0/meta/bases/{base}/collaborators"), &give).await;
    for (base, status) in [(base, 200), (other, 422)] {
        let field = json!({ "name": "Who", "type": "singleCollaborator" });
        app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
        let task = json!({ "fields": { "Who": { "email": "bob@example.org" } } });
        let (got, answer) = app.call(Method::POST, &format!("/v0/{base}/Tasks"), &task).await;
        assert_eq!(got, status, "{answer}");
    }
}

#[on_every_database]
async fn a_creator_of_a_base_gives_roles_in_it_and_no_more(app: TestApp) {
    let base = app.plans().await;
    let ((bob, token), (eve, hers)) = (outsider(&app, "bob").await, outsider(&app, "eve").await);
    let roles = format!("/v0/meta/bases/{base}/collaborators");
    let workspace = format!("/v0/meta/workspaces/{}/collaborators", app.workspace().await);
    let give =
        |who: &str, level: &str| json!({ "collaborators": [{ "user": { "id": who }, "permissionLevel": level }] });
    app.call(Method::POST, &roles, &give(&bob, "create")).await;
    assert_eq!(app.call_as(&token, Method::POST, &roles, &give(&eve, "edit")).await.0, 200);
    assert_eq!(app.call_as(&token, Method::POST, &workspace, &give(&eve, "read")).await.0, 403);
    assert_eq!(app.call_as(&hers, Method::POST, &roles, &give(&eve, "create")).await.0, 403);
    assert_eq!(app.call_as(&hers, Method::DELETE, &format!("{roles}/{bob}"), &Value::Null).await.0, 403);
    let (status, refused) = app.call_as(&token, Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    assert_eq!((status, &refused["error"]["type"]), (403, &json!("INVALID_PERMISSIONS")));
    let held = in_base(&app, &base).await;
    let level = |who: &str| {
        let held = held.as_array().unwrap();
        held.iter().find(|one| one["userId"] == who).unwrap().clone()
    };
    assert_eq!(
        (level(&eve)["permissionLevel"].clone(), level(&eve)["grantedByUserId"].clone()),
        (json!("edit"), json!(bob))
    );
    // A token for records alone reads no people and gives no roles.
    let narrow = json!({ "name": "records", "scopes": ["data.records:read", "schema.bases:read"] });
    let narrow = app.call(Method::POST, "/api/v1/tokens", &narrow).await.1["token"].as_str().unwrap().to_owned();
    let path = format!("/v0/meta/bases/{base}");
    assert_eq!(app.call_as(&narrow, Method::GET, &path, &Value::Null).await.0, 200);
    assert_eq!(app.call_as(&narrow, Method::GET, &format!("{path}?include=collaborators"), &Value::Null).await.0, 403);
    assert_eq!(app.call_as(&narrow, Method::POST, &roles, &give(&eve, "read")).await.0, 403);
}

#[on_every_database]
async fn roles_that_cannot_be_given_are_refused(app: TestApp) {
    let base = app.plans().await;
    let (bob, _) = outsider(&app, "bob").await;
    let owner = app.get("/v0/meta/whoami").await["id"].as_str().unwrap().to_owned();
    let bases = format!("/v0/meta/bases/{base}/collaborators");
    let workspaces = format!("/v0/meta/workspaces/{}/collaborators", app.workspace().await);
    let user = |id: &str, level: &str| json!({ "user": { "id": id }, "permissionLevel": level });
    let many = vec![user(&bob, "read"); 101];
    let cases = [
        (&bases, json!([user(&bob, "owner")]), 422, "in its workspace"),
        (&bases, json!([user(&bob, "none")]), 422, "permissionLevel"),
        (&bases, json!([user(&bob, "admin")]), 422, "`admin`"),
        (&bases, json!([user("usr00000000000000", "read")]), 422, "nobody of this tenant"),
        (&bases, json!([user("bob", "read")]), 422, "nobody of this tenant"),
        (&bases, json!([{ "group": { "id": "ugp00000000000000" }, "permissionLevel": "read" }]), 422, "no groups"),
        (&bases, json!([{ "permissionLevel": "read" }]), 422, "needs a `user`"),
        (&bases, json!([]), 422, "between 1 and 100"),
        (&bases, json!(many), 422, "between 1 and 100"),
        (&bases, json!({}), 422, ""),
        (&workspaces, json!([user(&bob, "edit"), user(&owner, "create")]), 409, "needs an owner"),
    ];
    for (path, people, expected, says) in cases {
        let (status, answer) = app.call(Method::POST, path, &json!({ "collaborators": people })).await;
        assert_eq!(status, expected, "{people}: {answer}");
        assert!(answer["error"]["message"].as_str().unwrap_or_default().contains(says), "{people}: {answer}");
    }
    assert_eq!(in_base(&app, &base).await, json!([]));
    let level = json!({ "permissionLevel": "read" });
    assert_eq!(app.call(Method::PATCH, &format!("{bases}/{bob}"), &level).await.0, 404);
    assert_eq!(app.call(Method::PATCH, &format!("{workspaces}/{owner}"), &level).await.0, 409);
    assert_eq!(app.call(Method::DELETE, &format!("{workspaces}/{owner}"), &Value::Null).await.0, 409);
    assert_eq!(app.call(Method::PATCH, &format!("{workspaces}/{owner}"), &json!({})).await.0, 422);
    assert_eq!(app.call(Method::GET, "/v0/meta/workspaces/nothing", &Value::Null).await.0, 403);
}
