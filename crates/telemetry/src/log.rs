//! The log: one subscriber, text on a terminal and JSON lines elsewhere.

mod lines;

use std::io::{self, IsTerminal};

use serde::{Deserialize, Serialize};
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::fmt::{MakeWriter, format};

use lines::Lines;

/// The settings section `telemetry`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Least level that is written (`error`, `warn`, `info`, `debug`, `trace`), or directives such as `info,db=debug`.
    pub level: String,
    /// The form of the lines.
    pub format: Format,
    /// Whether metrics are counted and `/metrics` answers.
    pub metrics: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: Format::Auto, metrics: true }
    }
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Text when standard error is a terminal, JSON otherwise.
    Auto,
    /// Text for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The level is neither a level nor a list of directives.
    #[error("`{level}` is not a log level")]
    Level {
        /// What was given.
        level: String,
        /// The parser's reason.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Another log was installed before.
    #[error("a log is installed already")]
    Installed(#[from] tracing::subscriber::SetGlobalDefaultError),
}

/// Installs the log of this process on standard error.
///
/// # Errors
/// [`LogError::Level`] for a level that cannot be read, [`LogError::Installed`] the second time.
pub fn install_log(config: &Config) -> Result<(), LogError> {
    let terminal = io::stderr().is_terminal();
    let subscriber = subscriber(config, terminal, io::stderr)?;
    Ok(tracing::subscriber::set_global_default(subscriber)?)
}

/// An error with all its causes, for a line of the log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}

/// A subscriber that writes to `writer`.
fn subscriber<W>(config: &Config, terminal: bool, writer: W) -> Result<Box<dyn Subscriber + Send + Sync>, LogError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let level =
        EnvFilter::try_new(&config.level).map_err(|source| LogError::Level { level: config.level.clone(), source })?;
    let json = match config.format {
        Format::Auto => !terminal,
        Format::Text => false,
        Format::Json => true,
    };
    let lines = tracing_subscriber::fmt().with_env_filter(level).with_writer(writer).with_ansi(terminal);
    let form = format().with_ansi(terminal);
    if json {
        let form = form.json().flatten_event(true).with_span_list(false);
        Ok(Box::new(lines.fmt_fields(JsonFields::new()).event_format(Lines { form, json }).finish()))
    } else {
        Ok(Box::new(lines.event_format(Lines { form, json }).finish()))
    }
}

#[cfg(test)]
mod tests;
