//! What both selects have in common: choices.

use model::{Choice, ChoiceId, Field, FieldKind, SelectOptions};
use serde_json::{Map, Value, json};

use super::textual;
use crate::field_type::{ChoiceIn, Reading};
use crate::options::{Options, one_of};
use crate::palette::{CHOICE_COLORS, color_of};
use crate::problem::{CellProblem, OptionsError};

/// How many choices a select has at most.
pub const MAX_CHOICES: usize = 10_000;

/// How many characters the name of a choice has at most.
pub const MAX_CHOICE_NAME: usize = 1_000;

/// Appends a choice with the next number and colour, and answers the number. The caller has seen to it that the name
/// is new and that [`MAX_CHOICES`] is kept.
pub fn add_choice(select: &mut SelectOptions, name: &str, id: ChoiceId) -> u32 {
    let no = select.next.max(1);
    select.choices.push(Choice { no, id, name: name.to_owned(), color: Some(color_of(no).to_owned()) });
    select.next = no + 1;
    no
}

/// Reads `choices`. With `old`, a choice given by id or by name keeps its number, or gets the one back that it had; the ones
/// not given are taken away.
pub(super) fn read_options(
    given: Option<&Value>,
    old: Option<&FieldKind>,
    ids: &mut dyn FnMut() -> ChoiceId,
) -> Result<SelectOptions, OptionsError> {
    const EXPECTED: &str = "a list of objects with `name` and, if wanted, `color`";
    let old = old.and_then(FieldKind::select);
    let options = Options::new(given)?;
    options.only(&["choices"])?;
    let Some(value) = options.get("choices") else {
        return old.cloned().ok_or_else(|| options.missing("choices", EXPECTED));
    };
    let items = value.as_array().ok_or_else(|| options.wrong("choices", EXPECTED, value))?;
    if items.len() > MAX_CHOICES {
        let found = json!(items.len());
        return Err(options.wrong("choices", format!("a list of at most {MAX_CHOICES} choices"), &found));
    }
    let mut reader = ChoiceReader::new(old);
    for (index, item) in items.iter().enumerate() {
        let part = Options::at(format!("options.choices[{index}]"), Some(item))?;
        reader.read(&part, ids)?;
    }
    Ok(reader.finish())
}

/// Choices read so far and old ones that may still be kept, those that were taken away earlier among them.
struct ChoiceReader<'a> {
    select: SelectOptions,
    left: Option<Vec<&'a Choice>>,
    removed: Vec<&'a Choice>,
    names: std::collections::HashSet<String>,
}

impl<'a> ChoiceReader<'a> {
    fn new(old: Option<&'a SelectOptions>) -> Self {
        Self {
            select: SelectOptions {
                choices: Vec::new(),
                next: old.map_or(1, |old| old.next.max(1)),
                removed: Vec::new(),
            },
            left: old.map(|old| old.choices.iter().collect()),
            removed: old.map(|old| old.removed.iter().collect()).unwrap_or_default(),
            names: std::collections::HashSet::new(),
        }
    }

    fn read(&mut self, part: &Options<'_>, ids: &mut dyn FnMut() -> ChoiceId) -> Result<(), OptionsError> {
        part.only(&["id", "name", "color"])?;
        let kept = self.take_by_id(part)?;
        let name = match (part.get("name"), kept) {
            (None, Some(kept)) => kept.name.clone(),
            _ => read_name(part)?,
        };
        if !self.names.insert(name.clone()) {
            return Err(OptionsError::DuplicateChoice { name });
        }
        let kept = kept.or_else(|| self.take(|choice| choice.name == name));
        let (no, id) = kept.map_or_else(|| (self.select.next, ids()), |kept| (kept.no, kept.id));
        self.select.next = self.select.next.max(no + 1);
        let old_color = kept.and_then(|kept| kept.color.clone());
        let color = read_color(part)?.or(old_color).unwrap_or_else(|| color_of(no).to_owned());
        self.select.choices.push(Choice { no, id, name, color: Some(color) });
        Ok(())
    }

    /// The old choice that `id` names. Without old choices an id says nothing: it comes from a copied schema.
    fn take_by_id(&mut self, part: &Options<'_>) -> Result<Option<&'a Choice>, OptionsError> {
        let Some(value) = part.get("id") else { return Ok(None) };
        let wrong = || part.wrong("id", "the id of a choice of this field", value);
        let id = value.as_str().ok_or_else(wrong)?;
        let parsed = id.parse::<ChoiceId>().map_err(|_| wrong())?;
        if self.left.is_none() {
            return Ok(None);
        }
        let taken = self.take(|choice| choice.id == parsed);
        taken.map(Some).ok_or_else(|| OptionsError::NoSuchChoice { id: id.to_owned() })
    }

    fn take(&mut self, wanted: impl Fn(&Choice) -> bool) -> Option<&'a Choice> {
        let left = self.left.as_mut()?;
        if let Some(index) = left.iter().position(|choice| wanted(choice)) {
            return Some(left.remove(index));
        }
        let index = self.removed.iter().position(|choice| wanted(choice))?;
        Some(self.removed.remove(index))
    }

    /// What was read; of the choices that were taken away the newest are kept.
    fn finish(self) -> SelectOptions {
        let removed = self.removed.into_iter().chain(self.left.into_iter().flatten());
        let mut removed: Vec<Choice> = removed.cloned().collect();
        removed.drain(..removed.len().saturating_sub(MAX_CHOICES));
        SelectOptions { removed, ..self.select }
    }
}

fn read_name(part: &Options<'_>) -> Result<String, OptionsError> {
    let expected = format!("a text of 1 to {MAX_CHOICE_NAME} characters without U+0000");
    let value = part.get("name").ok_or_else(|| part.missing("name", expected.as_str()))?;
    value
        .as_str()
        .filter(|name| !name.trim().is_empty() && name.chars().count() <= MAX_CHOICE_NAME && !name.contains('\0'))
        .map(str::to_owned)
        .ok_or_else(|| part.wrong("name", expected, value))
}

fn read_color(part: &Options<'_>) -> Result<Option<String>, OptionsError> {
    let Some(value) = part.get("color") else { return Ok(None) };
    let known = value.as_str().filter(|color| CHOICE_COLORS.contains(color));
    known.map(|color| Some(color.to_owned())).ok_or_else(|| part.wrong("color", one_of(&CHOICE_COLORS), value))
}

/// The options as the API answers them.
pub(super) fn write_options(kind: &FieldKind) -> Option<Value> {
    let choices = kind.select()?.choices.iter().map(|choice| {
        let mut out = Map::new();
        out.insert("id".to_owned(), json!(choice.id));
        out.insert("name".to_owned(), json!(choice.name));
        if let Some(color) = &choice.color {
            out.insert("color".to_owned(), json!(color));
        }
        Value::Object(out)
    });
    Some(json!({ "choices": choices.collect::<Vec<_>>() }))
}

/// The choice that a text names: by exact name, by id, and with typecast by name without regard to case and blanks
/// at the ends, else a new one. None for a blank text with typecast.
pub(super) fn find(field: &Field, text: &str, cx: &Reading) -> Result<Option<ChoiceIn>, CellProblem> {
    let choices = field.kind.select().map(|select| select.choices.as_slice()).unwrap_or_default();
    if let Some(no) = exact(choices, text) {
        return Ok(Some(ChoiceIn::No(no)));
    }
    if !cx.typecast {
        return Err(CellProblem::unknown_choice(text));
    }
    let wanted = text.trim();
    if wanted.is_empty() {
        return Ok(None);
    }
    if let Some(choice) = choices.iter().find(|choice| same_name(choice.name.trim(), wanted)) {
        return Ok(Some(ChoiceIn::No(choice.no)));
    }
    textual::check(field, text, MAX_CHOICE_NAME)?;
    Ok(Some(ChoiceIn::New(text.to_owned())))
}

/// True for names that differ at most in whether letters are small or large.
pub fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || !(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase()
}

fn exact(choices: &[Choice], text: &str) -> Option<u32> {
    if let Some(choice) = choices.iter().find(|choice| choice.name == text) {
        return Some(choice.no);
    }
    let id = text.parse::<ChoiceId>().ok()?;
    choices.iter().find(|choice| choice.id == id).map(|choice| choice.no)
}

/// The text by which one item of a write form names a choice: itself, or with typecast also an object with `name`
/// or `id`, a number or a boolean.
pub(super) fn named(item: &Value, cx: &Reading) -> Option<String> {
    match item {
        Value::String(text) => Some(text.clone()),
        Value::Object(object) if cx.typecast => {
            object.get("name").or_else(|| object.get("id")).and_then(Value::as_str).map(str::to_owned)
        }
        Value::Number(_) | Value::Bool(_) if cx.typecast => Some(textual::to_text(item)),
        _ => None,
    }
}
