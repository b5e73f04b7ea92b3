//! Trees as text.

use crate::tree::{Node, NodeKind};

/// A text that reads as the tree; every operation in brackets.
pub(super) fn print(node: &Node) -> String {
    match &node.kind {
        NodeKind::Number(number) => format!("{number}"),
        NodeKind::Text(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        NodeKind::Word(name) => name.clone(),
        NodeKind::Field(name) => format!("{{{}}}", name.replace('\\', "\\\\").replace('}', "\\}")),
        NodeKind::Call(name, arguments) => {
            format!("{name}({})", arguments.iter().map(print).collect::<Vec<_>>().join(", "))
        }
        NodeKind::Unary(sign, inner) => format!("{sign}({})", print(inner)),
        NodeKind::Missing | NodeKind::Wrong(_) => panic!("no formula: {node:?}"),
        NodeKind::Chain(first, rest) => {
            let rest = rest.iter().map(|(sign, part)| format!("{sign}({})", print(part)));
            format!("({}){}", print(first), rest.collect::<String>())
        }
    }
}

/// The tree without its places and without which names stood in braces: all do, but for those of `LET`, once it is written anew.
pub(super) fn bare(node: &Node) -> Node {
    let kind = match &node.kind {
        NodeKind::Word(name) => NodeKind::Field(name.clone()),
        NodeKind::Call(name, arguments) => NodeKind::Call(name.clone(), arguments.iter().map(bare).collect()),
        NodeKind::Unary(sign, inner) => NodeKind::Unary(sign, Box::new(bare(inner))),
        NodeKind::Chain(first, rest) => {
            NodeKind::Chain(Box::new(bare(first)), rest.iter().map(|(sign, part)| (*sign, bare(part))).collect())
        }
        leaf => leaf.clone(),
    };
    Node { kind, span: 0..0 }
}
