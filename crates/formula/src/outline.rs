//! The parts of a formula, for those who show them.

use std::ops::Range;

use crate::parse::{Diagnostic, Node, NodeKind, parse};

/// A part of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The bytes of the text that it stands at.
    pub span: Range<usize>,
    /// How many parts it is within.
    pub depth: usize,
    /// What it is.
    pub what: What,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A number or a text as it is.
    Constant,
    /// A field, or what stands for a value in `LET`.
    Name(String),
    /// A function with its arguments.
    Call(String),
    /// Values with operators.
    Operation(Vec<&'static str>),
}

/// All parts of a formula, each before those within it.
///
/// # Errors
/// What is wrong with the text.
pub fn parts(text: &str) -> Result<Vec<Part>, Diagnostic> {
    let mut out = Vec::new();
    add(&parse(text).map_err(|problem| problem.placed(text))?, 0, &mut out);
    Ok(out)
}

fn add(node: &Node, depth: usize, out: &mut Vec<Part>) {
    let what = match &node.kind {
        NodeKind::Number(_) | NodeKind::Text(_) => What::Constant,
        NodeKind::Field(name) => What::Name(name.clone()),
        NodeKind::Call(name, _) => What::Call(name.clone()),
        NodeKind::Unary(sign, _) => What::Operation(vec![sign]),
        NodeKind::Chain(_, rest) => What::Operation(rest.iter().map(|(sign, _)| *sign).collect()),
    };
    out.push(Part { span: node.span.clone(), depth, what });
    match &node.kind {
        NodeKind::Number(_) | NodeKind::Text(_) | NodeKind::Field(_) => {}
        NodeKind::Call(_, arguments) => arguments.iter().for_each(|argument| add(argument, depth + 1, out)),
        NodeKind::Unary(_, inner) => add(inner, depth + 1, out),
        NodeKind::Chain(first, rest) => {
            add(first, depth + 1, out);
            for (_, part) in rest {
                add(part, depth + 1, out);
            }
        }
    }
}
