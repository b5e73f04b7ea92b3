//! Reading a table out.

use std::sync::Arc;

use model::{BaseId, Caller, Field, Ordinal, Table, TenantNo};

use super::list::ordered;
use super::{Found, ListQuery, Records, find_table, find_view};
use crate::error::Error;
use images::View;

impl Records {
    /// The records of a table in order, as plain texts: one picture of the base, read piece by piece. A view chooses
    /// the records and their order, the fields and theirs.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::TableNotFound`], [`Error::ViewNotFound`].
    pub async fn export(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        view_name: Option<&str>,
    ) -> Result<Export, Error> {
        let (scope, mut view) = self.view(caller, base).await?;
        let table = Arc::clone(find_table(caller, &view.image.schema, table)?);
        let shown = view_name.map(|name| find_view(caller, &table, name)).transpose()?;
        let fields = match shown {
            Some(shown) => shown.shown(&table).into_iter().cloned().collect(),
            None => table.live_fields().cloned().collect(),
        };
        let query = ListQuery { view: view_name.map(str::to_owned), ..ListQuery::default() };
        let order = self.answer(&scope, &mut view, |view| ordered(caller, view, &table, &query, usize::MAX)).await?;
        let ordinals = order.ordinals;
        let source = (self.clone(), scope.tenant());
        Ok(Export { source, view, page: None, table, fields, ordinals, next: 0 })
    }
}

/// A table being read out.
pub struct Export {
    source: (Records, TenantNo),
    view: View,
    /// The next rows, where not all of the table is in memory.
    page: Option<View>,
    table: Arc<Table>,
    fields: Vec<Arc<Field>>,
    ordinals: Vec<u32>,
    next: usize,
}

impl Export {
    /// The names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.fields.iter().map(|field| field.name.as_str()).collect()
    }

    /// Fetches what of the next `count` rows is not in memory.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn fetch(&mut self, count: usize) -> Result<(), Error> {
        let (records, tenant) = &self.source;
        let ordinals = self.ordinals.iter().skip(self.next).take(count).map(|ordinal| Ordinal(*ordinal)).collect();
        let found = Found { view: self.view.clone(), table: Arc::clone(&self.table), ordinals };
        self.page = Some(records.told(*tenant, found).await?.view);
        Ok(())
    }

    /// Hands the next `count` rows to `take`, a cell's text at a time with its column; false at the end.
    ///
    /// # Errors
    /// [`Error::TooDeep`] when a formula nests too deeply.
    pub fn read(&mut self, count: usize, mut take: impl FnMut(usize, &str)) -> Result<bool, Error> {
        let view = self.page.take().unwrap_or_else(|| self.view.clone());
        let rows = view.image.table(self.table.no);
        let end = (self.next + count).min(self.ordinals.len());
        let mut text = String::new();
        for ordinal in self.ordinals.get(self.next..end).unwrap_or_default() {
            for (column, field) in self.fields.iter().enumerate() {
                text.clear();
                view.plain_cell(&self.table, &rows, field, Ordinal(*ordinal), &mut text)?;
                take(column, &text);
            }
        }
        self.next = end;
        Ok(end < self.ordinals.len())
    }
}
