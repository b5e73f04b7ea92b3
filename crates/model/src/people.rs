//! People as cells name them.

use rustc_hash::FxHashMap;

use crate::id::UserId;

/// Somebody who a cell may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Id.
    pub id: UserId,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// True for those who have a role in the workspace: only they can be written into cells.
    pub member: bool,
}

/// The people of a tenant as one workspace sees them, at one revision.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Grows with every change of people.
    pub revision: i64,
    by_id: FxHashMap<UserId, Person>,
}

impl People {
    /// People at a revision.
    pub fn new(revision: i64, people: impl IntoIterator<Item = Person>) -> Self {
        Self { revision, by_id: people.into_iter().map(|person| (person.id, person)).collect() }
    }

    /// The person with this id, member or not.
    pub fn get(&self, id: UserId) -> Option<&Person> {
        self.by_id.get(&id)
    }

    /// The member with this e-mail address, without regard to case.
    pub fn by_email(&self, email: &str) -> Option<&Person> {
        self.by_id.values().find(|person| person.member && person.email.eq_ignore_ascii_case(email))
    }

    /// The only member with this name, without regard to case.
    pub fn by_name(&self, name: &str) -> Option<&Person> {
        let name = name.to_lowercase();
        let mut named = self.by_id.values().filter(|person| person.member && person.name.to_lowercase() == name);
        let first = named.next();
        if named.next().is_some() { None } else { first }
    }
}

/// The ids in a stored cell of people.
pub fn user_ids(cell: &str) -> impl Iterator<Item = UserId> {
    cell.split(',').filter_map(|id| id.parse().ok())
}
