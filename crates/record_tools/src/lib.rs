//! The tools of bases and records, for models, MCP clients and workflow steps.
//!
//! Invariants: a tool may no more than its caller; what takes something away is shown first, and carried out with the
//! confirmation that was answered, once.

mod confirm;
mod read;
mod search;
mod wire;
mod write;

use clock::Clock;
use model::{BaseId, Caller};
use records::Records;
use tools::{Hints, Text, Tool, ToolError};
use web::Signer;

use confirm::Confirmations;

/// The tools, in the order in which models are shown them.
pub fn tools(records: &Records, signer: Signer, clock: Clock) -> Vec<Tool> {
    let mut all = read::tools(records);
    all.extend(search::tools(records));
    all.extend(write::tools(records, Confirmations::new(signer, clock)));
    all
}

/// The base of this id or name.
async fn base(records: &Records, caller: &Caller, name: &str) -> Result<BaseId, ToolError> {
    let found = records.find_base(caller, name).await;
    found.map_err(|error| ToolError::from(error).with_hint("call `list_bases` for the bases there are"))
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
