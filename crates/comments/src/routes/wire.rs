//! Addresses and bodies of the comment doors.

use std::collections::BTreeMap;

use identity::User;
use model::{Timestamp, UserId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::{Comment, Reaction, Told};
use crate::ops::Page;

/// A record of a table.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct CommentsPath {
    /// The base's id.
    pub(super) base: String,
    /// The table's id or name.
    pub(super) table: String,
    /// The record's id.
    pub(super) record: String,
}

/// A comment on a record.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct CommentPath {
    /// The base's id.
    pub(super) base: String,
    /// The table's id or name.
    pub(super) table: String,
    /// The record's id.
    pub(super) record: String,
    /// The comment's id.
    pub(super) comment: String,
}

/// A reaction to a comment.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ReactionPath {
    /// The base's id.
    pub(super) base: String,
    /// The table's id or name.
    pub(super) table: String,
    /// The record's id.
    pub(super) record: String,
    /// The comment's id.
    pub(super) comment: String,
    /// An emoji, as itself or by its code points with dashes between them: `1f44d`.
    pub(super) emoji: String,
}

/// A comment to write.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommentIn {
    /// Its text, up to 10,000 characters. `@[usr…]` or `@[name@example.org]` mentions a member of the workspace.
    pub(super) text: String,
    /// The comment that it replies to.
    #[serde(default)]
    pub(super) parent_comment_id: Option<String>,
}

/// What becomes of a comment.
#[derive(Deserialize, ToSchema)]
pub(super) struct CommentPatch {
    /// Its new text, with mentions as in a new comment.
    pub(super) text: String,
}

/// A comment.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommentOut {
    /// Its id.
    id: String,
    /// Its text; mentions are `@[usr…]`.
    text: String,
    /// When it was written.
    #[schema(format = DateTime)]
    created_time: String,
    /// When its text was last changed; null until it is.
    #[schema(format = DateTime)]
    last_updated_time: Option<String>,
    /// Who wrote it.
    author: CommentAuthorOut,
    /// Who is mentioned, by id; absent when nobody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mentioned: Option<BTreeMap<String, MentionedOut>>,
    /// The comment that it replies to; absent when it begins a thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parent_comment_id: Option<String>,
    /// Emojis that users have put on it, the oldest first.
    reactions: Vec<ReactionOut>,
}

/// The author of a comment.
#[derive(Serialize, ToSchema)]
pub(super) struct CommentAuthorOut {
    /// The user's id.
    id: String,
    /// The user's e-mail address.
    email: String,
    /// The user's name.
    name: String,
}

/// Somebody who is mentioned.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MentionedOut {
    /// Always `user`.
    r#type: &'static str,
    /// The user's id.
    id: String,
    /// The user's name, as Airtable's clients read it.
    display_name: String,
    /// The user's name, as Airtable's documents have it.
    name: String,
    /// The user's e-mail address.
    email: String,
}

/// A reaction.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReactionOut {
    /// The emoji.
    emoji: EmojiOut,
    /// Who has put it there.
    reacting_user: ReactingUserOut,
}

/// An emoji.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EmojiOut {
    /// Its code points in hexadecimal digits with dashes between them: `1f44d`.
    unicode_character: String,
}

/// Somebody who has reacted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReactingUserOut {
    /// The user's id.
    user_id: String,
    /// The user's e-mail address.
    email: String,
    /// The user's name.
    name: String,
}

/// A page of comments.
#[derive(Serialize, ToSchema)]
pub(super) struct CommentsOut {
    /// The newest first.
    comments: Vec<CommentOut>,
    /// Where the next page begins; null on the last one.
    offset: Option<String>,
}

/// A comment that was deleted.
#[derive(Serialize, ToSchema)]
pub(super) struct CommentDeletedOut {
    /// Its id.
    pub(super) id: String,
    /// Always true.
    pub(super) deleted: bool,
}

type People = FxHashMap<UserId, User>;

/// E-mail address and name; users are never removed, so both are known.
fn of(people: &People, id: UserId) -> (String, String) {
    people.get(&id).map(|user| (user.email.clone(), user.name.clone())).unwrap_or_default()
}

impl CommentOut {
    fn new(comment: &Comment, people: &People) -> Self {
        let (email, name) = of(people, comment.author);
        let mentioned = comment.mentions.iter().map(|id| (id.to_string(), MentionedOut::new(*id, people)));
        let mentioned: BTreeMap<_, _> = mentioned.collect();
        Self {
            id: comment.id.to_string(),
            text: comment.text.clone(),
            created_time: comment.created.iso(),
            last_updated_time: comment.updated.map(Timestamp::iso),
            author: CommentAuthorOut { id: comment.author.to_string(), email, name },
            mentioned: Some(mentioned).filter(|mentioned| !mentioned.is_empty()),
            parent_comment_id: comment.parent.map(|id| id.to_string()),
            reactions: comment.reactions.iter().map(|reaction| ReactionOut::new(reaction, people)).collect(),
        }
    }
}

impl MentionedOut {
    fn new(id: UserId, people: &People) -> Self {
        let (email, name) = of(people, id);
        Self { r#type: "user", id: id.to_string(), display_name: name.clone(), name, email }
    }
}

impl ReactionOut {
    fn new(reaction: &Reaction, people: &People) -> Self {
        let (email, name) = of(people, reaction.user);
        Self {
            emoji: EmojiOut { unicode_character: reaction.emoji.as_str().to_owned() },
            reacting_user: ReactingUserOut { user_id: reaction.user.to_string(), email, name },
        }
    }
}

impl From<Told<Comment>> for CommentOut {
    fn from(told: Told<Comment>) -> Self {
        Self::new(&told.what, &told.people)
    }
}

impl From<Told<Page>> for CommentsOut {
    fn from(told: Told<Page>) -> Self {
        let comments = told.what.comments.iter().map(|comment| CommentOut::new(comment, &told.people));
        Self { comments: comments.collect(), offset: told.what.offset }
    }
}
