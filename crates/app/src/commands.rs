//! The commands and their flags.

mod ask;
mod doctor;
mod export;
mod formula;
mod import;
mod mcp;
pub(crate) mod out;
mod people;
mod services;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use app::{Ephemeral, Loaded, Parts, Server, Settings};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};

/// Airloom: tables for teams, with Airtable's Web API.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server. The first start makes the owner and one token and prints it once.
    Serve(Serve),
    /// Asks a question in plain language, or for a change.
    Ask(ask::Ask),
    /// Brings a file in.
    #[command(subcommand)]
    Import(import::Import),
    /// Brings a table out.
    #[command(subcommand)]
    Export(export::Export),
    /// Tries out formulas.
    #[command(subcommand)]
    Formula(formula::Formula),
    /// Speaks the Model Context Protocol over standard input and output.
    Mcp(mcp::Mcp),
    /// Lets people in.
    #[command(subcommand)]
    User(people::User),
    /// Makes and revokes tokens.
    #[command(subcommand)]
    Token(people::Token),
    /// Lists every service with its doors, tools and jobs.
    Services(services::Services),
    /// Looks at what a server needs of this machine, and says what is wrong.
    Doctor(Store),
    /// Checks and shows settings.
    #[command(subcommand)]
    Config(Config),
    /// Brings the database up to date and ends.
    Migrate(Store),
}

/// Where the settings and the data are.
#[derive(Args, Clone)]
pub(crate) struct Store {
    /// The data directory; `./data` unless set elsewhere.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The configuration file, TOML.
    #[arg(long)]
    config: Option<PathBuf>,
    /// `postgres://user:password@host:port/database` instead of files in the data directory.
    #[arg(long)]
    database_url: Option<String>,
}

/// Which server a command calls.
#[derive(Args, Clone)]
pub(crate) struct Reach {
    #[command(flatten)]
    store: Store,
    /// A server to call instead of the one that holds the data directory; also `AIRLOOM_SERVER`.
    #[arg(long)]
    server: Option<String>,
    /// Whose personal access token to use; also `AIRLOOM_TOKEN`. Without, the owner of the data directory asks.
    #[arg(long)]
    token: Option<String>,
}

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command")]
struct Serve {
    #[command(flatten)]
    store: Store,
    /// The address to listen on; 127.0.0.1:8000 unless set elsewhere.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// A port of 127.0.0.1 to listen on, 0 for a free one.
    #[arg(long, conflicts_with = "listen")]
    port: Option<u16>,
    /// Serves a store that ends with the process, for tests. The first line is JSON with `url`, `token` and `bases`.
    #[arg(long, conflicts_with_all = ["data", "database_url", "target", "no_http"])]
    ephemeral: bool,
    /// What an ephemeral store begins with: JSON that describes bases, tables, fields and records.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// The owner's token of an ephemeral store; made up without it and without `AIRLOOM_BOOTSTRAP_TOKEN`.
    #[arg(long)]
    token: Option<String>,
    /// Loads the sample base, once.
    #[arg(long)]
    sample: bool,
    /// The services to open, `all` or a comma list of the names that `airloom services` prints; less than all needs
    /// PostgreSQL.
    #[arg(long)]
    target: Option<String>,
    /// Opens doors only, without work in the background.
    #[arg(long, conflicts_with = "no_http")]
    no_jobs: bool,
    /// Works in the background only, without doors.
    #[arg(long)]
    no_http: bool,
    /// Lets outgoing calls reach loopback and private ranges.
    #[arg(long)]
    allow_private_addresses: bool,
    /// Not used yet, accepted with a warning: nothing is kept in Redis.
    #[arg(long, value_name = "URL")]
    redis_url: Option<String>,
    /// Refuses as Airtable does: 5 requests a second for a base, 50 for a user, then 30 seconds of 429.
    #[arg(long)]
    airtable_limits: bool,
    /// Refuses formulas with functions that Airtable does not have.
    #[arg(long)]
    airtable_formulas: bool,
}

#[derive(Subcommand)]
enum Config {
    /// Says whether the settings can be used.
    Check(Store),
    /// Shows every setting, its value and where it comes from.
    Show {
        #[command(flatten)]
        store: Store,
        /// Only what differs from the defaults.
        #[arg(long)]
        diff: bool,
    },
}

impl Cli {
    /// Refuses flags without the one that they need. Clap does not where that one conflicts with another that is there, such as
    /// `--data`.
    pub(crate) fn checked(self) -> Result<Self, clap::Error> {
        match &self.command {
            Command::Serve(Serve { ephemeral: false, seed, token, .. }) if seed.is_some() || token.is_some() => {
                let words = "`--seed` and `--token` need `--ephemeral`";
                Err(Self::command().bin_name("airloom").error(ErrorKind::MissingRequiredArgument, words))
            }
            _ => Ok(self),
        }
    }
}

type Flags = Vec<(&'static str, &'static str, String)>;

impl Store {
    fn flags(&self) -> Flags {
        let data = self.data.as_ref().map(|data| ("--data", "server.data", data.display().to_string()));
        let url = self.database_url.as_ref().map(|url| ("--database-url", "database.url", url.clone()));
        data.into_iter().chain(url).collect()
    }

    fn load(&self, more: Flags) -> anyhow::Result<Loaded> {
        let file = match &self.config {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the configuration file `{}`", path.display()))?;
                Some((path.display().to_string(), text))
            }
            None => None,
        };
        let mut flags = self.flags();
        flags.extend(more);
        Ok(app::load(file, environment(), flags)?)
    }
}

impl Reach {
    /// The settings with a quiet log: commands answer, they do not report.
    fn settings(&self) -> anyhow::Result<Settings> {
        let mut settings = self.store.load(Vec::new())?.settings;
        "error".clone_into(&mut settings.telemetry.level);
        telemetry::install_log(&settings.telemetry)?;
        Ok(settings)
    }

    async fn server(&self, settings: &Settings) -> anyhow::Result<Server> {
        let environment = environment();
        let own = |flag: &Option<String>, name: &str| {
            flag.clone().or_else(|| environment.get(name).filter(|value| !value.is_empty()).cloned())
        };
        Server::find(settings, own(&self.server, "AIRLOOM_SERVER"), own(&self.token, "AIRLOOM_TOKEN")).await
    }
}

/// Runs a command to its end.
pub(crate) fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve(serve) => run_serve(&serve).await,
            Command::Ask(ask) => ask::run(&ask).await,
            Command::Import(import) => import::run(&import).await,
            Command::Export(export) => export::run(&export).await,
            Command::Formula(formula) => formula::run(&formula).await,
            Command::Mcp(mcp) => mcp::run(&mcp).await,
            Command::User(user) => people::run_user(&user).await,
            Command::Token(token) => people::run_token(&token).await,
            Command::Services(services) => services::run(&services).await,
            Command::Doctor(store) => doctor::run(&store).await,
            Command::Config(config) => run_config(&config),
            Command::Migrate(store) => migrate(&store).await,
        }
    })
}

async fn run_serve(serve: &Serve) -> anyhow::Result<()> {
    let mut flags = Flags::new();
    let port = serve.port.map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    flags.extend(port.map(|listen| ("--port", "server.listen", listen.to_string())));
    flags.extend(serve.listen.map(|listen| ("--listen", "server.listen", listen.to_string())));
    flags.extend(serve.target.clone().map(|target| ("--target", "server.target", target)));
    if serve.allow_private_addresses {
        flags.push(("--allow-private-addresses", "outbound.allow_private_addresses", "true".to_owned()));
    }
    if serve.airtable_limits {
        flags.push(("--airtable-limits", "limits.airtable", "true".to_owned()));
    }
    if serve.airtable_formulas {
        flags.push(("--airtable-formulas", "formulas.airtable", "true".to_owned()));
    }
    let Loaded { settings, mut warnings, .. } = serve.store.load(flags)?;
    telemetry::install_log(&settings.telemetry)?;
    warnings.extend(serve.redis_url.as_ref().map(|_| "--redis-url has no effect yet".to_owned()));
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let parts = Parts { no_jobs: serve.no_jobs, no_http: serve.no_http, sample: serve.sample };
    if serve.ephemeral {
        let begin = Ephemeral { seed: serve.seed.clone(), token: serve.token.clone() };
        return app::serve_ephemeral(&settings, &begin, parts, out::line).await;
    }
    app::serve(&settings, parts, out::line).await
}

async fn migrate(store: &Store) -> anyhow::Result<()> {
    let settings = store.load(Flags::new())?.settings;
    telemetry::install_log(&settings.telemetry)?;
    app::migrate(&settings).await?;
    out::line("the database is up to date");
    Ok(())
}

fn run_config(config: &Config) -> anyhow::Result<()> {
    match config {
        Config::Check(store) => {
            for warning in store.load(Flags::new())?.warnings {
                out::note(&format!("airloom: {warning}"));
            }
            out::line("the settings can be used");
        }
        Config::Show { store, diff } => {
            for setting in store.load(Flags::new())?.merged.explain() {
                if !diff || setting.origin != runtime::Origin::Default {
                    out::line(&format!("{} = {}  ({})", setting.key, setting.value, setting.origin));
                }
            }
        }
    }
    Ok(())
}

fn environment() -> BTreeMap<String, String> {
    std::env::vars().collect()
}

/// Pairs as a query string (RFC 3986).
fn encoded(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect::<Vec<_>>().join("&")
}

/// A text as a part of an address.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            // Writing to a string cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests;
