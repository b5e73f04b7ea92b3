//! Formulas as people write them: one form for each tree.

use model::same_name;

use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::functions::LET;
use crate::parse::{TEXT, parse, strength};
use crate::tree::{Node, NodeKind};

/// Characters of a line, unless a single part is longer.
const LINE: usize = 80;
/// What a line within a call begins with more than the call.
const INDENT: usize = 4;
/// A one with so many zeros is infinite.
const DIGITS: usize = 309;
/// Lines are not indented deeper than this.
const DEEPEST: usize = 60;

/// The formula in its one form: functions in capitals, fields in braces, texts in double quotes, no bracket that is not
/// needed, and long calls over several lines. It reads as the same tree, and is its own form.
///
/// # Errors
/// What is wrong with the text, each with its place; that the form is longer than a formula may be.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let form = print(&parse(text)?);
    if form.len() <= TEXT {
        return Ok(form);
    }
    let message = format!("in its one form it has {} bytes, and a formula has at most {TEXT}", form.len());
    let advice = "make parts of it formulas of their own";
    Err(vec![Diagnostic::new(DiagnosticKind::TooLarge, 0..text.len(), message, advice)])
}

/// A tree as text.
pub(crate) fn print(node: &Node) -> String {
    let mut printer = Printer { out: String::new(), bound: vec!["values".to_owned()], flat: false };
    printer.node(node, 0);
    printer.out
}

struct Printer {
    out: String,
    /// Names that stand for values: they are written without braces.
    bound: Vec<String>,
    /// True while it is tried whether something fits on its line.
    flat: bool,
}

impl Printer {
    /// Writes a part whose line begins with `indent` spaces.
    fn node(&mut self, node: &Node, indent: usize) {
        match &node.kind {
            NodeKind::Number(number) if number.is_finite() => self.out.push_str(&number.to_string()),
            NodeKind::Number(_) => self.out.extend(std::iter::once('1').chain(std::iter::repeat_n('0', DIGITS))),
            NodeKind::Text(text) => self.text(text),
            NodeKind::Word(name) if self.bound.iter().any(|bound| same_name(bound, name)) => self.out.push_str(name),
            NodeKind::Field(name) | NodeKind::Word(name) => self.field(name),
            NodeKind::Unary(sign, inner) => {
                self.out.push_str(sign);
                self.within(inner, u8::MAX, indent);
            }
            NodeKind::Call(name, arguments) => self.call(name, arguments, indent),
            // Only what is a formula is printed.
            NodeKind::Missing | NodeKind::Wrong(_) => {}
            NodeKind::Chain(first, rest) => self.chain(first, rest, indent),
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\t' => self.out.push_str("\\t"),
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }

    fn field(&mut self, name: &str) {
        self.out.extend(["{", &name.replace('\\', "\\\\").replace('}', "\\}"), "}"]);
    }

    /// An operand, in brackets where an operator of this strength would take it apart.
    fn within(&mut self, node: &Node, outer: u8, indent: usize) {
        let own = match &node.kind {
            NodeKind::Chain(_, rest) => rest.first().and_then(|(sign, _)| strength(sign)),
            _ => None,
        };
        if own.is_some_and(|own| own <= outer) {
            self.out.push('(');
            self.node(node, indent);
            self.out.push(')');
        } else {
            self.node(node, indent);
        }
    }

    fn chain(&mut self, first: &Node, rest: &[(&'static str, Node)], indent: usize) {
        let outer = rest.first().and_then(|(sign, _)| strength(sign)).unwrap_or(0);
        let on_one_line = self.on_one_line(|printer| {
            printer.within(first, outer, indent);
            for (sign, part) in rest {
                printer.out.extend([" ", sign, " "]);
                printer.within(part, outer, indent);
            }
        });
        if on_one_line {
            return;
        }
        let inner = (indent + INDENT).min(DEEPEST);
        self.within(first, outer, indent);
        for (sign, part) in rest {
            self.line(inner);
            self.out.extend([sign, " "]);
            self.within(part, outer, inner);
        }
    }

    fn call(&mut self, name: &str, arguments: &[Node], indent: usize) {
        self.out.extend([name, "("]);
        let on_one_line = self.on_one_line(|printer| {
            printer.arguments(name, arguments, indent, &|printer| printer.out.push(' '));
            printer.out.push(')');
        });
        if on_one_line {
            return;
        }
        let inner = (indent + INDENT).min(DEEPEST);
        self.line(inner);
        self.arguments(name, arguments, inner, &|printer| printer.line(inner));
        self.line(indent);
        self.out.push(')');
    }

    fn arguments(&mut self, name: &str, arguments: &[Node], indent: usize, between: &dyn Fn(&mut Self)) {
        let bound = self.bound.len();
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
                between(self);
            }
            match &argument.kind {
                // A name stands for its value in what comes after that.
                NodeKind::Word(word) if is_given(name, arguments.len(), index) => {
                    self.out.push_str(word);
                }
                _ => self.node(argument, indent),
            }
            if let Some(NodeKind::Word(word)) = index.checked_sub(1).and_then(|at| Some(&arguments.get(at)?.kind))
                && is_given(name, arguments.len(), index - 1)
            {
                self.bound.push(word.clone());
            }
        }
        self.bound.truncate(bound);
    }

    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// Writes on the line that has begun, and takes it back where it becomes too long. What is within something that is
    /// tried is not tried once more.
    fn on_one_line(&mut self, write: impl FnOnce(&mut Self)) -> bool {
        if self.flat {
            write(self);
            return true;
        }
        let begin = self.out.len();
        self.flat = true;
        write(self);
        self.flat = false;
        let line = self.out.rfind('\n').map_or(0, |at| at + 1);
        let fits = self.out.get(line..).is_none_or(|line| line.chars().count() <= LINE);
        if !fits {
            self.out.truncate(begin);
        }
        fits
    }
}

/// True for the places where `LET` gives names.
fn is_given(name: &str, len: usize, index: usize) -> bool {
    name == LET.name && index.is_multiple_of(2) && index + 1 < len
}
