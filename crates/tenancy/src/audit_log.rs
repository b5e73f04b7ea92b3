//! Reading the audit trail of a tenant.

use audit::{Noted, Order, SETTLED, Wanted};
use identity::User;
use model::{Caller, EntryId, Timestamp, UserId, WorkspaceId};
use rustc_hash::FxHashMap;

use crate::error::Error;
use crate::members::Members;
use crate::policy::Action;
use crate::store;

/// Most entries of a page.
pub(crate) const PAGE: usize = 100;
/// Most values of one condition.
pub(crate) const VALUES: usize = 100;

/// Which entries are asked for; an empty list asks for all.
#[derive(Debug, Default)]
pub(crate) struct AuditQuery {
    pub size: usize,
    /// The oldest of a page first.
    pub ascending: bool,
    pub wanted: Wanted,
    pub users: Vec<String>,
    pub actions: Vec<String>,
    pub models: Vec<String>,
    pub categories: Vec<String>,
}

/// Entries and the people who are in them.
#[derive(Debug)]
pub(crate) struct AuditPage {
    pub account: String,
    pub entries: Vec<Noted>,
    pub people: FxHashMap<UserId, User>,
    /// From where what is newer is read.
    pub next: Option<EntryId>,
    /// From where what is older is read.
    pub previous: Option<EntryId>,
}

impl AuditQuery {
    fn fits(&self, noted: &Noted, workspace: Option<WorkspaceId>) -> bool {
        let among =
            |wanted: &[String], has: &dyn Fn(&str) -> bool| wanted.is_empty() || wanted.iter().any(|one| has(one));
        let user = noted.by.user().map(|user| user.to_string());
        let workspace = workspace.map(|workspace| workspace.to_string());
        among(&self.users, &|one| user.as_deref() == Some(one))
            && among(&self.actions, &|one| noted.entry.action == one)
            && among(&self.models, &|one| noted.entry.involves(one) || workspace.as_deref() == Some(one))
            && among(&self.categories, &|one| noted.entry.category() == one)
    }

    /// The end from which is looked for: that at which the page before ended.
    fn order(&self) -> Order {
        let forward = self.wanted.after.is_some() || (self.wanted.before.is_none() && self.ascending);
        if forward { Order::Oldest } else { Order::Newest }
    }
}

impl Members {
    /// A page of the audit trail.
    ///
    /// Whoever reads on from the oldest entry shall miss none, so that way the page ends before what may still be joined by
    /// older ones.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right, and for another account than the caller's; [`Error::Audit`] when too many entries
    /// lie between those that are asked for.
    pub(crate) async fn audit_log(
        &self,
        caller: &Caller,
        account: &str,
        query: &AuditQuery,
    ) -> Result<AuditPage, Error> {
        self.admit(caller, Action::ReadAudit, account).await?;
        let order = query.order();
        let settled = match order {
            Order::Oldest => Some(Timestamp(self.clock().now().0 - SETTLED.as_micros() as i64)),
            Order::Newest => None,
        };
        let wanted = Wanted { until: query.wanted.until.into_iter().chain(settled).min(), ..query.wanted };
        let (db, tenant) = (self.identity().people(), caller.tenant);
        // Entries about a part of a base name the base.
        let places = store::all_places(db.db(), tenant).await?;
        let place = |noted: &Noted| noted.entry.workspace.or_else(|| places.get(&noted.entry.base?).copied());
        let fits = |noted: &Noted| query.fits(noted, place(noted));
        let mut entries = audit::list(db.db(), tenant, (&wanted, order), fits, query.size).await?;
        for noted in &mut entries {
            noted.entry.workspace = place(noted);
        }
        if (order == Order::Newest) == query.ascending {
            entries.reverse();
        }
        let ids = || entries.iter().map(|noted| noted.id);
        let (next, previous) = (ids().max().or(wanted.after), ids().min().or(wanted.before));
        let actors: Vec<UserId> = entries.iter().filter_map(|noted| noted.by.user()).collect();
        let people = self.identity().find_users(tenant, &actors).await?;
        let people = people.into_iter().map(|user| (user.id, user)).collect();
        Ok(AuditPage { account: account.to_owned(), entries, people, next, previous })
    }
}
