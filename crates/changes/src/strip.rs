//! Taking out of the log what it tells of tables and fields that were removed from the trash for good.

use db::Group;
use events::Gone;
use model::BaseNo;

use crate::{Changes, Error, store};

impl Changes {
    /// Strips the changes of a base behind a sequence, as many as are read at a time; answers the last of them, and nothing at the
    /// end. Each keeps its number, and whoever did it.
    ///
    /// # Errors
    /// [`Error::Unreadable`]; [`Error::Db`] when the database fails, and then nothing has become another.
    pub async fn strip(&self, base: BaseNo, gone: &Gone, after: i64) -> Result<Option<i64>, Error> {
        let read = store::since(&self.db, base, after, i64::MAX).await?;
        let Some(last) = read.last().map(|(change, _)| change.sequence) else { return Ok(None) };
        let stripped = read.into_iter().filter_map(|(change, _)| {
            let mut body = change.body.clone();
            gone.strip(&mut body).then(|| (change.sequence, body.encode()))
        });
        let stripped: Vec<(i64, String)> = stripped.collect();
        if !stripped.is_empty() {
            let mut tx = self.db.begin(Group::Base(base.0)).await?;
            for (sequence, body) in stripped {
                store::rewrite(&mut tx, base, sequence, body);
            }
            tx.commit().await?;
            self.base(base).state.lock().recent.clear();
        }
        Ok(Some(last))
    }
}
