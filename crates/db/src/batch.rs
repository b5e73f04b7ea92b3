//! Statements that are sent together.

use sql::Value;
use tokio::runtime::Handle;

/// Ends a group by taking it back.
pub(crate) const ROLLBACK: &str = "ROLLBACK";

/// Statements of a batch that another thread frees.
const MANY: usize = 100;

/// Statements in order.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    statements: Vec<Statement>,
    runs: Vec<Run>,
    /// Whether the rows of the last statement are wanted.
    pub(crate) wants_rows: bool,
}

/// Values of statements. A run that comes as a whole is taken as it is, however long, and not copied.
#[derive(Debug, Default)]
struct Run {
    values: Vec<Value>,
    /// Values that all statements of the run have, behind their own; none where the run takes those of any statement.
    shared: Vec<Value>,
    whole: bool,
}

#[derive(Debug, Clone, Copy)]
struct Statement {
    sql: &'static str,
    /// The run that its values are in, and where they begin and end there.
    run: u32,
    start: u32,
    end: u32,
    /// Whether it must change a row.
    must: bool,
}

/// A statement with its values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) sql: &'static str,
    /// Its own values, `$1` and on.
    pub(crate) values: &'a [Value],
    /// Those behind them, which the statements before and after it may share.
    pub(crate) shared: &'a [Value],
    /// Whether it fails when it changes no row.
    pub(crate) must: bool,
}

impl<'a> Item<'a> {
    /// All values in order.
    pub(crate) fn params(self) -> impl ExactSizeIterator<Item = &'a Value> + Clone {
        let Self { values, shared, .. } = self;
        let at = move |place: usize| values.get(place).or_else(|| shared.get(place - values.len()));
        (0..values.len() + shared.len()).map(move |place| at(place).unwrap_or(&Value::Null(sql::Type::Text)))
    }
}

impl Batch {
    pub(crate) fn of(sql: &'static str) -> Self {
        let mut batch = Self::default();
        batch.push(sql, []);
        batch
    }

    pub(crate) fn push(&mut self, sql: &'static str, values: impl IntoIterator<Item = Value>) {
        self.add(sql, values, false);
    }

    pub(crate) fn push_must(&mut self, sql: &'static str, values: impl IntoIterator<Item = Value>) {
        self.add(sql, values, true);
    }

    fn add(&mut self, sql: &'static str, values: impl IntoIterator<Item = Value>, must: bool) {
        if self.runs.last().is_none_or(|run| run.whole) {
            self.runs.push(Run::default());
        }
        let run = self.runs.len() as u32 - 1;
        let Some(Run { values: held, .. }) = self.runs.last_mut() else { return };
        let start = held.len() as u32;
        held.extend(values);
        self.statements.push(Statement { sql, run, start, end: held.len() as u32, must });
    }

    /// A statement as often as there are `width` values for it; `shared` follow the values each time.
    pub(crate) fn push_each(&mut self, sql: &'static str, width: usize, values: Vec<Value>, shared: Vec<Value>) {
        let run = self.runs.len() as u32;
        let count = values.len().checked_div(width).unwrap_or(0) as u32;
        let width = width as u32;
        let places = (0..count).map(|number| number * width);
        self.statements.extend(places.map(|start| Statement { sql, run, start, end: start + width, must: false }));
        self.runs.push(Run { values, shared, whole: true });
    }

    /// Puts statements without values in front.
    pub(crate) fn prepend(&mut self, marks: &[&'static str]) {
        let bare = |sql: &&'static str| Statement { sql, run: 0, start: 0, end: 0, must: false };
        self.statements.splice(0..0, marks.iter().map(bare));
    }

    /// True when it only takes a whole group back.
    pub(crate) fn is_rollback(&self) -> bool {
        matches!(self.statements.as_slice(), [Statement { sql: ROLLBACK, .. }])
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.statements.len()
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Item<'_>> + Clone {
        self.statements.iter().map(|statement| {
            let run = self.runs.get(statement.run as usize);
            let values = run.and_then(|run| run.values.get(statement.start as usize..statement.end as usize));
            Item {
                sql: statement.sql,
                values: values.unwrap_or_default(),
                shared: run.filter(|_| statement.end > 0).map(|run| run.shared.as_slice()).unwrap_or_default(),
                must: statement.must,
            }
        })
    }

    /// Frees a large batch on another thread: whoever waits for its end goes on at once.
    pub(crate) fn free(self) {
        if self.len() >= MANY
            && let Ok(threads) = Handle::try_current()
        {
            drop(threads.spawn_blocking(move || drop(self)));
        }
    }
}
