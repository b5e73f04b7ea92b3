//! Which services a process opens.

use std::fmt;

/// A choice of services that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetsError {
    /// No service has this name.
    #[error("there is no target `{name}`; the targets are: all, {}", known.join(", "))]
    Unknown {
        /// What was given.
        name: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// Nothing was chosen.
    #[error("no target is named; the targets are: all, {}", known.join(", "))]
    Empty {
        /// What there is.
        known: Vec<&'static str>,
    },
}

/// The services to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// Every service.
    All,
    /// These ones, in the catalog's order.
    Only(Vec<&'static str>),
}

impl Targets {
    /// Reads `all` or a comma list of the `known` names.
    ///
    /// # Errors
    /// [`TargetsError`], which lists what there is.
    pub fn parse(text: &str, known: &[&'static str]) -> Result<Self, TargetsError> {
        let named: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if let Some(name) = named.iter().find(|name| **name != "all" && !known.contains(name)) {
            return Err(TargetsError::Unknown { name: (*name).to_owned(), known: known.to_vec() });
        }
        if named.is_empty() {
            return Err(TargetsError::Empty { known: known.to_vec() });
        }
        if named.contains(&"all") || known.iter().all(|name| named.contains(name)) {
            return Ok(Self::All);
        }
        Ok(Self::Only(known.iter().copied().filter(|name| named.contains(name)).collect()))
    }

    /// True when the service is open.
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(&name),
        }
    }

    /// True when every service is open, which is the only choice that `SQLite` allows.
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }
}

impl fmt::Display for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Only(names) => f.write_str(&names.join(",")),
        }
    }
}

#[cfg(test)]
mod tests;
