//! Where in a JSON text something is, as an RFC 6901 pointer.

/// The pointer to the value at the end of `prefix`, the part of a JSON text that was read before an error.
pub(crate) fn pointer(prefix: &[u8]) -> String {
    let mut walk = Walk::default();
    let mut rest = prefix;
    while let Some((byte, after)) = rest.split_first() {
        rest = if *byte == b'"' { walk.string(after) } else { walk.punctuation(*byte, after) };
    }
    walk.path()
}

/// The bytes before the place that serde names by line and column, both from 1.
pub(crate) fn before(bytes: &[u8], line: usize, column: usize) -> &[u8] {
    let lines_before = bytes.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1));
    let start: usize = lines_before.map(<[u8]>::len).sum();
    bytes.get(..(start + column).min(bytes.len())).unwrap_or(bytes)
}

enum Level {
    Object { key: String, wants_key: bool },
    Array { index: usize },
}

#[derive(Default)]
struct Walk {
    levels: Vec<Level>,
}

impl Walk {
    fn punctuation<'b>(&mut self, byte: u8, after: &'b [u8]) -> &'b [u8] {
        match byte {
            b'{' => self.levels.push(Level::Object { key: String::new(), wants_key: true }),
            b'[' => self.levels.push(Level::Array { index: 0 }),
            b'}' | b']' => drop(self.levels.pop()),
            b':' | b',' => match self.levels.last_mut() {
                Some(Level::Object { wants_key, .. }) => *wants_key = byte == b',',
                Some(Level::Array { index }) if byte == b',' => *index += 1,
                _ => {}
            },
            _ => {}
        }
        after
    }

    /// Reads a string after its opening quote.
    fn string<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let mut escaped = false;
        let end = bytes.iter().position(|byte| {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        });
        let (text, after) = bytes.split_at(end.unwrap_or(bytes.len()));
        if let Some(Level::Object { key, wants_key: true }) = self.levels.last_mut() {
            *key = String::from_utf8_lossy(text).into_owned();
        }
        after.get(1..).unwrap_or_default()
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for level in &self.levels {
            match level {
                Level::Object { key, .. } if key.is_empty() => {}
                Level::Object { key, .. } => {
                    path.push('/');
                    path.push_str(&key.replace('~', "~0").replace('/', "~1"));
                }
                Level::Array { index } => {
                    path.push('/');
                    path.push_str(&index.to_string());
                }
            }
        }
        path
    }
}
