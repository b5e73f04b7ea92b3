//! The tables as the package ships them, read here once more so that answers do not come from our own code.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// A table of texts; an empty text is an empty cell.
pub struct Raw {
    pub name: &'static str,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// One row with its table's header.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    table: &'a Raw,
    pub cells: &'a [String],
}

impl<'a> Row<'a> {
    pub fn text(&self, column: &str) -> &'a str {
        let at = self.table.column(column);
        &self.cells[at]
    }

    pub fn number(&self, column: &str) -> Option<f64> {
        self.text(column).parse().ok()
    }

    /// Whether the column holds just this text.
    pub fn is(&self, column: &str, text: &str) -> bool {
        self.text(column) == text
    }
}

impl Raw {
    pub fn column(&self, name: &str) -> usize {
        let at = self.header.iter().position(|held| held == name);
        at.unwrap_or_else(|| panic!("{} has no column `{name}`", self.name))
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { table: self, cells })
    }

    /// The file with the cells quoted where they must be.
    pub fn csv(&self) -> Vec<u8> {
        let mut out = String::new();
        for line in std::iter::once(&self.header).chain(&self.rows) {
            for (at, cell) in line.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                if cell.contains(['"', ',', '\n', '\r']) {
                    out.extend(["\"", &cell.replace('"', "\"\""), "\""]);
                } else {
                    out.push_str(cell);
                }
            }
            out.push_str("\r\n");
        }
        out.into_bytes()
    }
}

/// Reads one file of the package.
pub fn read(name: &'static str, file: &str) -> Raw {
    let path = folder().join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if Path::new(file).extension().is_some_and(|ending| ending == "json") {
        from_json(name, &text)
    } else {
        from_csv(name, &text)
    }
}

fn folder() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "where `cargo xtask test` put the package")]
    let modules = std::env::var("AIRLOOM_NODE_MODULES");
    let modules = modules.unwrap_or_else(|_| panic!("AIRLOOM_NODE_MODULES is not set: run `cargo xtask test`"));
    PathBuf::from(modules).join("vega-datasets/data")
}

/// A list of objects; what stands under a name with a leading underscore is a remark.
fn from_json(name: &'static str, text: &str) -> Raw {
    let objects: Vec<Map<String, Value>> = serde_json::from_str(text).unwrap();
    let mut header: Vec<String> = Vec::new();
    for key in objects.iter().flat_map(Map::keys) {
        if !key.starts_with('_') && !header.contains(key) {
            header.push(key.clone());
        }
    }
    // In the order of the file, which the objects do not keep.
    header.sort_by_key(|key| text.find(&format!("\"{key}\"")));
    let cell = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.as_f64().map(|number| number.to_string()).unwrap_or_default(),
        Some(other) => other.to_string(),
    };
    let rows = objects.iter().map(|object| header.iter().map(|key| cell(object.get(key))).collect()).collect();
    Raw { name, header, rows }
}

/// These files have one record a line; some cells are quoted.
fn from_csv(name: &'static str, text: &str) -> Raw {
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(cells);
    let header = lines.next().unwrap();
    let rows: Vec<Vec<String>> = lines.filter(|row| row.len() > 1).collect();
    assert!(rows.iter().all(|row| row.len() == header.len()), "{name} is not as plain as thought");
    Raw { name, header, rows }
}

fn cells(line: &str) -> Vec<String> {
    let (mut out, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => cell.extend(signs.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    out.push(cell);
    out
}
