//! Licence expressions such as `MIT OR (Apache-2.0 AND BSD-3-Clause)`.

/// True when the allowed licences are enough for the expression. Old manifests write `/` for `OR`.
pub fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, allowed) == Some(true) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// `None` when the expression is broken.
fn either(words: &mut Words<'_>, allowed: &[&str]) -> Option<bool> {
    let mut is_enough = both(words, allowed)?;
    while words.next_if_eq(&"OR").is_some() {
        is_enough |= both(words, allowed)?;
    }
    Some(is_enough)
}

fn both(words: &mut Words<'_>, allowed: &[&str]) -> Option<bool> {
    let mut is_enough = one(words, allowed)?;
    while words.next_if_eq(&"AND").is_some() {
        is_enough &= one(words, allowed)?;
    }
    Some(is_enough)
}

fn one(words: &mut Words<'_>, allowed: &[&str]) -> Option<bool> {
    let word = words.next()?;
    if word == "(" {
        let is_enough = either(words, allowed)?;
        return (words.next()? == ")").then_some(is_enough);
    }
    if matches!(word, ")" | "OR" | "AND" | "WITH") {
        return None;
    }
    if words.next_if_eq(&"WITH").is_some() {
        let exception = words.next()?;
        return Some(allowed.contains(&word) || allowed.contains(&format!("{word} WITH {exception}").as_str()));
    }
    Some(allowed.contains(&word))
}
