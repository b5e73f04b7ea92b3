//! The only HTTP client of the house. Everything that leaves the process goes through [`Outbound`].
//!
//! Words: the *policy* says which addresses calls may reach; the *trust* of a call says who chose its URL; a
//! *call* is one request with its limits; a *reply* is a whole answer in memory; an *event* is one message of a
//! server-sent event stream.
//!
//! Invariants: a host name is resolved once per connection, every address it has is checked against
//! [`AddressClass`], and the connection goes to a checked address; addresses written in the URL are checked in the
//! form the URL parser reads, so odd spellings change nothing; a redirect is followed only when asked for, at most
//! three times, each hop checked anew and without the secrets of the call when the host changes; an answer never
//! grows past its size limit, compressed or not; no secret header and no query string appears in an error or a log
//! line; settings of the environment (proxies) are not read.
#![deny(missing_docs)]

mod address;
mod call;
mod error;
mod events;

pub use address::AddressClass;
pub use call::{Call, Outbound, Pieces, Policy, Reply, Trust};
pub use error::{Error, Refusal};
pub use events::{Event, Events, Splitter};
pub use http::{HeaderMap, Method, StatusCode};
