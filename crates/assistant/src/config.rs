//! The section of the settings about conversations.

use serde::{Deserialize, Serialize};

/// How conversations are led.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many earlier messages a model is shown.
    pub context_messages: u32,
    /// How often a model may ask for tools in one turn.
    pub max_rounds: u32,
    /// Most tokens of one turn over all its rounds.
    pub turn_tokens: u64,
    /// Most tokens of one tool's answer that a model is shown.
    pub result_tokens: usize,
    /// Longest message of a person, in bytes.
    pub message_bytes: usize,
    /// Hosts under which the MCP door may be addressed; loopback always may.
    pub mcp_hosts: Vec<String>,
    /// Web origins that may call the MCP door; none by default.
    pub mcp_origins: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            context_messages: 10,
            max_rounds: 8,
            turn_tokens: 200_000,
            result_tokens: 8_000,
            message_bytes: 32 << 10,
            mcp_hosts: Vec::new(),
            mcp_origins: Vec::new(),
        }
    }
}
