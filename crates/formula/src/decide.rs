//! AND and OR: arguments are computed only for rows that are not decided yet, unless they may be errors.

use model::Chunk;

use crate::call::Call;
use crate::eval::Lanes;
use crate::lane::{Lane, Values};
use crate::mask::Mask;
use crate::program::Input;

/// Rows where one argument is `by` have that answer; the others have the opposite.
pub(crate) fn decide<'b>(call: &Call<'_, 'b>, by: bool) -> Lanes<'b> {
    let inputs = call.cx.batch.inputs;
    let holds_errors = |slot: usize| match inputs.get(slot) {
        Some(Input::Computed(chunk)) => {
            let within = if let Chunk::Values(lists) = &chunk.values { lists.errors().count() } else { 0 };
            chunk.errors.count() + within > 0
        }
        _ => false,
    };
    let (mut open, mut error) = (call.rows.clone(), Mask::default());
    for argument in call.arguments {
        // An error makes the answer one, wherever it stands.
        let within = if argument.may_fail(&holds_errors) { call.rows } else { &open };
        if within.is_empty() {
            continue;
        }
        let lane = call.cx.read(argument, within)?;
        error.add(&lane.errors(call.cx.n).and(within));
        let truth = match &lane.values {
            Values::Lists(lists) => lists.truth(within, by).but(&lane.error),
            _ => lane.truth(within),
        };
        open = if by { open.without(&truth) } else { open.and(&truth) };
    }
    let flags = if by { call.rows.without(&open) } else { open };
    Ok(Lane::flags(flags.but(&error), error))
}
