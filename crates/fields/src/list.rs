//! Lists of names in one text: `A, B, "C, D"`.

/// Appends names joined with `, `. A name with a comma, a quote or a blank at an end is put in quotes, so that
/// [`split_names`] finds the same names again.
pub fn join_names<'a>(names: impl IntoIterator<Item = &'a str>, out: &mut String) {
    for (index, name) in names.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        if name.contains([',', '"']) || name.trim() != name {
            out.push('"');
            out.push_str(&name.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(name);
        }
    }
}

/// The names in a text, split at commas outside quotes; empty ones are left out.
pub fn split_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, after) = quoted(rest).unwrap_or_else(|| bare(rest));
        if !name.is_empty() {
            names.push(name);
        }
        rest = after.trim_start();
    }
    names
}

fn bare(text: &str) -> (String, &str) {
    let (name, after) = text.split_once(',').unwrap_or((text, ""));
    (name.trim().to_owned(), after)
}

/// A name in quotes that ends before a comma or the end; none when the quotes are part of a bare name.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?;
    let mut name = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        if let Some(after) = after.strip_prefix('"') {
            name.push('"');
            rest = after;
            continue;
        }
        let after = after.trim_start();
        return if after.is_empty() { Some((name, after)) } else { Some((name, after.strip_prefix(',')?)) };
    }
}

#[cfg(test)]
mod tests;
