//! How something stands, as one of a few words that a page, a badge and a feed share.
//!
//! It never says why, and never judges: that is done where probes are judged; here it is only told.

use model::watch::{Check, CheckState, Standing};

/// How a check stands, or a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Light {
    /// As it should be.
    Up,
    /// Not so.
    Down,
    /// It goes up and down.
    Unsteady,
    /// In maintenance: it may be either.
    Maintenance,
    /// Not probed often enough to say.
    Pending,
    /// What it depends on is down.
    Unjudged,
    /// Not looked at.
    Paused,
}

impl Light {
    /// Of a check; of its state, what says most about what a reader may expect.
    pub(crate) fn of(check: &Check, state: &CheckState) -> Light {
        if check.paused {
            Light::Paused
        } else if state.maintenance {
            Light::Maintenance
        } else if state.shadowed {
            Light::Unjudged
        } else if state.flapping {
            Light::Unsteady
        } else {
            match state.standing {
                Standing::Pending => Light::Pending,
                Standing::Up => Light::Up,
                Standing::Down => Light::Down,
            }
        }
    }

    /// For people.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Light::Up => "up",
            Light::Down => "down",
            Light::Unsteady => "unsteady",
            Light::Maintenance => "maintenance",
            Light::Pending => "not known yet",
            Light::Unjudged => "not judged",
            Light::Paused => "paused",
        }
    }

    /// For documents and style sheets.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Light::Up => "up",
            Light::Down => "down",
            Light::Unsteady => "unsteady",
            Light::Maintenance => "maintenance",
            Light::Pending => "pending",
            Light::Unjudged => "unjudged",
            Light::Paused => "paused",
        }
    }

    /// Behind white words, in badges: each at least 4.5 : 1 (WCAG 2.2, 1.4.3).
    pub(crate) const fn colour(self) -> &'static str {
        match self {
            Light::Up => "#1a7f37",
            Light::Down => "#c2202a",
            Light::Unsteady => "#9a5b00",
            Light::Maintenance => "#0a5fc2",
            Light::Pending | Light::Unjudged | Light::Paused => "#57606a",
        }
    }
}

/// How a page stands, in one word and one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overall {
    /// In one word.
    pub(crate) light: Light,
    /// In one sentence.
    pub(crate) sentence: String,
}

/// Titles that a sentence names before it counts.
const NAMED: usize = 3;

impl Overall {
    /// Of the checks on a page, by their titles. What is paused counts for nothing unless all is.
    pub(crate) fn of(checks: &[(&str, Light)]) -> Overall {
        let titles = |light| -> Vec<&str> {
            checks.iter().filter(|(_, its)| *its == light).map(|(title, _)| *title).collect()
        };
        let (down, unsteady) = (titles(Light::Down), titles(Light::Unsteady));
        let counted = checks.iter().filter(|(_, light)| *light != Light::Paused).count();
        let up = titles(Light::Up).len();
        let (light, sentence) = if checks.is_empty() {
            (Light::Pending, "Nothing is watched here yet.".to_owned())
        } else if counted == 0 {
            (Light::Paused, "Nothing is looked at: all checks are paused.".to_owned())
        } else if !down.is_empty() {
            (Light::Down, troubled(&down, counted, "is down", "are down"))
        } else if !unsteady.is_empty() {
            (Light::Unsteady, troubled(&unsteady, counted, "goes up and down", "go up and down"))
        } else if up == counted {
            (Light::Up, "Everything is up.".to_owned())
        } else if up + titles(Light::Maintenance).len() == counted {
            let rest = if up == 0 { "Maintenance." } else { "Maintenance; everything else is up." };
            (Light::Maintenance, rest.to_owned())
        } else {
            (
                Light::Pending,
                format!("{up} of {counted} checks are up; of the others it isn't known yet."),
            )
        };
        Overall { light, sentence }
    }
}

fn troubled(titles: &[&str], of: usize, one: &str, many: &str) -> String {
    let named = titles.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = titles.len().saturating_sub(NAMED);
    match (titles.len(), more) {
        (1, _) => format!("{named} {one}."),
        (count, 0) => format!("{count} of {of} checks {many}: {named}."),
        (count, more) => format!("{count} of {of} checks {many}: {named} and {more} more."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(checks: &[(&str, Light)]) -> (Light, String) {
        let overall = Overall::of(checks);
        (overall.light, overall.sentence)
    }

    #[test]
    fn a_page_stands_as_its_worst_check() {
        let (shop, api) = (("The shop", Light::Up), ("API", Light::Up));
        assert_eq!(sentence(&[shop, api]), (Light::Up, "Everything is up.".to_owned()));
        let down = ("API", Light::Down);
        assert_eq!(sentence(&[shop, down]), (Light::Down, "API is down.".to_owned()));
        let both = sentence(&[("The shop", Light::Down), down, ("Mail", Light::Unsteady)]).1;
        assert_eq!(both, "2 of 3 checks are down: The shop, API.");
        let five = ["a", "b", "c", "d", "e"].map(|title| (title, Light::Down));
        assert_eq!(sentence(&five).1, "5 of 5 checks are down: a, b, c and 2 more.");
        assert_eq!(sentence(&[shop, ("API", Light::Unsteady)]).1, "API goes up and down.");
    }

    #[test]
    fn what_is_paused_or_maintained_alarms_nobody() {
        let paused = ("API", Light::Paused);
        assert_eq!(sentence(&[("Shop", Light::Up), paused]).0, Light::Up);
        assert_eq!(sentence(&[paused]).0, Light::Paused);
        let kept = sentence(&[("Shop", Light::Up), ("API", Light::Maintenance)]);
        assert_eq!(kept.1, "Maintenance; everything else is up.");
        assert_eq!(sentence(&[("API", Light::Pending)]).0, Light::Pending);
        assert_eq!(sentence(&[]).1, "Nothing is watched here yet.");
    }
}
