//! The descriptor of a tool.

use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use model::Caller;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ToolError;

/// What a tool does when it is called.
pub type Run = Arc<dyn Fn(Caller, Value) -> BoxFuture<'static, Result<Value, ToolError>> + Send + Sync>;

/// What a call may change; the words are those of the Model Context Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hints {
    /// It changes nothing.
    pub read_only: bool,
    /// It may remove or overwrite something.
    pub destructive: bool,
    /// Calling it twice with the same arguments is as calling it once.
    pub idempotent: bool,
}

impl Hints {
    /// It only reads.
    pub const READS: Self = Self { read_only: true, destructive: false, idempotent: true };
    /// It adds something each time.
    pub const ADDS: Self = Self { read_only: false, destructive: false, idempotent: false };
    /// It overwrites or removes; a second time changes nothing more.
    pub const REPLACES: Self = Self { read_only: false, destructive: true, idempotent: true };
}

/// The words of a tool.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// For people: `Create records`.
    pub title: &'static str,
    /// For models: what it does, when to use it, what it answers.
    pub description: &'static str,
}

/// One tool.
#[derive(Clone)]
pub struct Tool {
    /// `verb_noun`, unique in the house.
    pub name: &'static str,
    /// The operation that it calls: `records.create`.
    pub operation: &'static str,
    /// Its words.
    pub text: Text,
    /// JSON schema of the arguments, an object.
    pub input: Value,
    /// What a call may change.
    pub hints: Hints,
    /// What the caller needs, in words: `editor of the base`.
    pub permission: &'static str,
    /// What it does.
    pub run: Run,
}

impl Tool {
    /// A tool that reads, with typed arguments and a typed answer. Hints and permission follow by
    /// [`hints`](Self::hints) and [`permission`](Self::permission).
    ///
    /// Arguments that do not fit answer a [`ToolError`] that names the argument; `run` is not called then.
    pub fn new<In, Out, F, Fut>(name: &'static str, operation: &'static str, text: Text, run: F) -> Self
    where
        In: DeserializeOwned + JsonSchema,
        Out: Serialize,
        F: Fn(Caller, In) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Out, ToolError>> + Send + 'static,
    {
        let run: Run = Arc::new(move |caller, arguments| match read::<In>(name, &arguments) {
            Ok(input) => {
                let answer = run(caller, input);
                async move { to_value(&answer.await?) }.boxed()
            }
            Err(error) => std::future::ready(Err(error)).boxed(),
        });
        Self { name, operation, text, input: schema::<In>(), hints: Hints::READS, permission: "", run }
    }

    /// With what a call may change.
    #[must_use]
    pub fn hints(mut self, hints: Hints) -> Self {
        self.hints = hints;
        self
    }

    /// With what the caller needs.
    #[must_use]
    pub fn permission(mut self, permission: &'static str) -> Self {
        self.permission = permission;
        self
    }

    /// Calls it.
    ///
    /// # Errors
    /// The tool's own, or that of arguments that do not fit.
    pub async fn call(&self, caller: Caller, arguments: Value) -> Result<Value, ToolError> {
        (self.run)(caller, arguments).await
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool").field("name", &self.name).field("operation", &self.operation).finish_non_exhaustive()
    }
}

fn read<In: DeserializeOwned>(tool: &str, arguments: &Value) -> Result<In, ToolError> {
    // Models leave out the object when they have nothing to say in it.
    let text = if arguments.is_null() { "{}".to_owned() } else { arguments.to_string() };
    web::read_json(text.as_bytes()).map_err(|error| ToolError::arguments(tool, &error))
}

fn to_value(answer: &impl Serialize) -> Result<Value, ToolError> {
    serde_json::to_value(answer).map_err(|error| {
        tracing::error!(%error, "a tool's answer is not JSON");
        ToolError::new(web::Kind::Internal, "answer", "the answer could not be written")
    })
}

/// The schema with everything in place: providers read references differently or not at all.
fn schema<In: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<In>().to_value();
    if let Value::Object(schema) = &mut schema {
        schema.remove("title");
        schema.entry("properties").or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    schema
}

#[cfg(test)]
mod tests;
