//! Formulas as people write them, under `/api/v1`.

use axum::body::Body;
use axum::extract::State;
use axum::{Extension, Json};
use formula::{Diagnostic, Family, Function};
use model::{Caller, folded_name};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody};

use crate::error::Error;
use crate::ops::{Asked, Authoring};
use crate::told::{Checked, Evaluated, Explained, FieldTold, Suggested, type_name};

const DOOR: Door = Door::Problem;

#[derive(OpenApi)]
#[openapi(tags((name = "formulas", description = "Formulas while they are written: their functions, mistakes, values and parts")))]
struct Described;

/// The doors of this context.
pub(crate) fn router(authoring: Authoring) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(functions))
        .routes(routes!(validate))
        .routes(routes!(evaluate))
        .routes(routes!(explain))
        .routes(routes!(format))
        .routes(routes!(complete))
        .routes(routes!(suggest))
        .with_state(authoring)
}

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

/// Most names that are offered at once.
const OFFERED: usize = 50;

/// A formula, and what it is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FormulaIn {
    /// The formula; also `expression`.
    #[serde(alias = "expression")]
    formula: String,
    /// The base whose fields it names, by id or name; goes with `table`.
    #[serde(default)]
    base: Option<String>,
    /// The table, by id or name.
    #[serde(default)]
    table: Option<String>,
    /// What it rolls up, where it is the formula of a rollup of the table: it names `values` then, and nothing else.
    #[serde(default)]
    rollup: Option<RollupIn>,
    /// The id of the record that it is computed for, where it is evaluated. It must be there.
    #[serde(default)]
    record: Option<String>,
    /// Values for fields, in place of the record's, by name or id; also `fields` and `variables`. Without a table the formula
    /// may name what is given here, and nothing else. Choices and links are given as texts, days and times as in cells, lookups as lists.
    #[serde(default, alias = "fields", alias = "variables")]
    #[schema(value_type = Option<Object>)]
    context: Option<Map<String, Value>>,
}

/// What a rollup brings down, as the options of rollups say it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RollupIn {
    /// The link field, by id or name.
    record_link_field_id: String,
    /// The field of the linked table, by id or name.
    field_id_in_linked_table: String,
}

/// A formula in its one form.
#[derive(Serialize, ToSchema)]
pub(super) struct FormattedOut {
    /// The formula: functions in capitals, fields in braces, texts in double quotes, long calls over several lines.
    formula: String,
    /// Whether that is another text than was given.
    changed: bool,
}

/// A formula to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FormatIn {
    /// The formula; also `expression`.
    #[serde(alias = "expression")]
    formula: String,
    /// The base that it is about, by id or name; goes with `table`. The form is the same without.
    #[serde(default)]
    base: Option<String>,
    /// The table, by id or name.
    #[serde(default)]
    table: Option<String>,
}

/// A formula to be written by a model.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SuggestIn {
    /// In words what it shall come to, up to 2,000 characters.
    request: String,
    /// The base, by id or name.
    base: String,
    /// The table, by id or name.
    table: String,
}

/// A formula that somebody writes at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompleteIn {
    /// The formula as far as it is there; also `expression`.
    #[serde(alias = "expression")]
    formula: String,
    /// The character in front of which the cursor stands, from 0; the end when absent.
    #[serde(default)]
    cursor: Option<usize>,
    /// The base whose fields are offered, by id or name; goes with `table`.
    #[serde(default)]
    base: Option<String>,
    /// The table, by id or name.
    #[serde(default)]
    table: Option<String>,
}

/// A name that can come.
#[derive(Serialize, ToSchema)]
struct OfferOut {
    /// `field` or `function`.
    kind: &'static str,
    /// The name.
    label: String,
    /// What takes the place of the text from `from` to the cursor.
    insert: String,
    /// How a function is called, or the type of a field.
    detail: String,
}

/// What can come at the cursor.
#[derive(Serialize, ToSchema)]
pub(super) struct CompletedOut {
    /// The character that the name begins at, from 0.
    from: usize,
    /// The names, fields first; none where no name can come.
    candidates: Vec<OfferOut>,
}

/// Something that a function takes.
#[derive(Serialize, ToSchema)]
struct ArgumentOut {
    /// What it is called.
    name: &'static str,
    /// Whether it may be left out.
    optional: bool,
    /// Whether there may be more of it.
    repeats: bool,
}

/// A formula and what it comes to.
#[derive(Serialize, ToSchema)]
struct ExampleOut {
    /// The formula.
    formula: &'static str,
    /// Its value, texts in quotes.
    value: &'static str,
}

/// A function.
#[derive(Serialize, ToSchema)]
struct FunctionOut {
    /// Its name.
    name: &'static str,
    /// How it is called; what stands in brackets may be left out.
    signature: &'static str,
    /// What it takes.
    arguments: Vec<ArgumentOut>,
    /// The type of its result: `number`, `text`, `boolean`, `date` or `dateTime`; null where it is that of what it is given.
    result: Option<&'static str>,
    /// Whether the result is several values.
    list: bool,
    /// What it does.
    description: &'static str,
    /// What it is for: `array`, `date`, `logic`, `number`, `record` or `text`.
    category: &'static str,
    /// Formulas with it, and what they come to.
    examples: Vec<ExampleOut>,
    /// Whether Airtable has it; others are refused where `formulas.airtable` is set, and not told there.
    airtable: bool,
    /// Other names of it.
    aliases: Vec<&'static str>,
}

/// The functions.
#[derive(Serialize, ToSchema)]
pub(super) struct FunctionsOut {
    /// By name.
    functions: Vec<FunctionOut>,
}

const fn category(family: Family) -> &'static str {
    match family {
        Family::Array => "array",
        Family::Date => "date",
        Family::Logic => "logic",
        Family::Number => "number",
        Family::Record => "record",
        Family::Text => "text",
    }
}

impl From<&'static Function> for FunctionOut {
    fn from(function: &'static Function) -> Self {
        let (result, list) = function.result();
        let arguments = function.arguments().into_iter();
        let examples = function.examples.iter().map(|(formula, value)| ExampleOut { formula, value });
        Self {
            name: function.name,
            signature: function.usage,
            arguments: arguments
                .map(|argument| ArgumentOut {
                    name: argument.name,
                    optional: argument.optional,
                    repeats: argument.repeats,
                })
                .collect(),
            result: result.map(type_name),
            list,
            description: function.about,
            category: category(function.family),
            examples: examples.collect(),
            airtable: !function.is_ours(),
            aliases: function.aliases().collect(),
        }
    }
}

/// The functions that may be called.
fn known(authoring: &Authoring) -> impl Iterator<Item = &'static Function> {
    let only_airtable = authoring.has_formulas_of_airtable();
    formula::functions().iter().copied().filter(move |function| !(only_airtable && function.is_ours()))
}

async fn place(
    authoring: &Authoring,
    caller: &Caller,
    (base, table): (Option<String>, Option<String>),
) -> Result<Option<(model::BaseId, String)>, Failure> {
    match (base, table) {
        (Some(base), Some(table)) => Ok(Some((authoring.find_base(caller, &base).await.map_err(fail)?, table))),
        (None, None) => Ok(None),
        _ => Err(fail(Error::Given { reason: "`base` and `table` go together".to_owned() })),
    }
}

async fn asked(authoring: &Authoring, caller: &Caller, body: Body) -> Result<Asked, Failure> {
    let given: FormulaIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let place = place(authoring, caller, (given.base, given.table)).await?;
    if given.record.is_some() && place.is_none() {
        return Err(fail(Error::Given { reason: "`record` goes with `base` and `table`".to_owned() }));
    }
    if given.rollup.is_some() && place.is_none() {
        return Err(fail(Error::Given { reason: "`rollup` goes with `base` and `table`".to_owned() }));
    }
    let rolls_up = given.rollup.map(|rollup| (rollup.record_link_field_id, rollup.field_id_in_linked_table));
    let context = given.context.unwrap_or_default();
    Ok(Asked { formula: given.formula, place, rolls_up, record: given.record, context })
}

/// Lists the functions that formulas may call.
#[utoipa::path(
    get, path = "/api/v1/formulas/functions", operation_id = "formulas.functions", tag = "formulas",
    responses((status = 200, description = "The functions", body = FunctionsOut))
)]
async fn functions(State(authoring): State<Authoring>) -> Json<FunctionsOut> {
    Json(FunctionsOut { functions: known(&authoring).map(FunctionOut::from).collect() })
}

/// Says whether a formula can be used, and what it is made of. Without a table any name may be one of a field.
#[utoipa::path(
    post, path = "/api/v1/formulas/validate", operation_id = "formulas.validate", tag = "formulas",
    request_body = FormulaIn,
    responses((status = 200, description = "What is wrong with it, if anything", body = Checked))
)]
async fn validate(
    State(authoring): State<Authoring>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<Checked>, Failure> {
    let asked = asked(&authoring, &caller, body).await?;
    authoring.check_formula(&caller, &asked).await.map(Json).map_err(fail)
}

/// Computes a formula, for a record, for given values, or for neither.
#[utoipa::path(
    post, path = "/api/v1/formulas/evaluate", operation_id = "formulas.evaluate", tag = "formulas",
    request_body = FormulaIn,
    responses((status = 200, description = "What it comes to, or why it does not", body = Evaluated))
)]
async fn evaluate(
    State(authoring): State<Authoring>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<Evaluated>, Failure> {
    let asked = asked(&authoring, &caller, body).await?;
    authoring.evaluate_formula(&caller, &asked).await.map(Json).map_err(fail)
}

/// Takes a formula apart: types, fields, functions, and how long each part takes on a sample of the records.
#[utoipa::path(
    post, path = "/api/v1/formulas/explain", operation_id = "formulas.explain", tag = "formulas",
    request_body = FormulaIn,
    responses(
        (status = 200, description = "What it is made of", body = Explained),
        (status = 422, description = "It cannot be used"),
    )
)]
async fn explain(
    State(authoring): State<Authoring>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<Explained>, Failure> {
    let asked = asked(&authoring, &caller, body).await?;
    authoring.explain_formula(&caller, &asked).await.map(Json).map_err(fail)
}

/// Writes a formula in its one form.
#[utoipa::path(
    post, path = "/api/v1/formulas/format", operation_id = "formulas.format", tag = "formulas",
    request_body = FormatIn,
    responses(
        (status = 200, description = "The formula", body = FormattedOut),
        (status = 422, description = "It cannot be read"),
    )
)]
async fn format(
    State(authoring): State<Authoring>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<FormattedOut>, Failure> {
    let FormatIn { formula: given, base, table } = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let place = place(&authoring, &caller, (base, table)).await?;
    authoring.field_names(&caller, place.as_ref()).await.map_err(fail)?;
    let refuse = |problems: Vec<Diagnostic>| fail(Error::Expression { reason: schema::summary(&problems) });
    let ours = schema::beyond_airtable(&given);
    if authoring.has_formulas_of_airtable() && !ours.is_empty() {
        return Err(refuse(ours));
    }
    let formula = formula::format(&given).map_err(refuse)?;
    Ok(Json(FormattedOut { changed: formula != given, formula }))
}

/// Offers the fields and functions that can come at a place in a formula.
#[utoipa::path(
    post, path = "/api/v1/formulas/complete", operation_id = "formulas.complete", tag = "formulas",
    request_body = CompleteIn,
    responses((status = 200, description = "The names", body = CompletedOut))
)]
async fn complete(
    State(authoring): State<Authoring>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<CompletedOut>, Failure> {
    let given: CompleteIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let place = place(&authoring, &caller, (given.base, given.table)).await?;
    let fields = authoring.field_names(&caller, place.as_ref()).await.map_err(fail)?;
    let end = given.formula.char_indices().nth(given.cursor.unwrap_or(usize::MAX)).map(|(at, _)| at);
    let before = given.formula.get(..end.unwrap_or(given.formula.len())).unwrap_or_default();
    let Some(begun) = formula::begun(before) else {
        return Ok(Json(CompletedOut { from: before.chars().count(), candidates: Vec::new() }));
    };
    let prefix = folded_name(begun.prefix);
    let fields = fields.into_iter().filter(|field| starts(&field.name, &prefix)).map(offer);
    let functions = known(&authoring).filter(|function| !begun.in_braces && starts(function.name, &prefix));
    let functions = functions.map(|function| OfferOut {
        kind: "function",
        label: function.name.to_owned(),
        insert: format!("{}(", function.name),
        detail: function.usage.to_owned(),
    });
    let from = before.get(..begun.from).map_or(0, |before| before.chars().count());
    Ok(Json(CompletedOut { from, candidates: fields.chain(functions).take(OFFERED).collect() }))
}

/// Has a model write a formula from a request in words. It is checked before it is told, and can be used.
#[utoipa::path(
    post, path = "/api/v1/formulas/suggest", operation_id = "formulas.suggest", tag = "formulas",
    request_body = SuggestIn,
    responses(
        (status = 200, description = "The formula", body = Suggested),
        (status = 409, description = "No model provider is set"),
        (status = 422, description = "The model wrote none that can be used"),
    )
)]
async fn suggest(
    State(authoring): State<Authoring>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<Suggested>, Failure> {
    let SuggestIn { request, base, table } = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let base = authoring.find_base(&caller, &base).await.map_err(fail)?;
    authoring.suggest_formula(&caller, (base, table), &request).await.map(Json).map_err(fail)
}

fn starts(name: &str, prefix: &str) -> bool {
    folded_name(name).starts_with(prefix)
}

fn offer(field: FieldTold) -> OfferOut {
    OfferOut {
        kind: "field",
        insert: format!("{{{}}}", field.name.replace('\\', "\\\\").replace('}', "\\}")),
        label: field.name,
        detail: field.kind.to_owned(),
    }
}
