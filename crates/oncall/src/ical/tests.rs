//! Feeds as another program reads them, and absences as calendars write them.

use icalendar::Component;
use jiff::civil;
use model::Moment;
use model::oncall::{Change, Crew, Layer, Name, Order, Rota, Turn, TurnUnit, Zone};
use proptest::prelude::*;

use super::*;
use crate::Roster;

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn at(text: &str) -> Moment {
    text.parse().expect("a moment")
}

fn sao_paulo() -> Zone {
    "America/Sao_Paulo".parse().expect("a zone")
}

fn weekly() -> Rota {
    let people = ["ada", "ben", "carla"].map(name).to_vec();
    let layer = Layer {
        name: "primary".to_owned(),
        turn: Turn { every: 1, unit: TurnUnit::Week },
        start: civil::date(2026, 12, 14),
        handoff: civil::time(9, 0, 0, 0),
        order: Order::InTurn,
        crews: vec![Crew { from_turn: 0, people, first: 0 }],
        hours: Vec::new(),
    };
    Rota {
        name: name("support"),
        display: String::new(),
        zone: sao_paulo(),
        layers: vec![layer],
        tell_before_minutes: None,
        tell_off: false,
        text_from: None,
    }
}

/// One event of these lines, over the year 2027.
fn busy(lines: &str) -> Result<Vec<String>, String> {
    let text =
        format!("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
    let (from, until) = (at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
    let times = busy_times(&text, &sao_paulo(), from, until).map_err(|error| error.to_string())?;
    Ok(times.iter().map(|busy| format!("{} {}", busy.from, busy.until)).collect())
}

fn days(lines: &str) -> String {
    let times = busy(lines).expect("a calendar");
    times.iter().map(|time| time[5..10].to_owned()).collect::<Vec<_>>().join(" ")
}

#[test]
fn feeds_are_read_by_others() {
    let rota = weekly();
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let (from, until) = (at("2026-12-01T00:00:00Z"), at("2027-01-11T12:00:00Z"));
    let display = "Plantão: Ação; Costa, \\o/ ".repeat(6) + "\nsegunda linha";
    let shifts: Vec<_> =
        roster.shifts(from, until).into_iter().map(|duty| (duty, display.clone())).collect();
    let text = feed("Support, São Paulo", &shifts, "alo.example", at("2026-12-01T12:00:00Z"));
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
    let calendar: icalendar::Calendar = text.parse().expect("another program reads it");
    let events: Vec<&icalendar::Event> =
        calendar.components.iter().filter_map(icalendar::CalendarComponent::as_event).collect();
    assert_eq!(events.len(), 4, "the gap before the start has no event");
    assert_eq!(events[0].get_uid(), Some("Support--S-o-Paulo-20261221T120000Z-ada@alo.example"));
    assert_eq!(events[0].property_value("DTSTART"), Some("20261214T120000Z"));
    assert_eq!(events[0].property_value("DTEND"), Some("20261221T120000Z"));
    assert_eq!(events[0].property_value("DTSTAMP"), Some("20261201T120000Z"));
    assert_eq!(events[0].get_description(), Some("primary, turn 0"));
    let later = feed("Support, São Paulo", &shifts, "alo.example", at("2026-12-02T12:00:00Z"));
    let uids = |text: &str| -> Vec<String> {
        text.lines().filter(|line| line.starts_with("UID")).map(str::to_owned).collect()
    };
    assert_eq!(uids(&text), uids(&later));
}

#[test]
fn what_is_written_is_read_again() {
    let rota = weekly();
    let roster = Roster::new(&rota, &[]).expect("a rota");
    let (from, until) = (at("2026-12-14T12:00:00Z"), at("2027-01-11T12:00:00Z"));
    let summary = "Ada; on, duty \\ é\nsegunda linha — ".repeat(4);
    let shifts: Vec<_> =
        roster.shifts(from, until).into_iter().map(|duty| (duty, summary.clone())).collect();
    let text = feed("Support", &shifts, "alo.example", from).replace("TRANSPARENT", "OPAQUE");
    let read = busy_times(&text, &Zone::utc(), from, until).expect("our own feed");
    assert_eq!(read.len(), shifts.len());
    for (busy, (duty, summary)) in read.iter().zip(&shifts) {
        assert_eq!((busy.from, busy.until), (duty.from, duty.until));
        assert_eq!(busy.summary, summary.trim());
    }
}

#[test]
fn days_and_floating_times_are_those_of_the_zone() {
    let all_day = busy("DTSTART;VALUE=DATE:20270301\nDTEND;VALUE=DATE:20270303");
    assert_eq!(all_day, Ok(vec!["2027-03-01T03:00:00Z 2027-03-03T03:00:00Z".to_owned()]));
    let one_day = busy("DTSTART;VALUE=DATE:20270301");
    assert_eq!(one_day, Ok(vec!["2027-03-01T03:00:00Z 2027-03-02T03:00:00Z".to_owned()]));
    let floating = busy("DTSTART:20270301T090000\nDURATION:PT1H30M");
    assert_eq!(floating, Ok(vec!["2027-03-01T12:00:00Z 2027-03-01T13:30:00Z".to_owned()]));
    let utc = busy("DTSTART:20270301T090000Z\nDTEND:20270301T100000Z");
    assert_eq!(utc, Ok(vec!["2027-03-01T09:00:00Z 2027-03-01T10:00:00Z".to_owned()]));
    let lisbon = busy("DTSTART;TZID=\"Europe/Lisbon\":20270701T090000\nDURATION:P1D");
    assert_eq!(lisbon, Ok(vec!["2027-07-01T08:00:00Z 2027-07-02T08:00:00Z".to_owned()]));
    assert_eq!(busy("DTSTART:20270301T090000Z"), Ok(vec![]), "it takes no time");
}

#[test]
fn recurring_events_are_as_in_the_rfc() {
    // RFC 5545 §3.8.5.3, moved to 2027.
    let day = |rule: &str| days(&format!("DTSTART;VALUE=DATE:20270902\nRRULE:{rule}"));
    assert_eq!(day("FREQ=DAILY;COUNT=3"), "09-02 09-03 09-04");
    assert_eq!(day("FREQ=DAILY;INTERVAL=10;COUNT=3"), "09-02 09-12 09-22");
    assert_eq!(day("FREQ=DAILY;UNTIL=20270904"), "09-02 09-03 09-04");
    assert_eq!(
        day("FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,TH"),
        "09-02 09-14 09-16 09-28"
    );
    assert_eq!(day("FREQ=MONTHLY;COUNT=3;BYDAY=1FR"), "09-02 09-03 10-01");
    assert_eq!(day("FREQ=MONTHLY;COUNT=3;BYDAY=-1SU"), "09-02 09-26 10-31");
    assert_eq!(day("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=-1"), "09-02 09-30 10-31");
    assert_eq!(day("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"), "09-02");
    assert_eq!(day("FREQ=YEARLY;BYMONTH=12;BYDAY=MO;COUNT=3"), "09-02 12-06 12-13");
    let old = "DTSTART;VALUE=DATE:20200131\nRRULE:FREQ=MONTHLY;INTERVAL=2";
    assert_eq!(days(old), "01-31 03-31 05-31 07-31");
    assert_eq!(days("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"), "");
    assert_eq!(days("DTSTART;VALUE=DATE:20201224\nRRULE:FREQ=YEARLY"), "12-24");
    assert_eq!(days("DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=YEARLY;BYDAY=20MO"), "01-01 05-17");
}

#[test]
fn recurring_events_keep_their_hour_where_clocks_change() {
    let times = busy(
        "DTSTART;TZID=America/New_York:20270307T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2",
    );
    assert_eq!(
        times,
        Ok(vec![
            "2027-03-07T14:00:00Z 2027-03-07T15:00:00Z".to_owned(),
            "2027-03-14T13:00:00Z 2027-03-14T14:00:00Z".to_owned(),
        ])
    );
}

#[test]
fn what_is_cancelled_free_or_moved_doesnt_count() {
    assert_eq!(busy("DTSTART;VALUE=DATE:20270301\nSTATUS:CANCELLED"), Ok(vec![]));
    assert_eq!(busy("DTSTART;VALUE=DATE:20270301\nTRANSP:TRANSPARENT"), Ok(vec![]));
    let series = "UID:a\nDTSTART;VALUE=DATE:20270301\nRRULE:FREQ=DAILY;COUNT=4\n\
                  EXDATE;VALUE=DATE:20270302";
    assert_eq!(days(series), "03-01 03-03 03-04");
    let moved = "END:VEVENT\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID;VALUE=DATE:20270303\n";
    assert_eq!(days(&format!("{series}\n{moved}DTSTART;VALUE=DATE:20270310")), "03-01 03-04 03-10");
    let gone = format!("{series}\n{moved}DTSTART;VALUE=DATE:20270303\nSTATUS:CANCELLED");
    assert_eq!(days(&gone), "03-01 03-04");
    let alarm = "DTSTART;VALUE=DATE:20270301\nBEGIN:VALARM\nDURATION:PT5M\nEND:VALARM";
    assert_eq!(days(alarm), "03-01");
}

#[test]
fn what_cant_be_understood_says_where() {
    let wrong = |lines| busy(lines).expect_err("wrong");
    assert_eq!(
        wrong("DTSTART:yesterday"),
        "line 4: DTSTART: 'yesterday' is not a time: use 20261224, 20261224T180000 or …Z"
    );
    assert_eq!(
        wrong("DTSTART;TZID=Mars:20270301T090000"),
        "line 4: DTSTART: 'Mars' is not a time zone: TZID must be an IANA name, as America/Sao_Paulo"
    );
    assert_eq!(
        wrong("DTSTART:20270301\nRRULE:FREQ=DAILY;BYHOUR=9"),
        "line 5: RRULE: 'BYHOUR' isn't read, but FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, \
         BYMONTH and WKST"
    );
    assert_eq!(wrong("SUMMARY:x"), "line 3: an event without DTSTART: it must say when it begins");
    let read = |text: &str| {
        busy_times(text, &Zone::utc(), at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"))
    };
    assert_eq!(
        read("<html>").expect_err("a page").to_string(),
        "line 1: not NAME:VALUE, as every line of a calendar is"
    );
    assert!(read("").is_err());
    assert!(read("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20270101").is_err());
}

#[test]
fn hostile_calendars_end() {
    let read = |text: &str| {
        busy_times(text, &Zone::utc(), at("2027-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z"))
    };
    let event = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270101\nRRULE:FREQ=DAILY\nEND:VEVENT\n";
    let endless = format!("BEGIN:VCALENDAR\n{event}END:VCALENDAR");
    let told = read(&endless).expect_err("too many").to_string();
    assert_eq!(told, "line 2: more than 10000 occurrences");
    let old = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:00010101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31\n\
               END:VEVENT\n";
    assert_eq!(read(&format!("BEGIN:VCALENDAR\n{old}END:VCALENDAR")), Ok(Vec::new()));
    assert!(read(&format!("BEGIN:VCALENDAR\nX:{}", "a".repeat(1_000_000))).is_err());
    let many = "BEGIN:VEVENT\nDTSTART:20270101\nEND:VEVENT\n".repeat(10_001);
    assert!(read(&format!("BEGIN:VCALENDAR\n{many}END:VCALENDAR")).is_err());
}

#[test]
fn an_absence_goes_to_the_next_in_turn() {
    let rota = weekly();
    let holiday = Busy {
        from: at("2026-12-24T03:00:00Z"),
        until: at("2026-12-27T03:00:00Z"),
        summary: "Natal".to_owned(),
    };
    let given = absences(&rota, &[], &name("ben"), &[holiday.clone(), holiday.clone()]);
    assert_eq!(given.len(), 1, "what overlaps is one");
    assert_eq!((given[0].from, given[0].until), (holiday.from, holiday.until));
    assert_eq!(given[0].change, Change::Replace { person: name("ben"), with: name("carla") });
    assert_eq!(given[0].reason, "Natal");
    assert_eq!(absences(&rota, &[], &name("ada"), &[holiday]), []);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text: String) {
        let (from, until) = (at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
        let _ = busy_times(&text, &sao_paulo(), from, until);
        let _ = busy(&text);
    }

    #[test]
    fn lines_in_any_order_are_read_or_refused(lines in prop::collection::vec(
        prop::sample::select(vec![
            "BEGIN:VEVENT", "END:VEVENT", "DTSTART:20270101T000000Z", "DTSTART;VALUE=DATE:20270228",
            "DTEND:20270102", "DTEND:00010101", "DURATION:P99999999999999999999W", "DURATION:-P1D",
            "RRULE:FREQ=YEARLY;INTERVAL=4294967295", "RRULE:FREQ=WEEKLY;BYDAY=-53MO,é", "é:é", "A;B=\"c",
            "RRULE:FREQ=MONTHLY;BYDAY=5FR;BYMONTHDAY=29,-31", "EXDATE:20270101,99999999", "STATUS:CANCELLED",
            "RECURRENCE-ID:20270101", "BEGIN:VALARM", "END:VALARM", " folded", "UID:a", "DTSTART:99991231",
            "RRULE:FREQ=DAILY;UNTIL=20270301;COUNT=0", "DTSTART;TZID=Europe/Lisbon:20270328T013000",
        ]), 0..20,
    )) {
        let text = format!("BEGIN:VCALENDAR\n{}\n", lines.join("\n"));
        let (from, until) = (at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
        if let Ok(times) = busy_times(&text, &sao_paulo(), from, until) {
            prop_assert!(times.iter().all(|it| it.from < it.until && it.until > from && it.from < until));
        }
    }
}
