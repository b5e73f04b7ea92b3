//! What images hold, told by operations.

pub(crate) mod acting;
mod tests;
