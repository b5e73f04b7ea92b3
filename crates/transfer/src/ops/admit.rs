//! What is refused before an import begins.

use std::io::Read;

use model::{Caller, Scope};
use tenancy::Denied;

use super::Transfers;
use super::fields::missing;
use super::work::blocking;
use crate::csv::{HeaderRow, SAMPLE, lines};
use crate::error::Error;
use crate::model::Wanted;
use crate::words::counted;

impl Transfers {
    /// Refuses what the token is not for, and a base or table that is not there and shall not or cannot be made, before
    /// the file is taken. The import itself runs as the person, whose role counts then.
    pub(super) async fn admit(&self, caller: &Caller, wanted: &Wanted) -> Result<(), Error> {
        let mut needed = vec![Scope::SchemaRead, Scope::RecordsRead];
        needed.extend((!wanted.dry_run).then_some(Scope::RecordsWrite));
        needed.extend((!wanted.dry_run && wanted.create).then_some(Scope::SchemaWrite));
        Denied::lacking(needed, &caller.scopes)?;
        let base = if wanted.create {
            self.base(caller, wanted).await?
        } else {
            Some(self.parts.schemas.find_base(caller, &wanted.base).await?.id)
        };
        let Some(base) = base else {
            schema::valid_name("base", &wanted.base)?;
            schema::valid_name("table", &wanted.table)?;
            return Ok(());
        };
        let schema = self.parts.schemas.describe(caller, base).await?;
        match schema.table(&wanted.table) {
            Some(_) => Ok(()),
            None if wanted.create => Ok(schema::valid_name("table", &wanted.table).map(drop)?),
            None => Err(missing("table", &wanted.table)),
        }
    }

    /// Refuses a header below the end of the file.
    pub(super) async fn reaches(&self, id: &str, wanted: &Wanted) -> Result<(), Error> {
        let Some(HeaderRow::At(line)) = wanted.overrides.header_row else { return Ok(()) };
        let (path, overrides) = (self.file(id), wanted.overrides.clone());
        blocking(move || {
            let mut sample = Vec::new();
            std::fs::File::open(path)?.take(SAMPLE as u64 + 1).read_to_end(&mut sample)?;
            let held = lines(&sample, &overrides);
            if line <= held {
                return Ok(());
            }
            let place =
                if sample.len() > SAMPLE { "the beginning of the file, where a header is, " } else { "the file " };
            let held = counted(held, "line");
            Err(Error::Request { reason: format!("`headerRow` is {line}, but {place}has {held}") })
        })
        .await
    }
}
