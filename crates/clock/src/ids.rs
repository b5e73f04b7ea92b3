//! Public ids and chance.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::{
    AttachmentId, BaseId, ChoiceId, CommentId, EntryId, FieldId, RecordId, ShareId, TableId, TenantId, Timestamp,
    TokenId, UserId, ViewId, WebhookId, WorkspaceId,
};
use parking_lot::Mutex;

/// How many values the six characters of chance in an id can take.
const SPAN: u64 = 62_u64.pow(6);

/// Makes public ids and chance. Copies share their state.
#[derive(Debug, Clone)]
pub struct Ids(Arc<Maker>);

#[derive(Debug)]
struct Maker {
    /// The state of a seeded maker; the system's randomness is used without one.
    seeded: Option<AtomicU64>,
    /// Millisecond and chance of the last id.
    last: Mutex<(u64, u64)>,
}

impl Ids {
    /// From the system's randomness.
    pub fn system() -> Self {
        Self::with(None)
    }

    /// The same ids in every run, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self::with(Some(AtomicU64::new(seed)))
    }

    fn with(seeded: Option<AtomicU64>) -> Self {
        Self(Arc::new(Maker { seeded, last: Mutex::new((0, 0)) }))
    }

    /// 64 bits of chance.
    pub fn chance(&self) -> u64 {
        match &self.0.seeded {
            None => rand::random(),
            Some(state) => scramble(state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP)),
        }
    }

    /// Chance that grows within a millisecond, so that a batch of thousands cannot meet itself.
    fn ordered(&self, now: Timestamp) -> (u64, u64) {
        let chance = self.chance();
        let millis = now.millis().max(0) as u64;
        let mut last = self.0.last.lock();
        *last = if last.0 == millis {
            (millis, (last.1 + 1 + chance % 4_096) % SPAN)
        } else {
            (millis, chance % (SPAN / 2))
        };
        (millis, reversed(last.1))
    }
}

/// The step and the finish of `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn scramble(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

/// Ids write the lowest digit of their chance first; turned round, they sort as the numbers do.
fn reversed(mut chance: u64) -> u64 {
    let mut turned = 0;
    for _ in 0..6 {
        turned = turned * 62 + chance % 62;
        chance /= 62;
    }
    turned
}

macro_rules! makers {
    ($($(#[$doc:meta])* $name:ident: $id:ident;)*) => {
        impl Ids {$(
            $(#[$doc])*
            pub fn $name(&self, now: Timestamp) -> $id {
                let (millis, chance) = self.ordered(now);
                $id::ordered(millis, chance)
            }
        )*}
    };
}

makers! {
    /// An id for a base.
    base: BaseId;
    /// An id for a table.
    table: TableId;
    /// An id for a field.
    field: FieldId;
    /// An id for a view.
    view: ViewId;
    /// An id for a record.
    record: RecordId;
    /// An id for a choice of a select field.
    choice: ChoiceId;
    /// An id for a comment.
    comment: CommentId;
    /// An id for a user.
    user: UserId;
    /// An id for a workspace.
    workspace: WorkspaceId;
    /// An id for a tenant.
    tenant: TenantId;
    /// The public part of a token.
    token: TokenId;
    /// An id for a webhook.
    webhook: WebhookId;
    /// An id for a file in a cell.
    attachment: AttachmentId;
    /// An id for a share of a base.
    share: ShareId;
    /// An id for an entry of the audit trail.
    entry: EntryId;
}

#[cfg(test)]
mod tests;
