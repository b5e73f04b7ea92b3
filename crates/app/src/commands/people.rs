//! `airloom user` and `airloom token`: a server is asked, or the files as their owner.

use anyhow::Context;
use axum::http::Method;
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{Reach, encode, out};

/// Lets people in and lists them.
#[derive(Subcommand)]
pub(crate) enum User {
    /// Gives a person a role in a workspace; one who is new gets a token, which is shown only here.
    Add {
        /// E-mail address.
        email: String,
        /// Name; the part of the address before the `@` when absent.
        #[arg(long)]
        name: Option<String>,
        /// A workspace by id or name; the first one when absent.
        #[arg(long)]
        workspace: Option<String>,
        /// What they may do there; without, they keep the role that they have there, or become an editor.
        #[arg(long, value_enum)]
        role: Option<RoleName>,
        #[command(flatten)]
        reach: Reach,
    },
    /// Lists people and their roles.
    List {
        #[command(flatten)]
        reach: Reach,
    },
}

/// The roles, the least first.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    ReadOnly,
    Commenter,
    Editor,
    Creator,
    Owner,
}

impl RoleName {
    fn wire(self) -> &'static str {
        match self {
            Self::ReadOnly => "readOnly",
            Self::Commenter => "commenter",
            Self::Editor => "editor",
            Self::Creator => "creator",
            Self::Owner => "owner",
        }
    }
}

/// Makes and revokes tokens of the owner.
#[derive(Subcommand)]
pub(crate) enum Token {
    /// Makes a personal access token and prints it, once.
    Create {
        /// A name to know it by.
        #[arg(long, default_value = "Made by airloom token create")]
        name: String,
        /// Its scopes, such as data.records:read; all when absent.
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<String>,
        #[command(flatten)]
        reach: Reach,
    },
    /// Lists tokens without their secret parts.
    List {
        #[command(flatten)]
        reach: Reach,
    },
    /// Takes a token back.
    Revoke {
        /// The token, or its part before the dot.
        #[arg(value_name = "TOKEN")]
        revoked: String,
        #[command(flatten)]
        reach: Reach,
    },
}

pub(super) async fn run_user(user: &User) -> anyhow::Result<()> {
    match user {
        User::Add { email, name, workspace, role, reach } => {
            let body =
                json!({ "email": email, "name": name, "workspace": workspace, "role": role.map(RoleName::wire) });
            let added = call(reach, Method::POST, "/api/v1/users", Some(&body)).await?;
            out::line(&format!(
                "{}  {}  {} in {}",
                text(&added, "id"),
                text(&added, "email"),
                text(&added, "role"),
                text(&added, "workspace")
            ));
            if let Some(token) = added.get("token").and_then(Value::as_str) {
                out::line(&format!("token: {token} (shown only now)"));
            }
        }
        User::List { reach } => {
            let listed = call(reach, Method::GET, "/api/v1/users", None).await?;
            for user in list(&listed, "users") {
                let roles: Vec<_> = list(user, "roles").iter().map(|role| text(role, "role")).collect();
                out::line(&format!(
                    "{}  {}  {}  {}",
                    text(user, "id"),
                    text(user, "email"),
                    text(user, "name"),
                    roles.join(", ")
                ));
            }
        }
    }
    Ok(())
}

pub(super) async fn run_token(token: &Token) -> anyhow::Result<()> {
    match token {
        Token::Create { name, scopes, reach } => {
            scopes.iter().try_for_each(|scope| known(scope))?;
            // Without any it may do everything.
            let body = match scopes.as_slice() {
                [] => json!({ "name": name }),
                scopes => json!({ "name": name, "scopes": scopes }),
            };
            let made = call(reach, Method::POST, "/api/v1/tokens", Some(&body)).await?;
            out::line(text(&made, "token"));
        }
        Token::List { reach } => {
            let listed = call(reach, Method::GET, "/api/v1/tokens", None).await?;
            for token in list(&listed, "tokens") {
                let state = if token.get("revoked").is_some_and(Value::is_string) { "revoked" } else { "good" };
                out::line(&format!(
                    "{}  {state}  {}  {}",
                    text(token, "id"),
                    text(token, "created"),
                    text(token, "name")
                ));
            }
        }
        Token::Revoke { revoked, reach } => {
            let path = format!("/api/v1/tokens/{}", encode(revoked));
            call(reach, Method::DELETE, &path, None).await?;
            out::line("revoked");
        }
    }
    Ok(())
}

async fn call(reach: &Reach, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
    let server = reach.server(&reach.settings()?).await?;
    let answer = server.json(method, path, body).await;
    server.close().await;
    answer
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The server would refuse it too, but without saying what there is.
fn known(scope: &str) -> anyhow::Result<()> {
    let names: Vec<&str> = model::Scope::ALL.iter().map(|scope| scope.name()).collect();
    let found = model::Scope::parse(scope).map(drop);
    found.with_context(|| format!("there is no scope `{scope}`; there are {}", names.join(", ")))
}
