//! The handle and its operations.

mod answer;
mod built_in;
mod chat;
mod confirm;
mod limit;
mod model_turn;
mod toolbox;

use std::sync::Arc;

use clock::Clock;
use db::Db;
use llm::{Prices, Provider};
use model::Caller;
use serde_json::{Value, json};
use tools::Registry;

use crate::config::Config;
use crate::error::Error;
use crate::events::Sink;
use crate::model::{CostSummary, SessionKey, StoredMessage};
use crate::store;
use toolbox::Toolbox;

/// What an assistant is made of.
pub struct Parts {
    /// Where conversations are kept.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The tools of the whole house.
    pub tools: Registry,
    /// Who drives the loop; the built-in planner when absent.
    pub provider: Option<Arc<dyn Provider>>,
    /// The settings of that provider.
    pub model: llm::Settings,
    /// What its answers cost.
    pub prices: Prices,
    /// How conversations are led.
    pub config: Config,
}

/// Leads conversations. Cheap to clone.
#[derive(Clone)]
pub struct Assistant(Arc<Parts>);

impl Assistant {
    /// Makes the handle.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The tools it may call.
    pub fn tools(&self) -> &Registry {
        &self.0.tools
    }

    /// How conversations are led.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Calls one tool for the caller.
    ///
    /// # Errors
    /// [`Error::Tool`] when there is none of this name, or it refuses.
    pub async fn execute_tool(&self, caller: &Caller, name: &str, arguments: Value) -> Result<Value, Error> {
        let sink = Sink::default();
        Toolbox::new(self, caller, &sink).call(name, arguments).await
    }

    /// The messages of a conversation, oldest first; the newest 500 of a longer one.
    ///
    /// # Errors
    /// [`Error::SessionNotFound`].
    pub async fn history(&self, caller: &Caller, session: &str) -> Result<Vec<StoredMessage>, Error> {
        let messages = store::history(&self.0.db, &SessionKey::new(caller, session)?).await?;
        if messages.is_empty() { Err(Error::SessionNotFound { session: session.to_owned() }) } else { Ok(messages) }
    }

    /// Deletes a conversation.
    ///
    /// # Errors
    /// [`Error::SessionNotFound`].
    pub async fn delete_session(&self, caller: &Caller, session: &str) -> Result<(), Error> {
        let found = store::delete(&self.0.db, &SessionKey::new(caller, session)?).await?;
        if found { Ok(()) } else { Err(Error::SessionNotFound { session: session.to_owned() }) }
    }

    /// What a conversation cost.
    ///
    /// # Errors
    /// [`Error::SessionNotFound`].
    pub async fn cost_summary(&self, caller: &Caller, session: &str) -> Result<CostSummary, Error> {
        store::summary(&self.0.db, &SessionKey::new(caller, session)?).await
    }

    /// Who drives the loop and what it may call.
    pub fn status(&self) -> Value {
        let (driver, model) = match &self.0.provider {
            Some(provider) => (provider.name(), Some(provider.default_model())),
            None => ("built-in", None),
        };
        json!({
            "function_calling_enabled": true,
            "driver": driver,
            "model": model,
            "tools_count": self.0.tools.list().len(),
            "max_rounds": self.0.config.max_rounds,
        })
    }
}
