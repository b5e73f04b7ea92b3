//! The tools of comments, for models, MCP clients and workflow steps.

use identity::User;
use model::{BaseId, Caller, Timestamp, UserId};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tools::{Hints, Text, Tool, ToolError};

use crate::error::Error;
use crate::model::{Comment, NewComment, Subject};
use crate::ops::{Comments, PAGE};

/// Comments of a list unless told otherwise.
const USUAL: u64 = 20;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of the table.
    table: String,
    /// Id of the record, `rec…`.
    record: String,
    /// Comments per page, 1 to 100; 20 when absent.
    #[serde(default)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AddIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of the table.
    table: String,
    /// Id of the record, `rec…`.
    record: String,
    /// The text. `@[name@example.org]` or `@[usr…]` mentions a member of the workspace.
    text: String,
    /// Id of the comment to reply to, `com…`.
    #[serde(default)]
    reply_to: Option<String>,
    /// Only shows what would be written.
    #[serde(default)]
    dry_run: bool,
}

/// The tools, in the order in which models are shown them.
pub fn tools(comments: &Comments) -> Vec<Tool> {
    let (list, add) = (comments.clone(), comments.clone());
    let text = |title, description| Text { title, description };
    vec![
        Tool::new(
            "list_comments",
            "comments.list",
            text("List comments", "Lists what people have said about a record, the newest first, a page at a time."),
            move |caller, input: ListIn| list_comments(list.clone(), caller, input),
        )
        .hints(Hints::READS)
        .permission("read-only member of the base's workspace"),
        Tool::new(
            "add_comment",
            "comments.create",
            text(
                "Add a comment",
                "Writes a comment on a record, or a reply to one, as the caller. With `dry_run` shows it and writes nothing.",
            ),
            move |caller, input: AddIn| add_comment(add.clone(), caller, input),
        )
        .hints(Hints::ADDS)
        .permission("commenter of the base's workspace"),
    ]
}

async fn list_comments(comments: Comments, caller: Caller, input: ListIn) -> Result<Value, ToolError> {
    let base = base(&comments, &caller, &input.base).await?;
    let subject = Subject { base, table: &input.table, record: &input.record };
    let size = input.limit.unwrap_or(USUAL).clamp(1, PAGE);
    let told = comments.list(&caller, subject, Some(size), input.cursor.as_deref()).await?;
    let page: Vec<Value> = told.what.comments.iter().map(|comment| shown(comment, &told.people)).collect();
    let mut out = json!({ "comments": page, "truncated": told.what.offset.is_some() });
    if let (Value::Object(out), Some(offset)) = (&mut out, told.what.offset) {
        out.insert("next_cursor".to_owned(), json!(offset));
    }
    Ok(out)
}

async fn add_comment(comments: Comments, caller: Caller, input: AddIn) -> Result<Value, ToolError> {
    let base = base(&comments, &caller, &input.base).await?;
    let subject = Subject { base, table: &input.table, record: &input.record };
    let new = NewComment { text: &input.text, parent: input.reply_to.as_deref() };
    if input.dry_run {
        let told = comments.check_create(&caller, subject, new).await?;
        let mut comment = shown(&told.what, &told.people);
        if let Value::Object(comment) = &mut comment {
            // It has none until it is written.
            comment.remove("id");
            comment.remove("created");
        }
        return Ok(json!({ "preview": [{ "record": input.record, "after": comment }] }));
    }
    let told = comments.create(&caller, subject, new).await?;
    Ok(json!({ "comment": shown(&told.what, &told.people) }))
}

/// The base of this id or name.
async fn base(comments: &Comments, caller: &Caller, name: &str) -> Result<BaseId, ToolError> {
    comments
        .find_base(caller, name)
        .await
        .map_err(|error: Error| ToolError::from(error).with_hint("call `list_bases` for the bases there are"))
}

/// A comment as tools tell it.
fn shown(comment: &Comment, people: &FxHashMap<UserId, User>) -> Value {
    let name = |id: &UserId| people.get(id).map(|user| user.name.clone());
    let person = |id: &UserId| json!({ "id": id, "name": name(id) });
    let reactions = comment.reactions.iter();
    json!({
        "id": comment.id, "author": person(&comment.author), "text": comment.text, "created": comment.created.iso(),
        "edited": comment.updated.map(Timestamp::iso), "reply_to": comment.parent,
        "mentioned": comment.mentions.iter().map(person).collect::<Vec<_>>(),
        "reactions": reactions
            .map(|reaction| json!({ "emoji": reaction.emoji.to_string(), "user": name(&reaction.user) }))
            .collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests;
