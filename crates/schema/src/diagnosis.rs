//! What is wrong with a formula, told with the fields that were meant.

use formula::{Diagnostic, DiagnosticKind, Program};
use model::{Field, FieldId, FieldKind, Table};

use crate::closest::near;
use crate::dialect::beyond_airtable;

/// What a formula may name.
#[derive(Clone, Copy)]
pub enum Nameable<'t> {
    /// The fields of a table.
    Fields(&'t Table),
    /// The values that a rollup brings.
    Values,
    /// What is given beside the formula.
    Given,
}

/// What a formula may be, beside what may be in it.
#[derive(Clone, Copy)]
pub struct Rules {
    /// What it knows of when fields were last changed.
    pub times: Times,
    /// Whether it has only the functions that Airtable has.
    pub only_airtable: bool,
}

/// What a formula knows of when some fields were last changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// It is kept in a field, which keeps the time.
    Kept,
    /// What fields of the table keep.
    Found,
}

/// A formula that somebody writes now, as it was compiled.
///
/// # Errors
/// All that is wrong with it, in the order of the text.
pub fn usable(
    text: &str,
    compiled: Result<Program, Vec<Diagnostic>>,
    nameable: Nameable<'_>,
    rules: Rules,
) -> Result<Program, Vec<Diagnostic>> {
    let mut wrong = if rules.only_airtable { beyond_airtable(text) } else { Vec::new() };
    let compiled = compiled.map_err(|problems| wrong.extend(problems));
    if let (Ok(program), Nameable::Fields(table)) = (&compiled, nameable) {
        let untimely = || (rules.times == Times::Found).then(|| unkept(table, program)).flatten();
        wrong.extend(refused(table, program).or_else(untimely));
    }
    match compiled {
        Ok(program) if wrong.is_empty() => Ok(program),
        _ => {
            wrong.sort_by_key(|mistake| mistake.span.start);
            advise(&mut wrong, nameable);
            Err(wrong)
        }
    }
}

/// Why a formula is none of a table, though it can be read: it asks when fields were written that nobody writes, or reads two
/// fields place by place that are no lookups through one link.
pub fn refused(table: &Table, program: &Program) -> Option<Diagnostic> {
    unwritten(table, program).or_else(|| unpaired(table, program))
}

fn unwritten(table: &Table, program: &Program) -> Option<Diagnostic> {
    let mut watched = program.watched().iter().flatten().filter_map(|id| table.field_by_id(*id));
    let field = watched.find(|field| field.kind.is_computed())?;
    let (name, kind) = (&field.name, fields::of(&field.kind).name());
    let message = format!(
        "LAST_MODIFIED_TIME is asked about fields that people write, and `{name}` is of type `{kind}`, which nobody writes"
    );
    Some(program.mistake(field.id, message, "name the fields that it is made of"))
}

fn unpaired(table: &Table, program: &Program) -> Option<Diagnostic> {
    program.pairs().iter().find_map(|(keys, values)| {
        let [keys, values] = [table.field_by_id(*keys)?, table.field_by_id(*values)?];
        let link = |field: &Field| match &field.kind {
            FieldKind::MultipleLookupValues(options) => Some(options.link),
            _ => None,
        };
        if link(keys).is_some() && link(keys) == link(values) {
            return None;
        }
        let told = |field: &Field| match link(field).and_then(|id| table.field_by_id(id)) {
            Some(link) => format!("`{}` looks through `{}`", field.name, link.name),
            None => format!("`{}` is of type `{}`", field.name, fields::of(&field.kind).name()),
        };
        let both = format!("{}, {}", told(keys), told(values));
        let message = format!("XLOOKUP reads two lookup fields through the same link, and {both}");
        Some(program.mistake(values.id, message, "make a lookup field for each, through one link"))
    })
}

/// What no field of the table knows of the times that a formula asks about.
pub fn unkept(table: &Table, program: &Program) -> Option<Diagnostic> {
    let unkept = |list: &&Vec<FieldId>| table.keepers_of(list, None).is_empty();
    let field = *program.watched().iter().find(unkept)?.first()?;
    let message = "no field of the table keeps when just these fields were last changed".to_owned();
    Some(program.mistake(field, message, "make a field of the last modified time that watches them"))
}

/// Says of each name that is none what may have been meant.
fn advise(problems: &mut [Diagnostic], nameable: Nameable<'_>) {
    for problem in problems.iter_mut().filter(|problem| problem.advice.is_empty()) {
        if let DiagnosticKind::UnknownField { name } = &problem.kind {
            problem.advice = meant(name, nameable);
        }
    }
}

/// The first mistake, and how many more there are; names that are no fields all at once, as clients know it.
pub fn summary(problems: &[Diagnostic]) -> String {
    let Some(first) = problems.first() else { return String::new() };
    if !is_unknown(first) {
        return with_more(first.to_string(), problems.len() - 1);
    }
    let (mut told, mut more) = (first.clone(), 0);
    for problem in problems.iter().skip(1) {
        match problem.message.strip_prefix(UNKNOWN).filter(|_| is_unknown(problem)) {
            Some(name) => told.message.extend([", ", name]),
            None => more += 1,
        }
    }
    with_more(told.to_string(), more)
}

/// What the message about a name that is none begins with.
const UNKNOWN: &str = "Unknown field names: ";

fn is_unknown(problem: &Diagnostic) -> bool {
    matches!(problem.kind, DiagnosticKind::UnknownField { .. })
}

fn meant(name: &str, nameable: Nameable<'_>) -> String {
    match nameable {
        Nameable::Values => "the formula of a rollup names `values` and nothing else".to_owned(),
        Nameable::Given => "give a value for it in `context`, or `base` and `table`".to_owned(),
        Nameable::Fields(_) if name.eq_ignore_ascii_case("values") => {
            "`values` is known to the formulas of rollups only: name a lookup field here".to_owned()
        }
        Nameable::Fields(table) => match (name.parse::<FieldId>(), near(name, names(table)).as_slice()) {
            (Ok(id), _) => of_id(id, table),
            (Err(_), []) => format!("no field of `{}` has a name like it", table.name),
            (Err(_), [one]) => format!("did you mean `{one}`?"),
            (Err(_), [first @ .., last]) => format!("did you mean `{}` or `{last}`?", first.join("`, `")),
        },
    }
}

fn of_id(id: FieldId, table: &Table) -> String {
    match table.fields.iter().find(|field| field.id == id) {
        Some(field) => format!("the field `{}` was deleted: bring it back, or name another", field.name),
        None => format!("no field of `{}` has this id", table.name),
    }
}

fn names(table: &Table) -> impl Iterator<Item = &str> {
    table.live_fields().map(|field| field.name.as_str())
}

/// A mistake, and how many more there are.
fn with_more(first: String, more: usize) -> String {
    match more {
        0 => first,
        1 => format!("{first} (and 1 more mistake)"),
        _ => format!("{first} (and {more} more mistakes)"),
    }
}
