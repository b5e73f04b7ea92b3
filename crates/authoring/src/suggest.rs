//! Formulas that a model writes from a request in words. What does not compile is never told.

use formula::Function;
use llm::{Finish, Message, Request};
use model::Caller;

use crate::error::Error;
use crate::names::Names;
use crate::ops::{Asked, Authoring};
use crate::told::{Checked, Mistake, Suggested};

/// Most characters of a request.
pub(crate) const LONGEST: usize = 2_000;
/// Most fields that a model is told of.
const FIELDS: usize = 500;
/// How often it is asked: once more with what was wrong.
const ATTEMPTS: usize = 2;

impl Authoring {
    /// Has a model write a formula about a table, and checks it.
    ///
    /// # Errors
    /// [`Error::NoProvider`]; [`Error::Given`] for a request that is empty or too long; [`Error::Records`] for what is not there;
    /// [`Error::Unwritten`] when the model writes none that can be used; [`Error::Model`] when it does not answer.
    pub(crate) async fn suggest_formula(
        &self,
        caller: &Caller,
        place: (model::BaseId, String),
        request: &str,
    ) -> Result<Suggested, Error> {
        let wanted = request.trim();
        if wanted.is_empty() || wanted.chars().count() > LONGEST {
            let reason = format!("`request` says in 1 to {LONGEST} characters what the formula shall come to");
            return Err(Error::Given { reason });
        }
        let mut asked = Asked { place: Some(place), ..Asked::default() };
        // First, so that whoever may not read the table is told nothing else.
        let system = self.with_names(caller, &asked, |names, _| Ok(instructions(names))).await?;
        let Some(provider) = &self.parts().provider else { return Err(Error::NoProvider) };
        let settings = &self.parts().model;
        let mut question = Request {
            model: settings.default_model.clone().unwrap_or_default(),
            system,
            messages: vec![Message::user(wanted)],
            tools: Vec::new(),
            max_tokens: Some(settings.max_tokens),
            temperature: Some(settings.temperature),
            thinking: settings.thinking(),
        };
        let mut last = None;
        for attempt in 1..=ATTEMPTS {
            let answer = provider.answer(&question).await.map_err(Error::Model)?;
            if answer.finish != Finish::Done {
                break;
            }
            let said = answer.text();
            bare(&said).clone_into(&mut asked.formula);
            let checked = self.check_formula(caller, &asked).await?;
            if checked.is_valid {
                let formula = formula::format(&asked.formula).unwrap_or(asked.formula);
                return Ok(Suggested { formula, attempts: attempt, model: answer.model, checked });
            }
            question.messages.push(Message::model(&said));
            question.messages.push(Message::user(again(&checked)));
            last = Some(checked);
        }
        let problem = last.and_then(|checked: Checked| checked.error);
        Err(Error::Unwritten { problem: problem.unwrap_or_else(|| "it broke off".to_owned()) })
    }
}

/// What the model is told before it is asked.
fn instructions(names: &Names<'_>) -> String {
    let fields = names.table.map(|table| table.live_fields().take(FIELDS).collect::<Vec<_>>()).unwrap_or_default();
    let fields = fields.iter().map(|field| {
        let name = field.name.replace('\\', "\\\\").replace('}', "\\}");
        format!("{{{name}}}: {}", fields::of(&field.kind).name())
    });
    let known = formula::functions().iter().copied().filter(|function| !(names.only_airtable && function.is_ours()));
    let known = known.map(|function: &Function| function.usage);
    format!(
        "You write formulas in Airtable's language for one table. Answer with one formula and nothing else: no explanation, no quotes \
         around it, no equals sign before it. Name fields in braces, exactly as they are listed; write texts in double quotes.\n\n\
         Fields of the table:\n{}\n\nFunctions:\n{}\n",
        fields.collect::<Vec<_>>().join("\n"),
        known.collect::<Vec<_>>().join("\n"),
    )
}

/// The formula without what models put around one.
fn bare(said: &str) -> &str {
    let text = said.trim();
    let fenced = text.strip_prefix("```").and_then(|text| text.strip_suffix("```"));
    // The first line of a fence may name a language.
    let text = fenced.map_or(text, |text| match text.split_once('\n') {
        Some((word, rest)) if word.chars().all(char::is_alphanumeric) => rest,
        _ => text,
    });
    text.trim().trim_matches('`').trim_start_matches('=').trim()
}

fn again(checked: &Checked) -> String {
    let told =
        |mistake: &Mistake| format!("- at character {}: {}. {}", mistake.start + 1, mistake.message, mistake.advice);
    let mistakes: Vec<String> = checked.diagnostics.iter().map(told).collect();
    format!("That formula cannot be used:\n{}\nAnswer with the corrected formula alone.", mistakes.join("\n"))
}

#[cfg(test)]
mod tests;
