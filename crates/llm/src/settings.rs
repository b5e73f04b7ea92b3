//! What an operator sets.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::message::Thinking;

/// The section of the settings about models.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Key for Gemini (`GEMINI_API_KEY`).
    pub gemini_api_key: Option<String>,
    /// Gemini's address (`GEMINI_BASE_URL`), without the version.
    pub gemini_base_url: Option<String>,
    /// Key for an OpenAI-compatible endpoint (`OPENAI_API_KEY`).
    pub openai_api_key: Option<String>,
    /// Its address (`OPENAI_BASE_URL`), with the version; enough without a key for a local server.
    pub openai_base_url: Option<String>,
    /// The model (`DEFAULT_MODEL`); the provider's default when absent.
    pub default_model: Option<String>,
    /// Most tokens of an answer (`MAX_TOKENS`).
    pub max_tokens: u32,
    /// `TEMPERATURE`, 0 to 2.
    pub temperature: f64,
    /// `THINKING_BUDGET` in tokens: negative for automatic, 0 for off.
    pub thinking_budget: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gemini_api_key: None,
            gemini_base_url: None,
            openai_api_key: None,
            openai_base_url: None,
            default_model: None,
            max_tokens: 4_000,
            temperature: 0.1,
            thinking_budget: -1,
        }
    }
}

impl Settings {
    /// How much a model may think.
    pub fn thinking(&self) -> Thinking {
        Thinking::from_budget(self.thinking_budget)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |key: &Option<String>| key.as_ref().map(|_| "***");
        f.debug_struct("Settings")
            .field("gemini_api_key", &hidden(&self.gemini_api_key))
            .field("gemini_base_url", &self.gemini_base_url)
            .field("openai_api_key", &hidden(&self.openai_api_key))
            .field("openai_base_url", &self.openai_base_url)
            .field("default_model", &self.default_model)
            .field("max_tokens", &self.max_tokens)
            .field("temperature", &self.temperature)
            .field("thinking_budget", &self.thinking_budget)
            .finish()
    }
}
