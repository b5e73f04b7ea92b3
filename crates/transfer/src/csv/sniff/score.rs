//! Choosing delimiter, quote and escape.

use super::known::Known;
use super::shape::Shape;
use super::width::{LOOK, ROWS, agreement, usual, usual_width};
use crate::csv::dialect::{Newline, Overrides};
use crate::csv::doubt::Doubt;
use crate::csv::record::{Grammar, Records};

/// What splits cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub delimiter: String,
    pub quote: Option<char>,
    pub escape: Option<char>,
}

/// Rows that may stand above a header, and the header.
const HEAD: usize = 20;

/// Delimiters with how ready one is to believe in them.
const DELIMITERS: [(&str, f64); 20] = [
    (",", 1.0),
    (";", 1.0),
    ("\t", 1.0),
    ("|", 0.98),
    (", ", 0.97),
    ("; ", 0.97),
    (" | ", 0.98),
    ("| ", 0.95),
    ("||", 0.98),
    ("::", 0.95),
    (";;", 0.9),
    ("|;|", 0.9),
    ("~", 0.9),
    ("^", 0.9),
    ("\u{1F}", 1.0),
    ("\u{1}", 1.0),
    (":", 0.7),
    ("#", 0.6),
    ("&", 0.6),
    (" ", 0.55),
];

pub(super) fn choose(
    text: &str,
    newline: Newline,
    (overrides, known): (&Overrides, &Known),
    doubts: &mut Vec<Doubt>,
) -> Choice {
    let look = head(text);
    let mut scored: Vec<(f64, Choice)> = Vec::new();
    for (delimiter, belief) in delimiters(look, overrides) {
        for (quote, escape) in quotings(look, &delimiter, overrides) {
            let grammar = Grammar::new(&delimiter, quote, escape, newline);
            let score = belief * score(&grammar, text, (delimiter.contains(' '), known));
            scored.push((score, Choice { delimiter: delimiter.clone(), quote, escape }));
        }
    }
    // Earlier candidates are the more usual ones: among equals they win.
    let mut best: Option<&(f64, Choice)> = None;
    for candidate in &scored {
        if best.is_none_or(|best| candidate.0 > best.0 * 1.000_001) {
            best = Some(candidate);
        }
    }
    let Some((most, chosen)) = best else {
        return Choice { delimiter: ",".to_owned(), quote: Some('"'), escape: None };
    };
    let rival = scored
        .iter()
        .filter(|(_, choice)| choice.delimiter != chosen.delimiter)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(score, _)| *score > most * 0.85);
    if let Some((_, also)) = rival {
        doubts.push(Doubt::Delimiter { chosen: chosen.delimiter.clone(), also: also.delimiter.clone() });
    }
    if chosen.quote != Some('"') || chosen.escape.is_some() {
        doubts.push(Doubt::Quoting { quote: chosen.quote, escape: chosen.escape });
    }
    chosen.clone()
}

/// Whole lines from the beginning.
fn head(text: &str) -> &str {
    if text.len() <= LOOK {
        return text;
    }
    let cut = text.get(..text.floor_char_boundary(LOOK)).unwrap_or(text);
    cut.rfind(['\n', '\r']).and_then(|at| cut.get(..=at)).unwrap_or(cut)
}

fn delimiters(look: &str, overrides: &Overrides) -> Vec<(String, f64)> {
    if let Some(told) = &overrides.delimiter {
        return vec![(told.clone(), 1.0)];
    }
    if let Some(told) = look.strip_prefix("sep=").and_then(|rest| rest.lines().next()).filter(|told| !told.is_empty()) {
        return vec![(told.to_owned(), 1.0)];
    }
    let mut found: Vec<(String, f64)> = DELIMITERS
        .into_iter()
        .filter(|(delimiter, _)| look.contains(delimiter))
        .map(|(delimiter, belief)| (delimiter.to_owned(), belief))
        .collect();
    found.push((String::new(), 1.0));
    found
}

/// Quote and escape, usual ones first.
fn quotings(look: &str, delimiter: &str, overrides: &Overrides) -> Vec<(Option<char>, Option<char>)> {
    let escaping = look.contains('\\');
    let quotes: Vec<Option<char>> = if let Some(told) = overrides.quote {
        vec![told]
    } else {
        let wrapped = |quote: char| wraps(look, delimiter, quote);
        let mut quotes = vec![Some('"')];
        quotes.extend(['\'', '`'].into_iter().filter(|quote| wrapped(*quote)).map(Some));
        if look.contains('"') || escaping {
            quotes.push(None);
        }
        quotes
    };
    let escapes = if escaping { &[None, Some('\\')][..] } else { &[None][..] };
    quotes.iter().flat_map(|quote| escapes.iter().map(move |escape| (*quote, *escape))).collect()
}

/// True when cells both begin and end with the quote, more than once.
fn wraps(look: &str, delimiter: &str, quote: char) -> bool {
    let mut opens = 0;
    let mut closes = 0;
    for line in look.split(['\n', '\r']) {
        if line.is_empty() {
            continue;
        }
        opens += usize::from(line.starts_with(quote));
        closes += usize::from(line.ends_with(quote));
        if !delimiter.is_empty() {
            opens += line.matches(&format!("{delimiter}{quote}")).count();
            closes += line.matches(&format!("{quote}{delimiter}")).count();
        }
    }
    opens >= 2 && closes >= 2
}

/// One sampled row.
struct Sampled {
    shapes: Vec<Shape>,
    credit: f64,
    flaws: usize,
    /// Cells that begin with a space.
    spaced: usize,
    /// A cell holds what only a quoted one can.
    quoted: bool,
    /// Its cells are names of fields.
    headed: bool,
}

fn score(grammar: &Grammar, text: &str, (spaced, known): (bool, &Known)) -> f64 {
    let rows = sample(grammar, text, usual_width(grammar, text), known);
    // Names that are expected are there for no other reason.
    let headed = if rows.iter().any(|row| row.headed) { 1.0 } else { 0.0 };
    headed + likeness(&rows, spaced)
}

fn likeness(rows: &[Sampled], spaced: bool) -> f64 {
    let total = rows.len() as f64;
    let cells: usize = rows.iter().map(|row| row.shapes.len()).sum();
    if rows.is_empty() || cells == 0 {
        return 0.0;
    }
    let widths: Vec<usize> = rows.iter().map(|row| row.shapes.len()).collect();
    let wide = widths.iter().copied().max().unwrap_or(1) > 1;
    // Commas of sentences are followed by spaces.
    let plain = !spaced && rows.iter().map(|row| row.spaced).sum::<usize>() * 4 < cells;
    let agreement = if wide { agreement(&widths, plain) } else { 1.0 };
    if wide && (rows.len() == 1 || agreement == 0.0) {
        // A single row is a header more often than a sentence with a comma.
        return if rows.len() == 1 { 0.45 * one_row(rows) } else { 0.02 };
    }
    let credit = rows.iter().map(|row| row.credit).sum::<f64>() / cells as f64;
    let flaws = rows.iter().map(|row| row.flaws.min(3)).sum::<usize>() as f64 / total;
    let uniform = uniform(rows);
    let mean = cells as f64 / total;
    // One column is what is left when nothing else fits.
    let gain = if wide { 1.0 - 1.0 / (1.0 + mean) } else { 0.3 };
    // Quotes that are needed and pair up everywhere do not stand there by chance.
    let quoted = flaws == 0.0 && rows.iter().any(|row| row.quoted);
    let gain = if quoted { gain * (1.0 + agreement / 2.0) } else { gain };
    agreement.powf(1.5) * credit * (0.4 + 0.6 * uniform) * gain / (1.0 + 0.6 * flaws)
}

fn one_row(rows: &[Sampled]) -> f64 {
    rows.first().map_or(0.0, |row| row.credit / row.shapes.len() as f64)
}

/// How much cells of one column look alike: the mean share of the usual shape, over rows of the usual width.
fn uniform(rows: &[Sampled]) -> f64 {
    let width = usual(rows.iter().map(|row| row.shapes.len()));
    let mut shares = 0.0;
    for column in 0..width {
        let shapes = rows.iter().filter(|row| row.shapes.len() == width).filter_map(|row| row.shapes.get(column));
        let mut counts: Vec<(Shape, usize)> = Vec::new();
        let mut filled = 0;
        for shape in shapes.filter(|shape| **shape != Shape::Empty) {
            filled += 1;
            match counts.iter_mut().find(|(known, _)| known == shape) {
                Some((_, count)) => *count += 1,
                None => counts.push((*shape, 1)),
            }
        }
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
        shares += if filled == 0 { 0.5 } else { most as f64 / filled as f64 };
    }
    if width == 0 { 0.0 } else { shares / width as f64 }
}

fn sample(grammar: &Grammar, text: &str, width: usize, known: &Known) -> Vec<Sampled> {
    let mut records = Records::default();
    let mut rows = Vec::new();
    let mut at = 0;
    while at < text.len().min(LOOK) && rows.len() < ROWS {
        let rest = text.get(at..).unwrap_or_default();
        let Some(used) = records.read(grammar, rest, true, true, Some(width)) else { break };
        at += used.max(1);
        if records.best.is_blank() {
            continue;
        }
        let record = &records.best;
        let flaws = record.stray + record.unclosed + record.padded;
        let mut row = Sampled { shapes: Vec::new(), credit: 0.0, flaws, spaced: 0, quoted: false, headed: false };
        row.headed = rows.len() < HEAD && known.heads(record.cells());
        for cell in record.cells() {
            let shape = Shape::of(cell);
            row.credit += shape.credit(cell);
            row.quoted |= grammar.must_quote(cell);
            row.spaced += usize::from(cell.starts_with(' '));
            row.shapes.push(shape);
        }
        rows.push(row);
    }
    rows
}
