//! Reactions to comments.

use db::Tx;
use model::Caller;

use super::{Comments, Writing, held};
use crate::emoji::Emoji;
use crate::error::Error;
use crate::model::{Comment, Reaction, Subject, Told};
use crate::store;

/// Most reactions to one comment.
pub const MAX_REACTIONS: usize = 100;

impl Comments {
    /// Puts an emoji on a comment; a second time changes nothing.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::Records`], [`Error::NotFound`], [`Error::Emoji`], [`Error::Crowded`].
    pub async fn react(
        &self,
        caller: &Caller,
        subject: Subject<'_>,
        id: &str,
        emoji: &str,
    ) -> Result<Told<Comment>, Error> {
        let (writing, reaction) = self.reacting(caller, subject, emoji).await?;
        let (mut tx, comment) = self.holding(&writing, id).await?;
        let now = self.0.clock.now();
        let count = store::react(&mut tx, &writing.permit, writing.place, comment.id, &reaction, now).await?;
        if count > MAX_REACTIONS {
            return Err(Error::Crowded);
        }
        tx.commit().await?;
        self.whole(&writing.permit.scope(), writing.place, comment).await
    }

    /// Takes an emoji of the caller's own from a comment; one that is not there changes nothing.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::Records`], [`Error::NotFound`], [`Error::Emoji`].
    pub async fn take_back(
        &self,
        caller: &Caller,
        subject: Subject<'_>,
        id: &str,
        emoji: &str,
    ) -> Result<Told<Comment>, Error> {
        let (writing, reaction) = self.reacting(caller, subject, emoji).await?;
        let (mut tx, comment) = self.holding(&writing, id).await?;
        store::take_back(&mut tx, &writing.permit, writing.place, comment.id, &reaction);
        tx.commit().await?;
        self.whole(&writing.permit.scope(), writing.place, comment).await
    }

    async fn reacting(&self, caller: &Caller, subject: Subject<'_>, emoji: &str) -> Result<(Writing, Reaction), Error> {
        let allowed = self.permit(caller, subject).await?;
        let unknown = || Error::Emoji { text: emoji.chars().take(64).collect() };
        let emoji = Emoji::parse(emoji).ok_or_else(unknown)?;
        let writing = self.writing(allowed, subject).await?;
        let user = writing.user;
        Ok((writing, Reaction { emoji, user }))
    }

    async fn holding(&self, writing: &Writing, id: &str) -> Result<(Tx, Comment), Error> {
        let mut tx = self.begin(&writing.permit).await?;
        let comment = held(&mut tx, writing, id).await?;
        Ok((tx, comment))
    }
}
