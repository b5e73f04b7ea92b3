//! Writing comments.

use db::Tx;
use model::{Caller, CommentId, Role};
use tenancy::Permit;

use super::{Comments, Writing, held};
use crate::error::Error;
use crate::model::{Comment, NewComment, Subject, Told};
use crate::store;

/// Longest text in characters.
pub const MAX_TEXT: usize = 10_000;

impl Comments {
    /// Writes a comment on a record, or a reply to one.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::Records`] when there is no such record, [`Error::Empty`], [`Error::TooLong`],
    /// [`Error::Parent`] when the comment to reply to is not on this record or is a reply itself.
    pub async fn create(
        &self,
        caller: &Caller,
        subject: Subject<'_>,
        new: NewComment<'_>,
    ) -> Result<Told<Comment>, Error> {
        let (writing, mut tx, comment) = self.drafted(caller, subject, new).await?;
        store::insert(&mut tx, &writing.permit, writing.place, &comment)?;
        tx.commit().await?;
        self.told(&writing, comment).await
    }

    /// Tells what [`Comments::create`] would write, and writes nothing.
    ///
    /// # Errors
    /// Those of [`Comments::create`].
    pub async fn check_create(
        &self,
        caller: &Caller,
        subject: Subject<'_>,
        new: NewComment<'_>,
    ) -> Result<Told<Comment>, Error> {
        let (writing, tx, comment) = self.drafted(caller, subject, new).await?;
        drop(tx);
        self.told(&writing, comment).await
    }

    /// A comment without reactions, with the people in it.
    async fn told(&self, writing: &Writing, comment: Comment) -> Result<Told<Comment>, Error> {
        let people = self.people(&writing.permit.scope(), std::slice::from_ref(&comment)).await?;
        Ok(Told { people, what: comment })
    }

    /// A comment that may be written now.
    async fn drafted(
        &self,
        caller: &Caller,
        subject: Subject<'_>,
        new: NewComment<'_>,
    ) -> Result<(Writing, Tx, Comment), Error> {
        let allowed = self.permit(caller, subject).await?;
        check_text(new.text)?;
        let writing = self.writing(allowed, subject).await?;
        let (text, mentions) = self.mentioned(&writing.permit.scope(), new.text).await?;
        let mut tx = self.begin(&writing.permit).await?;
        let parent = match new.parent {
            Some(parent) => Some(parent_of(held(&mut tx, &writing, parent).await)?),
            None => None,
        };
        let (created, author) = (self.0.clock.now(), writing.user);
        let id = self.0.ids.comment(created);
        let comment = Comment { id, parent, author, created, updated: None, text, mentions, reactions: Vec::new() };
        Ok((writing, tx, comment))
    }

    /// Changes the text of a comment of the caller's own.
    ///
    /// # Errors
    /// As [`Comments::create`]; [`Error::NotFound`], [`Error::NotAuthor`].
    pub async fn update(
        &self,
        caller: &Caller,
        subject: Subject<'_>,
        id: &str,
        text: &str,
    ) -> Result<Told<Comment>, Error> {
        let allowed = self.permit(caller, subject).await?;
        check_text(text)?;
        let writing = self.writing(allowed, subject).await?;
        let scope = writing.permit.scope();
        let (text, mentions) = self.mentioned(&scope, text).await?;
        let mut tx = self.begin(&writing.permit).await?;
        let before = held(&mut tx, &writing, id).await?;
        if before.author != writing.user {
            return Err(Error::NotAuthor);
        }
        let comment = Comment { text, mentions, updated: Some(self.0.clock.now()), ..before };
        store::update(&mut tx, &writing.permit, writing.place, &comment)?;
        tx.commit().await?;
        self.whole(&scope, writing.place, comment).await
    }

    /// Deletes a comment with its reactions. Its author may, and whoever may change the base's fields: as Airtable's
    /// administrators may. Replies to it stay.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::Records`], [`Error::NotFound`], [`Error::NotAuthor`].
    pub async fn delete(&self, caller: &Caller, subject: Subject<'_>, id: &str) -> Result<CommentId, Error> {
        let writing = self.writing(self.permit(caller, subject).await?, subject).await?;
        let mut tx = self.begin(&writing.permit).await?;
        let comment = held(&mut tx, &writing, id).await?;
        if comment.author != writing.user && !moderates(&writing.permit) {
            return Err(Error::NotAuthor);
        }
        store::delete(&mut tx, &writing.permit, writing.place, comment.id);
        tx.commit().await?;
        Ok(comment.id)
    }
}

fn moderates(permit: &Permit) -> bool {
    permit.role() >= Role::Creator
}

fn check_text(text: &str) -> Result<(), Error> {
    if text.chars().all(|char| char.is_whitespace() || char.is_control()) {
        return Err(Error::Empty);
    }
    let length = text.chars().count();
    if length > MAX_TEXT { Err(Error::TooLong { length }) } else { Ok(()) }
}

/// What a reply has as its parent: threads have one level, as Airtable's.
fn parent_of(held: Result<Comment, Error>) -> Result<CommentId, Error> {
    let parent = |reason: String| Err(Error::Parent { reason });
    match held {
        Ok(comment) if comment.parent.is_none() => Ok(comment.id),
        Ok(comment) => parent(format!("`{}` is a reply itself; name the comment that began the thread", comment.id)),
        Err(error @ Error::NotFound { .. }) => parent(error.to_string()),
        Err(error) => Err(error),
    }
}
