//! Whether this machine's own network is up, by what else could be reached just now.
//!
//! Before anybody is woken: if nothing else answers either, it isn't the check that is down.

/// Whether at least half of the references answered. Without references nothing speaks against it.
pub fn network_is_up(references: &[bool]) -> bool {
    let answered = references.iter().filter(|answered| **answered).count();
    answered * 2 >= references.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_references_is_enough_and_none_asked_is_too() {
        assert!(network_is_up(&[]));
        assert!(network_is_up(&[true]));
        assert!(network_is_up(&[true, false]));
        assert!(!network_is_up(&[false]));
        assert!(!network_is_up(&[true, false, false]));
        assert!(network_is_up(&[true, true, false, false]));
    }
}
