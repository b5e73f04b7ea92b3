//! Whether a table has a header, of how many rows, and the column names it gives.

use model::same_name;

use super::known::Known;
use super::layout::Sampled;
use super::shape::Shape;
use crate::csv::doubt::Doubt;

/// The most rows names may be spread over, and rows below that are compared with them.
const MOST: usize = 4;
const BODY: usize = 300;
/// Rows that may stand above names which are expected, and those names.
const NEAR: usize = 20;

/// The row, among the first, that holds the names which are expected.
pub(super) fn named(rows: &[Sampled<'_>], known: &Known) -> Option<usize> {
    rows.iter().take(NEAR).position(|row| known.heads(row.cells.cells()))
}

/// How many rows of `rows` are header.
pub(super) fn rows(rows: &[&Sampled<'_>], doubts: &mut Vec<Doubt>) -> usize {
    let rows = &once(rows);
    let Some((first, rest)) = rows.split_first() else { return 0 };
    if rest.is_empty() {
        return usize::from(first.shapes().iter().filter(|shape| shape.is_typed()).count() * 3 < first.width());
    }
    let told = by_kind(rows);
    let count = told.unwrap_or_else(|| usize::from(looks_like_names(first, rest)));
    match count {
        0 => doubts.push(Doubt::NoHeader),
        _ if told.is_none() => doubts.push(Doubt::HeaderGuessed),
        1 => {}
        rows => doubts.push(Doubt::HeaderRows { rows }),
    }
    count
}

/// The rows without those that are the first one again: files put together from several have a header in each.
fn once<'a>(rows: &[&'a Sampled]) -> Vec<&'a Sampled<'a>> {
    let again = |(at, row): &(usize, &&Sampled<'_>)| {
        *at == 0 || rows.first().is_none_or(|first| !first.cells.cells().eq(row.cells.cells())) || row.filled() < 2
    };
    rows.iter().enumerate().filter(again).map(|(_, row)| *row).collect()
}

/// Header rows hold text where the rows below hold numbers, dates and the like; none when no column tells.
fn by_kind(rows: &[&Sampled<'_>]) -> Option<usize> {
    let body = body(rows);
    let kinds = kinds(body);
    if kinds.iter().all(Option::is_none) {
        return None;
    }
    let count = rows.iter().take(MOST.min(rows.len() - 1)).take_while(|row| votes(row, &kinds) > 0).count();
    let first = rows.first().map_or(0, |row| votes(row, &kinds));
    if first == 0 {
        // The telling cells of the first row are empty: text elsewhere decides.
        return rows.first().map(|row| usize::from(looks_like_names(row, rows.get(1..).unwrap_or_default())));
    }
    Some(count)
}

/// The rows certainly below any header; all but the first in a short table.
fn body<'a>(rows: &'a [&'a Sampled<'a>]) -> &'a [&'a Sampled<'a>] {
    let skip = if rows.len() > 2 * MOST { MOST } else { (rows.len() / 2).max(1) };
    let rest = rows.get(skip..).unwrap_or_default();
    rest.get(..BODY.min(rest.len())).unwrap_or_default()
}

/// The shape nearly all cells of a column have; none for text and for mixtures.
fn kinds(rows: &[&Sampled<'_>]) -> Vec<Option<Shape>> {
    let width = super::width::usual(rows.iter().map(|row| row.width()));
    (0..width)
        .map(|column| {
            let shapes: Vec<Shape> = rows
                .iter()
                .filter_map(|row| row.shapes().get(column))
                .copied()
                .filter(|shape| *shape != Shape::Empty)
                .collect();
            let kind = shapes.iter().copied().find(|shape| shape.is_typed())?;
            let alike = shapes.iter().filter(|shape| **shape == kind).count();
            (alike * 10 >= shapes.len() * 8).then_some(kind)
        })
        .collect()
}

/// Columns where the row differs from the rows below, less those where it does not.
fn votes(row: &Sampled<'_>, kinds: &[Option<Shape>]) -> i64 {
    let mut votes = 0;
    for (shape, kind) in row.shapes().iter().zip(kinds) {
        match (shape, kind) {
            (Shape::Empty, _) | (_, None) => {}
            (shape, Some(kind)) if shape == kind => votes -= 1,
            // A year above a column of amounts is a name all the same, but a weak one.
            (shape, Some(_)) if shape.is_typed() => {}
            _ => votes += 1,
        }
    }
    votes
}

/// True when a row differs in kind from the rows it is compared with.
pub(super) fn stands_out(row: &Sampled<'_>, others: &[Sampled<'_>]) -> bool {
    let others: Vec<&Sampled<'_>> = others.iter().filter(|other| other.width() == row.width()).take(BODY).collect();
    votes(row, &kinds(body(&others))) > 0
}

/// True when a row is of another kind than rows that may be wider.
pub(super) fn differs(row: &Sampled<'_>, others: &[Sampled<'_>]) -> bool {
    let others: Vec<&Sampled<'_>> = others.iter().take(BODY).collect();
    votes(row, &kinds(body(&others))) > 0
}

/// Without kinds to compare: names are filled, short, different, and do not come up again below.
fn looks_like_names(first: &Sampled, rest: &[&Sampled<'_>]) -> bool {
    let filled: Vec<&str> = first.cells.cells().map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let mut different = filled.clone();
    different.sort_unstable();
    different.dedup();
    let recurs = first.cells.cells().enumerate().filter(|(column, cell)| {
        !cell.trim().is_empty() && rest.iter().take(BODY).any(|row| row.cells.get(*column) == Some(cell))
    });
    let typed = first.shapes().iter().filter(|shape| shape.is_typed()).count();
    let short = filled.iter().all(|name| name.chars().count() <= 60);
    different.len() == filled.len()
        && filled.len() * 2 > first.width()
        && recurs.count() == 0
        && typed * 3 <= filled.len()
        && short
        && !coded_alike(first, rest)
}

/// True when a column is made of codes such as `AB-123` and the first row holds one too.
fn coded_alike(first: &Sampled, rest: &[&Sampled<'_>]) -> bool {
    first.cells.cells().enumerate().any(|(column, cell)| {
        let pattern = pattern(cell);
        let below: Vec<&str> = rest.iter().take(BODY).filter_map(|row| row.cells.get(column)).collect();
        pattern.contains('9') && below.len() > 1 && below.iter().all(|other| self::pattern(other) == pattern)
    })
}

/// The text with every digit as `9` and every letter as `a`, runs of letters as one.
fn pattern(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let class = if c.is_numeric() {
            '9'
        } else if c.is_alphabetic() {
            'a'
        } else {
            c
        };
        if class != 'a' || !out.ends_with('a') {
            out.push(class);
        }
    }
    out
}

/// Unique names, joined from the header's rows; columns without one are numbered.
pub(super) fn names(head: &[&Sampled<'_>], width: usize, doubts: &mut Vec<Doubt>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for column in 0..width {
        let mut parts: Vec<String> = Vec::new();
        for (index, row) in head.iter().enumerate() {
            let part = words(&schema::on_one_line(&part(row, column, index + 1 == head.len())));
            if !part.is_empty() && parts.last() != Some(&part) {
                parts.push(part);
            }
        }
        let from = parts.join(" ");
        let mut to = if from.is_empty() { format!("Column {}", column + 1) } else { from.clone() };
        let base = to.clone();
        let mut again = 2;
        while names.iter().any(|name| same_name(name, &to)) {
            to = format!("{base} {again}");
            again += 1;
        }
        if to != from && !head.is_empty() {
            doubts.push(Doubt::Renamed { column: column + 1, from, to: to.clone() });
        }
        names.push(to);
    }
    names
}

/// The cell above a column; a heading over several columns stands in the first of them.
fn part(row: &Sampled<'_>, column: usize, lowest: bool) -> String {
    let own = row.cells.get(column).unwrap_or_default();
    let filled = row.cells.cells().filter(|cell| !cell.trim().is_empty()).count();
    if !own.trim().is_empty() || lowest || filled * 2 > row.width() {
        return own.to_owned();
    }
    let left = row.cells.cells().take(column).filter(|cell| !cell.trim().is_empty()).last();
    left.unwrap_or_default().to_owned()
}

/// Runs of blanks as one space.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
