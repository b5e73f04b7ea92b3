//! Tokens to a tree, by precedence climbing with a bound on depth.

use std::fmt;
use std::ops::Range;

use crate::lex::{Token, lex};
use crate::mistakes::{Mistake, instead_of_operator, instead_of_value};

/// Longest formula in bytes.
const TEXT: usize = 64 * 1_024;
/// Deepest nesting.
const DEPTH: usize = 128;
/// Most nodes of a tree.
const NODES: usize = 20_000;

/// What is wrong with a formula, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// What would be right, where that can be said.
    pub advice: String,
    /// The bytes it is about.
    pub span: Range<usize>,
    /// The character that it begins at, from 1.
    pub at: usize,
    /// What kind of mistake.
    pub kind: DiagnosticKind,
}

impl Diagnostic {
    /// A mistake in a text that is yet to be [placed](Self::placed).
    pub(crate) fn new(kind: DiagnosticKind, span: Range<usize>, message: String, advice: impl Into<String>) -> Self {
        Self { message, advice: advice.into(), span, at: 0, kind }
    }

    /// Counts the characters before it.
    pub(crate) fn placed(mut self, text: &str) -> Self {
        self.at = text.get(..self.span.start).map_or(0, |before| before.chars().count()) + 1;
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.kind != DiagnosticKind::TooLarge {
            write!(f, " (at character {})", self.at)?;
        }
        if self.advice.is_empty() { Ok(()) } else { write!(f, "; {}", self.advice) }
    }
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
    /// A constant that should name a time zone, a locale, a unit or a pattern, and names none.
    Constant,
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
        Some(found) => Err(syntax(found.1.clone(), instead_of_operator(parser.before(), found, false))),
    }
}

fn syntax(span: Range<usize>, (message, advice): Mistake) -> Diagnostic {
    Diagnostic::new(DiagnosticKind::Syntax, span, message, advice)
}

fn large(span: Range<usize>, message: String) -> Diagnostic {
    Diagnostic::new(DiagnosticKind::TooLarge, span, message, "make parts of it formulas of their own")
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

    /// The token before the one that is next.
    fn before(&self) -> Option<&(Token, Range<usize>)> {
        self.tokens.get(self.at.checked_sub(1)?)
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
        let before = self.before().cloned();
        let wrong = |found: Option<&Token>| instead_of_value(before.as_ref(), found);
        let Some((token, span)) = self.next() else { return Err(syntax(self.end..self.end, wrong(None))) };
        match token {
            Token::Number(number) => self.node(NodeKind::Number(number), span),
            Token::Text(text) => self.node(NodeKind::Text(text), span),
            Token::Field(name) if name.is_empty() => Err(syntax(
                span,
                ("there is no name in the braces".to_owned(), "a field is written `{Name}`".to_owned()),
            )),
            Token::Field(name) => self.node(NodeKind::Field(name), span),
            Token::Word(word) if self.sign() == Some("(") => self.call(&word, span.start),
            Token::Word(word) => self.word(word, span),
            Token::Sign("(") => {
                let inner = self.expression(0)?;
                self.close(span.start, "")?;
                Ok(inner)
            }
            token @ (Token::Bad(..) | Token::Sign(_)) => Err(syntax(span, wrong(Some(&token)))),
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
            let end = self.close(start, name)?;
            return self.node(NodeKind::Call(name.to_ascii_uppercase(), arguments), start..end);
        }
    }

    /// The end of a bracket, which is one of a call where this has a name.
    fn close(&mut self, opened: usize, name: &str) -> Result<usize, Diagnostic> {
        match self.tokens.get(self.at) {
            Some((Token::Sign(")"), span)) => {
                self.at += 1;
                Ok(span.end)
            }
            Some(found) => Err(syntax(found.1.clone(), instead_of_operator(self.before(), found, !name.is_empty()))),
            None => {
                let mistake = (format!("the bracket of `{name}(` is not closed"), "add `)`".to_owned());
                Err(syntax(opened..self.end, mistake))
            }
        }
    }
}
