//! Functions that Airtable does not have.

mod averageif;
mod countif;
mod iferror;
mod median;
mod percentile;
mod stdev;
mod sumif;
mod textjoin;

use super::Function;

pub(super) static OURS: &[&Function] = &[
    &averageif::FUNCTION,
    &countif::FUNCTION,
    &iferror::FUNCTION,
    &median::FUNCTION,
    &percentile::FUNCTION,
    &stdev::FUNCTION,
    &sumif::FUNCTION,
    &textjoin::FUNCTION,
];
