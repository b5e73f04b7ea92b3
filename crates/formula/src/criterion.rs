//! Conditions that are values: `5`, `"open"`, `">= 10"`.

use crate::call::{Call, Out};
use crate::compare::holds;
use crate::eval::Lanes;
use crate::expr::{Comparison, Op};
use crate::lists::values;
use crate::value::Val;

/// Signs with the longer ones first.
const SIGNS: [&str; 7] = ["<=", ">=", "!=", "<>", "<", ">", "="];

/// What values are compared with, and how.
struct Criterion<'v> {
    how: Comparison,
    what: Val<'v>,
}

impl<'v> Criterion<'v> {
    fn of(value: Val<'v>) -> Self {
        let Val::Text(text) = value else { return Self { how: Comparison::Equal, what: value } };
        let sign = SIGNS.into_iter().find(|sign| text.starts_with(sign));
        let rest = text.get(sign.map_or(0, str::len)..).unwrap_or_default().trim();
        let how = match sign {
            Some("<>") => Comparison::Unequal,
            Some(sign) => match Op::of(sign) {
                Some(Op::Compare(how)) => how,
                _ => Comparison::Equal,
            },
            None => Comparison::Equal,
        };
        let what = match number(rest) {
            Some(number) => Val::Number(number),
            None if rest.is_empty() => Val::Blank,
            None => Val::Text(rest),
        };
        Self { how, what }
    }

    /// A blank is equal to a blank only. Numbers are compared with numbers; equal to one is also a text that reads as it, as in
    /// spreadsheets.
    fn holds(&self, value: Val<'_>) -> bool {
        let is_equality = matches!(self.how, Comparison::Equal | Comparison::Unequal);
        let value = match (self.what, value) {
            (Val::Number(_), Val::Text(text)) if is_equality => number(text.trim()).map_or(value, Val::Number),
            _ => value,
        };
        let alike = match self.what {
            Val::Blank => value.is_blank(),
            Val::Number(_) => matches!(value, Val::Number(_)),
            _ => !value.is_blank(),
        };
        if alike { holds(self.how, value, self.what) } else { self.how == Comparison::Unequal }
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

impl<'b> Call<'_, 'b> {
    /// Goes over the values of the first argument for which the second one holds.
    pub fn those<S>(
        &self,
        start: impl Fn() -> S,
        step: impl Fn(&mut S, Val<'_>),
        end: impl Fn(S) -> Out<f64>,
    ) -> Lanes<'b> {
        let lanes = [self.argument(0)?, self.argument(1)?];
        let extent = self.extent(&lanes);
        let [held, criterion] = &lanes;
        Ok(extent.calculate(|row| {
            let criterion = Criterion::of(criterion.get(row));
            let mut state = start();
            values(held, row).filter(|value| criterion.holds(*value)).for_each(|value| step(&mut state, value));
            end(state)
        }))
    }
}
