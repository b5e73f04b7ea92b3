//! How many comments records have. Comments are kept above this crate, so the catalog hands in who counts them.

use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use model::{Ordinal, TableNo};
use rustc_hash::FxHashMap;
use tenancy::Scope;

use crate::error::Error;
use crate::ops::{Found, Records};

/// Comments by record; a record without any may be missing.
pub type Counted = FxHashMap<Ordinal, i64>;

type Count = Arc<dyn Fn(Scope, TableNo, Vec<Ordinal>) -> BoxFuture<'static, Result<Counted, db::Error>> + Send + Sync>;

/// Counts the comments of records of a table.
#[derive(Clone)]
pub struct CommentCounts(Count);

impl CommentCounts {
    /// From a function that counts the comments of one page in one query.
    pub fn new<F, Fut>(count: F) -> Self
    where
        F: Fn(Scope, TableNo, Vec<Ordinal>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Counted, db::Error>> + Send + 'static,
    {
        Self(Arc::new(move |scope, table, ordinals| count(scope, table, ordinals).boxed()))
    }
}

impl fmt::Debug for CommentCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommentCounts").finish_non_exhaustive()
    }
}

impl Records {
    /// The comments of each of these records.
    pub(crate) async fn counted(&self, scope: &Scope, found: &Found) -> Result<Counted, Error> {
        if found.ordinals.is_empty() {
            return Ok(Counted::default());
        }
        Ok((self.counts.0)(scope.clone(), found.table.no, found.ordinals.clone()).await?)
    }
}
