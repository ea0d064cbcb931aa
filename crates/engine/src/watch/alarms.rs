//! When who wants to be looked at again: one moment each, the earliest first.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use model::Moment;

/// Moments by their owner.
#[derive(Debug)]
pub(super) struct Alarms<K> {
    at: HashMap<K, Moment>,
    order: BTreeSet<(Moment, K)>,
}

impl<K> Default for Alarms<K> {
    fn default() -> Alarms<K> {
        Alarms { at: HashMap::new(), order: BTreeSet::new() }
    }
}

impl<K: Clone + Eq + Hash + Ord> Alarms<K> {
    /// This owner's moment, in place of the one before; `None`: no more.
    pub(super) fn set(&mut self, owner: &K, at: Option<Moment>) {
        if let Some(before) = self.at.remove(owner) {
            self.order.remove(&(before, owner.clone()));
        }
        if let Some(at) = at {
            self.at.insert(owner.clone(), at);
            self.order.insert((at, owner.clone()));
        }
    }

    /// Whether this owner has one.
    pub(super) fn is_set(&self, owner: &K) -> bool {
        self.at.contains_key(owner)
    }

    /// The earliest.
    pub(super) fn next(&self) -> Option<Moment> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Whose moment has come; they have none any more.
    pub(super) fn due(&mut self, now: Moment) -> Vec<K> {
        let mut due = Vec::new();
        while self.order.first().is_some_and(|(at, _)| *at <= now) {
            let Some((_, owner)) = self.order.pop_first() else { break };
            self.at.remove(&owner);
            due.push(owner);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_one_moment_and_the_earliest_comes_first() {
        let mut alarms = Alarms::default();
        let at = Moment::from_millis;
        alarms.set(&"b", Some(at(20)));
        alarms.set(&"a", Some(at(10)));
        alarms.set(&"a", Some(at(30)));
        alarms.set(&"c", Some(at(20)));
        assert_eq!(alarms.next(), Some(at(20)));
        assert_eq!(alarms.due(at(19)), Vec::<&str>::new());
        assert_eq!(alarms.due(at(25)), ["b", "c"]);
        alarms.set(&"a", None);
        assert_eq!(alarms.next(), None);
    }
}
