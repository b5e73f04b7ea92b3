//! Names that somebody may have meant.

/// Names as long as this are compared; of longer ones the beginning.
const COMPARED: usize = 64;
/// Most names that are told.
const TOLD: usize = 3;
/// How alike a name is that may have been meant, from 0 to 1.
const NEAR: f64 = 0.8;

/// A clause that names the three closest of `names`.
pub fn closest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = scored(wanted, names).take(TOLD).map(|(_, name)| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!("; the closest are {}", names.join(", ")) }
}

/// Those of `names` that may have been meant, the closest first; three at most.
pub fn near<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    scored(wanted, names).take_while(|(score, _)| *score >= NEAR).take(TOLD).map(|(_, name)| name).collect()
}

/// How alike names are to one, from 0 to 1, the closest first.
fn scored<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> impl Iterator<Item = (f64, &'n str)> {
    let fold = |name: &str| -> String { name.to_lowercase().chars().take(COMPARED).collect() };
    let wanted = fold(wanted);
    let mut scored: Vec<(f64, &str)> = names.map(|name| (alike(&wanted, &fold(name)), name)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter()
}

/// Two letters that changed places are one mistake in short names, too.
fn alike(wanted: &str, name: &str) -> f64 {
    let score = strsim::jaro_winkler(wanted, name);
    let is_slip = wanted.chars().count() > 2 && strsim::osa_distance(wanted, name) == 1;
    if is_slip { score.max(NEAR) } else { score }
}

#[cfg(test)]
mod tests;
