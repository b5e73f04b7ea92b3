//! What regular expressions cost: compiling one, and searching a byte by it.

use regex_syntax::hir::{Class, Hir, HirKind};

/// How large a pattern is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    /// At how many places of its program a search may be at once, with repeated parts as often as they are repeated: each byte of the text
    /// may have to be looked at for each of them.
    pub places: usize,
    /// How much is compiled: its signs, and the ranges of its classes.
    pub parts: usize,
}

impl Weight {
    /// Goes as deep as groups may be nested.
    pub fn of(pattern: &Hir) -> Self {
        weigh(pattern)
    }

    fn and(self, other: Self) -> Self {
        Self { places: self.places.saturating_add(other.places), parts: self.parts.saturating_add(other.parts) }
    }

    fn times(self, count: usize) -> Self {
        Self { places: self.places.saturating_mul(count), parts: self.parts.saturating_mul(count) }
    }
}

fn weigh(part: &Hir) -> Weight {
    let one = Weight { places: 1, parts: 1 };
    let sum = |parts: &[Hir]| parts.iter().map(weigh).fold(Weight::default(), Weight::and);
    match part.kind() {
        HirKind::Empty => Weight::default(),
        HirKind::Look(_) => one,
        HirKind::Literal(literal) => one.times(literal.0.len()),
        HirKind::Class(class) => {
            let parts = match class {
                Class::Unicode(class) => class.ranges().len(),
                Class::Bytes(class) => class.ranges().len(),
            };
            // A character is as many bytes, and a search may be within it at each of them.
            Weight { places: class.maximum_len().unwrap_or(1), parts }
        }
        HirKind::Repetition(repetition) => {
            let copies = repetition.max.unwrap_or(repetition.min).max(1) as usize;
            weigh(&repetition.sub).and(one).times(copies)
        }
        HirKind::Capture(group) => weigh(&group.sub).and(one.times(2)),
        HirKind::Concat(parts) => sum(parts),
        HirKind::Alternation(parts) => sum(parts).and(one.times(parts.len())),
    }
}
