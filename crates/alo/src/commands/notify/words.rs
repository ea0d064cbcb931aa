//! What a notification says: short enough for one text where it can be, and never longer than two.

use sms::text::{Alphabet, alphabet, segments, smart};

/// Longest notification, in characters: two texts and a little less.
const LONGEST: usize = 300;
/// Characters of what is told that are looked at.
const TOLD: usize = 1_000;

/// What Monit tells of an incident.
#[derive(Debug, Default)]
pub(super) struct Incident {
    /// `MONIT_HOST`: the machine that Monit runs on.
    pub(super) host: Option<String>,
    /// `MONIT_SERVICE`: what it watches.
    pub(super) service: Option<String>,
    /// `MONIT_EVENT`: `Connection failed`.
    pub(super) event: Option<String>,
    /// `MONIT_DESCRIPTION`: how exactly.
    pub(super) description: Option<String>,
    /// `MONIT_DATE`: `Sun, 22 Nov 2026 08:00:00`.
    pub(super) date: Option<String>,
}

impl Incident {
    /// `shop on web-01: Connection failed (08:00). …`: what and where come first, since the end may be cut off. `None`
    /// where nothing was told.
    pub(super) fn text(&self) -> Option<String> {
        let told = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(plain)
        };
        let (service, event) = (told(&self.service), told(&self.event));
        let description = told(&self.description);
        let what = event.or_else(|| description.clone())?;
        let place = match (service, told(&self.host)) {
            (Some(service), Some(host)) if service != host => format!("{service} on {host}: "),
            (Some(place), _) | (None, Some(place)) => format!("{place}: "),
            (None, None) => String::new(),
        };
        let at = told(&self.date).and_then(|date| time_of(&date));
        let at = at.map_or_else(String::new, |at| format!(" ({at})"));
        let head = format!("{place}{what}{at}");
        let more = description.filter(|more| *more != what);
        Some(match more {
            Some(more) => within_one(&format!("{head}. {more}"), head.chars().count()),
            None => shortened(&head),
        })
    }
}

/// Hours and minutes of a date of RFC 2822's kind, with or without a zone.
fn time_of(date: &str) -> Option<String> {
    let clock = date.split_whitespace().find(|word| word.matches(':').count() == 2)?;
    let (hours_and_minutes, _) = clock.rsplit_once(':')?;
    Some(hours_and_minutes.to_owned())
}

/// In the GSM alphabet, since a foreign character would halve what fits, and on one line.
fn plain(text: &str) -> String {
    let text: String = text.chars().take(TOLD).collect();
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    smart(&joined)
        .chars()
        .map(|each| match alphabet(each.encode_utf8(&mut [0; 4])) {
            Alphabet::Gsm7 => each,
            Alphabet::Ucs2 => '?',
        })
        .collect()
}

/// As much of `text` as fits one segment, but at least its first `least` characters.
fn within_one(text: &str, least: usize) -> String {
    if segments(text) <= 1 {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let mut fitting = String::new();
    for kept in (least..characters.len()).rev() {
        fitting = characters[..kept].iter().collect::<String>();
        fitting.push_str("...");
        if segments(&fitting) <= 1 {
            return fitting;
        }
    }
    shortened(&fitting)
}

/// `text`, or its beginning.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LONGEST - 3).collect();
    format!("{}...", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn incident(description: &str) -> Incident {
        let told = |text: &str| Some(text.to_owned());
        Incident {
            host: told("web-01"),
            service: told("shop"),
            event: told("Connection failed"),
            description: told(description),
            date: told("Sun, 22 Nov 2026 08:00:59"),
        }
    }

    #[test]
    fn an_event_says_what_where_and_when_before_how() {
        let text = incident("failed protocol test [HTTP] at [localhost]:80 -- refused").text();
        let expected = "shop on web-01: Connection failed (08:00). failed protocol test [HTTP] at [localhost]:80 -- refused";
        assert_eq!(text.as_deref(), Some(expected));
    }

    #[test]
    fn a_long_description_is_cut_so_that_all_fits_one_text() {
        let text = incident(&"connection refused, ".repeat(20)).text().expect("an incident");
        assert_eq!(segments(&text), 1);
        assert!(text.ends_with("..."), "{text}");
        assert!(text.chars().count() > 150, "{text}");
    }

    #[test]
    fn foreign_characters_do_not_halve_what_fits() {
        let text = incident("“refused” → 接続").text().expect("an incident");
        assert_eq!(alphabet(&text), Alphabet::Gsm7, "{text}");
    }

    #[test]
    fn little_that_is_told_still_makes_a_text() {
        let lonely = Incident { event: Some("Test".to_owned()), ..Incident::default() };
        assert_eq!(lonely.text().as_deref(), Some("Test"));
        let host = Some("web-01".to_owned());
        let same = Incident { host: host.clone(), service: host, ..incident("") };
        assert_eq!(same.text().as_deref(), Some("web-01: Connection failed (08:00)"));
        assert_eq!(Incident::default().text(), None);
        assert_eq!(Incident { host: Some("x".to_owned()), ..Incident::default() }.text(), None);
    }

    proptest! {
        #[test]
        fn no_notification_is_longer_than_two_texts(
            texts in proptest::collection::vec("\\PC{0,400}", 5),
        ) {
            let mut texts = texts.into_iter();
            let incident = Incident {
                host: texts.next(),
                service: texts.next(),
                event: texts.next(),
                description: texts.next(),
                date: texts.next(),
            };
            if let Some(text) = incident.text() {
                prop_assert!(text.chars().count() <= LONGEST);
                prop_assert_eq!(alphabet(&text), Alphabet::Gsm7);
            }
        }
    }
}
