//! Every story, in one binary.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "what goes wrong fails the story")]
#![expect(clippy::print_stdout, reason = "long stories tell their seeds and figures")]

mod ai_text;
mod app;
mod assistant;
mod attachments;
mod binary;
mod bulk;
mod clients;
mod collaborators;
mod comments;
mod concurrency;
mod conversions;
mod copies;
mod dates;
mod days;
mod document;
mod durability;
mod enterprise;
mod ephemeral;
mod errors;
mod field_types;
mod fuzz;
mod house;
mod imports;
mod kept_ids;
mod limits;
mod lookups;
mod names;
mod offered;
mod past;
mod racing;
mod records;
mod refusals;
mod schema;
mod served;
mod syncs;
mod targets;
mod trash;
mod trash_empties;
mod upserts;
mod vega;
mod views;
mod watched;
mod webhooks;
