//! Tokens to a tree, by precedence climbing with a bound on depth.

use std::ops::Range;

use crate::lex::{Token, lex};

/// Longest formula in bytes.
const TEXT: usize = 64 * 1_024;
/// Deepest nesting.
const DEPTH: usize = 128;
/// Most nodes of a tree.
const NODES: usize = 20_000;

/// What is wrong with a formula, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// For a person to read.
    pub message: String,
    /// The bytes it is about.
    pub span: Range<usize>,
    /// What kind of mistake.
    pub kind: DiagnosticKind,
}

/// A kind of mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiagnosticKind {
    /// No field has this name.
    UnknownField {
        /// The name.
        name: String,
    },
    /// No function has this name.
    UnknownFunction {
        /// The name.
        name: String,
    },
    /// Too few or too many arguments.
    WrongArity,
    /// Not a formula.
    Syntax,
    /// Too long, too deep or too many parts.
    TooLarge,
}

/// A tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub kind: NodeKind,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NodeKind {
    Number(f64),
    Text(String),
    Field(String),
    Call(String, Vec<Node>),
    Unary(&'static str, Box<Node>),
    /// Operators of one strength, from left to right: `a - b + c` is no deeper than `a - b`.
    Chain(Box<Node>, Vec<(&'static str, Node)>),
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    depth: usize,
    nodes: usize,
    end: usize,
}

type Parsed = Result<Node, Diagnostic>;

/// Reads a formula.
pub(crate) fn parse(text: &str) -> Parsed {
    if text.len() > TEXT {
        return Err(large(0..TEXT, format!("a formula has at most {TEXT} bytes")));
    }
    let mut parser = Parser { tokens: lex(text), at: 0, depth: 0, nodes: 0, end: text.len() };
    let node = parser.expression(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(node),
        Some((Token::Bad(reason), span)) => Err(syntax(span.clone(), reason)),
        Some((_, span)) => Err(syntax(span.clone(), "expected an operator or the end of the formula")),
    }
}

fn syntax(span: Range<usize>, message: &str) -> Diagnostic {
    Diagnostic { message: format!("{message} (at character {})", span.start + 1), span, kind: DiagnosticKind::Syntax }
}

fn large(span: Range<usize>, message: String) -> Diagnostic {
    Diagnostic { message, span, kind: DiagnosticKind::TooLarge }
}

/// How tightly an operator binds.
fn strength(sign: &str) -> Option<u8> {
    Some(match sign {
        "=" | "!=" | "<" | "<=" | ">" | ">=" => 1,
        "&" => 2,
        "+" | "-" => 3,
        "*" | "/" => 4,
        _ => return None,
    })
}

impl Parser {
    fn node(&mut self, kind: NodeKind, span: Range<usize>) -> Parsed {
        self.nodes += 1;
        if self.nodes > NODES {
            return Err(large(span, format!("a formula has at most {NODES} parts")));
        }
        Ok(Node { kind, span })
    }

    fn next(&mut self) -> Option<(Token, Range<usize>)> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    fn sign(&self) -> Option<&'static str> {
        if let Some((Token::Sign(sign), _)) = self.tokens.get(self.at) { Some(sign) } else { None }
    }

    fn expression(&mut self, least: u8) -> Parsed {
        self.depth += 1;
        if self.depth > DEPTH {
            let span = self.tokens.get(self.at).map_or(self.end..self.end, |(_, span)| span.clone());
            return Err(large(span, format!("a formula nests at most {DEPTH} deep")));
        }
        let mut left = self.unary()?;
        let mut chained = None;
        while let Some((sign, strength)) = self.sign().and_then(|sign| Some((sign, strength(sign)?))) {
            if strength <= least {
                break;
            }
            self.at += 1;
            let right = self.expression(strength)?;
            left = self.chain(left, chained == Some(strength), sign, right)?;
            chained = Some(strength);
        }
        self.depth -= 1;
        Ok(left)
    }

    /// Adds an operation to the chain that `left` is, or begins one with `left` in it.
    fn chain(&mut self, left: Node, goes_on: bool, sign: &'static str, right: Node) -> Parsed {
        let span = left.span.start..right.span.end;
        match left.kind {
            NodeKind::Chain(first, mut rest) if goes_on => {
                rest.push((sign, right));
                self.node(NodeKind::Chain(first, rest), span)
            }
            kind => {
                let first = Node { kind, span: left.span };
                self.node(NodeKind::Chain(Box::new(first), vec![(sign, right)]), span)
            }
        }
    }

    fn unary(&mut self) -> Parsed {
        match self.sign() {
            Some(sign @ ("-" | "+")) => {
                let start = self.next().map_or(0, |(_, span)| span.start);
                let inner = self.expression(4)?;
                let span = start..inner.span.end;
                self.node(NodeKind::Unary(sign, Box::new(inner)), span)
            }
            _ => self.primary(),
        }
    }

    fn primary(&mut self) -> Parsed {
        let end = self.end;
        let Some((token, span)) = self.next() else { return Err(syntax(end..end, "the formula ends too early")) };
        match token {
            Token::Number(number) => self.node(NodeKind::Number(number), span),
            Token::Text(text) => self.node(NodeKind::Text(text), span),
            Token::Field(name) => self.node(NodeKind::Field(name), span),
            Token::Word(word) if self.sign() == Some("(") => self.call(&word, span.start),
            Token::Word(word) => self.word(word, span),
            Token::Sign("(") => {
                let inner = self.expression(0)?;
                self.close(span.start)?;
                Ok(inner)
            }
            Token::Bad(reason) => Err(syntax(span, reason)),
            Token::Sign(_) => Err(syntax(span, "expected a value here")),
        }
    }

    /// A word without brackets: a constant or a field.
    fn word(&mut self, word: String, span: Range<usize>) -> Parsed {
        let upper = word.to_ascii_uppercase();
        let constant = matches!(upper.as_str(), "TRUE" | "FALSE" | "BLANK" | "NOW" | "TODAY");
        self.node(if constant { NodeKind::Call(upper, Vec::new()) } else { NodeKind::Field(word) }, span)
    }

    fn call(&mut self, name: &str, start: usize) -> Parsed {
        self.at += 1;
        let mut arguments = Vec::new();
        if self.sign() == Some(")") {
            let end = self.next().map_or(self.end, |(_, span)| span.end);
            return self.node(NodeKind::Call(name.to_ascii_uppercase(), arguments), start..end);
        }
        loop {
            arguments.push(self.expression(0)?);
            if self.sign() == Some(",") {
                self.at += 1;
                continue;
            }
            let end = self.close(start)?;
            return self.node(NodeKind::Call(name.to_ascii_uppercase(), arguments), start..end);
        }
    }

    fn close(&mut self, opened: usize) -> Result<usize, Diagnostic> {
        match self.next() {
            Some((Token::Sign(")"), span)) => Ok(span.end),
            Some((Token::Bad(reason), span)) => Err(syntax(span, reason)),
            Some((_, span)) => Err(syntax(span, "expected `)` or `,`")),
            None => Err(syntax(opened..self.end, "a bracket is not closed")),
        }
    }
}
