//! `ISBLANK`.

use super::isempty;
use crate::functions::Function;

pub(super) const FUNCTION: Function = Function {
    name: "ISBLANK",
    usage: "ISBLANK(value)",
    about: "As ISEMPTY: 1 when there is nothing.",
    examples: &[("ISBLANK(BLANK())", "1"), ("ISBLANK(\"a\")", "0")],
    ..isempty::FUNCTION
};
