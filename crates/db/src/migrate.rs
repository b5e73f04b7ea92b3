//! Migrations: one text for both databases, applied once, in the order of their names.

use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::{Db, Dialect, Error, Group, MigrationError, Tx, params};

/// A step of the database's layout.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Unique in the house, beginning with the time at which it was written: `2026_03_01_1200_webhooks`.
    pub name: &'static str,
    /// Statements, with the type words of [`sql::Dialect::migration`].
    pub sql: &'static str,
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL)";
const APPLIED: &str = "SELECT name, checksum FROM migrations";
const RECORD: &str = "INSERT INTO migrations (name, checksum) VALUES ($1, $2)";

/// Filling a new index of a large table takes its time.
const LIMIT: Duration = Duration::from_hours(1);

impl Db {
    /// Applies, in the order of their names, the migrations that were not applied yet: all or none.
    ///
    /// Migrations that were applied but are not in the list are left alone: an older version of the program
    /// may work beside a newer one.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<(), Error> {
        let mut migrations = migrations.to_vec();
        migrations.sort_by_key(|migration| migration.name);
        if let Some((one, _)) = migrations.iter().zip(migrations.iter().skip(1)).find(|(a, b)| a.name == b.name) {
            return Err(MigrationError::Twice { name: one.name }.into());
        }
        let mut tx = self.begin_for(Group::House, LIMIT).await?;
        if let Some(lock) = tx.dialect().migration_lock() {
            tx.queue(lock, []);
        }
        tx.script(TABLE.to_owned()).await?;
        let applied = applied(&mut tx).await?;
        for migration in &migrations {
            match applied.get(migration.name) {
                None => apply(&mut tx, migration).await?,
                Some(sum) if *sum == checksum(migration.sql) => {}
                Some(_) => return Err(MigrationError::Changed { name: migration.name }.into()),
            }
        }
        tx.commit().await
    }

    /// The migrations that were not applied yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`] and the like when the database does not answer.
    pub async fn pending(&self, migrations: &[Migration]) -> Result<Vec<&'static str>, Error> {
        self.ping().await?;
        let names = migrations.iter().map(|migration| migration.name);
        if self.check(APPLIED).await.is_err() {
            // An empty database has no such table.
            return Ok(names.collect());
        }
        let rows = self.read(APPLIED, []).await?;
        let applied = rows.iter().map(|row| row.get::<String>(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(names.filter(|name| !applied.iter().any(|held| held == name)).collect())
    }
}

async fn applied(tx: &mut Tx) -> Result<FxHashMap<String, String>, Error> {
    let rows = tx.query(APPLIED, []).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

async fn apply(tx: &mut Tx, migration: &Migration) -> Result<(), Error> {
    let name = migration.name;
    let text = text(migration, tx.dialect())?;
    tx.script(text).await.map_err(|error| MigrationError::Failed { name, source: Box::new(error) })?;
    tx.queue(RECORD, params![name, checksum(migration.sql)]);
    Ok(())
}

fn text(migration: &Migration, dialect: Dialect) -> Result<String, MigrationError> {
    dialect.migration(migration.sql).map_err(|source| MigrationError::Word { name: migration.name, source })
}

/// FNV-1a, 64 bits: against a text changed by accident, not by malice.
fn checksum(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
