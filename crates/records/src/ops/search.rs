//! Finding records by words that they hold anywhere.

use std::sync::Arc;

use model::{BaseId, Bits, Caller, FieldKind, Kind, Ordinal, Table};
use query::{Filter, Op, Operand, Term};

use super::{Found, Records, find_table};
use crate::ask::Columns;
use crate::error::Error;
use images::View;

/// The records of one table that hold a text.
pub struct Hits {
    /// The first of them.
    pub found: Found,
    /// How many there are.
    pub total: usize,
}

impl Records {
    /// Finds records that hold the text in a cell of text, a choice or a linked record's name, without regard to case;
    /// a number is also looked for among numbers. At most `limit` records come back.
    ///
    /// # Errors
    /// [`Error::TableNotFound`]; [`Error::Filter`] for an empty text.
    pub async fn search(
        &self,
        caller: &Caller,
        base: BaseId,
        table: Option<&str>,
        text: &str,
        limit: usize,
    ) -> Result<Vec<Hits>, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::Filter { reason: "`text` is empty: say what to look for".to_owned() });
        }
        let (scope, mut view) = self.view(caller, base).await?;
        let tables: Vec<Arc<Table>> = match table {
            Some(name) => vec![Arc::clone(find_table(caller, &view.image.schema, name)?)],
            None => view.image.schema.live_tables().cloned().collect(),
        };
        let mut left = limit;
        let mut hits = Vec::new();
        for table in tables {
            let selection = self.answer(&scope, &mut view, |view| holding(view, &table, text)).await?;
            let ordinals: Vec<Ordinal> = selection.ones().take(left).map(|ordinal| Ordinal(ordinal as u32)).collect();
            left -= ordinals.len();
            let total = selection.count();
            if total > 0 {
                let found = self.told(scope.tenant(), Found { view: view.clone(), table, ordinals }).await?;
                hits.push(Hits { found, total });
            }
        }
        Ok(hits)
    }
}

/// The records of a table that hold the text.
fn holding(view: &View, table: &Table, text: &str) -> Result<Bits, Error> {
    let rows = view.image.table(table.no);
    let number: Option<f64> = text.replace(',', "").parse().ok();
    let mut parts = Vec::new();
    let mut searched = Vec::new();
    for field in table.live_fields() {
        let kind = if field.kind.link().is_some() { Kind::Text } else { field.kind.column() };
        let (op, value) = match (kind, number) {
            (Kind::Text, _) => (Op::Contains, Operand::Text(text.to_owned())),
            (Kind::Number, Some(number)) => (Op::Equal, Operand::Number(number)),
            (Kind::Choice, _) => (Op::IsAnyOf, Operand::Choices(choices(&field.kind, text))),
            (Kind::Choices, _) => (Op::HasAnyOf, Operand::Choices(choices(&field.kind, text))),
            _ => continue,
        };
        parts.push(Filter::Term(Term { field: field.no, op, value }));
        searched.push(Arc::clone(field));
    }
    let columns = Columns::read(view, table, &rows, &searched, true)?;
    // Field by field: in one filter an error in one of them would hide what another holds.
    let mut selection = Bits::default();
    for part in &parts {
        let some = query::filter(&columns.source(), part)?;
        some.ones().for_each(|ordinal| selection.set(ordinal, true));
    }
    Ok(selection)
}

fn choices(kind: &FieldKind, text: &str) -> Vec<u32> {
    let wanted = text.to_lowercase();
    let held = kind.select().map(|select| select.choices.as_slice()).unwrap_or_default();
    held.iter().filter(|choice| choice.name.to_lowercase().contains(&wanted)).map(|choice| choice.no).collect()
}
