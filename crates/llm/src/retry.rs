//! Trying again, a little.

use std::time::Duration;

use crate::error::Error;

/// Tries after the first.
const RETRIES: u32 = 2;
/// Nobody waits longer than this in front of a chat.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// How often one request was tried.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    tries: u32,
}

impl Patience {
    /// Waits until the next try, or gives the error back when there should be none. Without a wait named by the
    /// provider each is twice the one before.
    pub(crate) async fn bear(&mut self, error: Error) -> Result<(), Error> {
        let Some(wait) = error.wait().map(|wait| wait * 2_u32.pow(self.tries)) else { return Err(error) };
        if self.tries == RETRIES || wait > LONGEST_WAIT {
            return Err(error);
        }
        tracing::info!(wait_ms = wait.as_millis() as u64, "the model provider asks to wait: {error}");
        tokio::time::sleep(wait).await;
        self.tries += 1;
        Ok(())
    }
}
