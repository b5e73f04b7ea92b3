//! The settings of the house, by section.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use runtime::{ByteSize, Settings as Merged, SettingsError, Sources};
use serde::{Deserialize, Serialize};
use tenancy::Bootstrap;

use crate::aliases;

/// The section `server`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The data directory; made when absent.
    pub data: PathBuf,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Which services this process opens: `all` or a comma list.
    pub target: String,
    /// The address by which clients reach the server, such as `https://tables.example.org`: addresses of files begin with it.
    /// The address to listen on when absent.
    pub public_url: Option<String>,
}

impl Server {
    /// The address by which clients reach the server.
    pub fn address(&self) -> String {
        let Some(url) = &self.public_url else {
            let everywhere = self.listen.ip().is_unspecified();
            let near = SocketAddr::from(([127, 0, 0, 1], self.listen.port()));
            return format!("http://{}", if everywhere { near } else { self.listen });
        };
        url.trim_end_matches('/').to_owned()
    }
}

impl Default for Server {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8_000));
        Self { data: "./data".into(), listen, target: "all".to_owned(), public_url: None }
    }
}

/// The section `database`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://user:password@host:port/database`; a file in the data directory when absent.
    pub url: Option<String>,
    /// Most connections to a server.
    pub pool: usize,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, pool: 16 }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address holds a password.
        f.debug_struct("Database").field("url", &self.url.as_ref().map(|_| "***")).field("pool", &self.pool).finish()
    }
}

/// The section `records`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Images {
    /// Memory for the images of all bases together; half of it for what is computed of one base.
    pub image_memory: ByteSize,
}

impl Default for Images {
    fn default() -> Self {
        Self { image_memory: ByteSize(1 << 30) }
    }
}

/// The section `outbound`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Calls {
    /// Lets outgoing calls reach loopback and private ranges.
    pub allow_private_addresses: bool,
}

/// The section `formulas`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Formulas {
    /// Only the functions that Airtable has.
    pub airtable: bool,
}

/// What the house is built from.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Address, data directory, services.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// Images of bases.
    pub records: Images,
    /// What formulas may have.
    pub formulas: Formulas,
    /// How long changes are kept.
    pub history: retention::HistoryConfig,
    /// Doors.
    pub web: web::Config,
    /// How many requests come through.
    pub limits: web::RateConfig,
    /// Log and metrics.
    pub telemetry: telemetry::Config,
    /// Outgoing calls.
    pub outbound: Calls,
    /// Where files are kept.
    pub blob: blob::Settings,
    /// Model providers.
    pub llm: llm::Settings,
    /// Conversations.
    pub assistant: assistant::Config,
    /// The files end with the process, so nothing waits for the disk; `serve --ephemeral` says so, no key does.
    pub unsynced: bool,
    /// What the installer chose for the first start.
    pub bootstrap: Bootstrap,
    /// The key that signing keys come from, where processes share a database.
    pub master_key: Option<String>,
}

/// The settings and where each of them comes from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// For `config show`.
    pub merged: Merged,
    /// What was given but has no effect.
    pub warnings: Vec<String>,
}

/// Reads the settings from flags, environment and file.
///
/// # Errors
/// [`SettingsError`], which names the key and its source.
pub fn load(
    file: Option<(String, String)>,
    environment: BTreeMap<String, String>,
    flags: Vec<(&'static str, &'static str, String)>,
) -> Result<Loaded, SettingsError> {
    let own = |name: &str| environment.get(name).filter(|value| !value.is_empty()).cloned();
    let bootstrap = Bootstrap { email: own("AIRLOOM_BOOTSTRAP_EMAIL"), token: own("AIRLOOM_BOOTSTRAP_TOKEN") };
    let master_key = own("AIRLOOM_MASTER_KEY");
    // An empty variable is one that is not set.
    let environment: BTreeMap<_, _> = environment.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let warnings = aliases::without_effect(&environment).into_iter().collect();
    let mut merged = Merged::load(Sources { file, environment, aliases: aliases::KEYS.to_vec(), flags })?;
    let settings = Settings {
        server: merged.section("server")?,
        database: merged.section("database")?,
        records: merged.section("records")?,
        formulas: merged.section("formulas")?,
        history: merged.section("history")?,
        web: merged.section("web")?,
        limits: merged.section("limits")?,
        telemetry: merged.section("telemetry")?,
        outbound: merged.section("outbound")?,
        blob: merged.section("blob")?,
        llm: merged.section("llm")?,
        assistant: merged.section("assistant")?,
        unsynced: false,
        bootstrap,
        master_key,
    };
    merged.finish()?;
    Ok(Loaded { settings, merged, warnings })
}

#[cfg(test)]
mod tests;
