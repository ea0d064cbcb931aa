//! Calendars that are fetched for absences: any text is times or an error, soon; each time lies within what was asked for, in
//! order; and what we write of shifts is read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::Moment;
use model::oncall::Zone;
use oncall::ical::{busy_times, feed};
use oncall::{Duty, Why};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let zone: Zone = "America/Sao_Paulo".parse().expect("a zone");
    let from: Moment = "2026-11-23T00:00:00Z".parse().expect("a moment");
    let until: Moment = "2028-11-23T00:00:00Z".parse().expect("a moment");
    let Ok(busy) = busy_times(&text, &zone, from, until) else { return };
    assert!(busy.windows(2).all(|pair| pair[0].from <= pair[1].from), "{busy:?}");
    for time in &busy {
        assert!(time.from < time.until && time.from < until && from < time.until, "{time:?}");
    }
    let whole = |it: &Moment| it.micros() % 1_000_000 == 0;
    let shifts: Vec<(Duty, String)> = busy
        .iter()
        .filter(|time| whole(&time.from) && whole(&time.until))
        .take(100)
        .map(|time| {
            let why = Why::Gap;
            let person = Some("ada".parse().expect("a name"));
            (Duty { person, from: time.from, until: time.until, why }, time.summary.clone())
        })
        .collect();
    let written =
        feed("ada", &shifts, "alo.example", from).replace("TRANSP:TRANSPARENT", "TRANSP:OPAQUE");
    let again = busy_times(&written, &zone, from, until)
        .unwrap_or_else(|error| panic!("{error} in what we wrote:\n{written}"));
    assert_eq!(again.len(), shifts.len(), "{written}");
});
