//! The work of `crates/bench/src/bin/formulas` by other engines in Rust: reads the columns from standard input and says
//! a line of JSON for each engine and work: how long each run took, and the last value that came out.

use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use formualizer::{LiteralValue, Workbook};
use ironcalc_base::Model;
use ironcalc_base::cell::CellValue;
use serde::Deserialize;
use serde_json::json;

const CHAIN: usize = 10;
const SHEET: &str = "Sheet1";

#[derive(Deserialize)]
struct Told {
    a: Vec<f64>,
    t: Vec<String>,
    d: Vec<i64>,
}

/// What stands in a cell.
enum Content<'t> {
    Number(f64),
    Text(&'t str),
    Formula(String),
}

fn main() -> Result<()> {
    let told: Told = serde_json::from_reader(std::io::stdin().lock())?;
    let works = [
        Work { name: "text", runs: 3, cells: &|told, row| vec![
            Content::Number(told.a[row]),
            Content::Text(&told.t[row]),
            Content::Formula(text(row, "B")),
        ] },
        Work { name: "dates", runs: 3, cells: &|told, row| {
            let month = row + 1;
            let formula = format!("=YEAR(EDATE(A{month},1))*12+MONTH(EDATE(A{month},1))");
            vec![Content::Number(told.d[row] as f64), Content::Formula(formula)]
        } },
        Work { name: "chain", runs: 3, cells: &|told, row| chain(told, row) },
    ];
    for work in &works {
        ironcalc(&told, work)?;
        formualizer(&told, work)?;
    }
    Ok(())
}

/// The text formula of a row, its text in `column`.
fn text(row: usize, column: &str) -> String {
    let row = row + 1;
    format!("=IF(A{row}>50, ROUND(A{row}*1.2,2)&\" \"&UPPER({column}{row}), \"\")")
}

fn chain(told: &Told, row: usize) -> Vec<Content<'_>> {
    let steps = (0..CHAIN).map(|step| Content::Formula(format!("={}{}*1.1+{step}", letter(step), row + 1)));
    std::iter::once(Content::Number(told.a[row])).chain(steps).collect()
}

fn letter(column: usize) -> char {
    char::from(b'A' + u8::try_from(column).unwrap_or_default())
}

struct Work<'w> {
    name: &'w str,
    runs: usize,
    cells: &'w dyn for<'t> Fn(&'t Told, usize) -> Vec<Content<'t>>,
}

fn say(peer: &str, work: &str, millis: &[f64], last: &str) {
    println!("{}", json!({ "peer": peer, "work": work, "millis": millis, "last": last }));
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// An engine that keeps a sheet and computes all of it at every call.
fn ironcalc(told: &Told, work: &Work<'_>) -> Result<()> {
    let (peer, failed) = ("ironcalc_base 0.9.1", |error: String| anyhow!(error));
    let (mut loading, mut computing, mut last) = (Vec::new(), Vec::new(), String::new());
    for run in 0..work.runs {
        let began = Instant::now();
        let mut model = Model::new_empty("peers", "en", "UTC", "en").map_err(failed)?;
        let mut place = (0, 0);
        for row in 0..told.a.len() {
            for (column, content) in (work.cells)(told, row).into_iter().enumerate() {
                place = (i32::try_from(row)? + 1, i32::try_from(column)? + 1);
                match content {
                    Content::Number(number) => model.update_cell_with_number(0, place.0, place.1, number),
                    Content::Text(text) => model.update_cell_with_text(0, place.0, place.1, text),
                    Content::Formula(formula) => model.update_cell_with_formula(0, place.0, place.1, formula),
                }
                .map_err(failed)?;
            }
        }
        let loaded = Instant::now();
        model.evaluate();
        computing.push(millis(loaded));
        loading.push(millis(began));
        last = match model.get_cell_value_by_index(0, place.0, place.1).map_err(failed)? {
            CellValue::Number(number) => number.to_string(),
            CellValue::String(text) => text,
            other => format!("{other:?}"),
        };
        if work.name == "chain" && run + 1 == work.runs {
            model.update_cell_with_text(0, 2001, 12, &told.t[2000]).map_err(failed)?;
            model.update_cell_with_formula(0, 2001, 13, text(2000, "L")).map_err(failed)?;
            model.evaluate();
            let mut edits = Vec::new();
            for edit in 0..3 {
                let began = Instant::now();
                model.update_cell_with_number(0, 2001, 1, 60.0 + f64::from(edit) / 100.0).map_err(failed)?;
                model.evaluate();
                edits.push(millis(began));
            }
            let value = model.get_cell_value_by_index(0, 2001, 13).map_err(failed)?;
            say(peer, "one cell edited: 11 formulas", &edits, &format!("{value:?}"));
        }
    }
    say(&format!("{peer}, with loading"), work.name, &loading, &last);
    say(peer, work.name, &computing, &last);
    Ok(())
}

/// An engine over columns of Arrow that computes what depends on what was written.
fn formualizer(told: &Told, work: &Work<'_>) -> Result<()> {
    let peer = "formualizer 0.13.0";
    let (mut loading, mut computing, mut last) = (Vec::new(), Vec::new(), String::new());
    for run in 0..work.runs {
        let began = Instant::now();
        let mut book = Workbook::new();
        book.add_sheet(SHEET)?;
        let (mut values, mut formulas) = (Vec::new(), Vec::new());
        for row in 0..told.a.len() {
            let (mut first, mut then) = (Vec::new(), Vec::new());
            for content in (work.cells)(told, row) {
                match content {
                    Content::Number(number) => first.push(LiteralValue::Number(number)),
                    Content::Text(text) => first.push(LiteralValue::Text(text.to_owned())),
                    Content::Formula(formula) => then.push(formula),
                }
            }
            values.push(first);
            formulas.push(then);
        }
        let given = u32::try_from(values[0].len())?;
        let width = given + u32::try_from(formulas[0].len())?;
        book.set_values(SHEET, 1, 1, &values)?;
        book.set_formulas(SHEET, 1, given + 1, &formulas)?;
        let loaded = Instant::now();
        book.evaluate_all()?;
        computing.push(millis(loaded));
        loading.push(millis(began));
        last = shown(&book, u32::try_from(told.a.len())?, width)?;
        if work.name == "chain" && run + 1 == work.runs {
            book.set_value(SHEET, 2001, 12, LiteralValue::Text(told.t[2000].clone()))?;
            book.set_formula(SHEET, 2001, 13, &text(2000, "L"))?;
            book.evaluate_all()?;
            let mut edits = Vec::new();
            for edit in 0..200 {
                let began = Instant::now();
                book.set_value(SHEET, 2001, 1, LiteralValue::Number(60.0 + f64::from(edit) / 100.0))?;
                book.evaluate_all()?;
                edits.push(millis(began));
            }
            say(peer, "one cell edited: 11 formulas", &edits, &shown(&book, 2001, 13)?);
        }
    }
    say(&format!("{peer}, with loading"), work.name, &loading, &last);
    say(peer, work.name, &computing, &last);
    Ok(())
}

fn shown(book: &Workbook, row: u32, column: u32) -> Result<String> {
    Ok(match book.get_value(SHEET, row, column).context("the last cell is empty")? {
        LiteralValue::Number(number) => number.to_string(),
        LiteralValue::Int(number) => number.to_string(),
        LiteralValue::Text(text) => text,
        other => format!("{other:?}"),
    })
}
