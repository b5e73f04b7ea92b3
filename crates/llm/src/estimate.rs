//! Token counts where the provider gives none.

use crate::message::{Counted, Part, Request, Usage};

/// Characters of a token, on average over English text and JSON.
const CHARACTERS: u64 = 4;

/// About how many tokens a text is.
pub fn estimate(text: &str) -> u64 {
    (text.chars().count() as u64).div_ceil(CHARACTERS)
}

/// About how many tokens a request and the parts of its answer are.
pub(crate) fn usage(request: &Request, answer: &[Part]) -> Usage {
    let output = answer.iter().filter(|part| !matches!(part, Part::Thought { .. })).map(part).sum();
    let thinking = answer.iter().filter(|part| matches!(part, Part::Thought { .. })).map(part).sum();
    Usage { input: input(request), cached: 0, output, thinking, counted_by: Counted::Estimate }
}

/// About how many tokens a request is.
pub(crate) fn input(request: &Request) -> u64 {
    let messages: u64 = request.messages.iter().flat_map(|message| &message.parts).map(part).sum();
    let tools = request.tools.iter();
    let tools: u64 = tools.map(|tool| estimate(&tool.description) + estimate(&tool.schema.to_string())).sum();
    estimate(&request.system) + messages + tools
}

fn part(part: &Part) -> u64 {
    match part {
        Part::Text { text, .. } | Part::Thought { text, .. } => estimate(text),
        Part::Call { name, arguments, .. } => estimate(name) + estimate(&arguments.to_string()),
        Part::Result { name, value, .. } => estimate(name) + estimate(&value.to_string()),
    }
}
