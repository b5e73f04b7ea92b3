//! Choosing delimiter, quote and escape.

use std::collections::BTreeMap;

use super::shape::Shape;
use crate::csv::dialect::{Doubt, Newline, Overrides};
use crate::csv::record::{Grammar, Records};

/// What splits cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub delimiter: String,
    pub quote: Option<char>,
    pub escape: Option<char>,
}

/// Text the scoring looks at, in bytes, and rows it scores.
const LOOK: usize = 128 << 10;
const ROWS: usize = 600;
/// How far the end of one row is looked for, in bytes.
const NEAR: usize = 16 << 10;

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

pub(super) fn choose(text: &str, newline: Newline, overrides: &Overrides, doubts: &mut Vec<Doubt>) -> Choice {
    let look = head(text);
    let mut scored: Vec<(f64, Choice)> = Vec::new();
    for (delimiter, belief) in delimiters(look, overrides) {
        for (quote, escape) in quotings(look, &delimiter, overrides) {
            let grammar = Grammar::new(&delimiter, quote, escape, newline);
            let score = belief * score(&grammar, look);
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
}

fn score(grammar: &Grammar, look: &str) -> f64 {
    let rows = sample(grammar, look, usual_width(grammar, look));
    let total = rows.len() as f64;
    let cells: usize = rows.iter().map(|row| row.shapes.len()).sum();
    if rows.is_empty() || cells == 0 {
        return 0.0;
    }
    let widths: Vec<usize> = rows.iter().map(|row| row.shapes.len()).collect();
    let wide = widths.iter().copied().max().unwrap_or(1) > 1;
    let settled = settled(&widths);
    if wide && settled == 0 {
        // A single row is a header more often than a sentence with a comma.
        return if rows.len() == 1 { 0.36 * one_row(&rows) } else { 0.02 };
    }
    let credit = rows.iter().map(|row| row.credit).sum::<f64>() / cells as f64;
    let flaws = rows.iter().map(|row| row.flaws.min(3)).sum::<usize>() as f64 / total;
    let uniform = uniform(&rows);
    let agreement = if wide { settled as f64 / total } else { 1.0 };
    let mean = cells as f64 / total;
    // One column is what is left when nothing else fits.
    let gain = if wide { 1.0 - 1.0 / (1.0 + mean) } else { 0.3 };
    agreement.powf(1.5) * credit * (0.4 + 0.6 * uniform) * gain / (1.0 + 0.6 * flaws)
}

fn one_row(rows: &[Sampled]) -> f64 {
    rows.first().map_or(0.0, |row| row.credit / row.shapes.len() as f64)
}

/// Rows of several cells that are as wide as a neighbour.
fn settled(widths: &[usize]) -> usize {
    (0..widths.len())
        .filter(|at| {
            let here = widths.get(*at).copied().unwrap_or(0);
            let before = at.checked_sub(1).and_then(|before| widths.get(before));
            here > 1 && (before == Some(&here) || widths.get(at + 1) == Some(&here))
        })
        .count()
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

/// The most frequent width; among equals the larger.
pub(super) fn usual(widths: impl Iterator<Item = usize>) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for width in widths {
        *counts.entry(width).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(width, count)| (*count, *width)).map_or(0, |(width, _)| width)
}

/// The width most lines have when quotes cannot span lines, so that one stray quote does not swallow the file.
pub(super) fn usual_width(grammar: &Grammar, look: &str) -> usize {
    let mut records = Records::default();
    let mut rest = look;
    let mut widths = Vec::new();
    while !rest.is_empty() && widths.len() < ROWS {
        let end = grammar.line(rest, true).unwrap_or(rest.len());
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        if !line.trim().is_empty() && records.read(grammar, line, true, true, None).is_some() {
            widths.push(records.best.len());
        }
    }
    let wide: Vec<usize> = widths.iter().copied().filter(|width| *width > 1).collect();
    if wide.len() * 4 >= widths.len() { usual(wide.into_iter()) } else { usual(widths.into_iter()) }
}

fn sample(grammar: &Grammar, look: &str, width: usize) -> Vec<Sampled> {
    let mut records = Records::default();
    let mut rest = look;
    let mut rows = Vec::new();
    while !rest.is_empty() && rows.len() < ROWS {
        // A wrong guess leaves quotes open: nobody needs to look for their end through all of the text, row by row.
        let near = rest.get(..rest.floor_char_boundary(NEAR)).unwrap_or(rest);
        let last = near.len() == rest.len();
        let Some(used) = records.read(grammar, near, last, true, Some(width)) else { break };
        rest = rest.get(used.max(1)..).unwrap_or_default();
        if records.best.is_blank() {
            continue;
        }
        let record = &records.best;
        let mut row =
            Sampled { shapes: Vec::new(), credit: 0.0, flaws: record.stray + record.unclosed + record.padded };
        for cell in record.cells() {
            let shape = Shape::of(cell);
            row.credit += shape.credit(cell);
            row.shapes.push(shape);
        }
        rows.push(row);
    }
    rows
}
