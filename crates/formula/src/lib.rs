//! The formula language: text to tree, tree to a checked program, a program over the rows of a chunk.
//!
//! Words: a *diagnostic* says what is wrong and where; a *program* is a formula whose names are resolved and whose
//! result type is known; a *batch* is the rows it runs over.
//!
//! Invariants: parsing ends for every text, within bounds on size and depth; an error is a value of the row, never
//! of the table; the only clock is the batch's `now`.
#![deny(missing_docs)]

mod among;
mod arithmetic;
mod beyond;
mod call;
mod certain;
mod check;
mod compare;
mod complete;
mod constants;
mod criterion;
mod decide;
mod decimal;
mod diagnostic;
mod distance;
mod eval;
mod expr;
mod failure;
mod find;
mod fold;
mod functions;
mod input;
mod json;
mod lane;
mod lex;
mod lists;
mod lookup;
mod marks;
mod mask;
mod merge;
mod mistakes;
mod moment;
mod outline;
mod output;
mod pairs;
mod parse;
mod patterns;
mod print;
mod program;
mod re2;
mod reach;
mod recase;
mod regex;
mod repeats;
mod sample;
mod strings;
mod text;
mod tree;
mod typed;
mod value;
mod weight;
mod workdays;
mod wrong;

pub use beyond::beyond_airtable;
pub use check::{Reference, Shape};
pub use complete::{Begun, begun};
pub use diagnostic::{Diagnostic, DiagnosticKind};
pub use failure::failure;
pub use functions::{Argument, Family, Function, functions};
pub use outline::{Part, What};
pub use print::format;
pub use program::{
    Ages, Batch, Input, Program, Study, compile, compile_new, compile_new_rollup, compile_rollup, slow, study,
};
pub use tree::{names, rename};

#[cfg(test)]
mod tests;
