//! Names that somebody may have meant.

/// Names as long as this are compared; of longer ones the beginning.
const COMPARED: usize = 64;

/// A clause that names the three closest of `names`.
pub fn closest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> String {
    let fold = |name: &str| -> String { name.to_lowercase().chars().take(COMPARED).collect() };
    let wanted = fold(wanted);
    let mut scored: Vec<(f64, &str)> = names.map(|name| (strsim::jaro_winkler(&wanted, &fold(name)), name)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let names: Vec<String> = scored.into_iter().take(3).map(|(_, name)| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!("; the closest are {}", names.join(", ")) }
}

#[cfg(test)]
mod tests;
