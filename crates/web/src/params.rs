//! Query strings as Airtable's clients write them: `fields[]=A`, `fields[0]=A`, `sort[0][field]=A`.

/// Most pairs that are looked at: more than a URL of 16,000 characters can usefully hold.
const MOST: usize = 2_000;
/// Most characters of a value that an error shows.
const SHOWN: usize = 64;

/// The pairs of a query string in order; empty values are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query string; what is not UTF-8 is replaced.
    pub fn parse(query: &str) -> Self {
        let pairs = query.split('&').filter(|part| !part.is_empty()).take(MOST).map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        });
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The last value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().rev().find(|(held, _)| held == key).map(|(_, value)| value.as_str())
    }

    /// The last value of a key as a number: `None` when absent, `Some(Err(text))` when it is none.
    pub fn number(&self, key: &str) -> Option<Result<u64, &str>> {
        self.get(key).map(|text| text.trim().parse().map_err(|_| text))
    }

    /// The values of plain `key` and `key[]` in order, those of `key[0]`, `key[1]` by their number behind them.
    pub fn list(&self, key: &str) -> Vec<&str> {
        let place = |held: &str| index(held.strip_prefix(key)?);
        let mut found: Vec<_> =
            self.0.iter().filter_map(|(held, value)| Some((place(held)?, value.as_str()))).collect();
        found.sort_by_key(|(place, _)| *place);
        found.into_iter().map(|(_, value)| value).collect()
    }

    /// The values of `key[0][part]`, by index and part. Those of `key[][part]` come behind them: a part that a row has
    /// already begins the next one.
    pub fn table<'p>(&'p self, key: &str) -> Vec<(usize, &'p str, &'p str)> {
        let (mut out, mut row, mut begun) = (Vec::new(), usize::MAX - MOST, Vec::new());
        for (held, value) in &self.0 {
            let Some((first, part)) = cell(held, key) else { continue };
            let index = if first.is_empty() {
                if begun.contains(&part) {
                    row += 1;
                    begun.clear();
                }
                begun.push(part);
                row
            } else {
                let Ok(index) = first.parse() else { continue };
                index
            };
            out.push((index, part, value.as_str()));
        }
        out.sort_by_key(|(index, _, _)| *index);
        out
    }

    /// How many values there are of `key`, in whatever way it is written.
    pub fn count(&self, key: &str) -> usize {
        let is_own = |held: &str| held.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('['));
        self.0.iter().filter(|(held, _)| is_own(held)).count()
    }

    /// True or false as `true`, `false`, `1`, `0`, also in the letters that Python writes them in; false when absent.
    ///
    /// # Errors
    /// A sentence that says so, for anything else.
    pub fn flag(&self, key: &str) -> Result<bool, String> {
        match self.get(key) {
            None | Some("false" | "False" | "0") => Ok(false),
            Some("true" | "True" | "1") => Ok(true),
            Some(other) => {
                let shown: String = other.chars().take(SHOWN).collect();
                Err(format!("`{key}` is `true` or `false`, or `1` or `0`, not `{}`", shown.escape_debug()))
            }
        }
    }
}

/// The row and the part of `key[row][part]`.
fn cell<'p>(held: &'p str, key: &str) -> Option<(&'p str, &'p str)> {
    let (row, rest) = held.strip_prefix(key)?.strip_prefix('[')?.split_once(']')?;
    Some((row, rest.strip_prefix('[')?.strip_suffix(']')?))
}

/// The place that nothing, `[]` or `[7]` behind a key gives its value: 0 without a number, else one more than it.
fn index(text: &str) -> Option<usize> {
    if text.is_empty() || text == "[]" {
        return Some(0);
    }
    let number: usize = text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
    number.checked_add(1)
}

/// Decodes percent escapes, and `+` as a space.
fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            _ => out.push(*byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests;
