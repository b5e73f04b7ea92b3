//! The tool of formulas, for models, MCP clients and workflow steps.

use model::Caller;
use schemars::JsonSchema;
use serde::Deserialize;
use tools::{Hints, Text, Tool, ToolError};

use crate::ops::{Asked, Authoring};
use crate::told::Checked;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CheckIn {
    /// The formula, as in `ROUND({Points} * 1.2, 1)`.
    formula: String,
    /// Name or id of the base.
    base: String,
    /// Name or id of the table whose fields it names.
    table: String,
}

/// The tools, in the order in which models are shown them.
pub fn tools(authoring: &Authoring) -> Vec<Tool> {
    let authoring = authoring.clone();
    let text = Text {
        title: "Check a formula",
        description: "Says whether a formula can be used in a table, with all mistakes, their places and what would be right; the type of its \
                      result and the fields that it reads. Call it before a formula is saved or filters records.",
    };
    let check = move |caller, input: CheckIn| check_formula(authoring.clone(), caller, input);
    vec![
        Tool::new("check_formula", "formulas.validate", text, check)
            .hints(Hints::READS)
            .permission("read-only member of the base's workspace"),
    ]
}

async fn check_formula(authoring: Authoring, caller: Caller, input: CheckIn) -> Result<Checked, ToolError> {
    let base = authoring
        .find_base(&caller, &input.base)
        .await
        .map_err(|error| ToolError::from(error).with_hint("call `list_bases` for the bases there are"))?;
    let asked = Asked { formula: input.formula, place: Some((base, input.table)), ..Asked::default() };
    Ok(authoring.check_formula(&caller, &asked).await?)
}
