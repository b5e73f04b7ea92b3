//! Functions that Airtable does not have.

mod averageif;
mod countif;
mod iferror;
pub(super) mod r#let;
mod median;
mod percentile;
mod similarity;
mod split;
mod stdev;
mod sumif;
mod textjoin;

use super::Function;

pub(super) static OURS: &[&Function] = &[
    &averageif::FUNCTION,
    &countif::FUNCTION,
    &iferror::FUNCTION,
    &r#let::FUNCTION,
    &median::FUNCTION,
    &percentile::FUNCTION,
    &similarity::FUNCTION,
    &split::FUNCTION,
    &stdev::FUNCTION,
    &sumif::FUNCTION,
    &textjoin::FUNCTION,
];
