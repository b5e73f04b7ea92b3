//! Getting and listing records.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use datetime::Locale;
use jiff::tz::TimeZone;
use model::Caller;
use web::{Failure, JsonBody, Params};

use super::wire::{ListIn, RecordOut, RecordPath, RecordsOut, SortIn, TablePath};
use super::{DOOR, base_id, fail, json};
use crate::error::Error;
use crate::json::{Shape, TextShape};
use crate::ops::{At, ListQuery, PAGE, Records, Sort, chosen};

/// Gets a record.
#[utoipa::path(
    get, path = "/v0/{base}/{table}/{record}", operation_id = "records.get", tag = "records",
    params(
        RecordPath,
        ("returnFieldsByFieldId" = Option<bool>, Query, description = "Field ids as keys instead of names"),
        ("cellFormat" = Option<String>, Query, description = "`json` (the default), or `string`: cells as people see them"),
        ("timeZone" = Option<String>, Query, description = "With `string`: an IANA zone, for date-times of the zone `client`"),
        ("userLocale" = Option<String>, Query, description = "With `string`: a locale such as `en-gb`"),
        ("at" = Option<String>, Query, description = "The record as it was: after a change of this number, or at this time"),
    ),
    responses((status = 200, description = "The record", body = RecordOut))
)]
pub(super) async fn get(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<RecordPath>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default());
    if !params.list("fields").is_empty() {
        return Err(fail(invalid("`fields` cannot be given for a single record")));
    }
    let at = params.get("at").map(At::parse).transpose().map_err(fail)?;
    let named = (place.table.as_str(), place.record.as_str());
    let found = records.get_at(&caller, base_id(&place.base)?, named, at).await.map_err(fail)?;
    let mut out = Vec::with_capacity(1_024);
    let text = text_shape(params.get("cellFormat"), params.get("timeZone"), params.get("userLocale")).map_err(fail)?;
    let shape = Shape { fields: None, by_id: flag(&params, "returnFieldsByFieldId").map_err(fail)?, text };
    found.write_one(&shape, &mut out).map_err(fail)?;
    Ok(json(out))
}

fn invalid(message: &str) -> Error {
    Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message: message.to_owned() }
}

pub(super) fn flag(params: &Params, key: &str) -> Result<bool, Error> {
    params.flag(key).map_err(|message| invalid(&message))
}

/// How cells are shown, when they shall be as people see them.
///
/// # Errors
/// [`Error::Request`] for a format, a zone or a locale that there is not, and when one of them is missing.
pub fn text_shape(format: Option<&str>, zone: Option<&str>, locale: Option<&str>) -> Result<Option<TextShape>, Error> {
    let given = |value: Option<&str>| value.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
    match format {
        None | Some("" | "json") => return Ok(None),
        Some("string") => {}
        Some(_) => return Err(invalid("`cellFormat` is `json` or `string`")),
    }
    let (Some(zone), Some(locale)) = (given(zone), given(locale)) else {
        return Err(invalid("with `cellFormat=string` both `timeZone` and `userLocale` must be given"));
    };
    let zone = if zone.eq_ignore_ascii_case("client") { "UTC".to_owned() } else { zone };
    if TimeZone::get(&zone).is_err() {
        return Err(invalid(&format!(
            "`timeZone` is a name of the IANA database such as `Europe/Paris`, not `{}`",
            short(&zone)
        )));
    }
    if !Locale::is_known(&locale) {
        let message =
            format!("`userLocale` is a locale or a language such as `en-gb` or `de`, not `{}`", short(&locale));
        return Err(invalid(&message));
    }
    Ok(Some(TextShape { time_zone: zone, locale: locale.to_lowercase().replace('_', "-") }))
}

fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

impl ListIn {
    fn from_params(params: &Params) -> Result<Self, Error> {
        let number = |key: &str| -> Result<Option<i64>, Error> {
            let read = |text: &str| text.parse().map_err(|_| invalid(&format!("`{key}` must be a whole number")));
            params.get(key).map(read).transpose()
        };
        let text = |key: &str| params.get(key).map(str::to_owned);
        let mut sort: Vec<(usize, SortIn)> = Vec::new();
        let keys = params.table("sort");
        if keys.len() < params.count("sort") {
            return Err(invalid(
                "a sort key is written `sort[0][field]=Name`, and `sort[0][direction]=desc` beside it",
            ));
        }
        for (index, part, value) in keys {
            if sort.last().is_none_or(|(held, _)| *held != index) {
                sort.push((index, SortIn::default()));
            }
            if let Some((_, key)) = sort.last_mut() {
                match part {
                    "field" => value.clone_into(&mut key.field),
                    "direction" => key.direction = Some(value.to_owned()),
                    _ => {}
                }
            }
        }
        Ok(Self {
            fields: params.list("fields").into_iter().map(str::to_owned).collect(),
            filter_by_formula: text("filterByFormula"),
            sort: sort.into_iter().map(|(_, key)| key).collect(),
            view: text("view"),
            at: text("at"),
            max_records: number("maxRecords")?,
            // `limit` is what the npm package `airtable` calls it in the form of `list` that it has given up.
            page_size: number("pageSize")?.or(number("limit")?),
            offset: text("offset"),
            return_fields_by_field_id: flag(params, "returnFieldsByFieldId")?,
            cell_format: text("cellFormat"),
            time_zone: text("timeZone"),
            user_locale: text("userLocale"),
            record_metadata: params.list("recordMetadata").into_iter().map(str::to_owned).collect(),
        })
    }

    /// Takes from the query string of a `POST` what clients leave there.
    fn or_params(mut self, params: &Params) -> Result<Self, Error> {
        let text = |key: &str| params.get(key).map(str::to_owned);
        self.cell_format = self.cell_format.or_else(|| text("cellFormat"));
        self.time_zone = self.time_zone.or_else(|| text("timeZone"));
        self.user_locale = self.user_locale.or_else(|| text("userLocale"));
        self.return_fields_by_field_id |= flag(params, "returnFieldsByFieldId")?;
        Ok(self)
    }

    fn shape(&self) -> Result<Shape, Error> {
        let format = self.cell_format.as_deref();
        let text = text_shape(format, self.time_zone.as_deref(), self.user_locale.as_deref())?;
        Ok(Shape { fields: None, by_id: self.return_fields_by_field_id, text })
    }

    fn query(self) -> Result<(ListQuery, Vec<String>), Error> {
        let bounded = |value: Option<i64>, name: &str, most: i64| match value {
            Some(value) if value < 1 && most == i64::MAX => Err(invalid(&format!("`{name}` must be at least 1"))),
            Some(value) if value < 1 || value > most => Err(invalid(&format!("`{name}` must be from 1 to {most}"))),
            value => Ok(value.map(|value| value as usize)),
        };
        let query = ListQuery {
            tree: None,
            filter: self.filter_by_formula,
            sort: self.sort.into_iter().map(read_sort).collect::<Result<_, _>>()?,
            view: self.view.filter(|view| !view.is_empty()),
            at: self.at.filter(|at| !at.is_empty()).map(|at| At::parse(&at)).transpose()?,
            max_records: bounded(self.max_records, "maxRecords", i64::MAX)?,
            page_size: bounded(self.page_size, "pageSize", PAGE as i64)?,
            offset: self.offset.filter(|offset| !offset.is_empty()),
            comment_counts: counts_comments(&self.record_metadata)?,
        };
        Ok((query, self.fields))
    }
}

/// What is asked for beside the cells: the number of comments is all there is.
fn counts_comments(metadata: &[String]) -> Result<bool, Error> {
    match metadata.iter().find(|name| *name != "commentCount") {
        Some(_) => Err(invalid("`recordMetadata` can be `commentCount` only")),
        None => Ok(!metadata.is_empty()),
    }
}

fn read_sort(key: SortIn) -> Result<Sort, Error> {
    let descending = match key.direction.as_deref() {
        None | Some("asc" | "") => false,
        Some("desc") => true,
        Some(_) => return Err(invalid("a sort direction is `asc` or `desc`")),
    };
    if key.field.is_empty() {
        return Err(invalid("every sort key needs a `field`"));
    }
    Ok(Sort { field: key.field, descending })
}

/// Lists the records of a table, a page at a time.
#[utoipa::path(
    get, path = "/v0/{base}/{table}", operation_id = "records.list", tag = "records", params(TablePath, ListIn),
    responses((status = 200, description = "A page", body = RecordsOut))
)]
pub(super) async fn list(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<TablePath>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let params = Params::parse(query.as_deref().unwrap_or_default());
    answer(&records, &caller, &place, ListIn::from_params(&params).map_err(fail)?).await
}

/// Lists the records of a table as `GET` does; the body holds what is too long for an address.
#[utoipa::path(
    post, path = "/v0/{base}/{table}/listRecords", operation_id = "records.list_by_post", tag = "records",
    params(
        TablePath,
        ("returnFieldsByFieldId" = Option<bool>, Query, description = "As in the body"),
        ("cellFormat" = Option<String>, Query, description = "As in the body"),
        ("timeZone" = Option<String>, Query, description = "As in the body"),
        ("userLocale" = Option<String>, Query, description = "As in the body"),
    ),
    request_body = ListIn, responses((status = 200, description = "A page", body = RecordsOut))
)]
pub(super) async fn list_by_post(
    State(records): State<Records>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<TablePath>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Result<Response, Failure> {
    let body = JsonBody::read(DOOR, body).await?;
    let list: ListIn = body.parse_or_default(DOOR)?;
    let params = Params::parse(query.as_deref().unwrap_or_default());
    answer(&records, &caller, &place, list.or_params(&params).map_err(fail)?).await
}

async fn answer(records: &Records, caller: &Caller, place: &TablePath, list: ListIn) -> Result<Response, Failure> {
    let base = base_id(&place.base)?;
    let shape = list.shape().map_err(fail)?;
    let (query, fields) = list.query().map_err(fail)?;
    let page = records.list(caller, base, &place.table, &query).await.map_err(fail)?;
    let fields = chosen(&page.found.table, &fields).map_err(fail)?;
    records.write_list(&page, &Shape { fields, ..shape }).map_err(fail).map(json)
}
