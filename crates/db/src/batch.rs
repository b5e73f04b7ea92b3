//! Statements that are sent together.

use sql::Value;

/// Ends a group by taking it back.
pub(crate) const ROLLBACK: &str = "ROLLBACK";

/// Statements in order, with all their values in one place.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    statements: Vec<Statement>,
    values: Vec<Value>,
    /// Whether the rows of the last statement are wanted.
    pub(crate) wants_rows: bool,
}

#[derive(Debug, Clone, Copy)]
struct Statement {
    sql: &'static str,
    /// Where its values end; they begin where those of the statement before end.
    end: usize,
    /// Whether it must change a row.
    must: bool,
}

/// A statement with its values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) sql: &'static str,
    pub(crate) values: &'a [Value],
    /// Whether it fails when it changes no row.
    pub(crate) must: bool,
}

impl Batch {
    pub(crate) fn of(sql: &'static str) -> Self {
        let mut batch = Self::default();
        batch.push(sql, []);
        batch
    }

    pub(crate) fn push(&mut self, sql: &'static str, values: impl IntoIterator<Item = Value>) {
        self.values.extend(values);
        self.statements.push(Statement { sql, end: self.values.len(), must: false });
    }

    pub(crate) fn push_must(&mut self, sql: &'static str, values: impl IntoIterator<Item = Value>) {
        self.values.extend(values);
        self.statements.push(Statement { sql, end: self.values.len(), must: true });
    }

    pub(crate) fn push_each(&mut self, sql: &'static str, width: usize, mut values: Vec<Value>) {
        let start = self.values.len();
        let count = values.len().checked_div(width).unwrap_or(0);
        self.statements.extend((1..=count).map(|number| Statement { sql, end: start + number * width, must: false }));
        if start == 0 {
            self.values = values;
        } else {
            self.values.append(&mut values);
        }
    }

    /// Puts statements without values in front.
    pub(crate) fn prepend(&mut self, marks: &[&'static str]) {
        self.statements.splice(0..0, marks.iter().map(|sql| Statement { sql, end: 0, must: false }));
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
        let mut start = 0;
        let statements = self.statements.iter();
        statements.map(move |statement| {
            let values = self.values.get(start..statement.end).unwrap_or_default();
            start = statement.end;
            Item { sql: statement.sql, values, must: statement.must }
        })
    }
}
