//! Listing records: filter, sort, page.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{BaseId, Bits, Caller, Field, FieldId, Ordinal, ShareId, Table, TableImage, Timestamp};
use parking_lot::Mutex;
use query::{KeyKind, SortKey};
use serde::{Deserialize, Serialize};

use super::past::was_there;
use super::{At, Found, QUERY, Records, find_table, find_view};
use crate::ask::{Columns, Wanted, selected};
use crate::counts::Counted;
use crate::error::Error;
use crate::plan::unknown_field;
use images::View;

/// Largest page.
pub const PAGE: usize = 100;
/// How long the order of a filtered or sorted list is kept for its next pages.
const KEEP: Duration = Duration::from_mins(10);
/// Kept orders at once.
const KEPT: usize = 256;
/// How many ordinals of a list are found for its first page.
const FIRST: usize = 10 * PAGE + 1;

/// A list to read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListQuery {
    /// Only records for which this formula is true.
    pub filter: Option<String>,
    /// Only records that match this filter tree, as tools send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<serde_json::Value>,
    /// Sort keys, the first weighs most.
    pub sort: Vec<Sort>,
    /// The base as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<At>,
    /// A view's name or id.
    pub view: Option<String>,
    /// Most records over all pages.
    pub max_records: Option<usize>,
    /// Records per page, 1 to 100.
    pub page_size: Option<usize>,
    /// The cursor of the page before.
    #[serde(skip)]
    pub offset: Option<String>,
    /// Whether to count the comments of each record.
    #[serde(skip)]
    pub comment_counts: bool,
}

/// A sort key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// Field name or id.
    pub field: String,
    /// Largest first.
    pub descending: bool,
}

/// One page.
pub struct Page {
    /// Its records.
    pub found: Found,
    /// The cursor of the next page.
    pub offset: Option<String>,
    /// How many records match, over all pages.
    pub total: usize,
    /// The comments of each record, where they were asked for.
    pub counts: Option<Counted>,
}

impl Page {
    /// The page as it is told to whoever comes by the link of a share: addresses of files end with that.
    #[must_use]
    pub fn shown_by(mut self, share: ShareId) -> Self {
        let view = &mut self.found.view;
        view.addresses = view.addresses.take().map(|addresses| addresses.of_share(share));
        self
    }
}

/// Where a list goes on: the sequence it began at, how far it came, and of which question.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Cursor {
    /// Sequence of the first page.
    n: i64,
    /// Time of the first page.
    t: i64,
    /// Records given out.
    p: usize,
    /// Digest of base, table and question.
    q: u64,
    /// Of a list in the order of creation: where it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<Walk>,
}

/// A list in the order of creation needs no order kept for it.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Walk {
    /// The next ordinal.
    o: u32,
    /// Ordinals that were given out at the first page: what came later is not part of the list.
    e: u32,
    /// Records at the first page.
    m: usize,
}

/// The ordinals of a list in order, kept for its next pages.
#[derive(Clone)]
pub(crate) struct Kept {
    key: (u64, i64, i64),
    order: Arc<Order>,
}

/// The first ordinals of a list, or all of them.
pub(super) struct Order {
    pub(super) ordinals: Vec<u32>,
    /// How many there are in the whole list.
    total: usize,
}

impl Order {
    /// True when a page that begins here needs no more than these.
    fn reaches(&self, from: usize) -> bool {
        self.ordinals.len() == self.total || from + PAGE < self.ordinals.len()
    }
}

impl ListQuery {
    /// True when the records come as they were created, all of them. Later pages go on as the first one began, whatever
    /// became of the view.
    fn is_walk(&self, table: &Table, shown: Option<&model::View>, cursor: &Cursor) -> bool {
        if self.offset.is_some() {
            return cursor.w.is_some();
        }
        let formula = self.filter.as_deref().is_none_or(|formula| formula.trim().is_empty());
        let tree = self.tree.as_ref().is_none_or(serde_json::Value::is_null);
        let kept = shown.and_then(|shown| shown.filter.as_ref()).and_then(|filter| schema::holding(table, filter));
        let sorted = !self.sort.is_empty() || shown.is_some_and(|shown| !shown.keys(table).is_empty());
        formula && tree && kept.is_none() && !sorted
    }
}

impl Records {
    /// Lists records, a page at a time. Pages of one list show each record that existed at the first page and still
    /// exists exactly once, with its present cells.
    ///
    /// # Errors
    /// [`Error::TableNotFound`], [`Error::ViewNotFound`], [`Error::UnknownField`], [`Error::Formula`],
    /// [`Error::Offset`] for a cursor of another list, [`Error::IteratorGone`] for one that is out of reach.
    pub async fn list(&self, caller: &Caller, base: BaseId, table: &str, query: &ListQuery) -> Result<Page, Error> {
        let until = Instant::now() + QUERY;
        let (scope, mut view) = self.view(caller, base).await?;
        if let Some(at) = query.at {
            let past = Box::pin(self.as_of(&scope, &view, at)).await?;
            was_there(&view.image.schema, &past.image.schema, table)?;
            view = past;
        }
        // The cells of the page have what is left of the time.
        view.until = Some(until);
        let table = Arc::clone(find_table(caller, &view.image.schema, table)?);
        let shown = query.view.as_deref().map(|name| find_view(caller, &table, name)).transpose()?;
        let digest = digest(base, &table, query);
        let cursor = self.cursor(query, digest, &view)?;
        if query.is_walk(&table, shown, &cursor) {
            let page = self.walk(view, table, query, &cursor);
            return self.complete(&scope, page, query).await;
        }
        let kept = self.kept((digest, cursor.n, cursor.t)).filter(|order| order.reaches(cursor.p));
        let order = if let Some(order) = kept {
            order
        } else {
            let mut began = self.view_at(&scope, &view, &cursor).await?;
            // Most lists are read from the top and no further than a few pages.
            let need = if cursor.p == 0 { FIRST } else { usize::MAX };
            let order = self.answer(&scope, &mut began, |view| ordered(caller, view, &table, query, need)).await?;
            let order = Arc::new(order);
            self.keep((digest, cursor.n, cursor.t), &order);
            order
        };
        let page = self.page(view, table, query, &order, &cursor);
        self.complete(&scope, page, query).await
    }

    /// Brings what a page tells beside the ordinals of its records.
    async fn complete(&self, scope: &tenancy::Scope, page: Page, query: &ListQuery) -> Result<Page, Error> {
        let counts = if query.comment_counts { Some(self.counted(scope, &page.found).await?) } else { None };
        Ok(Page { found: self.told(scope.tenant(), page.found).await?, counts, ..page })
    }

    fn cursor(&self, query: &ListQuery, digest: u64, view: &View) -> Result<Cursor, Error> {
        let Some(offset) = &query.offset else {
            return Ok(Cursor { n: view.image.sequence, t: view.now.0, p: 0, q: digest, w: None });
        };
        let invalid = || Error::Offset { offset: offset.chars().take(200).collect() };
        let cursor: Cursor = self.signer.open(offset.strip_prefix("itr").ok_or_else(invalid)?).ok_or_else(invalid)?;
        if cursor.q == digest { Ok(cursor) } else { Err(invalid()) }
    }

    /// The base as the first page saw it.
    async fn view_at(&self, scope: &tenancy::Scope, view: &View, cursor: &Cursor) -> Result<View, Error> {
        if cursor.n == view.image.sequence {
            return Ok(View { now: Timestamp(cursor.t), ..view.clone() });
        }
        let age = Duration::from_micros((view.now.0 - cursor.t).max(0) as u64);
        if age > KEEP {
            return Err(Error::IteratorGone);
        }
        let image = self.images.at(scope.tenant(), scope.base_no(), cursor.n).await;
        let image =
            image.map_err(
                |error| if let images::Error::TooOld { .. } = error { Error::IteratorGone } else { error.into() },
            )?;
        Ok(View { image: Arc::new(image), now: Timestamp(cursor.t), ..view.clone() })
    }

    fn kept(&self, key: (u64, i64, i64)) -> Option<Arc<Order>> {
        self.kept.lock().iter().find(|kept| kept.key == key).map(|kept| Arc::clone(&kept.order))
    }

    fn keep(&self, key: (u64, i64, i64), order: &Arc<Order>) {
        // A list that fits one page has no next one.
        if order.total > 1 {
            let mut kept = self.kept.lock();
            kept.retain(|held| held.key != key);
            if kept.len() >= KEPT {
                kept.remove(0);
            }
            kept.push(Kept { key, order: Arc::clone(order) });
        }
    }

    /// A page in the order of creation.
    fn walk(&self, view: View, table: Arc<Table>, query: &ListQuery, cursor: &Cursor) -> Page {
        let rows = view.image.table(table.no);
        let begin = || Walk { o: 0, e: rows.len() as u32, m: rows.live.count() };
        let walk = cursor.w.unwrap_or_else(begin);
        let most = query.max_records.unwrap_or(usize::MAX);
        let size = query.page_size.unwrap_or(PAGE).clamp(1, PAGE).min(most.saturating_sub(cursor.p));
        let mut live = (walk.o..walk.e).map(Ordinal).filter(|ordinal| rows.is_live(*ordinal));
        let ordinals: Vec<Ordinal> = live.by_ref().take(size).collect();
        let given = cursor.p + ordinals.len();
        let next = live.next().filter(|_| given < most);
        let on = |next: Ordinal| Cursor { p: given, w: Some(Walk { o: next.0, ..walk }), ..*cursor };
        let offset = next.map(|next| self.offset(&on(next)));
        Page { found: Found { view, table, ordinals }, offset, total: most.min(walk.m), counts: None }
    }

    fn offset(&self, cursor: &Cursor) -> String {
        format!("itr{}", self.signer.seal(cursor))
    }

    fn page(&self, view: View, table: Arc<Table>, query: &ListQuery, order: &Order, cursor: &Cursor) -> Page {
        let rows = view.image.table(table.no);
        let most = query.max_records.unwrap_or(usize::MAX).min(order.total);
        let order = &order.ordinals;
        let known = most.min(order.len());
        let size = query.page_size.unwrap_or(PAGE).clamp(1, PAGE);
        let mut at = cursor.p;
        let mut ordinals = Vec::with_capacity(size);
        while ordinals.len() < size && at < known {
            let ordinal = order.get(at).map(|ordinal| Ordinal(*ordinal));
            ordinals.extend(ordinal.filter(|ordinal| rows.is_live(*ordinal)));
            at += 1;
        }
        let left = order.get(at..known).unwrap_or_default();
        // Beyond what is known yet there may be records that were deleted meanwhile: the next page says so.
        let more = known < most || left.iter().any(|ordinal| rows.is_live(Ordinal(*ordinal)));
        let offset = more.then(|| self.offset(&Cursor { p: at, ..*cursor }));
        Page { found: Found { view, table, ordinals }, offset, total: most, counts: None }
    }
}

/// Bytes of the kept orders, which are dropped when `drop` says so.
pub(super) fn shed(kept: &Mutex<Vec<Kept>>, drop: bool) -> usize {
    let mut kept = kept.lock();
    if drop {
        kept.clear();
    }
    kept.iter().map(|kept| kept.order.ordinals.capacity() * 4).sum()
}

/// Tells one question from another; not a secret.
fn digest(base: BaseId, table: &Table, query: &ListQuery) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = rustc_hash::FxHasher::default();
    (base, table.no, serde_json::to_string(query).unwrap_or_default()).hash(&mut hasher);
    hasher.finish()
}

/// The ordinals of a list in order, at least the first `need`; a view is taken as it was at the first page.
pub(super) fn ordered(
    caller: &Caller,
    view: &View,
    table: &Table,
    query: &ListQuery,
    need: usize,
) -> Result<Order, Error> {
    let rows = view.image.table(table.no);
    let began = view.image.schema.table_by_no(table.no);
    let table = began.map_or(table, AsRef::as_ref);
    let shown = query.view.as_deref().map(|name| find_view(caller, table, name)).transpose()?;
    let kept = shown.and_then(|shown| shown.filter.as_ref());
    let wanted = Wanted { kept, tree: query.tree.as_ref(), formula: query.filter.as_deref(), within: None };
    let selection = selected(view, table, &rows, &wanted)?;
    let total = selection.count();
    let keys = sort_keys(table, query, shown)?;
    let ordinals = if keys.is_empty() {
        selection.ones().map(|ordinal| ordinal as u32).take(need).collect()
    } else {
        sorted(view, table, &rows, &selection, &keys, need)?
    };
    Ok(Order { ordinals, total })
}

/// The keys that were asked for, else those of the view.
fn sort_keys(table: &Table, query: &ListQuery, shown: Option<&model::View>) -> Result<Vec<(Arc<Field>, bool)>, Error> {
    if query.sort.is_empty() {
        let keys = shown.map(|shown| shown.keys(table)).unwrap_or_default();
        return Ok(keys.into_iter().map(|(field, descending)| (Arc::clone(field), descending)).collect());
    }
    let named = |key: &Sort| {
        let field = table.field_exact(&key.field).cloned().ok_or_else(|| unknown_field(table, &key.field))?;
        Ok((field, key.descending))
    };
    query.sort.iter().map(named).collect()
}

fn sorted(
    view: &View,
    table: &Table,
    rows: &TableImage,
    selection: &Bits,
    keys: &[(Arc<Field>, bool)],
    need: usize,
) -> Result<Vec<u32>, Error> {
    let fields: Vec<Arc<Field>> = keys.iter().map(|(field, _)| Arc::clone(field)).collect();
    let columns = Columns::read(view, table, rows, &fields, true)?;
    let keys: Vec<SortKey<'_>> = keys
        .iter()
        .map(|(field, descending)| SortKey { field: field.no, descending: *descending, key: KeyKind::Value })
        .collect();
    Ok(query::order(&columns.source(), selection, &keys, Some(need))?)
}

/// The fields asked for, in the order of the table.
pub(crate) fn chosen(table: &Table, names: &[String]) -> Result<Option<Vec<FieldId>>, Error> {
    if names.is_empty() {
        return Ok(None);
    }
    let find = |name: &String| table.field_exact(name).map(|field| field.id).ok_or_else(|| unknown_field(table, name));
    names.iter().map(find).collect::<Result<_, _>>().map(Some)
}
