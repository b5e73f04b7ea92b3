//! A house of its own for each story, served on a free loopback port.

use std::net::SocketAddr;

use app::{Database, House, ServerSettings, Settings};
use clock::{Clock, Ids};
use db::{Db, Target};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use model::Timestamp;
use runtime::Lifecycle;
use serde_json::{Value, json};
use tenancy::Bootstrap;
use testkit::{Engine, ForDatabase, TestDb};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use web::Limits;

pub struct TestApp {
    pub address: SocketAddr,
    pub token: String,
    /// The routes as the router prints them.
    pub routes: String,
    database: Option<String>,
    near: bool,
    house: tokio::sync::Mutex<House>,
    _directory: tempfile::TempDir,
    client: Client<HttpConnector, Full<Bytes>>,
    stop: CancellationToken,
}

impl ForDatabase for TestApp {
    async fn for_database(engine: Engine) -> Self {
        Self::open(database(engine).await, ("all", false), Clock::system(), |_| {}).await
    }
}

/// A house whose calls may reach receivers on loopback.
pub struct Near(pub TestApp);

impl ForDatabase for Near {
    async fn for_database(engine: Engine) -> Self {
        Self(TestApp::open(database(engine).await, ("all", true), Clock::system(), |_| {}).await)
    }
}

/// Where the database is, when it is not in the data directory.
pub async fn database(engine: Engine) -> Option<String> {
    match engine {
        Engine::Sqlite => None,
        Engine::Postgres => match TestDb::postgres().await.target {
            Target::Postgres { url, .. } => Some(url),
            Target::Sqlite { .. } | Target::Unsynced { .. } => None,
        },
    }
}

impl TestApp {
    /// The database, to look at what no door shows.
    pub async fn db(&self) -> Db {
        self.house.lock().await.db.clone()
    }

    /// True when several servers may use the database.
    pub fn is_shared(&self) -> bool {
        self.database.is_some()
    }

    /// A server on the same database: another process of a company's, but for the process.
    pub async fn neighbour(&self) -> Self {
        self.neighbour_for("all").await
    }

    /// A server on the same database that opens some services only.
    pub async fn neighbour_for(&self, target: &str) -> Self {
        self.neighbour_set((target, Clock::system()), |_| {}).await
    }

    /// A server on the same database with a clock and settings of its own.
    pub async fn neighbour_set(&self, (target, clock): (&str, Clock), set: impl FnOnce(&mut Settings)) -> Self {
        let mut other = Self::open(self.database.clone(), (target, self.near), clock, set).await;
        other.token.clone_from(&self.token);
        other
    }

    /// A house with settings of its own, whose clock stands at the beginning of 2026 until it is moved.
    pub async fn timed(engine: Engine, set: impl FnOnce(&mut Settings)) -> (Self, Clock) {
        let clock = Clock::fixed(Timestamp::from_date(2026, 1, 1));
        (Self::open(database(engine).await, ("all", false), clock.clone(), set).await, clock)
    }

    async fn open(
        database: Option<String>,
        (target, near): (&str, bool),
        clock: Clock,
        set: impl FnOnce(&mut Settings),
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = ServerSettings { data, target: target.to_owned(), listen: address, ..ServerSettings::default() };
        let mut settings = Settings {
            server,
            database: Database { url: database.clone(), pool: 8 },
            master_key: Some("a key of stories, which nobody needs to guess".to_owned()),
            ..Settings::default()
        };
        settings.outbound.allow_private_addresses = near;
        set(&mut settings);
        let stop = CancellationToken::new();
        let mut house = House::build(&settings, (clock, Ids::system()), None, stop.clone()).await.unwrap();
        let lifecycle = Lifecycle::new();
        for hand in std::mem::take(&mut house.hands) {
            hand.start(&lifecycle);
        }
        let routes = format!("{:?}", house.routes);
        let token = house.installed.as_ref().map(|installed| installed.token.reveal().to_owned()).unwrap_or_default();
        #[expect(clippy::disallowed_methods, reason = "the test's own server")]
        tokio::spawn(web::serve(listener, house.router.clone(), limits(&settings), stop.clone()));
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { address, token, routes, database, near, house: house.into(), _directory: directory, client, stop }
    }

    /// Says that the doors are open, as `serve` does.
    pub async fn set_ready(&self) {
        self.house.lock().await.health.set_ready(true);
    }

    /// A token of somebody in another tenant of the same store.
    pub async fn stranger(&self) -> String {
        let chosen = Bootstrap { email: Some("eve@example.org".to_owned()), ..Bootstrap::default() };
        self.house.lock().await.add_tenant(&chosen).await.unwrap().token.reveal().to_owned()
    }

    /// The address with which clients are set up.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn send(&self, method: Method, path: &str, token: Option<&str>, body: String) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url()));
        request = request.header("content-type", "application/json");
        request = request.header("accept", "application/json, text/event-stream");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = self.client.request(request.body(Full::from(body)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Sends a file.
    pub async fn upload(&self, path: &str, file: Vec<u8>) -> (u16, Value) {
        let request = Request::post(format!("{}{path}", self.url())).header("content-type", "text/csv");
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let response = self.client.request(request.body(Full::from(file)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Sends a request as it is; answers status, headers and body.
    pub async fn fetch(&self, request: hyper::http::request::Builder) -> (u16, hyper::HeaderMap, Vec<u8>) {
        let response = self.client.request(request.body(Full::default()).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    /// An answer that is not JSON.
    pub async fn text(&self, method: Method, path: &str) -> (u16, String) {
        self.raw(method, path, String::new()).await
    }

    /// Sends what is not JSON and gets an answer that is not.
    pub async fn raw(&self, method: Method, path: &str, body: String) -> (u16, String) {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.url()));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let response = self.client.request(request.body(Full::from(body)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    pub async fn call(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        self.call_as(&self.token, method, path, body).await
    }

    /// What somebody else's call is answered.
    pub async fn call_as(&self, token: &str, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, Some(token), body).await
    }

    pub async fn ok(&self, method: Method, path: &str, body: &Value) -> Value {
        let (status, answer) = self.call(method, path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub async fn get(&self, path: &str) -> Value {
        self.ok(Method::GET, path, &Value::Null).await
    }

    pub async fn workspace(&self) -> String {
        let answer = self.get("/v0/meta/workspaces").await;
        answer["workspaces"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Lets somebody into the workspace; answers their id and token.
    pub async fn person(&self, name: &str, role: &str) -> (String, String) {
        let body = json!({ "email": format!("{name}@example.org"), "role": role });
        let (status, made) = self.call(Method::POST, "/api/v1/users", &body).await;
        assert_eq!(status, 201, "{made}");
        (made["id"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned())
    }

    /// A base with linked tables of projects and tasks; answers its id.
    pub async fn plans(&self) -> String {
        let tasks = json!({ "name": "Tasks", "fields": [
            { "name": "Name", "type": "singleLineText" },
            { "name": "Points", "type": "number", "options": { "precision": 1 } },
            { "name": "Status", "type": "singleSelect", "options": { "choices": [{ "name": "Open" }, { "name": "Done" }] } },
            { "name": "Tags", "type": "multipleSelects", "options": { "choices": [{ "name": "a" }, { "name": "b" }] } },
            { "name": "Due", "type": "date", "options": { "dateFormat": { "name": "iso" } } },
            { "name": "Urgent", "type": "checkbox", "options": { "icon": "check", "color": "redBright" } },
            { "name": "Double", "type": "formula", "options": { "formula": "{Points}*2" } },
            { "name": "No", "type": "autoNumber" },
        ]});
        let projects = json!({ "name": "Projects", "fields": [{ "name": "Title", "type": "singleLineText" }] });
        let workspace = self.workspace().await;
        let body = json!({ "name": "Plans", "workspaceId": workspace, "tables": [tasks, projects] });
        let base = self.ok(Method::POST, "/v0/meta/bases", &body).await;
        let id = base["id"].as_str().unwrap().to_owned();
        let projects = base["tables"][1]["id"].as_str().unwrap();
        let link =
            json!({ "name": "Project", "type": "multipleRecordLinks", "options": { "linkedTableId": projects } });
        self.ok(Method::POST, &format!("/v0/meta/bases/{id}/tables/Tasks/fields"), &link).await;
        id
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// As the program's, but for a short time to send a head.
fn limits(settings: &Settings) -> Limits {
    Limits { head_time: std::time::Duration::from_secs(1), ..settings.web.limits() }
}
