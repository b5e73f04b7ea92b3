//! `LENGTH`.

use crate::functions::{Function, len};

pub(super) const FUNCTION: Function = Function {
    name: "LENGTH",
    usage: "LENGTH(text)",
    about: "As LEN: the number of characters.",
    examples: &[("LENGTH(\"quick\")", "5")],
    ..len::FUNCTION
};
