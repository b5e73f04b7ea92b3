//! Things that the rows name, as patterns and zones.

/// What is named, looked up again only where the name becomes another.
pub(crate) struct Lookup<T> {
    find: fn(&str) -> Option<T>,
    last: Option<(String, Option<T>)>,
}

impl<T> Lookup<T> {
    pub fn new(find: fn(&str) -> Option<T>) -> Self {
        Self { find, last: None }
    }

    /// True when it was asked for last.
    pub fn knows(&self, name: &str) -> bool {
        self.last.as_ref().is_some_and(|(last, _)| last == name)
    }

    /// None where nothing has this name.
    pub fn of(&mut self, name: &str) -> Option<&mut T> {
        if !self.knows(name) {
            self.last = Some((name.to_owned(), (self.find)(name)));
        }
        self.last.as_mut().and_then(|(_, found)| found.as_mut())
    }
}
