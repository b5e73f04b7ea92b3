//! `airloom services`.

use app::Listed;
use clap::Args;

use super::out;

/// Lists every service with its doors, tools, jobs and checks.
#[derive(Args)]
pub(crate) struct Services {
    /// Prints the list as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(services: &Services) -> anyhow::Result<()> {
    let listed = app::list_services().await?;
    if services.json {
        out::line(&serde_json::to_string_pretty(&listed)?);
        return Ok(());
    }
    listed.iter().for_each(print);
    Ok(())
}

fn print(service: &Listed) {
    out::line(&format!("{}: {}", service.name, service.description));
    for door in &service.doors {
        out::line(&format!("  door   {door}"));
    }
    for (what, names) in [("tools", &service.tools), ("jobs", &service.jobs), ("checks", &service.checks)] {
        if !names.is_empty() {
            out::line(&format!("  {what:6} {}", names.join(", ")));
        }
    }
}
