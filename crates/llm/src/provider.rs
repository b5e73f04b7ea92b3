//! The trait, and choosing its implementation.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use outbound::Outbound;

use crate::error::Error;
use crate::message::{Answer, Delta, Request, Usage};
use crate::settings::Settings;
use crate::{Gemini, OpenAi};

/// Where the pieces of a stream go.
pub type Sink<'a> = &'a mut (dyn FnMut(Delta) + Send);

/// A model provider.
pub trait Provider: Send + Sync {
    /// Its name, for people.
    fn name(&self) -> &'static str;

    /// The model that answers when a request names none.
    fn default_model(&self) -> &str;

    /// Asks, and waits for the whole answer.
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, Error>>;

    /// Asks, hands on what comes as it comes, and returns the whole answer.
    fn stream<'a>(&'a self, request: &'a Request, sink: Sink<'a>) -> BoxFuture<'a, Result<Answer, Error>>;

    /// Counts the input tokens of a request, by the provider or as an estimate.
    fn count<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Usage>;
}

/// The provider that the settings name, if they name one.
pub fn provider(settings: &Settings, outbound: &Outbound) -> Option<Arc<dyn Provider>> {
    let model = settings.default_model.as_deref();
    let wants_gemini = model.is_none_or(|model| model.starts_with("gemini") || model.starts_with("models/"));
    let gemini = settings.gemini_api_key.as_ref();
    let has_openai = settings.openai_api_key.is_some() || settings.openai_base_url.is_some();
    match gemini {
        Some(key) if wants_gemini || !has_openai => {
            let base = settings.gemini_base_url.as_deref();
            Some(Arc::new(Gemini::new(outbound.clone(), key, base, model.filter(|_| wants_gemini))))
        }
        _ if has_openai => {
            let (key, base) = (settings.openai_api_key.as_deref(), settings.openai_base_url.as_deref());
            let ours = gemini.is_none() || !wants_gemini;
            Some(Arc::new(OpenAi::new(outbound.clone(), key, base, model.filter(|_| ours))))
        }
        _ => None,
    }
}
