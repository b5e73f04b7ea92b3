//! Environment names of the predecessor and of providers. `docs/settings.md` shows this table.

use std::collections::BTreeMap;

/// Names that stand for keys of ours.
pub(crate) const KEYS: [(&str, &str); 14] = [
    ("DATABASE_URL", "database.url"),
    ("DB_POOL_SIZE", "database.pool"),
    ("GEMINI_API_KEY", "llm.gemini_api_key"),
    ("GEMINI_BASE_URL", "llm.gemini_base_url"),
    ("OPENAI_API_KEY", "llm.openai_api_key"),
    ("OPENAI_BASE_URL", "llm.openai_base_url"),
    ("DEFAULT_MODEL", "llm.default_model"),
    ("MAX_TOKENS", "llm.max_tokens"),
    ("TEMPERATURE", "llm.temperature"),
    ("THINKING_BUDGET", "llm.thinking_budget"),
    ("LOG_LEVEL", "telemetry.level"),
    ("CORS_ORIGINS", "web.cors_origins"),
    ("ENABLE_METRICS", "telemetry.metrics"),
    ("RATE_LIMIT_RPM", "limits.requests_per_minute"),
];

/// Names that are accepted although what they are about does not exist yet.
pub(crate) const WAITING: [(&str, &str); 15] = [
    ("AIRTABLE_TOKEN", "linked Airtable accounts"),
    ("AIRTABLE_PAT", "linked Airtable accounts"),
    ("AIRTABLE_BASE", "linked Airtable accounts"),
    ("AIRTABLE_ENDPOINT_URL", "linked Airtable accounts"),
    ("ANTHROPIC_API_KEY", "the provider Anthropic"),
    ("ANTHROPIC_BASE_URL", "the provider Anthropic"),
    ("OLLAMA_HOST", "the provider Ollama by name; its OpenAI-compatible address works as OPENAI_BASE_URL"),
    ("REDIS_URL", "Redis"),
    ("REDIS_POOL_SIZE", "Redis"),
    ("API_KEY", "one key for all clients; personal access tokens are the way in"),
    ("JWT_SECRET", "sessions signed with a secret; keys are generated"),
    ("TRACING_ENABLED", "traces sent elsewhere"),
    ("SENTRY_DSN", "reports to Sentry"),
    ("HTTPS_ENABLED", "TLS in the server; put a proxy before it"),
    ("AIRLOOM_BOOTSTRAP_PASSWORD", "passwords; the first token is the way in"),
];

/// One sentence about the names that are set and have no effect yet.
pub(crate) fn without_effect(environment: &BTreeMap<String, String>) -> Option<String> {
    let set: Vec<_> = WAITING.iter().map(|(name, _)| *name).filter(|name| environment.contains_key(*name)).collect();
    (!set.is_empty()).then(|| format!("no effect yet: {} (docs/settings.md says why)", set.join(", ")))
}

#[cfg(test)]
mod tests;
