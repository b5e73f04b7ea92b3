//! The handle and its operations.

mod list;
mod people;
mod react;
mod write;

use std::sync::Arc;

use clock::{Clock, Ids};
use db::{Db, Group, Tx};
use identity::Identity;
use model::{BaseId, Caller, CommentId, UserId};
use records::{CommentCounts, Place, Records};
use schema::Schemas;
use tenancy::{Access, Action, Permit};
use web::Signer;

use crate::error::Error;
use crate::model::{Comment, Subject};
use crate::store;

pub use list::{PAGE, Page};
pub use people::MAX_MENTIONS;
pub use react::MAX_REACTIONS;
pub use write::MAX_TEXT;

/// What the handle is made of.
#[derive(Clone)]
pub struct Parts {
    /// Where comments are kept.
    pub db: Db,
    /// Who may.
    pub access: Access,
    /// Who is who.
    pub identity: Identity,
    /// The bases, which tools name.
    pub schemas: Schemas,
    /// The records that are commented on.
    pub records: Records,
    /// Makes cursors.
    pub signer: Signer,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
}

/// Comments on records. Copies are the same one.
#[derive(Clone)]
pub struct Comments(Arc<Parts>);

/// Counts comments for lists of records: one query for a page.
pub fn counts(db: Db) -> CommentCounts {
    CommentCounts::new(move |scope, table, ordinals| {
        let db = db.clone();
        async move { store::counts(&db, &scope, table, &ordinals).await }
    })
}

/// Somebody who may write comments, and the record that they write about.
struct Writing {
    permit: Permit,
    user: UserId,
    place: Place,
}

impl Comments {
    /// Makes the handle.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The base of this id or name.
    ///
    /// # Errors
    /// [`Error::Schema`] when the caller sees none of this name; an id is not looked up.
    pub(crate) async fn find_base(&self, caller: &Caller, name: &str) -> Result<BaseId, Error> {
        match name.parse() {
            Ok(id) => Ok(id),
            Err(_) => Ok(self.0.schemas.find_base(caller, name).await?.id),
        }
    }

    /// Permit to comment in the base of a record, and who gets it.
    async fn permit(&self, caller: &Caller, subject: Subject<'_>) -> Result<(Permit, UserId), Error> {
        let what = (Action::Comment, Action::Comment.words());
        let permit = self.0.schemas.permit_in_table(caller, what, (subject.base, subject.table)).await?;
        Ok((permit, caller.user().ok_or(Error::NoUser)?))
    }

    async fn writing(&self, (permit, user): (Permit, UserId), subject: Subject<'_>) -> Result<Writing, Error> {
        let place = self.0.records.locate(&permit.scope(), subject.table, subject.record).await?;
        Ok(Writing { permit, user, place })
    }

    async fn begin(&self, permit: &Permit) -> Result<Tx, Error> {
        Ok(self.0.db.begin(Group::Base(permit.base_no().0)).await?)
    }
}

/// A comment of the record, held until the transaction ends.
async fn held(tx: &mut Tx, writing: &Writing, id: &str) -> Result<Comment, Error> {
    let not_found = || Error::not_found(id);
    let comment: CommentId = id.parse().map_err(|_| not_found())?;
    store::find(tx, &writing.permit, writing.place, comment).await?.ok_or_else(not_found)
}

#[cfg(test)]
mod tests;
