//! Tokens to a tree, by precedence climbing with a bound on depth. It ends for every text: what is no formula is told,
//! and what stands behind it is read all the same.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, DiagnosticKind, placed};
use crate::lex::{Token, lex};
use crate::mistakes::{Mistake, instead_of_operator, instead_of_value, unclosed};
use crate::tree::{Node, NodeKind, Tree};

/// Longest formula in bytes.
pub(crate) const TEXT: usize = 64 * 1_024;
/// Deepest nesting.
const DEPTH: usize = 128;
/// Most nodes of a tree.
const NODES: usize = 20_000;

/// Reads a text, whatever it is.
pub(crate) fn read(text: &str) -> Tree<'_> {
    let tokens = if text.len() > TEXT { Vec::new() } else { lex(text) };
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        depth: 0,
        nodes: 0,
        open: 0,
        mistakes: Vec::new(),
        told: None,
        is_told_of_brackets: false,
        has_given_up: false,
    };
    let root = if text.len() > TEXT {
        parser.give_up(0, format!("a formula has at most {TEXT} bytes"));
        Node { kind: NodeKind::Wrong(Vec::new()), span: 0..text.len() }
    } else {
        parser.whole(Within::Nothing).node
    };
    Tree { text, root, mistakes: parser.mistakes }
}

/// Reads a formula.
///
/// # Errors
/// Why the text is none, each with its place.
pub(crate) fn parse(text: &str) -> Result<Node, Vec<Diagnostic>> {
    let Tree { root, mistakes, .. } = read(text);
    if mistakes.is_empty() { Ok(root) } else { Err(placed(text, mistakes)) }
}

/// How tightly an operator binds.
pub(crate) fn strength(sign: &str) -> Option<u8> {
    Some(match sign {
        "=" | "!=" | "<" | "<=" | ">" | ">=" => 1,
        "&" => 2,
        "+" | "-" => 3,
        "*" | "/" => 4,
        _ => return None,
    })
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    depth: usize,
    nodes: usize,
    /// How many brackets are open.
    open: usize,
    mistakes: Vec<Diagnostic>,
    /// The last token that was told, and whether it is wrong wherever it stands.
    told: Option<(usize, bool)>,
    is_told_of_brackets: bool,
    /// True once a bound is reached: what is left is not looked at.
    has_given_up: bool,
}

/// A node, and where it stands with the brackets around it.
struct Operand {
    node: Node,
    span: Range<usize>,
}

/// Where an expression stands, and so what ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Brackets,
    Call,
}

impl Parser<'_> {
    fn node(&mut self, kind: NodeKind, span: Range<usize>) -> Operand {
        self.nodes += 1;
        if self.nodes > NODES {
            self.give_up(self.place(), format!("a formula has at most {NODES} parts"));
        }
        Operand { node: Node { kind, span: span.clone() }, span }
    }

    /// Looks at nothing any more. Of a formula that is too large only this is told.
    fn give_up(&mut self, start: usize, message: String) {
        if !self.has_given_up {
            let span = start..self.text.len();
            let advice = "make parts of it formulas of their own";
            self.mistakes = vec![Diagnostic::new(DiagnosticKind::TooLarge, span, message, advice)];
            self.has_given_up = true;
            self.at = self.tokens.len();
        }
    }

    /// Tells that the next token is wrong where it is. What only stands behind one that was told comes of that.
    fn tell(&mut self, span: Range<usize>, mistake: Mistake) {
        let is_bad = matches!(self.tokens.get(self.at), Some((Token::Bad(..), _)));
        let follows = self.told.is_some_and(|(told, was_bad)| self.at <= told + 1 && (was_bad || !is_bad));
        self.told = Some((self.at, is_bad));
        if !follows {
            self.add(span, mistake);
        }
    }

    fn add(&mut self, span: Range<usize>, (message, advice): Mistake) {
        if !self.has_given_up {
            self.mistakes.push(Diagnostic::new(DiagnosticKind::Syntax, span, message, advice));
        }
    }

    /// Goes on to the next token; returns where this one ends.
    fn take(&mut self) -> usize {
        let end = self.tokens.get(self.at).map_or(self.text.len(), |(_, span)| span.end);
        self.at = self.tokens.len().min(self.at + 1);
        end
    }

    /// Where the next token begins.
    fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |(_, span)| span.start)
    }

    fn sign(&self) -> Option<&'static str> {
        if let Some((Token::Sign(sign), _)) = self.tokens.get(self.at) { Some(sign) } else { None }
    }

    fn begins_value(&self) -> bool {
        let token = self.tokens.get(self.at).map(|(token, _)| token);
        matches!(token, Some(Token::Number(_) | Token::Text(_) | Token::Field(_) | Token::Word(_) | Token::Sign("(")))
    }

    fn is_at_end_of(&self, within: Within) -> bool {
        match self.sign() {
            Some(")") => within != Within::Nothing,
            Some("," | ";") => within == Within::Call,
            _ => self.at >= self.tokens.len(),
        }
    }

    /// An expression up to its end. What stands where an operator or the end should be is told; the values in it are read.
    fn whole(&mut self, within: Within) -> Operand {
        let first = self.expression(0);
        if self.is_at_end_of(within) {
            return first;
        }
        let (mut parts, mut span) = (vec![first.node], first.span);
        while !self.is_at_end_of(within) {
            let is_operator = self.sign().and_then(strength).is_some();
            if !is_operator {
                self.tell_of_operator(within);
            }
            if !self.begins_value() {
                span.end = self.take();
            }
            if is_operator || self.begins_value() {
                // A word beside another one is a part by itself, whatever comes then.
                let next = if is_operator { self.expression(0) } else { self.primary() };
                span.end = next.span.end;
                parts.push(next.node);
            }
        }
        self.node(NodeKind::Wrong(parts), span)
    }

    /// Tells that the next token stands where an operator or an end should.
    fn tell_of_operator(&mut self, within: Within) {
        let (before, after) = self.tokens.split_at_checked(self.at).unwrap_or_default();
        let Some((_, span)) = after.first() else { return };
        let mistake = instead_of_operator(self.text, (before, after), within == Within::Call);
        self.tell(span.clone(), mistake);
    }

    fn expression(&mut self, least: u8) -> Operand {
        if self.depth == DEPTH {
            let start = self.place();
            self.give_up(start, format!("a formula nests at most {DEPTH} deep"));
            return self.node(NodeKind::Wrong(Vec::new()), start..self.text.len());
        }
        self.depth += 1;
        let mut left = self.unary();
        let mut chained = None;
        while let Some((sign, strength)) = self.sign().and_then(|sign| Some((sign, strength(sign)?))) {
            if strength <= least {
                break;
            }
            self.at += 1;
            let right = self.expression(strength);
            left = self.chain(left, chained == Some(strength), sign, right);
            chained = Some(strength);
        }
        self.depth -= 1;
        left
    }

    /// Adds an operation to the chain that `left` is, or begins one with `left` in it.
    fn chain(&mut self, left: Operand, goes_on: bool, sign: &'static str, right: Operand) -> Operand {
        let span = left.span.start..right.span.end;
        match left.node.kind {
            NodeKind::Chain(first, mut rest) if goes_on => {
                rest.push((sign, right.node));
                self.node(NodeKind::Chain(first, rest), span)
            }
            kind => {
                let first = Node { kind, span: left.node.span };
                self.node(NodeKind::Chain(Box::new(first), vec![(sign, right.node)]), span)
            }
        }
    }

    fn unary(&mut self) -> Operand {
        match self.sign() {
            Some(sign @ ("-" | "+")) => {
                let start = self.place();
                self.at += 1;
                let inner = self.expression(4);
                self.node(NodeKind::Unary(sign, Box::new(inner.node)), start..inner.span.end)
            }
            _ => self.primary(),
        }
    }

    /// A value. Tokens that are none are left out in front of it.
    fn primary(&mut self) -> Operand {
        let start = self.place();
        let mut end = start;
        while let Some((Token::Bad(message, advice) | Token::Open(message, advice), span)) = self.tokens.get(self.at) {
            end = span.end;
            self.tell(span.clone(), ((*message).to_owned(), (*advice).to_owned()));
            self.at += 1;
        }
        if end == start {
            return self.value();
        }
        let mut parts = Vec::new();
        if self.begins_value() {
            let value = self.value();
            end = value.span.end;
            parts.push(value.node);
        }
        self.node(NodeKind::Wrong(parts), start..end)
    }

    fn value(&mut self) -> Operand {
        let Some((token, span)) = self.tokens.get(self.at).cloned() else { return self.missing() };
        match token {
            Token::Number(number) => self.leaf(NodeKind::Number(number), span),
            Token::Text(text) => self.leaf(NodeKind::Text(text), span),
            Token::Field(name) if name.is_empty() => {
                let advice = "a field is written `{Name}`".to_owned();
                self.add(span.clone(), ("there is no name in the braces".to_owned(), advice));
                self.leaf(NodeKind::Wrong(Vec::new()), span)
            }
            Token::Field(name) => self.leaf(NodeKind::Field(name), span),
            Token::Word(word) => {
                self.at += 1;
                if self.sign() == Some("(") { self.call(&word, span.start) } else { self.word(word, span) }
            }
            Token::Sign("(") => {
                self.at += 1;
                self.open += 1;
                let inner = self.whole(Within::Brackets);
                let end = self.close(span.start, "");
                Operand { span: span.start..end, ..inner }
            }
            Token::Sign(_) | Token::Bad(..) | Token::Open(..) => self.missing(),
        }
    }

    fn leaf(&mut self, kind: NodeKind, span: Range<usize>) -> Operand {
        self.at += 1;
        self.node(kind, span)
    }

    /// Nothing, where a value should be.
    fn missing(&mut self) -> Operand {
        let start = self.place();
        let (before, after) = self.tokens.split_at_checked(self.at).unwrap_or((&self.tokens, &[]));
        let mistake = instead_of_value(before.last(), after.first(), self.open);
        // What is said of the end of a call says that its bracket is missing, too.
        let in_call = matches!(before.last(), Some((Token::Sign("(" | ","), _)));
        let found = after.first().map_or(start..start, |(_, span)| span.clone());
        self.is_told_of_brackets |= after.is_empty() && in_call;
        self.tell(found, mistake);
        self.node(NodeKind::Missing, start..start)
    }

    /// A word without brackets: a constant or a field.
    fn word(&mut self, word: String, span: Range<usize>) -> Operand {
        let constant = CONSTANTS.iter().find(|constant| word.eq_ignore_ascii_case(constant));
        let call = |name: &&str| NodeKind::Call((*name).to_owned(), Vec::new());
        self.node(constant.map_or(NodeKind::Word(word), call), span)
    }

    fn call(&mut self, name: &str, start: usize) -> Operand {
        self.at += 1;
        self.open += 1;
        let mut arguments = Vec::new();
        if self.sign() != Some(")") {
            arguments.push(self.whole(Within::Call).node);
        }
        while let Some(sign @ ("," | ";")) = self.sign() {
            if sign == ";" {
                self.tell_of_operator(Within::Call);
            }
            self.at += 1;
            arguments.push(self.whole(Within::Call).node);
        }
        if self.sign().is_none() {
            arguments.push(Node { kind: NodeKind::Missing, span: self.text.len()..self.text.len() });
        }
        let end = self.close(start, name);
        self.node(NodeKind::Call(name.to_ascii_uppercase(), arguments), start..end)
    }

    /// The end of a bracket, which is one of a call where this has a name.
    fn close(&mut self, start: usize, name: &str) -> usize {
        let is_closed = self.sign() == Some(")");
        // What is open until the end has swallowed the brackets.
        let is_open = matches!(self.tokens.last(), Some((Token::Open(..), _)));
        if !is_closed && !is_open && !self.is_told_of_brackets {
            self.is_told_of_brackets = true;
            self.add(start..self.text.len(), unclosed(name, self.open));
        }
        self.open -= 1;
        self.take()
    }
}

/// Functions that stand without their brackets, too.
pub(crate) const CONSTANTS: [&str; 5] = ["TRUE", "FALSE", "BLANK", "NOW", "TODAY"];
