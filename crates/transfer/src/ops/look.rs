//! The passes that write nothing: what the file holds, and what of it does not fit where it goes.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::place::{Place, Read as Cell};
use crate::csv::{Dialect, Doubt, Known, Reader, SAMPLE, Sniffed, TableRange, sniff_for};
use crate::error::Error;
use crate::infer::{ColumnPlan, Profile, profile};
use crate::model::{Parts, Spec};
use crate::report::{Problem, ProblemKind, Report};

/// A file that ends with an error once its reader shall stop.
pub(super) struct Source {
    file: File,
    stop: CancellationToken,
}

impl Source {
    pub fn open(path: &Path, stop: &CancellationToken) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, stop: stop.clone() })
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("the server is stopping"));
        }
        self.file.read(buffer)
    }
}

/// What the file holds.
pub(super) struct Found {
    pub sniffed: Sniffed,
    /// The tables that are taken: their index and what their columns hold.
    pub taken: Vec<(usize, Profile)>,
}

/// Finds out how the file is written, and what the columns of the wanted tables hold. `known`: the fields that are there.
pub(super) fn look(path: &Path, spec: &Spec, known: &Known, stop: &CancellationToken) -> Result<Found, Error> {
    let mut sample = Vec::new();
    Source::open(path, stop)?.take(SAMPLE as u64).read_to_end(&mut sample)?;
    let sniffed = sniff_for(&sample, spec.bytes, &spec.wanted.overrides, known);
    drop(sample);
    let mut taken = Vec::new();
    for index in chosen(&sniffed, spec.wanted.parts)? {
        let range = sniffed.tables.get(index).ok_or(Error::Empty)?;
        let reader = Reader::new(Source::open(path, stop)?, &sniffed.dialect, range)?;
        taken.push((index, profile(reader, range, spec.wanted.types, spec.wanted.overrides.date_order)?));
    }
    Ok(Found { sniffed, taken })
}

fn chosen(sniffed: &Sniffed, parts: Parts) -> Result<Vec<usize>, Error> {
    let count = sniffed.tables.len();
    match parts {
        _ if count == 0 => Err(Error::Empty),
        Parts::Main => Ok(vec![sniffed.main]),
        Parts::All => Ok((0..count).collect()),
        Parts::One(number) if (1..=count).contains(&number) => Ok(vec![number - 1]),
        Parts::One(number) => {
            let reason = format!("the file holds {count} tables, so there is no table {number} to take");
            Err(Error::Request { reason })
        }
    }
}

/// What does not fit.
pub(super) struct Inspected {
    pub report: Report,
    /// Cells that do not fit, by column.
    pub unfit: Vec<u64>,
    /// Rows with cells to the right of the last column.
    pub surplus: u64,
}

impl Inspected {
    /// What is left out when nobody keeps it.
    pub fn unkept(&self, plans: &[ColumnPlan]) -> Vec<Doubt> {
        let mut doubts: Vec<Doubt> = plans
            .iter()
            .zip(&self.unfit)
            .filter(|(_, unfit)| **unfit > 0)
            .map(|(plan, unfit)| Doubt::Unkept { column: plan.name.clone(), cells: *unfit })
            .collect();
        let said = |problem: &Problem| {
            problem.kind == ProblemKind::Surplus && problem.text.contains(|c: char| !matches!(c, ' ' | '|'))
        };
        if self.report.problems.iter().any(said) {
            doubts.push(Doubt::SurplusUnkept { rows: self.surplus });
        }
        doubts
    }
}

/// True when every cell surely fits, so that nobody needs to look again.
pub(super) fn all_fit(profile: &Profile, places: &[Place]) -> bool {
    let counted = !profile.report.totals.contains_key(&ProblemKind::HeaderAgain);
    counted
        && profile
            .columns
            .iter()
            .zip(places)
            .all(|(plan, place)| place.is_planned_as(&plan.kind) && plan.unfit == 0 && plan.longest <= fields::MAX_TEXT)
}

/// Reads the rows once more and names every cell that does not fit.
pub(super) fn inspect(
    source: impl Read,
    dialect: &Dialect,
    range: &TableRange,
    places: &[Place],
    mut report: Report,
) -> Result<Inspected, Error> {
    let mut reader = Reader::new(source, dialect, range)?;
    let mut unfit = vec![0; places.len()];
    let mut surplus = 0;
    while let Some(row) = reader.next_row()? {
        report.note_row(&row);
        surplus += u64::from(row.surplus().next().is_some());
        for (at, (place, cell)) in places.iter().zip(row.cells()).enumerate() {
            if cell.is_empty() {
                continue;
            }
            let reason = match place.read(cell) {
                Ok(Cell { reason: None, .. }) => continue,
                Ok(Cell { reason: Some(reason), .. }) => reason,
                Err(reason) => {
                    if let Some(count) = unfit.get_mut(at) {
                        *count += 1;
                    }
                    reason
                }
            };
            report.note_cell(&row, at, reason);
        }
    }
    Ok(Inspected { report, unfit, surplus })
}

#[cfg(test)]
mod tests;
