//! `airloom token`.

use anyhow::Context;
use clap::Subcommand;

use super::{Store, out};

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
        store: Store,
    },
    /// Lists tokens without their secret parts.
    List {
        #[command(flatten)]
        store: Store,
    },
    /// Takes a token back.
    Revoke {
        /// The token, or its part before the dot.
        token: String,
        #[command(flatten)]
        store: Store,
    },
}

pub(super) async fn run(token: &Token) -> anyhow::Result<()> {
    match token {
        Token::Create { name, scopes, store } => {
            let scopes = scopes.iter().map(|scope| parse(scope)).collect::<anyhow::Result<Vec<_>>>()?;
            let text = app::create_token(&store.load(Vec::new())?.settings, name, scopes).await?;
            out::line(&text);
        }
        Token::List { store } => {
            for token in app::list_tokens(&store.load(Vec::new())?.settings).await? {
                let state = if token.revoked.is_some() { "revoked" } else { "good" };
                out::line(&format!("{}  {state}  {}  {}", token.id, token.created.iso(), token.name));
            }
        }
        Token::Revoke { token, store } => {
            app::revoke_token(&store.load(Vec::new())?.settings, token).await?;
            out::line("revoked");
        }
    }
    Ok(())
}

fn parse(scope: &str) -> anyhow::Result<model::Scope> {
    let names: Vec<&str> = model::Scope::ALL.iter().map(|scope| scope.name()).collect();
    let found = model::Scope::ALL.into_iter().find(|held| held.name() == scope);
    found.with_context(|| format!("there is no scope `{scope}`; there are {}", names.join(", ")))
}
