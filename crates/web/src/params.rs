//! Query strings as Airtable's clients write them: `fields[]=A`, `fields[0]=A`, `sort[0][field]=A`.

/// The pairs of a query string in order; empty values are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query string; what is not UTF-8 is replaced.
    pub fn parse(query: &str) -> Self {
        let pairs = query.split('&').filter(|part| !part.is_empty()).map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        });
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The last value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().rev().find(|(held, _)| held == key).map(|(_, value)| value.as_str())
    }

    /// The values of `key[]`, `key[0]`, `key[1]` and plain `key`, in order.
    pub fn list(&self, key: &str) -> Vec<&str> {
        let matches = |held: &str| held.strip_prefix(key).is_some_and(|rest| rest.is_empty() || is_index(rest));
        self.0.iter().filter(|(held, _)| matches(held)).map(|(_, value)| value.as_str()).collect()
    }

    /// The values of `key[0][part]`, by index and part.
    pub fn table<'p>(&'p self, key: &str) -> Vec<(usize, &'p str, &'p str)> {
        let read = |held: &'p str| {
            let (first, rest) = held.strip_prefix(key)?.strip_prefix('[')?.split_once(']')?;
            Some((first.parse().ok()?, rest.strip_prefix('[')?.strip_suffix(']')?))
        };
        let mut out: Vec<_> = self
            .0
            .iter()
            .filter_map(|(held, value)| read(held).map(|(index, part): (usize, &str)| (index, part, value.as_str())))
            .collect();
        out.sort_by_key(|(index, _, _)| *index);
        out
    }

    /// True or false as `true`, `false`, `1`, `0`.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some("true" | "1"))
    }
}

/// `[]` or `[7]`.
fn is_index(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| inner.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Decodes percent escapes, and `+` as a space.
fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let rest = bytes.clone();
                let digits: Vec<u8> =
                    rest.take(2).filter_map(|digit| (digit as char).to_digit(16).map(|d| d as u8)).collect();
                if let [high, low] = digits[..] {
                    out.push(high << 4 | low);
                    bytes.nth(1);
                } else {
                    out.push(b'%');
                }
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
