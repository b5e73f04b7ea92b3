//! What answers cost: a dated table, and the sum.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::message::Usage;

/// The table cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the price table is not understood: line {line}, column {column}")]
pub struct PriceError {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// US dollars per million tokens.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Input that was not cached.
    pub input: f64,
    /// Input from the provider's cache.
    pub cached: f64,
    /// Output, thoughts included.
    pub output: f64,
    /// Another price for long inputs.
    #[serde(default)]
    pub long: Option<LongPrice>,
}

/// The price of requests above a length.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongPrice {
    /// Input tokens from which it holds.
    pub above: u64,
    /// As [`Price::input`].
    pub input: f64,
    /// As [`Price::cached`].
    pub cached: f64,
    /// As [`Price::output`].
    pub output: f64,
}

/// A dated price table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Prices {
    /// The day on which it was true.
    pub as_of: String,
    models: BTreeMap<String, Price>,
}

/// US dollars.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// For all input.
    pub input: f64,
    /// For output.
    pub output: f64,
    /// For thoughts.
    pub thinking: f64,
}

impl Cost {
    /// All of it.
    pub fn total(&self) -> f64 {
        self.input + self.output + self.thinking
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            input: self.input + other.input,
            output: self.output + other.output,
            thinking: self.thinking + other.thinking,
        }
    }
}

const BUILT_IN: &str = include_str!("prices.json");

impl Prices {
    /// Reads a table of the form of the built-in one.
    ///
    /// # Errors
    /// [`PriceError`] with the place.
    pub fn parse(text: &str) -> Result<Self, PriceError> {
        serde_json::from_str(text).map_err(|error| PriceError { line: error.line(), column: error.column() })
    }

    /// What an answer of a model cost; `None` when the table does not know the model.
    pub fn cost(&self, model: &str, usage: &Usage) -> Option<Cost> {
        let price = self.models.get(model.strip_prefix("models/").unwrap_or(model))?;
        let (input, cached, output) = match &price.long {
            Some(long) if usage.input > long.above => (long.input, long.cached, long.output),
            _ => (price.input, price.cached, price.output),
        };
        let dollars = |tokens: u64, price: f64| tokens as f64 * price / 1e6;
        Some(Cost {
            input: dollars(usage.input.saturating_sub(usage.cached), input) + dollars(usage.cached, cached),
            output: dollars(usage.output, output),
            thinking: dollars(usage.thinking, output),
        })
    }
}

impl Default for Prices {
    /// The table that comes with the program. A test reads it, so the empty one below is never used.
    fn default() -> Self {
        Self::parse(BUILT_IN).unwrap_or_else(|_| Self { as_of: String::new(), models: BTreeMap::new() })
    }
}

#[cfg(test)]
mod tests;
