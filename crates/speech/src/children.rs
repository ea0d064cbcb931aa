//! Child processes that wait for what they are asked next: one for each name (a voice, a language) that was asked last.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Children that are kept; the one that waited longest goes.
const MOST: usize = 4;

/// Children that wait, oldest first. One that works isn't here.
pub(crate) struct Children<C>(Mutex<Vec<(String, C)>>);

impl<C> Default for Children<C> {
    fn default() -> Children<C> {
        Children(Mutex::default())
    }
}

impl<C> Children<C> {
    /// One of this name, which doesn't wait any more.
    pub(crate) fn take(&self, name: &str) -> Option<C> {
        let mut waiting = self.waiting();
        let index = waiting.iter().position(|(known, _)| known == name)?;
        Some(waiting.remove(index).1)
    }

    /// It has done what it was asked, and waits.
    pub(crate) fn put(&self, name: &str, child: C) {
        let mut waiting = self.waiting();
        waiting.push((name.to_owned(), child));
        if waiting.len() > MOST {
            waiting.remove(0);
        }
    }

    /// How many wait.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.waiting().len()
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(String, C)>> {
        // A list of children is whole whatever panicked beside it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[test]
fn each_is_taken_by_its_name_and_the_oldest_goes() {
    let children = Children::default();
    for (child, name) in ["en", "de", "pt", "fr", "en"].into_iter().enumerate() {
        children.put(name, child);
    }
    assert_eq!(children.len(), MOST);
    assert_eq!((children.take("en"), children.take("en")), (Some(4), None));
    assert_eq!(children.take("de"), Some(1));
}
