//! The texts of a batch in one arena.

use std::borrow::Cow;

use model::Texts;

use crate::mask::Mask;

/// Longest text in characters.
pub(crate) const LONGEST: usize = 100_000;

/// Start and length in bytes.
pub(crate) type Span = (u32, u32);

/// A text for each row.
#[derive(Debug, Clone)]
pub(crate) struct Strings<'a> {
    pub arena: Cow<'a, str>,
    pub spans: Cow<'a, [Span]>,
}

impl<'a> Strings<'a> {
    /// `n` rows of a column from `start` on.
    pub fn borrowed(texts: &'a Texts, start: usize, n: usize) -> Self {
        let held = texts.spans().get(start..).unwrap_or_default();
        let spans = match held.get(..n) {
            Some(spans) => Cow::Borrowed(spans),
            None => Cow::Owned(held.iter().copied().chain(std::iter::repeat((0, 0))).take(n).collect()),
        };
        Self { arena: Cow::Borrowed(texts.arena()), spans }
    }

    /// The text of a row.
    #[inline]
    pub fn get(&self, row: usize) -> &str {
        let (start, len) = self.spans.get(row).copied().unwrap_or_default();
        self.arena.get(start as usize..start as usize + len as usize).unwrap_or_default()
    }

    /// The rows whose text is empty.
    pub fn empty(&self) -> Mask {
        Mask::pack(&self.spans, |(_, len)| len == 0)
    }

    /// The rows whose text is not empty.
    pub fn filled(&self) -> Mask {
        Mask::pack(&self.spans, |(_, len)| len != 0)
    }

    /// Leaves only these rows.
    pub fn keep(mut self, rows: &Mask) -> Self {
        let n = self.spans.len();
        let others = Mask::all(n).without(rows);
        if !others.is_empty() {
            let spans = self.spans.to_mut();
            for row in others.rows() {
                if let Some(span) = spans.get_mut(row) {
                    *span = (0, 0);
                }
            }
        }
        self
    }

    /// As a column holds them: an arena of which an eighth at most is not shown is kept, from others the shown texts are copied.
    pub fn into_texts(self) -> Texts {
        let shown: usize = self.spans.iter().map(|(_, len)| *len as usize).sum();
        match self.arena {
            Cow::Owned(mut arena) if arena.len() <= shown + shown / 8 => {
                if arena.capacity() > shown + shown / 8 {
                    arena.shrink_to_fit();
                }
                Texts::from_parts(arena, self.spans.into_owned())
            }
            arena => {
                let (mut held, mut spans) = (String::with_capacity(shown), Vec::with_capacity(self.spans.len()));
                for (start, len) in self.spans.iter().map(|(start, len)| (*start as usize, *len as usize)) {
                    spans.push((held.len() as u32, len as u32));
                    held.push_str(arena.get(start..start + len).unwrap_or_default());
                }
                Texts::from_parts(held, spans)
            }
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    Value,
    Blank,
    Error,
}

/// Texts that are written one row after the other.
pub(crate) struct Builder {
    arena: String,
    spans: Vec<Span>,
    /// Bytes of rows that came to nothing.
    dropped: usize,
    pub blank: Mask,
    pub error: Mask,
}

impl Builder {
    pub fn new(n: usize) -> Self {
        let (blank, error) = Default::default();
        Self { arena: String::new(), spans: vec![(0, 0); n], dropped: 0, blank, error }
    }

    /// Writes a row; a text that is too long is an error.
    #[inline]
    pub fn row(&mut self, row: usize, write: impl FnOnce(&mut String) -> Made) {
        let start = self.arena.len();
        let made = write(&mut self.arena);
        let len = self.arena.len() - start;
        if made == Made::Value && (len <= LONGEST || self.is_short(start)) {
            if let Some(span) = self.spans.get_mut(row) {
                *span = (start as u32, len as u32);
            }
            return;
        }
        self.arena.truncate(start);
        self.dropped += len;
        if made == Made::Blank { self.blank.set(row) } else { self.error.set(row) }
    }

    fn is_short(&self, start: usize) -> bool {
        self.arena.get(start..).is_some_and(|text| text.chars().nth(LONGEST).is_none())
    }

    /// Bytes written so far, those of rows that came to nothing included.
    pub fn written(&self) -> usize {
        self.arena.len() + self.dropped
    }

    /// Makes room for so many bytes.
    pub fn reserve(&mut self, bytes: usize) {
        self.arena.reserve(bytes);
    }

    pub fn finish(self) -> (Strings<'static>, Mask, Mask) {
        let strings = Strings { arena: Cow::Owned(self.arena), spans: Cow::Owned(self.spans) };
        (strings, self.blank, self.error)
    }
}
