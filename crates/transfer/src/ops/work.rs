//! Carrying an import out: passes over the file that find out, and one that writes.

use std::time::Duration;

use jobs::{Job, Outcome as JobOutcome};
use tokio_util::sync::CancellationToken;
use web::{ApiError, Kind};

use super::Transfers;
use super::look::{Found, Inspected, Source, all_fit, inspect, look};
use crate::csv::{Dialect, TableRange};
use crate::error::Error;
use crate::infer::ColumnPlan;
use crate::model::{Import, Outcome, Part, State, Taken, Target};
use crate::report::Report;

/// How soon a turn that met another one is tried again.
const SOON: Duration = Duration::from_millis(200);

/// How a turn at an import ended.
pub(super) enum Ended {
    /// There is nothing more to do.
    Over(State),
    /// The process stops; somebody goes on from here.
    Stopped,
    /// Somebody else has moved it.
    Taken,
}

impl Transfers {
    /// A turn at an import, which may have been begun before.
    pub(super) async fn run(&self, job: Job, stop: CancellationToken) -> JobOutcome {
        let mut import = match self.import_of(&job).await {
            Ok(Some(import)) if !import.state.is_over() && import.state != State::Cancelling => import,
            Ok(_) => return JobOutcome::Ok,
            Err(error) => return again(&job, &error),
        };
        if !self.file(&import.id).exists() {
            return self.without_file(&mut import, &job).await;
        }
        let ended = match self.carry_out(&mut import, &job, &stop).await {
            Err(_) if stop.is_cancelled() => Ok(Ended::Stopped),
            Err(error) if passes(&error) && !job.is_last_attempt() => return again(&job, &error),
            Err(error) => {
                import.outcome.error = Some(told(&import, &error));
                Ok(Ended::Over(State::Failed))
            }
            ended => ended,
        };
        match ended {
            Ok(Ended::Over(state)) => self.end(&mut import, state, &job).await,
            Ok(Ended::Stopped) => JobOutcome::Pause { after: Duration::ZERO },
            Ok(Ended::Taken) => JobOutcome::Ok,
            Err(error) => again(&job, &error),
        }
    }

    /// Whoever has the file has had its time.
    async fn without_file(&self, import: &mut Import, job: &Job) -> JobOutcome {
        import.outcome.error = Some(
            "the uploaded file is gone, or with a server that has not come for it in a day: import it again to go on"
                .to_owned(),
        );
        self.end(import, State::Failed, job).await
    }

    pub(super) async fn end(&self, import: &mut Import, state: State, job: &Job) -> JobOutcome {
        match self.change(import, state).await {
            Ok(true) => {
                self.discard(&import.id).await;
                JobOutcome::Ok
            }
            // It was cancelled at the last moment; that has a job of its own.
            Ok(false) => JobOutcome::Ok,
            Err(error) => again(job, &error),
        }
    }

    async fn carry_out(&self, import: &mut Import, job: &Job, stop: &CancellationToken) -> Result<Ended, Error> {
        if import.state == State::Reading {
            import.spec.targets.clear();
            self.prepare(import, stop).await?;
            if import.spec.wanted.dry_run {
                return Ok(Ended::Over(State::Checked));
            }
            if !self.change(import, State::Writing).await? {
                return Ok(Ended::Taken);
            }
        }
        self.write(import, job, stop).await
    }

    /// Finds out everything about the file, and makes what is missing to hold it.
    async fn prepare(&self, import: &mut Import, stop: &CancellationToken) -> Result<(), Error> {
        let (path, spec, token) = (self.file(&import.id), import.spec.clone(), stop.clone());
        let known = self.known(&import.caller(), &import.spec.wanted).await?;
        let found = blocking(move || look(&path, &spec, &known, &token)).await?;
        import.outcome = Outcome { dialect: Some(found.sniffed.dialect.clone()), parts: parts(&found), error: None };
        for (at, (index, profile)) in found.taken.into_iter().enumerate() {
            let name = match at {
                0 => import.spec.wanted.table.clone(),
                _ => format!("{} {}", import.spec.wanted.table, at + 1),
            };
            let range = found.sniffed.tables.get(index).ok_or(Error::Empty)?;
            let base = Report::new(&found.sniffed, index);
            let (taken, target) =
                self.part(import, (&name, &found.sniffed.dialect, range), profile, base, stop).await?;
            if let Some(part) = import.outcome.parts.get_mut(index) {
                part.taken = Some(taken);
            }
            import.spec.targets.extend(target);
        }
        Ok(())
    }

    /// One table of the file: where it goes, and what of it does not fit there.
    async fn part(
        &self,
        import: &Import,
        (name, dialect, range): (&str, &Dialect, &TableRange),
        profile: crate::infer::Profile,
        mut report: Report,
        stop: &CancellationToken,
    ) -> Result<(Taken, Option<Target>), Error> {
        let (caller, wanted) = (import.caller(), &import.spec.wanted);
        let mut columns = profile.columns.clone();
        let aim = self.aim(&caller, wanted, name, &columns).await?;
        let places = aim.places(&columns, wanted.overrides.date_order);
        report.doubts.extend(profile.report.doubts.iter().filter(|doubt| !aim.settles(doubt)).cloned());
        let fits = all_fit(&profile, &places);
        let mut seen = if fits {
            let surplus = profile.report.surplus();
            report.take_rows(profile.report);
            Inspected { report, unfit: vec![0; columns.len()], surplus }
        } else {
            let source = Source::open(&self.file(&import.id), stop)?;
            let (dialect, range) = (dialect.clone(), range.clone());
            blocking(move || inspect(source, &dialect, &range, &places, report)).await?
        };
        for (plan, unfit) in columns.iter_mut().zip(&seen.unfit) {
            plan.unfit = *unfit;
        }
        let unkept = if wanted.keep_unfit { Vec::new() } else { seen.unkept(&columns) };
        seen.report.doubts.extend(unkept);
        seen.report.doubts.extend(self.before(import, &aim).await?);
        let target = if wanted.dry_run {
            None
        } else {
            let mut aimed = self.make(&caller, wanted, aim, &columns).await?;
            let surplus = self.keepers(import, &mut aimed, &columns, seen.surplus).await?;
            let (base, table) = (aimed.base, aimed.table.id.to_string());
            let (dialect, range) = (dialect.clone(), range.clone());
            Some(Target { base, table, dialect, range, columns: aimed.columns, surplus })
        };
        let table = target.as_ref().map_or_else(|| name.to_owned(), |target| target.table.clone());
        Ok((Taken { table, columns, report: seen.report }, target))
    }

    /// Makes the fields that keep what does not fit, when that was asked for.
    async fn keepers(
        &self,
        import: &Import,
        aimed: &mut super::fields::Aimed,
        plans: &[ColumnPlan],
        surplus: u64,
    ) -> Result<Option<model::FieldId>, Error> {
        if !import.spec.wanted.keep_unfit {
            return Ok(None);
        }
        let caller = import.caller();
        for (at, plan) in plans.iter().enumerate().filter(|(_, plan)| plan.unfit > 0) {
            let keep = self.keeper(&caller, aimed, plans, &plan.name).await?;
            if let Some(column) = aimed.columns.get_mut(at) {
                column.keep = Some(keep);
            }
        }
        if surplus == 0 {
            return Ok(None);
        }
        Ok(Some(self.keeper(&caller, aimed, plans, "Surplus cells").await?))
    }
}

fn parts(found: &Found) -> Vec<Part> {
    let tables = found.sniffed.tables.iter().enumerate();
    let part = |(index, table): (usize, &TableRange)| Part {
        number: index + 1,
        line: table.line,
        names: table.names.clone(),
        taken: None,
    };
    tables.map(part).collect()
}

/// Reading a file is no work for the threads that serve requests.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Broken)?
}

/// True for what may go better the next time.
fn passes(error: &Error) -> bool {
    matches!(error.kind(), Kind::Unavailable | Kind::Internal | Kind::Limited | Kind::Conflict)
}

pub(super) fn again(job: &Job, error: &Error) -> JobOutcome {
    tracing::warn!(import = job.key, error = telemetry::chain(error), "a turn at an import failed");
    // Who met another process at the same place finds it free a moment later.
    let after = (error.kind() == Kind::Conflict).then_some(SOON);
    JobOutcome::Retry { after, reason: error.to_string() }
}

/// What the owner is told.
fn told(import: &Import, error: &Error) -> String {
    if error.kind() == Kind::Internal {
        tracing::error!(import = import.id, "an import failed: {error}");
        return "something failed on our side; the log names the import".to_owned();
    }
    error.to_string()
}
