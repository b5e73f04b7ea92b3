//! Names that a header is expected to hold.

use model::folded_name;

/// The names of the fields that a file goes to, if they are there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Vec<String>);

impl Known {
    pub fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        Self(names.map(same).collect())
    }

    /// True when at least half of the cells, and more than one of several, are such names.
    pub fn heads<'c>(&self, cells: impl Iterator<Item = &'c str>) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let (mut filled, mut named) = (0, 0);
        for cell in cells.filter(|cell| !cell.trim().is_empty()) {
            filled += 1;
            named += usize::from(self.0.contains(&same(cell)));
        }
        named * 2 >= filled && named >= filled.clamp(1, 2)
    }
}

/// Names that differ in case, form or blanks only are the same.
fn same(name: &str) -> String {
    folded_name(&name.split_whitespace().collect::<Vec<_>>().join(" "))
}
