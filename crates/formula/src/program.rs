//! A formula ready to run, and running it over the rows of a chunk.

use std::ops::Range;
use std::time::Instant;

use model::{Bits, Chunk, ComputedChunk, FieldId, FormulaType, Kind, RecordId, SelectOptions, Timestamp};

use crate::certain::Certain;
use crate::check::{Checker, Reference, Type, flat};
use crate::diagnostic::{Diagnostic, DiagnosticKind, placed};
use crate::eval::{Context, Spent};
use crate::expr::Expr;
use crate::fold::Folding;
use crate::functions::Reads;
use crate::lane::Lane;
use crate::mask::Mask;
use crate::outline::{Part, outline};
use crate::output::Output;
use crate::parse::read;
use crate::patterns::Patterns;
use crate::repeats::share;
use crate::tree::{Node, Tree};
use crate::value::{Scalar, Val};

/// A batch that costs too much is cut into so many.
const PIECES: usize = 16;

/// A checked formula.
pub struct Program {
    text: String,
    expr: Expr,
    patterns: Patterns,
    references: Vec<Reference>,
    spans: Vec<(Range<usize>, usize)>,
    watched: Vec<Vec<FieldId>>,
    remarks: Vec<Diagnostic>,
    pairs: Vec<(FieldId, FieldId)>,
    result: FormulaType,
    list: bool,
}

/// How often a value may become another as time goes by, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ages {
    /// It does not.
    Never,
    /// With each day that begins in UTC.
    Daily,
    /// At any time.
    Always,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Value(Scalar<'static>),
    Error,
    /// It takes more work than a cell may.
    Spent,
    /// There was no time.
    Unknown,
}

/// Rows of one chunk.
pub struct Batch<'a> {
    /// Which rows; row `i` of the result is `rows.start + i`.
    pub rows: Range<usize>,
    /// The fields, in the order of [`Program::references`].
    pub inputs: &'a [Input<'a>],
    /// The id of a row.
    pub ids: &'a dyn Fn(usize) -> Option<RecordId>,
    /// When the records were created.
    pub created: Option<&'a Chunk>,
    /// When they were last changed.
    pub modified: Option<&'a Chunk>,
    /// For each list of [`Program::watched`] when one of its fields was last changed; none where nobody knows.
    pub watched: &'a [Chunk],
    /// The time now.
    pub now: Timestamp,
    /// When the caller stops waiting: the rows that are left then are errors.
    pub until: Option<Instant>,
}

impl Batch<'_> {
    /// True once nobody waits for the values any more.
    pub fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// The values of one field.
pub enum Input<'a> {
    /// None.
    Missing,
    /// Stored values.
    Stored(&'a Chunk),
    /// A select with the names of its choices.
    Choice {
        /// The choice numbers.
        chunk: &'a Chunk,
        /// The choices and their names.
        select: &'a SelectOptions,
    },
    /// Computed values.
    Computed(&'a ComputedChunk),
}

/// Reads a formula and resolves its names.
///
/// # Errors
/// What is wrong, each with its place.
pub fn compile(text: &str, resolve: &dyn Fn(&str) -> Option<Reference>) -> Result<Program, Vec<Diagnostic>> {
    compile_as(text, resolve, (false, false))
}

/// As [`compile`], for a formula that somebody writes now: constants that should name a time zone, locale, unit or pattern and
/// name none are mistakes too. Formulas that are kept already go on with what they make of them.
///
/// # Errors
/// What is wrong, each with its place.
pub fn compile_new(text: &str, resolve: &dyn Fn(&str) -> Option<Reference>) -> Result<Program, Vec<Diagnostic>> {
    compile_as(text, resolve, (false, true))
}

/// The same for a rollup, whose result may be a list.
///
/// # Errors
/// What is wrong, each with its place.
pub fn compile_rollup(text: &str, resolve: &dyn Fn(&str) -> Option<Reference>) -> Result<Program, Vec<Diagnostic>> {
    compile_as(text, resolve, (true, false))
}

/// The same for a rollup that somebody writes now.
///
/// # Errors
/// What is wrong, each with its place.
pub fn compile_new_rollup(text: &str, resolve: &dyn Fn(&str) -> Option<Reference>) -> Result<Program, Vec<Diagnostic>> {
    compile_as(text, resolve, (true, true))
}

/// A text as far as it is a formula.
pub struct Study {
    /// What it is made of, each part before those within it.
    pub parts: Vec<Part>,
    /// The program that it is, or all that is wrong with it.
    pub program: Result<Program, Vec<Diagnostic>>,
}

/// Reads a text, whatever it is, for those who write it: a constant that should name something and does not is a mistake, too. The
/// result may be a list where `lists` says so, as in rollups. Constants that are not computed when the time is over, or take more steps than a
/// cell may, are a mistake as well.
pub fn study(text: &str, resolve: &dyn Fn(&str) -> Option<Reference>, lists: bool, until: Option<Instant>) -> Study {
    let tree = read(text);
    let mut checker = Checker::new(resolve, true, Folding::asked(until));
    let checked = checker.check(&tree.root);
    let parts = outline(&tree.root, &mut checker.given);
    Study { parts, program: finish(tree, checker, checked, lists) }
}

/// What takes too long of the constants of a text that is to become a formula: more steps than a cell may take, patterns that are too large, or
/// longer than until then. It takes no names, so that it can be asked before anything is held. [`compile_new`] itself takes no time to speak of.
pub fn slow(text: &str, until: Option<Instant>) -> Option<Diagnostic> {
    let tree = read(text);
    let mut checker = Checker::new(&|_| None, false, Folding::asked(until));
    checker.check(&tree.root);
    placed(text, checker.slow.into_iter().collect()).pop()
}

fn compile_as(
    text: &str,
    resolve: &dyn Fn(&str) -> Option<Reference>,
    (lists, new): (bool, bool),
) -> Result<Program, Vec<Diagnostic>> {
    let tree = read(text);
    let mut checker = Checker::new(resolve, new, Folding::compiling());
    let checked = checker.check(&tree.root);
    finish(tree, checker, checked, lists)
}

/// The program of a part of a formula that can be used.
pub(crate) fn compile_part(text: &str, root: Node, resolve: &dyn Fn(&str) -> Option<Reference>) -> Option<Program> {
    let mut checker = Checker::new(resolve, false, Folding::compiling());
    let checked = checker.check(&root);
    finish(Tree { text, root, mistakes: Vec::new() }, checker, checked, false).ok()
}

/// The program of a tree that was checked, unless something is wrong with it.
fn finish(
    tree: Tree<'_>,
    checker: Checker<'_>,
    checked: (Expr, Type),
    lists: bool,
) -> Result<Program, Vec<Diagnostic>> {
    let Checker { references, mut spans, problems, doubts, remarks, watched, pairs, slow, .. } = checker;
    let Tree { text, mistakes, .. } = tree;
    let wrong = [mistakes, problems, doubts, slow.into_iter().collect()].concat();
    if !wrong.is_empty() {
        return Err(placed(text, wrong));
    }
    let (expr, result, list) = match checked {
        (expr, Type::One(result)) => (expr, result, false),
        (expr, Type::List(item)) if lists => (expr, item, true),
        (expr, found) => {
            let (expr, result) = flat(expr, found);
            (expr, result, false)
        }
    };
    spans.sort_by_key(|(span, _)| span.start);
    let remarks = placed(text, remarks);
    let patterns = Patterns::of(&expr);
    let (text, expr) = (text.to_owned(), share(expr));
    Ok(Program { text, expr, patterns, references, spans, watched, remarks, pairs, result, list })
}

impl Program {
    /// The fields it needs, each once for each shape that it is read in.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// The lists of fields of whose last change it tells, each in the order of their ids. Who runs it must know.
    pub fn watched(&self) -> &[Vec<FieldId>] {
        &self.watched
    }

    /// What whoever writes it should know, though it can be used.
    pub fn remarks(&self) -> &[Diagnostic] {
        &self.remarks
    }

    /// What is wrong with it, where it names a field first.
    pub fn mistake(&self, field: FieldId, message: String, advice: impl Into<String>) -> Diagnostic {
        let names = |slot: usize| self.references.get(slot).is_some_and(|reference| reference.field == field);
        let named = self.spans.iter().find(|(_, slot)| names(*slot)).map(|(span, _)| span.clone());
        let span = named.unwrap_or(0..self.text.len());
        Diagnostic::within(&self.text, span, DiagnosticKind::Constant, message, advice)
    }

    /// The lookups that are read together, place by place. They must go through the same link.
    pub fn pairs(&self) -> &[(FieldId, FieldId)] {
        &self.pairs
    }

    /// The type of its result; of a list that of each value.
    pub fn result(&self) -> FormulaType {
        self.result
    }

    /// True when the result is a list.
    pub fn is_list(&self) -> bool {
        self.list
    }

    /// True when the result depends on the time now.
    pub fn is_volatile(&self) -> bool {
        self.ages() > Ages::Never
    }

    /// How its result depends on the time now.
    pub fn ages(&self) -> Ages {
        match self.expr.reads() {
            Reads::Nothing | Reads::Record => Ages::Never,
            Reads::Day => Ages::Daily,
            Reads::Clock => Ages::Always,
        }
    }

    /// True when it comes to an error in every record as long as these fields do; false where that depends on the record.
    pub fn fails_with(&self, is_error: &dyn Fn(FieldId) -> bool) -> bool {
        let slots = |slot: usize| self.references.get(slot).is_some_and(|reference| is_error(reference.field));
        Certain::new(&slots).fails(&self.expr)
    }

    /// The text with every field named by its id.
    pub fn canonical(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        for (span, slot) in &self.spans {
            out.push_str(self.text.get(at..span.start).unwrap_or_default());
            if let Some(reference) = self.references.get(*slot) {
                out.push('{');
                out.push_str(&reference.field.to_string());
                out.push('}');
            }
            at = span.end;
        }
        out.push_str(self.text.get(at..).unwrap_or_default());
        out
    }

    /// What the first row of a batch comes to.
    pub(crate) fn outcome(&self, batch: &Batch<'_>) -> Outcome {
        match Context::new(batch, &self.patterns).eval(&self.expr, &Mask::all(batch.rows.len())) {
            _ if batch.is_over() => Outcome::Unknown,
            Err(Spent) => Outcome::Spent,
            Ok(lane) => match lane.get(0) {
                Val::Error => Outcome::Error,
                value => Outcome::Value(value.to_scalar()),
            },
        }
    }

    /// Computes the rows of a batch.
    pub fn eval(&self, batch: &Batch<'_>) -> ComputedChunk {
        self.computed(batch, usize::MAX).0
    }

    /// The same, unless the values take more than so many bytes: none then.
    pub fn eval_within(&self, batch: &Batch<'_>, most: usize) -> Option<ComputedChunk> {
        let (chunk, fits) = self.computed(batch, most);
        fits.then_some(chunk)
    }

    /// The values, and whether they take no more than so many bytes: else some are left out.
    fn computed(&self, batch: &Batch<'_>, most: usize) -> (ComputedChunk, bool) {
        let kind = if self.list { Kind::Values } else { self.result.column() };
        let mut out = Output::new(kind, self.result, batch.rows.len());
        let fits = self.run(batch, 0, &mut |start, n, lane| {
            out.put(start, n, lane);
            out.memory() <= most
        });
        (out.finish(), fits)
    }

    /// The rows of a batch for which it is true.
    pub fn filter(&self, batch: &Batch<'_>) -> Bits {
        let mut out = Mask::default();
        self.run(batch, 0, &mut |start, n, lane| {
            let found = lane.truth(&Mask::all(n));
            if start == 0 && n == batch.rows.len() {
                out = found;
            } else {
                found.rows().for_each(|row| out.set(start + row));
            }
            true
        });
        out.into_bits()
    }

    /// Hands out the values of all rows: at once, or in pieces where they cost too much. False once who takes them has enough.
    fn run(&self, batch: &Batch<'_>, start: usize, sink: &mut dyn FnMut(usize, usize, Lane<'_>) -> bool) -> bool {
        let n = batch.rows.len();
        if batch.is_over() {
            return sink(start, n, Lane::same(Scalar::Error));
        }
        match Context::new(batch, &self.patterns).eval(&self.expr, &Mask::all(n)) {
            Ok(lane) => sink(start, n, lane),
            Err(Spent) if n <= 1 => sink(start, n, Lane::same(Scalar::Error)),
            Err(Spent) => {
                let piece = n.div_ceil(PIECES);
                (0..n).step_by(piece).all(|from| {
                    let rows = batch.rows.start + from..batch.rows.end.min(batch.rows.start + from + piece);
                    self.run(&Batch { rows, ..*batch }, start + from, sink)
                })
            }
        }
    }
}
