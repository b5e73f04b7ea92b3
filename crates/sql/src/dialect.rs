//! Everything in which the two databases differ.

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// A migration contains a word in braces that no dialect knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{{{word}}}` is not a type word")]
pub struct WordError {
    /// The word, without braces.
    pub word: String,
}

impl Dialect {
    /// Both, for tests.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// The name used in messages and settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// What stands for a type word:
    ///
    /// | word | means |
    /// |---|---|
    /// | `id_text` | a public id or another text that is compared byte by byte |
    /// | `json` | JSON, kept as text |
    /// | `blob` | bytes |
    /// | `clustered` | after the closing parenthesis of a table: rows are kept in the order of the primary key |
    fn word(self, word: &str) -> Option<&'static str> {
        Some(match (word, self) {
            ("id_text", Self::Sqlite) | ("json", _) => "TEXT",
            ("id_text", Self::Postgres) => "TEXT COLLATE \"C\"",
            ("blob", Self::Sqlite) => "BLOB",
            ("blob", Self::Postgres) => "BYTEA",
            ("clustered", Self::Sqlite) => "WITHOUT ROWID",
            ("clustered", Self::Postgres) => "",
            _ => return None,
        })
    }

    /// Replaces the type words of a migration.
    pub fn migration(self, text: &str) -> Result<String, WordError> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, after) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(before);
            out.push_str(self.word(word).ok_or_else(|| WordError { word: word.to_owned() })?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The statement that keeps other processes from migrating at the same time, until the transaction ends.
    /// SQLite has one process.
    pub const fn migration_lock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SELECT pg_advisory_xact_lock(4207849484)"),
        }
    }

    /// The most values that one statement may bind.
    pub const fn max_values(self) -> usize {
        match self {
            Self::Sqlite => 32_766,
            Self::Postgres => 65_535,
        }
    }
}

/// A statement with a fragment that differs, in both forms. Made by [`row_lock!`](crate::row_lock) and
/// [`skip_locked!`](crate::skip_locked).
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// The form for SQLite.
    pub sqlite: &'static str,
    /// The form for PostgreSQL.
    pub postgres: &'static str,
}

impl Text {
    /// The form for this database.
    pub const fn on(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// A [`Text`] whose select holds the rows until the transaction ends: `row_lock!("SELECT …")`. SQLite has one
/// writer and needs no lock.
#[macro_export]
macro_rules! row_lock {
    ($select:literal) => {
        $crate::Text { sqlite: $select, postgres: concat!($select, " FOR UPDATE") }
    };
}

/// A [`Text`] whose inner select takes rows that nobody else holds: `skip_locked!("UPDATE … (SELECT …", ") …")`.
#[macro_export]
macro_rules! skip_locked {
    ($select:literal, $rest:literal) => {
        $crate::Text { sqlite: concat!($select, $rest), postgres: concat!($select, " FOR UPDATE SKIP LOCKED", $rest) }
    };
}

#[cfg(test)]
mod tests;
