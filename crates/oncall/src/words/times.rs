//! Moments and lengths, as people write them.

use std::time::Duration;

use jiff::civil::Weekday;
use model::Moment;
use model::oncall::{Language, Zone};

/// A moment in somebody's zone: `Mon 30 Nov 09:00`, `seg 30/11 09:00`.
pub fn when(at: Moment, zone: &Zone, language: Language) -> String {
    let local = at.timestamp().to_zoned(zone.rules());
    match language {
        Language::English => local.strftime("%a %-d %b %H:%M").to_string(),
        Language::Portuguese => {
            let day = match local.weekday() {
                Weekday::Monday => "seg",
                Weekday::Tuesday => "ter",
                Weekday::Wednesday => "qua",
                Weekday::Thursday => "qui",
                Weekday::Friday => "sex",
                Weekday::Saturday => "sáb",
                Weekday::Sunday => "dom",
            };
            format!("{day} {}", local.strftime("%d/%m %H:%M"))
        }
    }
}

/// A length: `2 h`, `1 h 30 min`, `3 d`.
pub fn length(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    let parts = [(minutes / 1440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")];
    let named = parts.iter().filter(|(count, _)| *count > 0);
    let named: Vec<String> = named.map(|(count, unit)| format!("{count} {unit}")).collect();
    if named.is_empty() { "0 min".to_owned() } else { named.join(" ") }
}
