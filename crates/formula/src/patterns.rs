//! The patterns that are constants of a formula: compiled once for it, within a bound for all of them together.

use std::sync::OnceLock;
use std::time::Instant;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::constants::{Names, named_by};
use crate::expr::Expr;
use crate::mistakes::Mistake;
use crate::re2::wide;
use crate::regex::{COMPILED, PATTERN, Search};
use crate::value::Scalar;

/// Most bytes that the patterns of a formula take when they are compiled, all together.
const TOGETHER: usize = 1 << 22;
/// What reading a class of many signs counts for, in such bytes.
const WIDE: usize = 1 << 12;

/// What the patterns of a formula may still take.
pub(crate) struct Room {
    left: usize,
    until: Option<Instant>,
    known: FxHashSet<String>,
}

impl Room {
    /// For somebody who waits until then.
    pub fn new(until: Option<Instant>) -> Self {
        Self { left: TOGETHER, until, known: FxHashSet::default() }
    }

    /// True when no more patterns are looked at.
    pub fn is_full(&self) -> bool {
        self.left == 0
    }

    /// Why a pattern takes too much; each is compiled once. What is no pattern takes nothing.
    pub fn refused(&mut self, pattern: &str) -> Option<Mistake> {
        if self.is_full() || pattern.len() > PATTERN || !self.known.insert(pattern.to_owned()) {
            return None;
        }
        let told = |message: &str, advice: &str| Some((message.to_owned(), advice.to_owned()));
        if self.until.is_some_and(|until| Instant::now() >= until) {
            self.left = 0;
            return told("this takes longer than whoever asks waits", "use fewer and smaller patterns");
        }
        let is_first = self.left == TOGETHER;
        match self.compile(pattern) {
            Some(search) if search.is_too_large() && is_first => {
                told("this pattern is too large", "repeat less in it, and name fewer classes")
            }
            Some(search) if search.is_too_large() => told(
                "with this the patterns of the formula are too large together",
                "repeat less in them, and use the same one where that does",
            ),
            _ => None,
        }
    }

    /// A pattern, which is too large where there is no room for it, as all after it are then; none where it is no pattern.
    fn compile(&mut self, pattern: &str) -> Option<Search> {
        self.left = self.left.saturating_sub(WIDE * wide(pattern));
        if self.is_full() {
            return Some(Search::default());
        }
        let search = Search::within(pattern, self.left.min(COMPILED))?;
        self.left = if search.is_too_large() { 0 } else { self.left.saturating_sub(search.bytes()) };
        Some(search)
    }
}

/// The constant patterns of a program.
#[derive(Default)]
pub(crate) struct Patterns {
    texts: Vec<String>,
    compiled: OnceLock<FxHashMap<String, Search>>,
}

impl Patterns {
    /// Those of an expression.
    pub fn of(expr: &Expr) -> Self {
        let mut texts = Vec::new();
        gather(expr, &mut texts);
        Self { texts, compiled: OnceLock::new() }
    }

    /// A pattern, if it is one of them. All are compiled where the first is asked for; those that find no room are too large.
    pub fn find(&self, pattern: &str) -> Option<&Search> {
        let compile = || {
            let (mut room, mut compiled) = (Room::new(None), FxHashMap::default());
            for text in &self.texts {
                if !compiled.contains_key(text) {
                    compiled.insert(text.clone(), room.compile(text).unwrap_or_default());
                }
            }
            compiled
        };
        self.compiled.get_or_init(compile).get(pattern)
    }
}

fn gather(expr: &Expr, texts: &mut Vec<String>) {
    if let Expr::Call(function, arguments) = expr {
        for (index, argument) in arguments.iter().enumerate() {
            if let Expr::Constant(Scalar::Text(text)) = argument
                && named_by(function, index) == Some(Names::Pattern)
            {
                texts.push(text.clone().into_owned());
            }
        }
    }
    expr.parts().into_iter().for_each(|part| gather(part, texts));
}
