//! The tools of bases and records, for models, MCP clients and workflow steps.

mod read;
pub(crate) mod summary;
mod wire;
mod write;

use model::{BaseId, Caller};
use tools::{Hints, Text, Tool, ToolError};

use crate::error::Error;
use crate::ops::Records;

/// The tools, in the order in which models are shown them.
pub fn tools(records: &Records) -> Vec<Tool> {
    let mut all = read::tools(records);
    all.extend(summary::tools(records));
    all.extend(write::tools(records));
    all
}

/// The base of this id or name.
async fn base(records: &Records, caller: &Caller, name: &str) -> Result<BaseId, ToolError> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    match records.schemas.find_base(caller, name).await {
        Ok(base) => Ok(base.id),
        Err(error) => Err(ToolError::from(Error::from(error)).with_hint("call `list_bases` for the bases there are")),
    }
}

const fn text(title: &'static str, description: &'static str) -> Text {
    Text { title, description }
}

/// A tool of people who may read.
fn reads(tool: Tool) -> Tool {
    tool.hints(Hints::READS).permission("read-only member of the base's workspace")
}

/// A tool of people who may write records.
fn writes(tool: Tool, hints: Hints) -> Tool {
    tool.hints(hints).permission("editor of the base's workspace")
}
