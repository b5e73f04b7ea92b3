//! What a text is read as: a tree that has all of the text, be it a formula or not.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::parse::read;

/// A text as it is read. Every byte of it belongs to a node or stands between nodes, so that it can be printed as it was.
pub(crate) struct Tree<'t> {
    pub text: &'t str,
    pub root: Node,
    /// Why it is no formula; none where it is one.
    pub mistakes: Vec<Diagnostic>,
}

/// A part of a formula. Brackets around it belong to what it is within.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub kind: NodeKind,
    /// The bytes of the text that it stands at; those of its parts are within, in order.
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NodeKind {
    Number(f64),
    Text(String),
    /// A name in braces: a field.
    Field(String),
    /// A name without: what `LET` calls so, or a field.
    Word(String),
    /// A call that is not closed has a missing argument at its end.
    Call(String, Vec<Node>),
    Unary(&'static str, Box<Node>),
    /// Operators of one strength, from left to right: `a - b + c` is no deeper than `a - b`.
    Chain(Box<Node>, Vec<(&'static str, Node)>),
    /// Nothing, where a value should be.
    Missing,
    /// What is no value, with the values that are in it.
    Wrong(Vec<Node>),
}

impl Node {
    /// What it is made of, in order.
    pub fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            NodeKind::Number(_) | NodeKind::Text(_) | NodeKind::Field(_) | NodeKind::Word(_) | NodeKind::Missing => {
                Vec::new()
            }
            NodeKind::Call(_, parts) | NodeKind::Wrong(parts) => parts.iter().collect(),
            NodeKind::Unary(_, inner) => vec![inner],
            NodeKind::Chain(first, rest) => {
                std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part)).collect()
            }
        }
    }

    /// True for a name without braces.
    pub fn is_word(&self) -> bool {
        matches!(self.kind, NodeKind::Word(_))
    }
}

impl Tree<'_> {
    /// The text, in which nodes are written otherwise where `written` says so.
    pub fn print(&self, written: &dyn Fn(&Node) -> Option<String>) -> String {
        let mut out = String::with_capacity(self.text.len());
        let end = self.write(&self.root, 0, written, &mut out);
        out.push_str(self.text.get(end..).unwrap_or_default());
        out
    }

    /// Writes what stands in front of a node, from the byte `at` on, and the node. Returns where the node ends.
    fn write(&self, node: &Node, at: usize, written: &dyn Fn(&Node) -> Option<String>, out: &mut String) -> usize {
        out.push_str(self.text.get(at..node.span.start).unwrap_or_default());
        if let Some(other) = written(node) {
            out.push_str(&other);
            return node.span.end;
        }
        let at = node.parts().into_iter().fold(node.span.start, |at, part| self.write(part, at, written, out));
        out.push_str(self.text.get(at..node.span.end).unwrap_or_default());
        node.span.end
    }
}

/// The text with other names in braces where `renamed` has one, everything else as it is.
pub fn rename(text: &str, renamed: &dyn Fn(&str) -> Option<String>) -> String {
    read(text).print(&|node| match &node.kind {
        NodeKind::Field(name) => Some(format!("{{{}}}", renamed(name)?.replace('\\', "\\\\").replace('}', "\\}"))),
        _ => None,
    })
}

/// The names of fields in a text, with braces or without, as far as it can be read; one may come several times.
pub fn names(text: &str) -> Vec<String> {
    let root = read(text).root;
    let (mut names, mut left) = (Vec::new(), vec![&root]);
    while let Some(node) = left.pop() {
        if let NodeKind::Field(name) | NodeKind::Word(name) = &node.kind {
            names.push(name.clone());
        }
        left.extend(node.parts().into_iter().rev());
    }
    names
}
