//! Lengths of time as people say them: `5 minutes`, `1 hora e 20 minutos`.

use std::time::Duration;

use model::oncall::Language;

/// The two greatest units that there are; `None` below a minute.
pub(super) fn length(time: Duration, language: Language) -> Option<String> {
    let minutes = time.as_secs() / 60;
    let units = match language {
        Language::English => [("day", "days"), ("hour", "hours"), ("minute", "minutes")],
        Language::Portuguese => [("dia", "dias"), ("hora", "horas"), ("minuto", "minutos")],
    };
    let counts = [minutes / 1440, minutes / 60 % 24, minutes % 60];
    let first = counts.iter().position(|count| *count > 0)?;
    let named = counts.iter().zip(units).skip(first).take(2).filter(|(count, _)| **count > 0);
    let named: Vec<String> = named
        .map(|(count, (one, many))| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    Some(named.join(match language {
        Language::English => " ",
        Language::Portuguese => " e ",
    }))
}
