//! What a dry run answers and the real call brings back.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use model::{BaseId, Caller, Timestamp};
use parking_lot::Mutex;
use records::Error;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::Signer;

/// How long a confirmation is good.
const GOOD: Duration = Duration::from_mins(10);
/// Confirmations remembered as used; older ones have ended by then.
const USED: usize = 10_000;

/// Makes confirmations and takes each once.
#[derive(Clone)]
pub(crate) struct Confirmations {
    signer: Signer,
    clock: Clock,
    used: Arc<Mutex<Vec<(u64, i64)>>>,
}

/// What a confirmation is good for: this very call by this caller, once, for a while.
#[derive(PartialEq, Serialize, Deserialize)]
pub(crate) struct Seal {
    /// Digest of the call.
    d: u64,
    /// When it was shown.
    t: i64,
}

impl Confirmations {
    pub fn new(signer: Signer, clock: Clock) -> Self {
        Self { signer, clock, used: Arc::default() }
    }

    /// What confirms this call, when it is made now.
    pub fn seal(&self, caller: &Caller, base: BaseId, what: (&str, &str), given: &impl Serialize) -> Seal {
        let mut hasher = rustc_hash::FxHasher::default();
        let given = serde_json::to_string(given).unwrap_or_default();
        (caller.tenant, caller.user().map(|user| user.to_string()), base, what, given).hash(&mut hasher);
        Seal { d: hasher.finish(), t: self.clock.now().0 }
    }

    /// The answer of a dry run.
    pub fn shown(&self, seal: &Seal, preview: Vec<Value>) -> Value {
        let expires = Timestamp(seal.t + GOOD.as_micros() as i64).iso();
        json!({ "preview": preview, "confirm": self.signer.seal(seal), "expires": expires })
    }

    /// Takes the confirmation of a call.
    pub fn check(&self, call: &Seal, confirm: Option<&str>, required: bool) -> Result<(), Error> {
        let refused = |reason: &str| Err(Error::Confirmation { reason: reason.to_owned() });
        let Some(confirm) = confirm else {
            return if required { refused("call with `dry_run` first and bring back its `confirm`") } else { Ok(()) };
        };
        let Some(shown) = self.signer.open::<Seal>(confirm) else {
            return refused("`confirm` is not from a dry run; call with `dry_run` first");
        };
        if shown.d != call.d {
            return refused("`confirm` is for another call: the arguments must be those of the dry run");
        }
        if call.t - shown.t > GOOD.as_micros() as i64 {
            return refused("`confirm` has ended; call with `dry_run` again");
        }
        let mut used = self.used.lock();
        if used.contains(&(shown.d, shown.t)) {
            return refused("`confirm` was used before; call with `dry_run` again");
        }
        if used.len() >= USED {
            used.remove(0);
        }
        used.push((shown.d, shown.t));
        Ok(())
    }
}
