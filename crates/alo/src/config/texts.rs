//! `[texts]`: how many texts may wait, and how long applications are asked about those that come in.

use super::section::section;

section! {
    /// Text messages. Who takes them stands under `[[carriers]]`.
    Texts = "texts" {
        /// Messages that may wait for a carrier; more are refused with error 21611. They wait on disk.
        queued: u64 = 5_000_000; 1..=1_000_000_000,
        /// How often an application is asked about a message that came in before that is given up; 8 take about an hour.
        inbound_tries: u32 = 8; 1..=20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::layers::Layers;

    #[test]
    fn the_defaults_are_those_of_the_engine() {
        let texts = Texts::read(&mut Layers::default());
        let engine = engine::TextSettings::default();
        assert_eq!((texts.queued, texts.inbound_tries), (engine.queued, engine.inbound_tries));
    }
}
