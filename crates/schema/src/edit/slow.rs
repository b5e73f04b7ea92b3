//! Formulas whose constants take long.

use std::time::{Duration, Instant};

use serde_json::Value;
use web::aside;

use super::{NewField, NewTable};
use crate::error::Error;

/// How long all formulas of a request may take to be looked at.
const LOOKING: Duration = Duration::from_secs(10);

/// Refuses formulas whose constants take too long, by the names and options of their fields. It is asked before the writer is there, so that
/// nobody waits for it.
///
/// # Errors
/// [`Error::Formula`].
pub(crate) fn refuse_slow<'f>(fields: impl IntoIterator<Item = (&'f str, Option<&'f Value>)>) -> Result<(), Error> {
    let until = Some(Instant::now() + LOOKING);
    let fields = fields.into_iter();
    let mut formulas = fields.filter_map(|(name, options)| Some((name, options?.get("formula")?.as_str()?)));
    let slow = aside(true, || formulas.find_map(|(name, text)| Some((name, formula::slow(text, until)?))));
    slow.map_or(Ok(()), |(name, slow)| Err(Error::Formula { field: name.to_owned(), reason: slow.to_string() }))
}

impl NewField {
    /// The name and the options.
    pub(crate) fn told(&self) -> (&str, Option<&Value>) {
        (&self.name, self.options.as_ref())
    }
}

impl NewTable {
    /// The names and options of the fields.
    pub(crate) fn told(&self) -> impl Iterator<Item = (&str, Option<&Value>)> {
        self.fields.iter().map(NewField::told)
    }
}
