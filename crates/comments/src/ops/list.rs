//! Reading comments.

use model::{BaseNo, Caller, CommentId, Ordinal, TableNo};
use records::Place;
use serde::{Deserialize, Serialize};
use tenancy::{Action, Scope};

use super::Comments;
use crate::error::Error;
use crate::model::{Comment, Subject, Told};
use crate::store;

/// Largest page.
pub const PAGE: u64 = 100;

/// A page of comments.
#[derive(Debug, Clone)]
pub struct Page {
    /// The newest first.
    pub comments: Vec<Comment>,
    /// The cursor of the next page.
    pub offset: Option<String>,
}

/// Of which record a list is, and the last comment that it has told.
#[derive(Serialize, Deserialize)]
struct Cursor {
    b: BaseNo,
    t: TableNo,
    o: Ordinal,
    c: CommentId,
}

impl Comments {
    /// Lists the comments of a record, the newest first, a page at a time. What is written meanwhile is not part of the
    /// pages that follow, so each comment that stays is told exactly once.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::Records`] when there is no such record, [`Error::PageSize`], [`Error::Offset`] for a
    /// cursor of another list.
    pub async fn list(
        &self,
        caller: &Caller,
        subject: Subject<'_>,
        page_size: Option<u64>,
        offset: Option<&str>,
    ) -> Result<Told<Page>, Error> {
        let parts = &*self.0;
        let scope = parts.access.scope_for(caller, Action::ReadComments, subject.base).await?;
        let size = page_size.unwrap_or(PAGE);
        if !(1..=PAGE).contains(&size) {
            return Err(Error::PageSize { given: size.to_string() });
        }
        let size = size as usize;
        let place = parts.records.locate(&scope, subject.table, subject.record).await?;
        let before = offset.map(|offset| self.opened(offset, &scope, place)).transpose()?;
        let mut comments = store::list(&parts.db, &scope, place, before, size + 1).await?;
        let more = comments.len() > size;
        comments.truncate(size);
        let offset = comments.last().filter(|_| more).map(|last| {
            parts.signer.seal(&Cursor { b: scope.base_no(), t: place.table, o: place.ordinal, c: last.id })
        });
        self.bring_reactions(&scope, place, &mut comments).await?;
        Ok(Told { people: self.people(&scope, &comments).await?, what: Page { comments, offset } })
    }

    fn opened(&self, offset: &str, scope: &Scope, place: Place) -> Result<CommentId, Error> {
        let cursor: Option<Cursor> = self.0.signer.open(offset);
        let same = |held: &Cursor| (held.b, held.t, held.o) == (scope.base_no(), place.table, place.ordinal);
        let cursor = cursor.filter(same).ok_or_else(|| Error::Offset { offset: offset.chars().take(200).collect() })?;
        Ok(cursor.c)
    }

    /// Reads the reactions to neighbouring comments of one record, the newest comment first.
    async fn bring_reactions(&self, scope: &Scope, place: Place, comments: &mut [Comment]) -> Result<(), Error> {
        let (Some(newest), Some(oldest)) = (comments.first(), comments.last()) else { return Ok(()) };
        let reactions = store::reactions(&self.0.db, scope, place, (oldest.id, newest.id)).await?;
        for (id, reaction) in reactions {
            if let Some(comment) = comments.iter_mut().find(|comment| comment.id == id) {
                comment.reactions.push(reaction);
            }
        }
        Ok(())
    }

    /// A comment as it is told to whoever has written to it.
    pub(super) async fn whole(&self, scope: &Scope, place: Place, comment: Comment) -> Result<Told<Comment>, Error> {
        let mut comments = [comment];
        self.bring_reactions(scope, place, &mut comments).await?;
        let people = self.people(scope, &comments).await?;
        let [what] = comments;
        Ok(Told { what, people })
    }
}
