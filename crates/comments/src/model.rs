//! Comments, without anything that reads or writes them.

use identity::User;
use model::{BaseId, CommentId, Timestamp, UserId};
use rustc_hash::FxHashMap;

use crate::emoji::Emoji;

/// The record that a request is about, as it is addressed.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'r> {
    /// The base.
    pub base: BaseId,
    /// The table's id or name.
    pub table: &'r str,
    /// The record's id.
    pub record: &'r str,
}

/// A comment to write.
#[derive(Debug, Clone, Copy)]
pub struct NewComment<'r> {
    /// Its text, as written.
    pub text: &'r str,
    /// The id of the comment that it replies to.
    pub parent: Option<&'r str>,
}

/// A comment on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Id.
    pub id: CommentId,
    /// The comment that began the thread, of a reply.
    pub parent: Option<CommentId>,
    /// Who wrote it.
    pub author: UserId,
    /// When it was written.
    pub created: Timestamp,
    /// When its text was last changed.
    pub updated: Option<Timestamp>,
    /// Its text, with mentions as `@[usr…]`.
    pub text: String,
    /// Who was mentioned, in the order of the text.
    pub mentions: Vec<UserId>,
    /// The oldest first.
    pub reactions: Vec<Reaction>,
}

/// An emoji that a user has put on a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// Which.
    pub emoji: Emoji,
    /// Whose.
    pub user: UserId,
}

/// Something about comments, with the people whom it names.
#[derive(Debug, Clone)]
pub struct Told<T> {
    /// What is told.
    pub what: T,
    /// Authors, those who were mentioned and those who reacted.
    pub people: FxHashMap<UserId, User>,
}

impl Comment {
    /// Everybody whom it names; perhaps more than once.
    pub(crate) fn people(&self) -> impl Iterator<Item = UserId> {
        let reacting = self.reactions.iter().map(|reaction| reaction.user);
        std::iter::once(self.author).chain(self.mentions.iter().copied()).chain(reacting)
    }
}
