//! The tenant as an enterprise account.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

async fn account(app: &TestApp) -> String {
    let id = app.get("/api/v1/users").await["enterpriseAccountId"].as_str().unwrap().to_owned();
    format!("/v0/meta/enterpriseAccounts/{id}")
}

#[on_every_database]
async fn people_are_told_with_all_their_roles(app: TestApp) {
    let (base, workspace) = (app.plans().await, app.workspace().await);
    let owner = app.get("/v0/meta/whoami").await["id"].clone();
    let (bob, _) = app.person("bob", "readOnly").await;
    let grant = json!({ "collaborators": [{ "user": { "id": bob }, "permissionLevel": "edit" }] });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/collaborators"), &grant).await;

    let account = account(&app).await;
    let told = app.get(&format!("{account}?include=aggregated")).await;
    let id = account.rsplit('/').next().unwrap();
    let ids = json!({ "groupIds": [], "userIds": [owner, bob], "workspaceIds": [workspace] });
    assert_eq!(
        told,
        json!({
            "id": id, "createdTime": told["createdTime"], "groupIds": [], "userIds": [owner, bob], "workspaceIds": [workspace],
            "emailDomains": [], "rootEnterpriseAccountId": id, "descendantEnterpriseAccountIds": [], "aggregated": ids,
        })
    );
    let person = app.get(&format!("{account}/users/{bob}?include[]=collaborations")).await;
    let roles = &person["collaborations"];
    let (in_base, in_workspace) = (&roles["baseCollaborations"][0], &roles["workspaceCollaborations"][0]);
    assert_eq!(
        person,
        json!({
            "id": bob, "name": "bob", "email": "bob@example.org", "state": "provisioned", "isServiceAccount": false,
            "isSsoRequired": false, "isTwoFactorAuthEnabled": false, "isManaged": true, "isAdmin": false,
            "createdTime": person["createdTime"], "lastActivityTime": null, "groups": [],
            "collaborations": {
                "baseCollaborations": [{
                    "baseId": base, "createdTime": in_base["createdTime"], "grantedByUserId": owner, "permissionLevel": "edit",
                }],
                "interfaceCollaborations": [],
                "workspaceCollaborations": [{
                    "workspaceId": workspace, "createdTime": in_workspace["createdTime"], "grantedByUserId": owner,
                    "permissionLevel": "read",
                }],
            },
        })
    );
    // Ids and addresses, each person once; whoever is not of the tenant is left out.
    let query =
        format!("id[]={bob}&id[]=usr00000000000000&id[]=x&email[]=BOB@example.org&email[]=owner@localhost&email=no");
    let users = app.get(&format!("{account}/users?{query}")).await["users"].as_array().unwrap().clone();
    let told: Vec<(&Value, &Value)> = users.iter().map(|user| (&user["id"], &user["isAdmin"])).collect();
    assert_eq!(told, [(&json!(bob), &json!(false)), (&owner, &json!(true))]);
    assert_eq!(users[0].get("collaborations"), None);
    assert_eq!(app.get(&format!("{account}/users")).await, json!({ "users": [] }));
    let many = vec!["email[]=ann@example.org"; 101].join("&");
    let (status, answer) = app.call(Method::GET, &format!("{account}/users?{many}"), &Value::Null).await;
    assert!(status == 422 && answer.to_string().contains("at most 100 people"), "{answer}");

    let listed = app.get("/api/v1/users").await;
    assert_eq!(listed["users"][1]["bases"], json!([{ "base": base, "role": "editor" }]), "{listed}");
}

#[on_every_database]
async fn only_owners_with_the_scope_are_told(app: TestApp) {
    let account = account(&app).await;
    let (bob, his) = app.person("bob", "creator").await;
    let paths = [account.clone(), format!("{account}/users?id={bob}"), format!("{account}/users/{bob}")];
    let token = async |scope: &str| {
        let (_, made) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": scope, "scopes": [scope] })).await;
        made["token"].as_str().unwrap().to_owned()
    };
    let (accounts, users) = (token("enterprise.account:read").await, token("enterprise.user:read").await);
    let statuses = async |token: &str| {
        let mut all = Vec::new();
        for path in &paths {
            all.push(app.send(Method::GET, path, Some(token), String::new()).await.0);
        }
        all
    };
    assert_eq!(statuses(&accounts).await, [200, 403, 403]);
    assert_eq!(statuses(&users).await, [403, 200, 200]);
    assert_eq!(statuses(&his).await, [403, 403, 403], "a creator is no owner");
    let nobody = app.call(Method::GET, &format!("{account}/users/usr00000000000000"), &Value::Null).await;
    let other = app.call(Method::GET, "/v0/meta/enterpriseAccounts/ent00000000000000", &Value::Null).await;
    assert_eq!((nobody.0, other.0), (403, 403));
    assert_eq!(nobody.1, other.1);
    let unknown = app.call(Method::GET, &format!("{account}/packages"), &Value::Null).await;
    assert_eq!(unknown, (404, json!({ "error": "NOT_FOUND" })));
}
