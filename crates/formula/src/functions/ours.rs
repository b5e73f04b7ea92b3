//! Functions that Airtable does not have.

mod averageif;
mod contains;
mod countif;
pub(super) mod datedif;
mod datediff;
mod exact;
pub(super) mod formatdate;
mod iferror;
mod isblank;
mod isempty;
mod isnumber;
mod json_extract;
mod length;
pub(super) mod r#let;
mod log10;
mod median;
mod percentile;
mod similarity;
mod split;
mod stdev;
mod substring;
mod sumif;
mod textjoin;
pub(super) mod xlookup;

use super::Function;

pub(super) static OURS: &[&Function] = &[
    &averageif::FUNCTION,
    &contains::FUNCTION,
    &countif::FUNCTION,
    &datedif::FUNCTION,
    &datediff::FUNCTION,
    &exact::FUNCTION,
    &formatdate::FUNCTION,
    &iferror::FUNCTION,
    &isblank::FUNCTION,
    &isempty::FUNCTION,
    &isnumber::FUNCTION,
    &json_extract::FUNCTION,
    &r#let::FUNCTION,
    &length::FUNCTION,
    &log10::FUNCTION,
    &median::FUNCTION,
    &percentile::FUNCTION,
    &similarity::FUNCTION,
    &split::FUNCTION,
    &stdev::FUNCTION,
    &substring::FUNCTION,
    &sumif::FUNCTION,
    &textjoin::FUNCTION,
    &xlookup::FUNCTION,
];

/// Functions that are others by another name.
pub(super) static ALIASES: &[(&str, &str)] = &[("ISBLANK", "ISEMPTY"), ("LENGTH", "LEN")];
