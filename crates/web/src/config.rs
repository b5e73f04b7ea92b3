//! The settings section `web`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::serve::Limits;

/// Settings of the doors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Origins that browsers may call from outside `/v0`, which is open to all as Airtable's is; `*` for any.
    pub cors_origins: Vec<String>,
    /// Seconds until a request whose answer has not begun is given up with 503.
    pub request_timeout_seconds: u64,
    /// Most connections at a time; more wait.
    pub max_connections: usize,
    /// Seconds for a request's head.
    pub head_timeout_seconds: u64,
    /// Seconds that a connection may be silent between requests.
    pub idle_timeout_seconds: u64,
    /// Seconds for open requests to finish when the server stops.
    pub drain_seconds: u64,
    /// Proxies that each request comes through, each of which adds whom it was called by to `X-Forwarded-For`: so many are
    /// believed. 0 when clients call the server themselves.
    pub proxies: u8,
}

impl Default for Config {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            cors_origins: Vec::new(),
            request_timeout_seconds: 60,
            max_connections: limits.connections,
            head_timeout_seconds: limits.head_time.as_secs(),
            idle_timeout_seconds: limits.idle_time.as_secs(),
            drain_seconds: limits.drain.as_secs(),
            proxies: limits.proxies,
        }
    }
}

impl Config {
    /// The limits of the serve loop.
    pub fn limits(&self) -> Limits {
        Limits {
            connections: self.max_connections.max(1),
            head_time: Duration::from_secs(self.head_timeout_seconds.max(1)),
            idle_time: Duration::from_secs(self.idle_timeout_seconds.max(1)),
            drain: Duration::from_secs(self.drain_seconds),
            proxies: self.proxies,
            ..Limits::default()
        }
    }
}
