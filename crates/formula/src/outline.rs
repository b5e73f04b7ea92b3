//! The parts of a formula, for those who show them.

use std::ops::Range;

use crate::tree::{Node, NodeKind};

/// A part of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The bytes of the text that it stands at.
    pub span: Range<usize>,
    /// How many parts it is within.
    pub depth: usize,
    /// What it is.
    pub what: What,
    /// Whether it means something without what it is within: not where it has a name that `LET` gives further out.
    pub stands_alone: bool,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A number or a text as it is.
    Constant,
    /// What should be a field.
    Name(String),
    /// What stands for a value in `LET`.
    Given(String),
    /// A function with its arguments.
    Call(String),
    /// Values with operators.
    Operation(Vec<&'static str>),
}

/// All parts, each before those within it. `given` tells where names of `LET` begin, and where those names were given.
pub(crate) fn outline(root: &Node, given: &mut [(usize, usize)]) -> Vec<Part> {
    given.sort_unstable();
    let mut out = Vec::new();
    add(root, 0, given, &mut out);
    out
}

/// Returns the byte at which the first of the names in it was given.
fn add(node: &Node, depth: usize, given: &[(usize, usize)], out: &mut Vec<Part>) -> usize {
    let from = if let NodeKind::Word(_) = node.kind { place_of(node.span.start, given) } else { None };
    let Some(what) = what(node, from.is_some()) else {
        // A word that stands beside another one is probably a part of a name.
        let parts = node.parts().into_iter().filter(|part| !part.is_word());
        return parts.map(|part| add(part, depth, given, out)).min().unwrap_or(usize::MAX);
    };
    let index = out.len();
    out.push(Part { span: node.span.clone(), depth, what, stands_alone: false });
    let within = node.parts().into_iter().map(|part| add(part, depth + 1, given, out)).min();
    let first = from.or(within).unwrap_or(usize::MAX);
    if let Some(part) = out.get_mut(index) {
        part.stands_alone = from.is_none() && first >= node.span.start;
    }
    first
}

fn place_of(start: usize, given: &[(usize, usize)]) -> Option<usize> {
    let at = given.binary_search_by_key(&start, |(place, _)| *place).ok()?;
    given.get(at).map(|(_, from)| *from)
}

/// What a node is; none where it is no part of a formula.
fn what(node: &Node, is_given: bool) -> Option<What> {
    Some(match &node.kind {
        NodeKind::Number(_) | NodeKind::Text(_) => What::Constant,
        NodeKind::Word(name) if is_given => What::Given(name.clone()),
        NodeKind::Field(name) | NodeKind::Word(name) => What::Name(name.clone()),
        NodeKind::Call(name, _) => What::Call(name.clone()),
        NodeKind::Unary(sign, _) => What::Operation(vec![sign]),
        NodeKind::Chain(_, rest) => What::Operation(rest.iter().map(|(sign, _)| *sign).collect()),
        NodeKind::Missing | NodeKind::Wrong(_) => return None,
    })
}
