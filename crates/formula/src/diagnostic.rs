//! What is said of a formula that cannot be used.

use std::fmt;
use std::ops::Range;

use model::FieldId;

/// Most mistakes that are told of one formula.
const MOST: usize = 100;

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
    /// A mistake at these bytes of a text.
    pub fn within(
        text: &str,
        span: Range<usize>,
        kind: DiagnosticKind,
        message: String,
        advice: impl Into<String>,
    ) -> Self {
        Self { at: character_of(text, span.start), ..Self::new(kind, span, message, advice) }
    }

    /// A mistake in a text that is yet to be [placed].
    pub(crate) fn new(kind: DiagnosticKind, span: Range<usize>, message: String, advice: impl Into<String>) -> Self {
        Self { message, advice: advice.into(), span, at: 0, kind }
    }
}

/// The mistakes in the order of the text, not more of them than somebody reads.
pub(crate) fn placed(text: &str, mut mistakes: Vec<Diagnostic>) -> Vec<Diagnostic> {
    mistakes.sort_by_key(|mistake| mistake.span.start);
    mistakes.truncate(MOST);
    for mistake in &mut mistakes {
        mistake.at = character_of(text, mistake.span.start);
    }
    mistakes
}

/// The character that a byte belongs to, from 1.
fn character_of(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |before| before.chars().count()) + 1
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        // The whole may be too long; what is too much otherwise begins somewhere.
        if self.kind != DiagnosticKind::TooLarge || self.span.start > 0 {
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
    /// A formula that can be used comes to an error for a record.
    Failed {
        /// The field whose value is the error, where it comes from one.
        field: Option<FieldId>,
    },
    /// Its constants take too long.
    TooSlow,
}
