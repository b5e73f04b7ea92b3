//! The `airloom` command.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use app::Settings;
use clap::{Args, Parser, Subcommand};
use tenancy::Bootstrap;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Airloom: tables for teams, with Airtable's Web API.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server. The first start makes the owner and one token and prints it once.
    Serve(Serve),
}

#[derive(Args)]
struct Serve {
    /// The data directory; made when absent.
    #[arg(long, default_value = "./data")]
    data: PathBuf,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
}

/// Memory for the images of all bases: 1 GiB.
const IMAGE_MEMORY: usize = 1 << 30;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log();
    let Command::Serve(serve) = cli.command;
    match run(&serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_to(&mut std::io::stderr(), &format!("airloom: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the house reads the environment once, here")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn run(serve: &Serve) -> anyhow::Result<()> {
    let bootstrap = Bootstrap { email: setting("AIRLOOM_BOOTSTRAP_EMAIL"), token: setting("AIRLOOM_BOOTSTRAP_TOKEN") };
    let settings = Settings { data: serve.data.clone(), image_memory: IMAGE_MEMORY, bootstrap };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(app::serve(&settings, serve.listen, |line| say_to(&mut std::io::stdout(), line)))
}

fn say_to(out: &mut impl Write, line: &str) {
    // Nobody may be reading any more.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

fn log() {
    let filter = setting("LOG_LEVEL").unwrap_or_else(|| "info".to_owned());
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_else(|_| "info".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { log.init() } else { log.json().init() }
}
