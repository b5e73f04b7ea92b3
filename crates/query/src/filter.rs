//! Which records match a filter.

mod test;

#[cfg(test)]
mod tests;

use model::{Bits, CHUNK, FieldNo, Kind};

use crate::error::QueryError;
use crate::mask::{self, Mask, NONE, WORDS};
use crate::source::Source;
use crate::tree::Filter;
use test::Test;

/// The ordinals of the existing records that match. A record whose cell of one of the fields that the filter looks at is an error does not
/// match, whatever is asked, as it is with formulas.
///
/// # Errors
/// [`QueryError`] when a bound is passed, or a term names a field that is not there or compares it with what it
/// cannot hold.
pub fn filter(source: &Source<'_>, filter: &Filter) -> Result<Bits, QueryError> {
    filter.check()?;
    let node = Node::new(source, filter)?;
    if matches!(node, Node::All) {
        return Ok(source.live().clone());
    }
    let fields = filter.fields().into_iter();
    let views: Vec<_> = fields.map(|field| Ok(source.facet(field)?.view)).collect::<Result<_, _>>()?;
    let chunks = source.len().div_ceil(CHUNK);
    let mut words = Vec::with_capacity(chunks * WORDS);
    let mut scratch = String::new();
    for chunk in 0..chunks {
        let mut within = mask::of_chunk(source.live(), chunk);
        let errors = views.iter().filter_map(|view| view.part(chunk)?.errors());
        for errors in errors.filter(|errors| !errors.words().is_empty()) {
            mask::without(&mut within, &mask::of_chunk(errors, 0));
        }
        words.extend_from_slice(&node.rows(chunk, &within, &mut scratch));
    }
    Ok(Bits::from_words(words))
}

/// Checks a filter before there is a source: its bounds, and that each term fits what `kind` says of its field.
///
/// # Errors
/// As [`filter`].
pub fn check(filter: &Filter, kind: impl Fn(FieldNo) -> Option<Kind>) -> Result<(), QueryError> {
    filter.check()?;
    let mut fits = Ok(());
    filter.visit(&mut |term| {
        if fits.is_ok() {
            let unknown = QueryError::UnknownField { field: term.field };
            fits = kind(term.field).ok_or(unknown).and_then(|kind| test::fits(kind, term));
        }
    });
    fits
}

/// A filter whose terms were looked up and checked.
enum Node<'a> {
    All,
    And(Vec<Node<'a>>),
    Or(Vec<Node<'a>>),
    Not(Box<Node<'a>>),
    Test(Test<'a>),
    Rows(&'a Bits),
}

impl<'a> Node<'a> {
    fn new(source: &'a Source<'_>, filter: &'a Filter) -> Result<Self, QueryError> {
        let all = |parts: &'a [Filter]| -> Result<Vec<Self>, QueryError> {
            let mut nodes: Vec<Self> = parts.iter().map(|part| Self::new(source, part)).collect::<Result<_, _>>()?;
            nodes.sort_by_key(Self::cost);
            Ok(nodes)
        };
        Ok(match filter {
            Filter::All => Self::All,
            Filter::And(parts) => Self::And(all(parts)?),
            Filter::Or(parts) => Self::Or(all(parts)?),
            Filter::Not(part) => Self::Not(Box::new(Self::new(source, part)?)),
            Filter::Term(term) => Self::Test(Test::new(source.facet(term.field)?.view, term)?),
            Filter::Rows(rows) => Self::Rows(rows),
        })
    }

    /// Cheap parts go first, so that dear ones look at fewer records.
    fn cost(&self) -> u32 {
        match self {
            Self::All | Self::Rows(_) => 0,
            Self::Test(test) => test.cost(),
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::cost).sum(),
            Self::Not(part) => part.cost(),
        }
    }

    /// The rows of `within` that match.
    fn rows(&self, chunk: usize, within: &Mask, scratch: &mut String) -> Mask {
        let mut found = *within;
        match self {
            Self::All => {}
            Self::Rows(rows) => mask::and(&mut found, &mask::of_chunk(rows, chunk)),
            Self::Test(test) => found = test.rows(chunk, within, scratch),
            Self::Not(part) => mask::without(&mut found, &part.rows(chunk, within, scratch)),
            Self::And(parts) => {
                for part in parts {
                    if mask::is_empty(&found) {
                        break;
                    }
                    found = part.rows(chunk, &found, scratch);
                }
            }
            Self::Or(parts) => {
                found = NONE;
                let mut rest = *within;
                for part in parts {
                    if mask::is_empty(&rest) {
                        break;
                    }
                    let more = part.rows(chunk, &rest, scratch);
                    mask::or(&mut found, &more);
                    mask::without(&mut rest, &more);
                }
            }
        }
        found
    }
}
