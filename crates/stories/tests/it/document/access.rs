//! Every operation, whom it lets in, and a request that works for the owner of the store.

use hyper::Method;
use serde_json::{Value, json};

use crate::app::TestApp;

/// What somebody else can reach through a door.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// It asks nobody who they are.
    Open,
    /// Only what is the caller's own.
    Own,
    /// What the request names; of another tenant's it says what it says of nothing.
    Named,
}

pub struct Access {
    pub operation: &'static str,
    pub reach: Reach,
    /// Behind the path; `BASE`, `RECORD` and `COMMENT` stand for ids.
    query: &'static str,
    /// The body, with the same words.
    body: &'static str,
}

const fn open(operation: &'static str) -> Access {
    Access { operation, reach: Reach::Open, query: "", body: "" }
}

const fn own(operation: &'static str, body: &'static str) -> Access {
    Access { operation, reach: Reach::Own, query: "", body }
}

const fn named(operation: &'static str, query: &'static str, body: &'static str) -> Access {
    Access { operation, reach: Reach::Named, query, body }
}

const VIEW: &str = r#"{"name":"Few","filter":{"field":"Points","op":"<","value":5},"sorts":[{"field":"Points","direction":"desc"}],"hiddenFields":["Urgent"],"color":{"by":"field","field":"Status"}}"#;

const ROLES: &str = r#"{"collaborators":[{"user":{"id":"COLLABORATOR"},"permissionLevel":"edit"}]}"#;

/// In an order in which each works after those before it.
pub const ACCESS: [Access; 119] = [
    open("health.live"),
    open("health.ready"),
    open("health.report"),
    open("metrics.get"),
    open("document.get"),
    open("document.show"),
    open("files.download"),
    own("people.whoami", ""),
    own("workspaces.list", ""),
    named("workspaces.get", "?include[]=collaborators&include[]=inviteLinks", ""),
    named("collaborators.add_to_base", "", ROLES),
    named("collaborators.change_in_base", "", r#"{"permissionLevel":"comment"}"#),
    named("collaborators.remove_from_base", "", ""),
    named("collaborators.add_to_workspace", "", ROLES),
    named("collaborators.change_in_workspace", "", r#"{"permissionLevel":"comment"}"#),
    named("collaborators.remove_from_workspace", "", ""),
    own("users.list", ""),
    own("users.add", r#"{"email":"bob@example.org","role":"editor"}"#),
    named("enterprise.get", "?include[]=aggregated&include[]=descendants", ""),
    named("enterprise.list_users", "?id[]=COLLABORATOR&email=owner@localhost&include[]=collaborations", ""),
    named("enterprise.get_user", "?include[]=collaborations", ""),
    named("enterprise.list_audit_events", "?pageSize=5&modelId[]=BASE", ""),
    own("tokens.list", ""),
    own("tokens.create", r#"{"name":"phone","scopes":["data.records:read"]}"#),
    named("tokens.revoke", "", ""),
    own("bases.list", ""),
    named(
        "bases.create",
        "",
        r#"{"name":"More","workspaceId":"WORKSPACE","tables":[{"name":"T","fields":[{"name":"N","type":"singleLineText"}]}]}"#,
    ),
    named("tables.list", "?include[]=visibleFieldIds", ""),
    named("tables.create", "", r#"{"name":"Notes","fields":[{"name":"Text","type":"multilineText"}]}"#),
    named("tables.update", "", r#"{"description":"what is to be done"}"#),
    named("fields.create", "", r#"{"name":"Owner","type":"singleLineText","description":"who"}"#),
    named("fields.update", "", r#"{"description":"what it is called"}"#),
    named("bases.get", "?include[]=collaborators&include[]=inviteLinks&include[]=interfaces", ""),
    named("shares.list", "", ""),
    named("shares.create", "", r#"{"type":"base"}"#),
    named("shares.list_links", "", ""),
    open("shares.read"),
    Access { operation: "shares.list_records", reach: Reach::Open, query: "?pageSize=2", body: "" },
    named("shares.renew", "", ""),
    named("shares.update", "", r#"{"state":"disabled"}"#),
    named("shares.delete", "", ""),
    named("views.create", "", VIEW),
    named("views.update", "", r#"{"description":"what is left","groups":[{"field":"Status"}]}"#),
    named("views.duplicate", "", ""),
    named("views.list", "", ""),
    named("views.get", "", ""),
    named("views.list_metadata", "?include[]=visibleFieldIds", ""),
    named("views.get_metadata", "?include[]=visibleFieldIds", ""),
    named("views.delete", "", ""),
    named("records.list", "?pageSize=2&sort[0][field]=Name&fields[]=Name&recordMetadata[]=commentCount", ""),
    named("records.list_by_post", "", r#"{"pageSize":2,"filterByFormula":"{Points} > 0"}"#),
    named("records.get", "?returnFieldsByFieldId=true", ""),
    named(
        "records.create",
        "",
        r#"{"records":[{"fields":{"Name":"more"}},{"fields":{"Status":"New"}}],"typecast":true}"#,
    ),
    named("records.update", "", r#"{"records":[{"id":"RECORD","fields":{"Points":7}}]}"#),
    named("records.update_one", "", r#"{"fields":{"Urgent":true}}"#),
    named("records.replace", "", r#"{"records":[{"id":"RECORD","fields":{"Name":"again"}}]}"#),
    named("records.replace_one", "", r#"{"fields":{"Name":"once more","Points":1}}"#),
    named("files.upload", "", r#"{"contentType":"text/plain","filename":"b.txt","file":"aGVsbG8="}"#),
    named("comments.create", "", r#"{"text":"good, @[owner@localhost]","parentCommentId":"COMMENT"}"#),
    named("comments.react", "", ""),
    named("comments.update", "", r#"{"text":"better"}"#),
    named("comments.list", "?pageSize=1", ""),
    named("comments.take_back_reaction", "", ""),
    named("comments.delete", "", ""),
    named("records.duplicate", "", ""),
    named("records.history", "?limit=2", ""),
    named("records.undo", "", ""),
    named("records.redo", "", ""),
    named("records.restore", "", r#"{"at":0,"dryRun":true}"#),
    named("records.aggregate", "", r#"{"groupBy":["Status"],"aggregates":[{"op":"sum","field":"Points"}]}"#),
    own("formulas.functions", ""),
    named("formulas.validate", "", r#"{"formula":"{Points} * 2","base":"BASE","table":"Tasks"}"#),
    named(
        "formulas.evaluate",
        "",
        r#"{"formula":"{Points} & {Name}","base":"BASE","table":"Tasks","record":"RECORD","context":{"Name":"n"}}"#,
    ),
    named("formulas.explain", "", r#"{"formula":"IF({Points} > 1, 'a')","base":"BASE","table":"Tasks"}"#),
    own("formulas.format", r#"{"formula":"sum(1,2)"}"#),
    named("formulas.complete", "", r#"{"formula":"SUM({Po","base":"BASE","table":"Tasks"}"#),
    named("formulas.suggest", "", r#"{"request":"twice the points","base":"BASE","table":"Tasks"}"#),
    named("fields.convert", "", r#"{"type":"multilineText","dryRun":true}"#),
    named("fields.generate", "", ""),
    named("records.bulk", "?mode=create", r#"{"fields":{"Name":"one more"}}"#),
    named("webhooks.create", "", r#"{"specification":{"options":{"filters":{"dataTypes":["tableData"]}}}}"#),
    named("webhooks.list", "", ""),
    named("webhooks.list_payloads", "?cursor=1&limit=2", ""),
    named("webhooks.enable_notifications", "", r#"{"enable":false}"#),
    named("webhooks.refresh", "", ""),
    named("webhooks.delete", "", ""),
    named("exports.create", "?base=BASE&table=Tasks", ""),
    named("imports.create", "?base=BASE&table=Tasks", "Name,Points\nread,3\n"),
    named("imports.get", "", ""),
    named("imports.events", "", ""),
    Access { operation: "imports.list", reach: Reach::Own, query: "?fingerprint=00", body: "" },
    named("imports.cancel", "", ""),
    named("syncs.create", "", r#"{"name":"Plans","keyField":"Name","missing":"keep"}"#),
    named("syncs.list", "", ""),
    named("syncs.upload", "", "Name,Points\nread,3\n"),
    named("syncs.delete", "", ""),
    named("fields.delete", "", ""),
    named("tables.delete", "", ""),
    named("trash.list", "", ""),
    named("trash.restore", "", ""),
    named("trash.remove", "", ""),
    named("records.delete_one", "", ""),
    named("records.delete", "?records[]=LAST", ""),
    named("views.delete_metadata", "", ""),
    named("tables.duplicate", "", r#"{"name":"Tasks again"}"#),
    named("bases.duplicate", "", r#"{"name":"Once more"}"#),
    named("bases.delete", "", ""),
    own("bases.list_deleted", ""),
    named("bases.restore", "", ""),
    named("bases.remove", "", ""),
    own("assistant.chat", r#"{"message":"how many tasks are there?","session_id":"access"}"#),
    own("assistant.chat_stream", r#"{"message":"how many tasks are there?","session_id":"access"}"#),
    own("assistant.list_tools", ""),
    own("assistant.execute_tool", r#"{"tool_name":"list_bases","arguments":{}}"#),
    own("assistant.function_calling_status", ""),
    own("mcp.message", r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#),
    named("assistant.session_history", "", ""),
    named("assistant.session_cost", "", ""),
    named("assistant.delete_session", "", ""),
];

/// A base of ours with what the requests name.
pub struct Visit {
    base: String,
    workspace: String,
    records: Vec<String>,
    import: String,
    sync: String,
    webhook: String,
    token: String,
    comment: String,
    trashed: String,
    /// Something in the trash that is removed.
    useless: String,
    /// A base in the trash.
    gone: String,
    /// A user who may read.
    collaborator: String,
    /// The tenant as an enterprise account.
    account: String,
    /// Of the address of a file.
    ticket: String,
    share: String,
    /// The token of the share's link.
    link: String,
}

/// The session that the owner has begun.
const SESSION: &str = "ours";
const NOTE: &str = "paint the house";

impl Visit {
    pub async fn new(app: &TestApp) -> Self {
        let base = app.plans().await;
        let rows: Vec<Value> =
            (0..3).map(|n| json!({ "fields": { "Name": format!("{NOTE} {n}"), "Points": n } })).collect();
        let made = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": rows })).await;
        let records: Vec<String> =
            made["records"].as_array().unwrap().iter().map(|record| text(&record["id"])).collect();
        let said = json!({ "text": NOTE });
        let comment = app.ok(Method::POST, &format!("/v0/{base}/Tasks/{}/comments", records[0]), &said).await;
        let (_, token) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "spare" })).await;
        let token = token["token"].as_str().unwrap().split('.').next().unwrap().to_owned();
        let path = format!("/api/v1/imports?base={base}&table=Tasks&dryRun=true");
        let import = text(&app.upload(&path, b"Name\nread\n".to_vec()).await.1["id"]);
        app.text(Method::GET, &format!("/api/v1/imports/{import}/events")).await;
        let wanted = json!({ "name": "Tasks", "keyField": "Name", "missing": "keep" });
        let (_, sync) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/syncs"), &wanted).await;
        let sync = text(&sync["id"]);
        app.ok(Method::POST, "/chat", &json!({ "message": "how many tasks are there?", "session_id": SESSION })).await;
        let specification = json!({ "options": { "filters": { "dataTypes": ["tableData"] } } });
        let hook = json!({ "notificationUrl": "https://example.org/hook", "specification": specification });
        let webhook = text(&app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &hook).await["id"]);
        // Something that it has to tell.
        app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": {} })).await;
        let gone =
            app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}/tables/Tasks/fields/Due"), &Value::Null).await;
        let (comment, trashed) = (text(&comment["id"]), text(&gone["id"]));
        let useless = format!("/v0/meta/bases/{base}/tables/Tasks/fields/Tags");
        let useless = text(&app.ok(Method::DELETE, &useless, &Value::Null).await["id"]);
        let workspace = app.workspace().await;
        let table = json!({ "name": "Old", "fields": [{ "name": "Name", "type": "singleLineText" }] });
        let old = json!({ "name": "Old", "workspaceId": workspace, "tables": [table] });
        let gone = text(&app.ok(Method::POST, "/v0/meta/bases", &old).await["id"]);
        app.ok(Method::DELETE, &format!("/v0/meta/bases/{gone}"), &Value::Null).await;
        let collaborator = app.person("cid", "readOnly").await.0;
        let account = text(&app.get("/api/v1/users").await["enterpriseAccountId"]);
        let ticket = ticket(app, &base, &records[0]).await;
        let shares = format!("/api/v1/bases/{base}/shares");
        let (_, shared) = app.call(Method::POST, &shares, &json!({ "type": "base" })).await;
        let (share, link) = (text(&shared["shareId"]), text(&shared["token"]));
        Self {
            base,
            workspace,
            records,
            import,
            sync,
            webhook,
            token,
            comment,
            trashed,
            useless,
            gone,
            collaborator,
            account,
            ticket,
            share,
            link,
        }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn records(&self) -> usize {
        self.records.len()
    }

    /// What nobody else may read.
    pub fn secrets(&self) -> [&str; 6] {
        [&self.base, &self.workspace, &self.records[0], &self.comment, NOTE, "Plans"]
    }

    pub fn request(&self, document: &Value, access: &Access) -> (Method, String, String) {
        let paths = document["paths"].as_object().unwrap();
        let found = paths.iter().find_map(|(path, item)| {
            let held = item.as_object().unwrap().iter();
            let mut held = held.filter(|(_, operation)| operation["operationId"] == access.operation);
            held.next().map(|(method, _)| (method.to_uppercase().parse::<Method>().unwrap(), path))
        });
        let (method, path) = found.unwrap_or_else(|| panic!("`{}` is not in the document", access.operation));
        let record = if access.operation == "records.delete_one" { &self.records[1] } else { &self.records[0] };
        let id = match access.operation.split('.').next() {
            Some("imports") => &self.import,
            Some("trash") if access.operation == "trash.remove" => &self.useless,
            Some("trash") => &self.trashed,
            _ => SESSION,
        };
        // What earlier requests have made.
        let (table, field) = match access.operation {
            "tables.delete" => ("Notes", "Name"),
            "fields.delete" => ("Tasks", "Owner"),
            "files.upload" => ("Tasks", "Files"),
            _ => ("Tasks", "Name"),
        };
        let view = if access.operation == "views.delete" { "Few%20copy" } else { "Few" };
        let base = if access.operation == "bases.remove" { &self.gone } else { &self.base };
        let path = path
            .replace("{base}", base)
            .replace("{view}", view)
            .replace("{table}", table)
            .replace("{field}", field)
            .replace("{record}", record)
            .replace("{token}", &self.token)
            .replace("{webhook}", &self.webhook)
            .replace("{sync}", &self.sync)
            .replace("{comment}", &self.comment)
            .replace("{emoji}", "1f44d")
            .replace("{workspace}", &self.workspace)
            .replace("{collaborator}", &self.collaborator)
            .replace("{user}", &self.collaborator)
            .replace("{account}", &self.account)
            .replace("{ticket}", &self.ticket)
            .replace("{share}", &self.share)
            .replace("{link}", &self.link)
            .replace("{name}", "a.txt")
            .replace("{id}", id);
        (method, self.filled(&(path + access.query)), self.filled(access.body))
    }

    fn filled(&self, text: &str) -> String {
        text.replace("BASE", &self.base)
            .replace("RECORD", &self.records[0])
            .replace("LAST", &self.records[2])
            .replace("COMMENT", &self.comment)
            .replace("WORKSPACE", &self.workspace)
            .replace("COLLABORATOR", &self.collaborator)
    }

    /// The same request about things that do not exist.
    pub fn elsewhere(&self, path: &str, body: &str) -> (String, String) {
        let none = |text: &str| {
            text.replace(&self.base, "app00000000000000")
                .replace(&self.gone, "app00000000000000")
                .replace(&self.workspace, "wsp00000000000000")
                .replace(&self.account, "ent00000000000000")
                .replace(&self.token, "pat00000000000000")
                .replace(&self.import, "none")
                .replace(&self.sync, "none")
                .replace(&self.webhook, "ach00000000000000")
                .replace(&self.share, "shr00000000000000")
                .replace("/sessions/ours", "/sessions/none")
        };
        (none(path), none(body))
    }
}

/// What lets in to a file of a record.
async fn ticket(app: &TestApp, base: &str, record: &str) -> String {
    let field = json!({ "name": "Files", "type": "multipleAttachments" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
    let file = json!({ "contentType": "text/plain", "filename": "a.txt", "file": "aGVsbG8=" });
    let kept = app.ok(Method::POST, &format!("/v0/{base}/{record}/Files/uploadAttachment"), &file).await;
    let url = text(&kept["fields"].as_object().unwrap().values().next().unwrap()[0]["url"]);
    url.rsplit('/').nth(1).unwrap().to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
