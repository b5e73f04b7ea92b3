//! Formulas that are tried out, about a table of a base or about values alone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clock::Clock;
use formula::{Diagnostic, Part, Program, Study, What};
use images::{View, tick};
use llm::Provider;
use model::{BaseId, Caller, Field, RecordId, Table, TableImage};
use records::{QUERY, Records, find_table};
use schema::{Schemas, summary, unkept};
use serde_json::{Map, Value};
use web::aside;

use crate::error::Error;
use crate::given::Given;
use crate::names::{Names, On, Over, Rolled, evaluate, failure, fields_of};
use crate::told::{Checked, Evaluated, Explained, FieldTold, Mistake, PartTold, kind_of, places, type_name};

/// Most parts that are told and measured.
const PARTS: usize = 200;
/// Records that parts are measured on.
const SAMPLE: usize = 1_000;
/// How long measuring may take, all parts together.
const MEASURING: Duration = Duration::from_secs(1);

/// What is asked about a formula.
#[derive(Default)]
pub(crate) struct Asked {
    /// The formula.
    pub formula: String,
    /// The base and the table that it is about.
    pub place: Option<(BaseId, String)>,
    /// The link field and the field of its table that it rolls up, where it is the formula of a rollup.
    pub rolls_up: Option<(String, String)>,
    /// The record that it is tried on.
    pub record: Option<String>,
    /// Values for fields, in place of the record's.
    pub context: Map<String, Value>,
}

/// A table with its records, as it is seen now.
type Seen<'s> = (&'s View, &'s Table, &'s TableImage);

/// What the handle is made of.
pub struct Parts {
    /// The bases, whose tables formulas are about.
    pub schemas: Schemas,
    /// Their records.
    pub records: Records,
    /// The time.
    pub clock: Clock,
    /// Who writes formulas from words, if somebody is set.
    pub provider: Option<Arc<dyn Provider>>,
    /// Which model, and how much it may say.
    pub model: llm::Settings,
}

/// Formulas while they are written. Copies are the same one.
#[derive(Clone)]
pub struct Authoring(Arc<Parts>);

impl Authoring {
    /// Makes the handle.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0
    }

    /// A base by its id, which need not be there, or by its name.
    ///
    /// # Errors
    /// [`Error::Records`] when there is none of this name.
    pub(crate) async fn find_base(&self, caller: &Caller, text: &str) -> Result<BaseId, Error> {
        Ok(self.0.records.find_base(caller, text).await?)
    }

    /// Says whether a formula can be used, and what it is made of.
    ///
    /// # Errors
    /// [`Error::Records`] for what is not there; [`Error::Given`] for given values.
    pub(crate) async fn check_formula(&self, caller: &Caller, asked: &Asked) -> Result<Checked, Error> {
        self.with_names(caller, asked, |names, _| Ok(checked(names, &asked.formula))).await
    }

    /// Computes a formula, over a record, given values, or both.
    ///
    /// # Errors
    /// As [`Authoring::check_formula`].
    pub(crate) async fn evaluate_formula(&self, caller: &Caller, asked: &Asked) -> Result<Evaluated, Error> {
        let now = tick(self.0.clock.now());
        self.with_names(caller, asked, |names, seen| {
            let on = seen.map(|seen| record(seen, asked.record.as_deref())).transpose()?.flatten();
            let text = &asked.formula;
            let program = match names.study(text).program {
                Ok(program) => program,
                Err(problems) => return Ok(unusable(text, &problems)),
            };
            let watched = match on {
                Some(On { view, table, rows, ordinal }) if !program.watched().is_empty() => {
                    if let Some(reason) = unkept(table, &program) {
                        return Ok(unknown(text, &program, &reason));
                    }
                    view.last_change((table, rows), program.watched(), ordinal)?
                }
                _ => Vec::new(),
            };
            let now = seen.map_or(now, |(view, ..)| view.tick());
            let over = Over { on, watched: &watched, now };
            let Some(value) = evaluate(&program, names, over)? else {
                let reason = failure(text, names, over)?;
                return Ok(failed(text, &program, reason));
            };
            Ok(Evaluated {
                value,
                data_type: Some(type_name(program.result())),
                is_valid: true,
                error_message: None,
                diagnostics: Vec::new(),
                warnings: warnings(&program),
            })
        })
        .await
    }

    /// Takes a formula apart, and measures its parts on some records.
    ///
    /// # Errors
    /// As [`Authoring::check_formula`], and [`Error::Expression`] when it cannot be used.
    pub(crate) async fn explain_formula(&self, caller: &Caller, asked: &Asked) -> Result<Explained, Error> {
        self.with_names(caller, asked, |names, seen| explained(names, seen, &asked.formula)).await
    }

    /// The fields of a table, as one may name them.
    ///
    /// # Errors
    /// [`Error::Records`] for what is not there.
    pub(crate) async fn field_names(
        &self,
        caller: &Caller,
        place: Option<&(BaseId, String)>,
    ) -> Result<Vec<FieldTold>, Error> {
        let Some((base, table)) = place else { return Ok(Vec::new()) };
        let told = |view: &View| {
            Ok(find_table(caller, &view.image.schema, table)?.live_fields().map(|field| field_told(field)).collect())
        };
        Ok(self.0.records.consult(caller, *base, told).await?)
    }

    /// Whether formulas have only the functions that Airtable has.
    pub(crate) fn has_formulas_of_airtable(&self) -> bool {
        self.0.schemas.has_formulas_of_airtable()
    }

    /// Looks at a formula where it holds nobody up, until a query would have to end.
    pub(crate) async fn with_names<T>(
        &self,
        caller: &Caller,
        asked: &Asked,
        look: impl Fn(&Names<'_>, Option<Seen<'_>>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let only_airtable = self.has_formulas_of_airtable();
        let until = Instant::now() + QUERY;
        let Some((base, table)) = &asked.place else {
            let given = Given::read(None, &asked.context)?;
            let names = Names { table: None, rolled: None, given: &given, only_airtable, until };
            return aside(true, || look(&names, None));
        };
        let question = |view: &View| {
            let view = &View { until: Some(until), ..view.clone() };
            let schema = &view.image.schema;
            let table = find_table(caller, schema, table)?;
            let asked = || {
                let of = asked.rolls_up.as_ref();
                let rolled = of.map(|(link, field)| Rolled::find(schema, table, link, field)).transpose()?;
                let given = Given::read(Some((table, rolled)), &asked.context)?;
                let names = Names { table: Some(table), rolled, given: &given, only_airtable, until };
                let rows = view.image.table(table.no);
                let seen: Seen<'_> = (view, table, &*rows);
                record(seen, asked.record.as_deref())?;
                look(&names, Some(seen))
            };
            // What the image misses is brought, and the question asked again.
            match aside(true, asked) {
                Err(Error::Records(error)) => Err(error),
                answer => Ok(answer),
            }
        };
        self.0.records.consult(caller, *base, question).await?
    }
}

fn expression(reason: impl Into<String>) -> Error {
    Error::Expression { reason: reason.into() }
}

fn record<'s>((view, table, rows): Seen<'s>, id: Option<&str>) -> Result<Option<On<'s>>, Error> {
    let Some(id) = id else { return Ok(None) };
    let not_found = || records::Error::RecordNotFound { id: id.chars().take(64).collect() };
    let found = id.parse::<RecordId>().ok().and_then(|id| rows.find(id)).ok_or_else(not_found)?;
    Ok(Some(On { view, table, rows, ordinal: found }))
}

/// Without a table any name may be one of a field: it is told, and the type of the result is not known.
fn checked(names: &Names<'_>, text: &str) -> Checked {
    let Study { parts, program } = names.study(text);
    let (program, mut problems) =
        program.map_or_else(|problems| (None, problems), |program| (Some(program), Vec::new()));
    let is_open = |problem: &Diagnostic| {
        names.table.is_none() && matches!(problem.kind, formula::DiagnosticKind::UnknownField { .. })
    };
    problems.retain(|problem| !is_open(problem));
    Checked {
        is_valid: problems.is_empty(),
        error: (!problems.is_empty()).then(|| summary(&problems)),
        diagnostics: problems.iter().map(|problem| Mistake::of(text, problem)).collect(),
        variables: each_once(&parts, |what| if let What::Name(name) = what { Some(name) } else { None }),
        fields: program.as_ref().map(|program| fields_told(names, program)).unwrap_or_default(),
        functions: functions(&parts),
        result: program.as_ref().map(|program| type_name(program.result())),
        volatile: program.as_ref().is_some_and(Program::is_volatile),
        warnings: program.as_ref().map(warnings).unwrap_or_default(),
        complexity_score: parts.len(),
    }
}

fn unusable(text: &str, problems: &[Diagnostic]) -> Evaluated {
    Evaluated {
        value: Value::Null,
        data_type: None,
        is_valid: false,
        error_message: Some(summary(problems)),
        diagnostics: problems.iter().map(|problem| Mistake::of(text, problem)).collect(),
        warnings: Vec::new(),
    }
}

/// A formula that comes to an error, with the reason where it was found.
fn failed(text: &str, program: &Program, reason: Option<Diagnostic>) -> Evaluated {
    let general = || "the formula comes to an error for these values".to_owned();
    Evaluated {
        value: serde_json::json!({ "error": "#ERROR!" }),
        data_type: Some(type_name(program.result())),
        is_valid: false,
        error_message: Some(reason.as_ref().map_or_else(general, ToString::to_string)),
        diagnostics: reason.iter().map(|reason| Mistake::of(text, reason)).collect(),
        warnings: warnings(program),
    }
}

/// A formula about times that nobody keeps.
fn unknown(text: &str, program: &Program, reason: &Diagnostic) -> Evaluated {
    let data_type = Some(type_name(program.result()));
    Evaluated { data_type, ..unusable(text, std::slice::from_ref(reason)) }
}

fn warnings(program: &Program) -> Vec<String> {
    let fleeting = program.is_volatile().then(|| "the value changes as time goes by".to_owned());
    program.remarks().iter().map(Diagnostic::to_string).chain(fleeting).collect()
}

fn explained(names: &Names<'_>, seen: Option<Seen<'_>>, text: &str) -> Result<Explained, Error> {
    let Study { parts, program } = names.study(text);
    let program = program.map_err(|problems| expression(summary(&problems)))?;
    let (begun, mut sampled, mut told) = (Instant::now(), 0, Vec::new());
    let measuring = Some(begun + MEASURING);
    let hurried = seen.map(|(view, ..)| View { until: measuring, ..view.clone() });
    let seen = seen.zip(hurried.as_ref()).map(|((_, table, rows), view)| (view, table, rows));
    for part in parts.iter().take(PARTS) {
        let compiled = names.part(text, part)?;
        let mut told_part = part_told(names, text, part, compiled.as_ref());
        if let (Some(program), Some(seen)) = (&compiled, seen.filter(|_| names.rolled.is_none()))
            && begun.elapsed() < MEASURING
            && let Some((records, time)) = measured(program, seen)?
        {
            sampled = records;
            told_part.nanoseconds_per_record = Some(time);
        }
        told.push(told_part);
    }
    Ok(Explained {
        formula: text.to_owned(),
        result: type_name(program.result()),
        volatile: program.is_volatile(),
        fields: fields_told(names, &program),
        functions: functions(&parts),
        truncated: parts.len() > told.len(),
        parts: told,
        records_sampled: sampled,
    })
}

/// How many records a part was computed for, and how long each took; none when it takes too long.
fn measured(program: &Program, (view, table, rows): Seen<'_>) -> Result<Option<(usize, f64)>, Error> {
    let mut begun = Instant::now();
    let mut run = || {
        begun = Instant::now();
        view.try_out(program, table, rows, SAMPLE)
    };
    // What it reads that is computed is there the second time.
    let records = match run().and_then(|_| run()) {
        Err(images::Error::TooSlow { .. }) => return Ok(None),
        records => records?,
    };
    Ok((records > 0).then(|| (records, begun.elapsed().as_nanos() as f64 / records as f64)))
}

fn part_told(names: &Names<'_>, text: &str, part: &Part, program: Option<&Program>) -> PartTold {
    let [start, end] = places(text, &part.span);
    let (kind, operation) = kind_of(&part.what);
    let field = match &part.what {
        What::Name(_) => program.and_then(|program| fields_told(names, program).into_iter().next()),
        _ => None,
    };
    PartTold {
        text: text.get(part.span.clone()).unwrap_or_default().to_owned(),
        start,
        end,
        depth: part.depth,
        kind,
        operation,
        field,
        result: program.map(|program| type_name(program.result())),
        list: program.is_some_and(Program::is_list),
        volatile: program.is_some_and(Program::is_volatile),
        nanoseconds_per_record: None,
    }
}

fn fields_told(names: &Names<'_>, program: &Program) -> Vec<FieldTold> {
    fields_of(names, program).into_iter().map(field_told).collect()
}

fn field_told(field: &Field) -> FieldTold {
    FieldTold { id: field.id.to_string(), name: field.name.clone(), kind: fields::of(&field.kind).name() }
}

fn functions(parts: &[Part]) -> Vec<String> {
    each_once(parts, |what| if let What::Call(name) = what { Some(name) } else { None })
}

fn each_once(parts: &[Part], of: impl Fn(&What) -> Option<&String>) -> Vec<String> {
    let mut out: Vec<String> = parts.iter().filter_map(|part| of(&part.what)).cloned().collect();
    out.sort_unstable();
    out.dedup();
    out
}
