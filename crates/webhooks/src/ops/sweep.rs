//! Clearing away what has passed its time.

use db::Group;

use super::Webhooks;
use crate::error::Error;
use crate::model::{LIFE, earlier};
use crate::store;

impl Webhooks {
    /// Forgets payloads and webhooks that have passed their time.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let until = earlier(self.parts.clock.now(), LIFE);
        let mut tx = self.parts.db.begin(Group::House).await?;
        store::payloads::prune(&mut tx, until);
        tx.commit().await?;
        for key in store::expired(&self.parts.db, until).await? {
            self.remove(key, |_| ()).await?;
        }
        Ok(())
    }
}
