//! Unmodified clients of Airtable's Web API, pointed at the house. `cargo xtask test` installs them.

use std::process::Command;
use testkit::on_every_database;

use crate::app::TestApp;

/// What `cargo xtask test` installed.
pub fn setting(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "where `cargo xtask test` put the client")]
    let value = std::env::var(name);
    value.unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask test`, which installs the clients"))
}

/// Runs a client with the address, a token and a workspace; it must succeed.
pub async fn run(app: &TestApp, mut command: Command) {
    let workspace = app.workspace().await;
    command.args([app.url(), app.token.clone(), workspace]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
}

#[on_every_database]
async fn pyairtable_works_unmodified(app: TestApp) {
    let mut command = Command::new(setting("AIRLOOM_PYTHON"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/pyairtable_story.py"));
    run(&app, command).await;
}

#[on_every_database]
async fn airtable_js_works_unmodified(app: TestApp) {
    let mut command = Command::new("node");
    command.env("NODE_PATH", setting("AIRLOOM_NODE_MODULES"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/airtable_story.js"));
    run(&app, command).await;
}

#[on_every_database]
async fn the_python_mcp_client_lists_and_calls_tools(app: TestApp) {
    let mut command = Command::new(setting("AIRLOOM_PYTHON"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/mcp_client.py"));
    command.args([format!("{}/mcp", app.url()), app.token.clone()]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("OK"), "{text}");
}

#[on_every_database]
async fn the_mcp_server_of_npm_works_unmodified(app: TestApp) {
    let mut command = Command::new(setting("AIRLOOM_PYTHON"));
    command.env("NODE_PATH", setting("AIRLOOM_NODE_MODULES"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/airtable_mcp_story.py"));
    run(&app, command).await;
}
