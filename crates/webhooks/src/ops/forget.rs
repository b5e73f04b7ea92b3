//! Taking out of payloads what they tell of parts of a base that were removed for good.

use std::collections::BTreeSet;

use db::{Db, Group};
use model::{BaseNo, TenantNo};
use serde_json::Value;

use crate::error::Error;
use crate::store::payloads;

/// Strips the payloads of a base of everything that stands under one of these ids, page after page.
///
/// # Errors
/// [`Error::Db`] when the database fails; what was stripped before stays so.
pub async fn forget(db: &Db, place: (TenantNo, BaseNo), ids: &BTreeSet<String>) -> Result<(), Error> {
    let mut after = (String::new(), 0);
    loop {
        let page = payloads::each(db, place, &after).await?;
        let Some((webhook, number, _)) = page.last() else { return Ok(()) };
        after = (webhook.clone(), *number);
        let stripped: Vec<_> =
            page.into_iter().filter_map(|held| Some((held.0, held.1, without(&held.2, ids)?))).collect();
        if !stripped.is_empty() {
            let mut tx = db.begin(Group::Base(place.1.0)).await?;
            for payload in stripped {
                payloads::rewrite(&mut tx, place, payload);
            }
            tx.commit().await?;
        }
    }
}

/// A payload without what stands under one of these ids; none where nothing does.
fn without(text: &str, ids: &BTreeSet<String>) -> Option<String> {
    // Most tell nothing of it, and need not be read.
    if !ids.iter().any(|id| text.contains(id.as_str())) {
        return None;
    }
    let mut payload: Value = serde_json::from_str(text).ok()?;
    strip(&mut payload, ids).then(|| payload.to_string())
}

fn strip(value: &mut Value, ids: &BTreeSet<String>) -> bool {
    match value {
        Value::Object(object) => {
            let before = object.len();
            object.retain(|key, _| !ids.contains(key));
            let mut stripped = object.len() < before;
            for held in object.values_mut() {
                stripped |= strip(held, ids);
            }
            stripped
        }
        Value::Array(list) => list.iter_mut().fold(false, |stripped, held| strip(held, ids) | stripped),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
