//! What people at the terminal read.

use std::io::Write;

/// A line of the answer.
pub(crate) fn line(text: &str) {
    // Nobody may be reading any more.
    let _ = writeln!(std::io::stdout(), "{text}");
    let _ = std::io::stdout().flush();
}

/// Something beside the answer.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Why a command failed, in one line.
pub(crate) fn error(error: &anyhow::Error) {
    let text = format!("airloom: {error:#}").replace('\n', " ");
    note(&text);
}
