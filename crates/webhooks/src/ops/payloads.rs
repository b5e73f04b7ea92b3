//! Reading payloads.

use std::time::Duration;

use model::{BaseId, Caller};

use super::{Webhooks, may_read, not_found};
use crate::error::Error;
use crate::model::{LIFE, PAGE, Page, earlier, later};
use crate::store;

/// Reading makes a webhook live on; one that lives for nearly its whole time is left alone.
const SLACK: Duration = Duration::from_mins(1);

impl Webhooks {
    /// The payloads from number `cursor` on, of every change that was acknowledged before.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`]; [`Error::Parameter`] for a number that is out of reach.
    pub async fn list_payloads(
        &self,
        caller: &Caller,
        base: BaseId,
        id: &str,
        cursor: Option<i64>,
        limit: Option<i64>,
    ) -> Result<Page, Error> {
        let key = self.key(caller, base, id).await?;
        let (cursor, limit) = (cursor.unwrap_or(1), limit.unwrap_or(PAGE));
        within("limit", limit, 1..=PAGE)?;
        within("cursor", cursor, 1..=i64::MAX)?;
        self.catch_up((key.0, key.1)).await?;
        let webhook = store::find(&self.parts.db, key).await?.ok_or_else(|| not_found(id))?;
        may_read(caller, &webhook.specification)?;
        within("cursor", cursor, 1..=webhook.next)?;
        if webhook.expires < earlier(later(self.parts.clock.now(), LIFE), SLACK) {
            self.extend(key, |_| ()).await?;
        }
        store::payloads::read(&self.parts.db, key, cursor, limit).await
    }
}

fn within(name: &'static str, given: i64, range: std::ops::RangeInclusive<i64>) -> Result<(), Error> {
    if range.contains(&given) {
        return Ok(());
    }
    let expected = match *range.end() {
        i64::MAX => "a whole number from 1".to_owned(),
        end => format!("a whole number from 1 to {end}"),
    };
    Err(Error::Parameter { name, expected, given: given.to_string() })
}
