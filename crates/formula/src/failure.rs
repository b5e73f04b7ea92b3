//! Why a formula comes to an error for a record.

use std::ops::Range;
use std::slice;
use std::time::Instant;

use crate::check::Reference;
use crate::constants::{mistake, named_by, shortened};
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::expr::Expr;
use crate::functions::{Function, LET, TOO_LONG, find};
use crate::mistakes::Mistake;
use crate::parse::read;
use crate::program::{Batch, Outcome, Program, compile_part};
use crate::tree::{Node, NodeKind};
use crate::value::{Scalar, Val};

/// Most values of a call that are shown.
const SHOWN: usize = 4;

/// What helps where there is too much work.
const LESS: &str = "give it shorter texts, or fewer of them";

/// Runs a program for the record: makes its batch, and hands that on. Without it the reason is not found.
pub type Runs<'r, E> = dyn Fn(&Program, &mut dyn FnMut(&Batch<'_>)) -> Result<(), E> + 'r;

/// Why a formula that can be used comes to an error for a record: the innermost part that does though nothing that it is made of
/// does, with the reason and what would be right; the whole formula where the time is over before that part is found. None where it comes to none.
///
/// # Errors
/// Those of `runs`.
pub fn failure<E>(
    text: &str,
    resolve: &dyn Fn(&str) -> Option<Reference>,
    until: Instant,
    runs: &Runs<'_, E>,
) -> Result<Option<Diagnostic>, E> {
    let root = read(text).root;
    let mut search = Search { text, resolve, until, runs, given: Vec::new() };
    let outcome = search.outcome(&root)?;
    let found = match outcome {
        Outcome::Value(_) => return Ok(None),
        Outcome::Unknown => None,
        Outcome::Error | Outcome::Spent => search.within(&root, &outcome)?,
    };
    let (span, (message, advice), field) = found.unwrap_or_else(|| (root.span, not_found(&outcome), None));
    Ok(Some(Diagnostic::within(text, span, DiagnosticKind::Failed { field }, message, advice)))
}

/// What is said of the whole formula where the time is over before the part is found.
fn not_found(outcome: &Outcome) -> Mistake {
    let (message, advice) = match outcome {
        Outcome::Spent => ("the formula takes more steps than a cell may", LESS),
        _ => (
            "the formula comes to an error, and finding the part that does took too long",
            "evaluate its parts one by one, or give them shorter texts",
        ),
    };
    (message.to_owned(), advice.to_owned())
}

/// Where an error comes from, why, and the field whose value it is.
type Found = Option<(Range<usize>, Mistake, Option<model::FieldId>)>;

struct Search<'s, E> {
    text: &'s str,
    resolve: &'s dyn Fn(&str) -> Option<Reference>,
    until: Instant,
    runs: &'s Runs<'s, E>,
    /// The names that `LET` has given so far, with their values.
    given: Vec<[Node; 2]>,
}

impl<E> Search<'_, E> {
    /// What a part comes to, with the names that it may have.
    fn outcome(&self, node: &Node) -> Result<Outcome, E> {
        let whole =
            self.given.iter().rev().fold(node.clone(), |body, [name, value]| {
                call(LET.name, vec![name.clone(), value.clone(), body], node)
            });
        let mut outcome = Outcome::Unknown;
        if Instant::now() >= self.until {
            return Ok(outcome);
        }
        if let Some(program) = compile_part(self.text, whole, self.resolve) {
            (self.runs)(&program, &mut |batch| outcome = program.outcome(batch))?;
        }
        Ok(outcome)
    }

    /// The first of some parts that is an error, else this one.
    fn first(&mut self, parts: &[Node], node: &Node, outcome: &Outcome) -> Result<Found, E> {
        let mut values = Vec::new();
        for part in parts {
            match self.outcome(part)? {
                Outcome::Unknown => return Ok(None),
                Outcome::Value(value) => values.push(value),
                wrong => return self.within(part, &wrong),
            }
        }
        Ok(Some(self.reason(node, outcome, &values)))
    }

    /// Where in a part that is an error it comes from.
    fn within(&mut self, node: &Node, outcome: &Outcome) -> Result<Found, E> {
        let NodeKind::Call(name, arguments) = &node.kind else {
            let parts: Vec<Node> = node.parts().into_iter().cloned().collect();
            return self.first(&parts, node, outcome);
        };
        match (name.as_str(), arguments.as_slice()) {
            ("LET", [name, value, rest @ ..]) if !rest.is_empty() => self.bound(name, value, rest, (node, outcome)),
            ("IF", [condition, rest @ ..]) => {
                let taken = call("IF", vec![condition.clone(), number(1.0, node), number(0.0, node)], node);
                let taken = self.outcome(&taken)?;
                let index = usize::from(taken != Outcome::Value(Scalar::Number(1.0)));
                let branch = rest.get(index).filter(|_| matches!(taken, Outcome::Value(_)));
                self.first(slice::from_ref(branch.unwrap_or(condition)), node, outcome)
            }
            ("SWITCH", [value, rest @ ..]) => self.switched(value, rest, (node, outcome)),
            ("IFERROR", [_, instead]) => self.first(slice::from_ref(instead), node, outcome),
            // The last argument is looked at where nothing was found only.
            ("XLOOKUP", [what, keys, values, otherwise]) => {
                let looked = [what, keys, values].map(Clone::clone);
                match self.outcome(&call("XLOOKUP", looked.to_vec(), node))? {
                    Outcome::Value(_) => self.first(slice::from_ref(otherwise), node, outcome),
                    _ => self.first(&looked, node, outcome),
                }
            }
            (_, arguments) => self.first(arguments, node, outcome),
        }
    }

    fn bound(
        &mut self,
        name: &Node,
        value: &Node,
        rest: &[Node],
        (node, outcome): (&Node, &Outcome),
    ) -> Result<Found, E> {
        match self.outcome(value)? {
            Outcome::Value(_) => {}
            Outcome::Unknown => return Ok(None),
            wrong => return self.within(value, &wrong),
        }
        self.given.push([name.clone(), value.clone()]);
        match rest {
            [body] => self.first(slice::from_ref(body), node, outcome),
            rest => self.within(&call(LET.name, rest.to_vec(), node), outcome),
        }
    }

    fn switched(&mut self, value: &Node, mut rest: &[Node], (node, outcome): (&Node, &Outcome)) -> Result<Found, E> {
        while let [pattern, result, more @ ..] = rest {
            let cases = vec![value.clone(), pattern.clone(), number(1.0, node), number(0.0, node)];
            match self.outcome(&call("SWITCH", cases, node))? {
                Outcome::Value(Scalar::Number(1.0)) => return self.first(slice::from_ref(result), node, outcome),
                Outcome::Value(_) => rest = more,
                _ => return self.first(&[value.clone(), pattern.clone()], node, outcome),
            }
        }
        self.first(rest, node, outcome)
    }

    /// Why a part is an error of values that are none.
    fn reason(
        &self,
        node: &Node,
        outcome: &Outcome,
        values: &[Scalar<'static>],
    ) -> (Range<usize>, Mistake, Option<model::FieldId>) {
        let told = |(message, advice): (String, &str)| (node.span.clone(), (message, advice.to_owned()), None);
        let function = if let NodeKind::Call(name, _) = &node.kind { find(name) } else { None };
        match (&node.kind, function) {
            (NodeKind::Field(name) | NodeKind::Word(name), _) => {
                let message = format!("the value of `{}` is an error", shortened(name));
                let field = (self.resolve)(name).map(|reference| reference.field);
                (node.span.clone(), (message, String::new()), field)
            }
            _ if *outcome == Outcome::Spent => {
                let what = function.map_or("this", |function| function.name);
                told((format!("{what} takes more steps than a cell may"), LESS))
            }
            (NodeKind::Call(_, arguments), Some(function)) => {
                if let Some((index, mistake)) = wrong_argument(function, values) {
                    let span = arguments.get(index).map_or(&node.span, |argument| &argument.span);
                    return (span.clone(), mistake, None);
                }
                let (why, right) = function.fails.unwrap_or(("it cannot be computed of these values", ""));
                told((format!("{} is an error: {why}", shown(function, values)), right))
            }
            _ => told((format!("`&` comes to an error: {}", TOO_LONG.0), TOO_LONG.1)),
        }
    }
}

/// The argument that is to be a date, a zone or the like and is none.
fn wrong_argument(function: &Function, values: &[Scalar<'static>]) -> Option<(usize, Mistake)> {
    let seen: Vec<Val<'_>> = values.iter().map(Scalar::view).collect();
    if let Some(found) = function.wrong.and_then(|wrong| wrong(&seen)) {
        return Some(found);
    }
    values.iter().enumerate().find_map(|(index, value)| {
        let mistake = mistake(named_by(function, index)?, &Expr::Constant(value.clone()))?;
        Some((index, mistake))
    })
}

/// A call with its values, as far as they are worth showing.
fn shown(function: &Function, values: &[Scalar<'static>]) -> String {
    let mut scratch = String::new();
    let mut told: Vec<String> = Vec::new();
    for value in values.iter().take(SHOWN) {
        told.push(match value.view() {
            Val::Blank | Val::Error => "BLANK()".to_owned(),
            Val::Number(_) => value.view().text(&mut scratch).to_owned(),
            Val::Text(_) | Val::Time(..) => format!("\"{}\"", shortened(value.view().text(&mut scratch))),
        });
    }
    if values.len() > SHOWN {
        told.push("…".to_owned());
    }
    format!("{}({})", function.name, told.join(", "))
}

fn call(name: &str, arguments: Vec<Node>, place: &Node) -> Node {
    Node { kind: NodeKind::Call(name.to_owned(), arguments), span: place.span.clone() }
}

fn number(number: f64, place: &Node) -> Node {
    Node { kind: NodeKind::Number(number), span: place.span.clone() }
}
