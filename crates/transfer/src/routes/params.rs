//! What a query asks of an import, and what is wrong with it.

use encoding_rs::Encoding;
use web::Params;

use crate::csv::{HeaderRow, Overrides};
use crate::error::Error;
use crate::infer::{DateOrder, TypeMode};
use crate::model::{Parts, Wanted};
use crate::words::excerpt;

/// Parameters that mean nothing without a value.
const VALUED: [&str; 7] = ["types", "part", "delimiter", "quote", "encoding", "headerRow", "dateOrder"];

fn request(reason: impl Into<String>) -> Error {
    Error::Request { reason: reason.into() }
}

/// A value as an error shows it.
fn shown(text: &str) -> String {
    format!("`{}`", excerpt(text, 64).escape_debug())
}

pub(super) fn wanted(query: &str) -> Result<Wanted, Error> {
    for (key, value) in query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
        if value.is_empty() && VALUED.contains(&key) {
            return Err(request(format!("`{key}` is empty: give it a value, or leave it out")));
        }
    }
    let params = &Params::parse(query);
    let flag = |key: &str| params.flag(key).map_err(request);
    let named = |key: &str| params.get(key).unwrap_or_default().trim().to_owned();
    let types = match params.get("types") {
        None | Some("infer") => TypeMode::Infer,
        Some("text") => TypeMode::Text,
        Some(other) => return Err(request(format!("`types` is `infer` or `text`, not {}", shown(other)))),
    };
    Ok(Wanted {
        base: named("base"),
        table: named("table"),
        create: flag("create")?,
        types,
        dry_run: flag("dryRun")?,
        keep_unfit: flag("keepUnfit")?,
        parts: parts(params)?,
        overrides: overrides(params)?,
    })
}

fn parts(params: &Params) -> Result<Parts, Error> {
    match params.get("part") {
        None => Ok(Parts::Main),
        Some("all") => Ok(Parts::All),
        Some(text) => match text.parse() {
            Ok(number) if number > 0 => Ok(Parts::One(number)),
            _ => {
                let reason = "`part` is the number of a table in the file, from 1, or `all`, not";
                Err(request(format!("{reason} {}", shown(text))))
            }
        },
    }
}

fn overrides(params: &Params) -> Result<Overrides, Error> {
    Ok(Overrides {
        delimiter: delimiter(params)?,
        quote: params.get("quote").map(quote).transpose()?,
        encoding: encoding(params)?,
        header_row: header_row(params)?,
        date_order: date_order(params)?,
    })
}

fn delimiter(params: &Params) -> Result<Option<String>, Error> {
    let Some(told) = params.get("delimiter") else { return Ok(None) };
    let delimiter = told.replace("\\t", "\t");
    if delimiter.chars().count() > 2 || delimiter.contains(['\n', '\r', '"']) {
        let reason = "`delimiter` is one or two characters that are no quote and no line end, not";
        return Err(request(format!("{reason} {}", shown(told))));
    }
    Ok(Some(delimiter))
}

fn quote(told: &str) -> Result<Option<char>, Error> {
    let mut chars = told.chars();
    match (chars.next(), chars.next()) {
        _ if told == "none" => Ok(None),
        (Some(quote), None) if quote.is_ascii_graphic() => Ok(Some(quote)),
        _ => Err(request(format!("`quote` is one ASCII character, or `none`, not {}", shown(told)))),
    }
}

fn encoding(params: &Params) -> Result<Option<String>, Error> {
    let Some(told) = params.get("encoding") else { return Ok(None) };
    if Encoding::for_label_no_replacement(told.as_bytes()).is_none() {
        let reason = "such as `utf-8`, `utf-16le`, `windows-1252`, `iso-8859-2` or `shift_jis`";
        return Err(request(format!(
            "`encoding` is the name of an encoding, {reason}; none is called {}",
            shown(told)
        )));
    }
    Ok(Some(told.to_owned()))
}

fn header_row(params: &Params) -> Result<Option<HeaderRow>, Error> {
    match params.get("headerRow") {
        None => Ok(None),
        Some("none") => Ok(Some(HeaderRow::None)),
        Some(text) => match text.parse() {
            Ok(line) if line > 0 => Ok(Some(HeaderRow::At(line))),
            _ => Err(request(format!("`headerRow` is the number of a line, from 1, or `none`, not {}", shown(text)))),
        },
    }
}

fn date_order(params: &Params) -> Result<Option<DateOrder>, Error> {
    match params.get("dateOrder") {
        None => Ok(None),
        Some("ymd") => Ok(Some(DateOrder::Ymd)),
        Some("dmy") => Ok(Some(DateOrder::Dmy)),
        Some("mdy") => Ok(Some(DateOrder::Mdy)),
        Some(other) => Err(request(format!("`dateOrder` is `ymd`, `dmy` or `mdy`, not {}", shown(other)))),
    }
}

#[cfg(test)]
mod tests;
