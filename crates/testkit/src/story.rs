//! The story of a scenario: what every phone, application and server did, with the milliseconds since the start.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lines that are kept; a longer story loses its beginning.
const LINES_MAX: usize = 10_000;

/// A story that several tell. Clones are the same story.
#[derive(Clone)]
pub struct Story {
    start: Instant,
    lines: Arc<Mutex<Vec<(Duration, String)>>>,
}

impl Story {
    /// An empty story that starts now.
    pub fn start() -> Self {
        Self { start: Instant::now(), lines: Arc::default() }
    }

    /// Tells what happens now.
    pub fn tell(&self, what: impl fmt::Display) {
        let line = (self.start.elapsed(), what.to_string());
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= LINES_MAX {
            lines.drain(..LINES_MAX / 2);
        }
        lines.push(line);
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Those that were told from several threads at once may have come in the wrong order.
        lines.sort_by_key(|(at, _)| *at);
        for (at, line) in lines {
            let mut parts = line.lines();
            writeln!(f, "{:>7} ms  {}", at.as_millis(), parts.next().unwrap_or_default())?;
            for part in parts {
                writeln!(f, "            {part}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_told_in_order_of_time() {
        let story = Story::start();
        story.tell("ada rings");
        story.clone().tell("ada answers\nat last");
        let text = story.to_string();
        assert!(text.lines().next().expect("a line").ends_with(" ms  ada rings"), "{text}");
        assert!(text.ends_with(" ms  ada answers\n            at last\n"), "{text}");
    }
}
