//! Where tool calls are made and written down.

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::toolbox::{CallMade, ToolFailure, Toolbox};

/// The toolbox together with the calls made through it so far.
pub struct Desk<'a> {
    tools: &'a dyn Toolbox,
    pub calls: Vec<CallMade>,
}

impl<'a> Desk<'a> {
    pub fn new(tools: &'a dyn Toolbox) -> Self {
        Self { tools, calls: Vec::new() }
    }

    /// Calls one tool and notes the call.
    pub async fn ask(&mut self, tool: &str, arguments: Value) -> Result<Value, ToolFailure> {
        self.tools.started(tool, &arguments);
        let answer = self.tools.call(tool, arguments.clone()).await;
        let result = match &answer {
            Ok(value) => summary(value),
            Err(failure) => format!("failed: {failure}"),
        };
        let call = CallMade { tool: tool.to_owned(), arguments: shortened(arguments), result };
        self.tools.finished(&call);
        self.calls.push(call);
        answer
    }
}

/// Long word lists are cut, so that an answer stays readable.
fn shortened(mut arguments: Value) -> Value {
    const SHOWN: usize = 12;
    if let Some(Value::Array(words)) = arguments.get_mut("words") {
        let more = words.len().saturating_sub(SHOWN);
        words.truncate(SHOWN);
        if more > 0 {
            words.push(json!(format!("… {more} more")));
        }
    }
    arguments
}

fn summary(answer: &Value) -> String {
    let count = |key: &str| answer.get(key).and_then(Value::as_array).map(Vec::len);
    for (key, noun) in
        [("records", "records"), ("groups", "groups"), ("matches", "matches"), ("tables", "tables"), ("bases", "bases")]
    {
        let Some(found) = count(key) else { continue };
        let total = answer.get("total").or_else(|| answer.get("matched")).and_then(Value::as_u64);
        return match total {
            Some(total) if total != found as u64 => format!("{found} {noun}, {total} records match"),
            _ => format!("{found} {noun}"),
        };
    }
    match (answer.get("name").and_then(Value::as_str), count("fields"), count("preview")) {
        (Some(name), Some(fields), _) => format!("`{name}`, {fields} fields"),
        (_, _, Some(rows)) => format!("preview of {rows} records"),
        _ => "done".to_owned(),
    }
}
