//! Mentions in texts: `@[usr…]`, and `@[name@example.org]` as people write it.

use model::UserId;

/// Longest name of a mention, in characters.
const LONGEST: usize = 255;

/// A part of a text.
enum Part<'t> {
    Text(&'t str),
    /// What stands between `@[` and `]`.
    Name(&'t str),
}

/// The names that a text mentions, each once, in their order.
pub(crate) fn names(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    parts(text, |part| {
        if let Part::Name(name) = part
            && !found.contains(&name)
        {
            found.push(name);
        }
    });
    found
}

/// The text with the ids of those who are known for their names, and these ids, each once.
pub(crate) fn rewrite(text: &str, known: impl Fn(&str) -> Option<UserId>) -> (String, Vec<UserId>) {
    let (mut out, mut mentions) = (String::with_capacity(text.len()), Vec::new());
    parts(text, |part| match part {
        Part::Text(text) => out.push_str(text),
        Part::Name(name) => {
            let id = known(name);
            out.push_str("@[");
            out.push_str(id.map(|id| id.to_string()).as_deref().unwrap_or(name));
            out.push(']');
            mentions.extend(id.filter(|id| !mentions.contains(id)));
        }
    });
    (out, mentions)
}

fn parts<'t>(text: &'t str, mut each: impl FnMut(Part<'t>)) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@[") {
        each(Part::Text(before));
        rest = if let Some((name, behind)) = name(after) {
            each(Part::Name(name));
            behind
        } else {
            each(Part::Text("@["));
            after
        };
    }
    each(Part::Text(rest));
}

/// The name at the start of a text that ends in `]`, and what is behind that.
fn name(text: &str) -> Option<(&str, &str)> {
    let ends = |char: char| matches!(char, '[' | ']') || char.is_whitespace() || char.is_control();
    let (at, _) = text.char_indices().take(LONGEST + 1).find(|(_, char)| ends(*char))?;
    let (name, rest) = text.split_at(at);
    rest.strip_prefix(']').filter(|_| !name.is_empty()).map(|behind| (name, behind))
}

#[cfg(test)]
mod tests;
