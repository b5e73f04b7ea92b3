//! Twenty ways in which files come to people.

use crate::tables::{Chance, Clean};

pub const NAMES: [&str; 20] = [
    "semicolon",
    "tab",
    "pipe",
    "comma and space",
    "two characters",
    "single quotes",
    "backslash escapes",
    "CR",
    "CRLF",
    "UTF-16",
    "Windows-1252",
    "lines before the header",
    "header over several lines",
    "no header",
    "several tables",
    "missing last newline",
    "doubled last newline",
    "too many cells",
    "too few cells",
    "stray quotes",
];

/// A spoiled file and what a careful person reads in it.
pub struct Spoiled {
    pub bytes: Vec<u8>,
    /// The column names, where they stand in one row.
    pub header: Option<Vec<String>>,
    /// The column names as they should come out.
    pub names: Option<Vec<String>>,
    pub rows: Vec<Vec<String>>,
}

struct Style {
    delimiter: &'static str,
    quote: char,
    backslash: bool,
    newline: &'static str,
}

const USUAL: Style = Style { delimiter: ",", quote: '"', backslash: false, newline: "\n" };

impl Style {
    fn cell(&self, text: &str) -> String {
        let special = text.contains(self.delimiter.trim())
            || text.contains([self.quote, '\n', '\r'])
            || text.starts_with(' ')
            || text.ends_with(' ');
        if !special {
            return text.to_owned();
        }
        let quote = self.quote.to_string();
        let inner = if self.backslash {
            text.replace('\\', "\\\\").replace(self.quote, &format!("\\{quote}"))
        } else {
            text.replace(self.quote, &quote.repeat(2))
        };
        format!("{quote}{inner}{quote}")
    }

    fn line(&self, cells: &[String]) -> String {
        let cells: Vec<String> = cells.iter().map(|cell| self.cell(cell)).collect();
        cells.join(self.delimiter) + self.newline
    }

    fn file(&self, header: Option<&[String]>, rows: &[Vec<String>]) -> String {
        header.into_iter().map(|cells| self.line(cells)).chain(rows.iter().map(|row| self.line(row))).collect()
    }
}

pub fn spoil(how: &str, clean: &Clean, chance: &mut Chance) -> Spoiled {
    let mut clean = clean.clone();
    let styled = |style: &Style, clean: &Clean| style.file(Some(&clean.header), &clean.rows);
    let mut header = Some(clean.header.clone());
    let mut names = header.clone();
    let text = match how {
        "semicolon" => styled(&Style { delimiter: ";", ..USUAL }, &clean),
        "tab" => styled(&Style { delimiter: "\t", ..USUAL }, &clean),
        "pipe" => styled(&Style { delimiter: "|", ..USUAL }, &clean),
        "comma and space" => styled(&Style { delimiter: ", ", ..USUAL }, &clean),
        "two characters" => styled(&Style { delimiter: "||", ..USUAL }, &clean),
        "single quotes" => styled(&Style { quote: '\'', ..USUAL }, &clean),
        "backslash escapes" => styled(&Style { backslash: true, ..USUAL }, &clean),
        "CR" => {
            for cell in clean.rows.iter_mut().flatten() {
                *cell = cell.replace('\n', "\r");
            }
            styled(&Style { newline: "\r", ..USUAL }, &clean)
        }
        "CRLF" => styled(&Style { newline: "\r\n", ..USUAL }, &clean),
        "UTF-16" => return wide(styled(&USUAL, &clean), clean, chance),
        "Windows-1252" => return western(&styled(&USUAL, &clean), clean),
        "lines before the header" => preamble(chance) + &styled(&USUAL, &clean),
        "header over several lines" => {
            names = Some(clean.header.iter().map(|name| format!("{} {name}", group(name))).collect());
            header = None;
            let groups: Vec<String> = clean.header.iter().map(|name| group(name).to_owned()).collect();
            USUAL.line(&groups) + &styled(&USUAL, &clean)
        }
        "no header" => {
            (header, names) = (None, None);
            USUAL.file(None, &clean.rows)
        }
        "several tables" => several(&clean, chance),
        "missing last newline" => styled(&USUAL, &clean).trim_end_matches('\n').to_owned(),
        "doubled last newline" => styled(&USUAL, &clean) + "\n\n",
        "too many cells" => too_many(&clean, chance),
        "too few cells" => too_few(&mut clean, chance),
        "stray quotes" => stray_quotes(&mut clean, chance),
        other => panic!("no spoiling is called `{other}`"),
    };
    Spoiled { bytes: text.into_bytes(), header, names, rows: clean.rows }
}

fn group(name: &str) -> &'static str {
    if name.len().is_multiple_of(2) { "General" } else { "Detail" }
}

fn wide(text: String, clean: Clean, chance: &mut Chance) -> Spoiled {
    let big = chance.one_in(2);
    let mut bytes = if big { vec![0xFE, 0xFF] } else { vec![0xFF, 0xFE] };
    bytes.extend(text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }));
    Spoiled { bytes, header: Some(clean.header.clone()), names: Some(clean.header), rows: clean.rows }
}

fn western(text: &str, clean: Clean) -> Spoiled {
    let (bytes, _, lost) = encoding_rs::WINDOWS_1252.encode(text);
    assert!(!lost, "the clean tables hold western text only");
    Spoiled {
        bytes: bytes.into_owned(),
        header: Some(clean.header.clone()),
        names: Some(clean.header),
        rows: clean.rows,
    }
}

fn preamble(chance: &mut Chance) -> String {
    match chance.below(3) {
        0 => "Quarterly report\nCreated by: Office, room 5\n\n".to_owned(),
        1 => "# exported 2024-05-01 10:22\n# source: internal\n".to_owned(),
        _ => "Report\n\nFilter: none\n".to_owned(),
    }
}

fn several(clean: &Clean, chance: &mut Chance) -> String {
    let other = "Region,Head,Budget\nNorth,Ann,100\nSouth,Bob,250\nEast,Cid,75\n";
    let main = USUAL.file(Some(&clean.header), &clean.rows);
    match chance.below(3) {
        0 => format!("{other}\n{main}"),
        1 => format!("{main}\n{other}"),
        _ => format!("{main}\nTable 2\n{other}"),
    }
}

fn too_many(clean: &Clean, chance: &mut Chance) -> String {
    let mut text = USUAL.line(&clean.header);
    for row in &clean.rows {
        let mut row = row.clone();
        if chance.one_in(5) {
            row.extend((0..=chance.below(2)).map(|extra| format!("left over {extra}")));
        }
        text += &USUAL.line(&row);
    }
    text
}

fn too_few(clean: &mut Clean, chance: &mut Chance) -> String {
    let mut text = USUAL.line(&clean.header);
    for row in &mut clean.rows {
        if chance.one_in(5) {
            let kept = row.len() - 1 - chance.below(row.len() / 2);
            text += &USUAL.line(&row[..kept]);
            row[kept..].fill(String::new());
        } else {
            text += &USUAL.line(row);
        }
    }
    text
}

/// Inches in bare cells, inner quotes that were not doubled, and cells that open with a quote and never close.
fn stray_quotes(clean: &mut Clean, chance: &mut Chance) -> String {
    let mut text = USUAL.line(&clean.header);
    for row in &mut clean.rows {
        let mut cells: Vec<String> = row.iter().map(|cell| USUAL.cell(cell)).collect();
        let at = chance.below(row.len());
        let bare = cells[at] == row[at] && !row[at].is_empty();
        if chance.one_in(4) && bare {
            match chance.below(3) {
                0 => row[at] += "\"",
                1 => row[at].insert(0, '"'),
                _ => row[at] = format!("{} \"so called\" {}", row[at], row[at]),
            }
            cells[at] = if row[at].contains("so called") { format!("\"{}\"", row[at]) } else { row[at].clone() };
        }
        text += &(cells.join(",") + "\n");
    }
    text
}
