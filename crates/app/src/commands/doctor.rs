//! `airloom doctor`.

use anyhow::bail;
use app::Verdict;
use clock::Clock;

use super::{Store, out};

pub(super) async fn run(store: &Store) -> anyhow::Result<()> {
    let loaded = store.load(Vec::new())?;
    let mut settings = loaded.settings.clone();
    "error".clone_into(&mut settings.telemetry.level);
    telemetry::install_log(&settings.telemetry)?;
    let findings = app::examine(&settings, &Clock::system()).await;
    for finding in &findings {
        let word = match finding.verdict {
            Verdict::Well => "ok  ",
            Verdict::Warning => "warn",
            Verdict::Failed => "FAIL",
        };
        out::line(&format!("{word}  {}: {}", finding.what, finding.seen));
    }
    for warning in &loaded.warnings {
        out::line(&format!("warn  settings: {warning}"));
    }
    let failed = findings.iter().filter(|finding| finding.verdict == Verdict::Failed).count();
    if failed > 0 {
        bail!("{failed} of {} checks failed", findings.len());
    }
    Ok(())
}
