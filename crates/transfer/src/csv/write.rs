//! Writing CSV.

use std::io::{self, Write};

/// What the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WriteMode {
    /// To be read back: every text as it is.
    #[default]
    RoundTrip,
    /// To be opened in a spreadsheet: texts that one would run as a formula begin with `'`.
    SpreadsheetSafe,
}

/// Writes rows as RFC 4180 has them: commas, doubled quotes, CRLF.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    mode: WriteMode,
    line: Vec<u8>,
    cells: usize,
}

impl<W: Write> Writer<W> {
    /// Writes to `out`, which should be buffered or take large pieces.
    pub fn new(out: W, mode: WriteMode) -> Self {
        Self { out, mode, line: Vec::new(), cells: 0 }
    }

    /// Adds one cell to the row being built.
    pub fn cell(&mut self, text: &str) {
        if self.cells > 0 {
            self.line.push(b',');
        }
        self.cells += 1;
        let armed = self.mode == WriteMode::SpreadsheetSafe && is_dangerous(text);
        if !armed && !needs_quotes(text) {
            self.line.extend_from_slice(text.as_bytes());
            return;
        }
        self.line.push(b'"');
        if armed {
            self.line.push(b'\'');
        }
        for (index, part) in text.split('"').enumerate() {
            if index > 0 {
                self.line.extend_from_slice(b"\"\"");
            }
            self.line.extend_from_slice(part.as_bytes());
        }
        self.line.push(b'"');
    }

    /// Ends the row.
    ///
    /// # Errors
    /// That of the destination.
    pub fn end_row(&mut self) -> io::Result<()> {
        if self.line.is_empty() && self.cells == 1 {
            // A row of one empty cell would be a blank line, which is nobody's row.
            self.line.extend_from_slice(b"\"\"");
        }
        self.line.extend_from_slice(b"\r\n");
        self.out.write_all(&self.line)?;
        self.line.clear();
        self.cells = 0;
        Ok(())
    }

    /// Writes a whole row.
    ///
    /// # Errors
    /// That of the destination.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        for text in cells {
            self.cell(text);
        }
        self.end_row()
    }

    /// Flushes and gives the destination back.
    ///
    /// # Errors
    /// That of the destination.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Spaces at the edges are quoted too: some readers trim them.
fn needs_quotes(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r' | b';' | b'\t'))
        || text.starts_with([' ', '\'', '#', '\u{FEFF}'])
        || text.ends_with(' ')
}

/// Texts a spreadsheet runs, or runs once blanks before them are passed over.
fn is_dangerous(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'])
}

#[cfg(test)]
mod tests;
