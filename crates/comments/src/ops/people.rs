//! The people of comments: who is mentioned, and who everybody is.

use identity::User;
use model::UserId;
use rustc_hash::FxHashMap;
use tenancy::Scope;

use super::Comments;
use crate::error::Error;
use crate::mention::{names, rewrite};
use crate::model::Comment;

/// Most people whom one comment mentions; further mentions stay plain text.
pub const MAX_MENTIONS: usize = 50;

impl Comments {
    /// Everybody whom these comments name.
    pub(super) async fn people(&self, scope: &Scope, comments: &[Comment]) -> Result<FxHashMap<UserId, User>, Error> {
        let mut ids: Vec<UserId> = comments.iter().flat_map(Comment::people).collect();
        ids.sort_unstable();
        ids.dedup();
        let users = self.0.identity.find_users(scope.tenant(), &ids).await?;
        Ok(users.into_iter().map(|user| (user.id, user)).collect())
    }

    /// The text with mentions by id, and who is mentioned: members of the workspace, by id or e-mail address. What names
    /// anybody else stays as it is and says nothing about whether they exist.
    pub(super) async fn mentioned(&self, scope: &Scope, text: &str) -> Result<(String, Vec<UserId>), Error> {
        let mut wanted = names(text);
        if wanted.is_empty() {
            return Ok((text.to_owned(), Vec::new()));
        }
        wanted.truncate(MAX_MENTIONS);
        let ids: Vec<UserId> = wanted.iter().filter_map(|name| name.parse().ok()).collect();
        let emails: Vec<String> = wanted.iter().filter(|name| name.contains('@')).map(|name| address(name)).collect();
        let identity = &self.0.identity;
        let mut users = identity.find_users(scope.tenant(), &ids).await?;
        users.extend(identity.find_users_by_email(scope.tenant(), &emails).await?);
        let mut known: FxHashMap<String, UserId> = FxHashMap::default();
        for user in users {
            if self.0.access.is_member(scope, user.id).await? {
                known.insert(user.id.to_string(), user.id);
                known.insert(user.email, user.id);
            }
        }
        let find = |name: &str| {
            let known = || known.get(name).or_else(|| known.get(&address(name))).copied();
            if wanted.contains(&name) { known() } else { None }
        };
        Ok(rewrite(text, find))
    }
}

/// An e-mail address as addresses are kept.
fn address(name: &str) -> String {
    name.to_lowercase()
}
