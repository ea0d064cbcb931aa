//! The settings of 2012 as they were, and tables as spreadsheets write them.

use proptest::prelude::*;

use super::*;
use crate::Roster;

/// As the original's manual shows it.
const SETTINGS: &str = r#"
agents:
  - {name: "Batman", phone: "+5511111111111"}
  - {name: "Homer", phone: "+5511222222222"}
twilio:
  account_sid: ""
  auth_token: "s3cret"
  from_call: "+5511333333333"
  from_sms: "+5511444444444"
"#;

fn at(text: &str) -> Moment {
    text.parse().expect("a moment")
}

fn sao_paulo() -> Zone {
    "America/Sao_Paulo".parse().expect("a zone")
}

fn taken_over(text: &str) -> Imported {
    import(text, &sao_paulo(), at("2026-11-23T12:00:00Z")).expect("settings")
}

fn refused(text: &str) -> String {
    import(text, &sao_paulo(), at("2026-11-23T12:00:00Z")).expect_err("refused").to_string()
}

#[test]
fn the_originals_settings_are_understood_as_they_are() {
    let imported = taken_over(SETTINGS);
    let people: Vec<_> = imported
        .people
        .iter()
        .map(|it| (it.name.as_str(), it.display.as_str(), it.phones[0].at.to_string()))
        .collect();
    assert_eq!(
        people,
        [
            ("batman", "Batman", "+5511111111111".to_owned()),
            ("homer", "Homer", "+5511222222222".to_owned()),
        ]
    );
    assert_eq!(
        imported.left_out,
        [
            "twilio.account_sid: credentials are not taken over: alo has its own, see alo credentials",
            "twilio.auth_token: credentials are not taken over: alo has its own, see alo credentials",
            "twilio.from_call: add the number with alo numbers buy",
            "twilio.from_sms: add the number with alo numbers buy",
        ]
    );
    assert!(!format!("{imported:?}").contains("s3cret"));
    // The phone isn't quoted there, and YAML would read it as a number.
    let plain = taken_over("agents:\n  - {name: Pablo Cantero, phone: +5511965056615}\n");
    assert_eq!(plain.people[0].name.as_str(), "pablo-cantero");
    assert_eq!(plain.people[0].phones[0].at.to_string(), "+5511965056615");
}

#[test]
fn whoever_is_on_duty_today_stays_so() {
    for agents in 1..5usize {
        let agent = |agent| format!("  - {{name: agent{agent}, phone: '+551111111111{agent}'}}");
        let list: Vec<String> = (0..agents).map(agent).collect();
        let list = list.join("\n");
        for day in 0..800 {
            let now = at("2026-01-01T12:00:00Z") + std::time::Duration::from_secs(day * 24 * 3600);
            let imported =
                import(&format!("agents:\n{list}"), &sao_paulo(), now).expect("settings");
            let roster = Roster::new(&imported.rota, &[]).expect("a rota");
            let week = wall(&sao_paulo().rules(), now).date().iso_week_date().week() as usize;
            let index = (week % agents).checked_sub(1).unwrap_or(agents - 1);
            let duty = roster.on_duty(now);
            assert_eq!(duty.person.expect("somebody").to_string(), format!("agent{index}"));
            assert_eq!(duty.until.since(duty.from).as_secs(), 7 * 24 * 3600);
        }
    }
}

#[test]
fn what_cant_be_taken_over_says_where() {
    assert_eq!(
        refused("agents:\n  - {name: \"<%= ENV[\"AGENT1\"] %>\", phone: \"\"}"),
        "line 2: '<% … %>' is filled in by Ruby: write the value itself there"
    );
    assert_eq!(
        refused("agents:\n  - {name: Ada, phone: \"911\"}"),
        "line 2: '911' is not a phone number: write it with + and its country, as +5511987654321"
    );
    assert_eq!(refused("agents:\n  - {name: Ada}"), "line 2: an agent without 'phone'");
    assert_eq!(refused("agents: []"), "line 1: 0 agents: there must be 1 to 1000");
    assert_eq!(refused("twilio: {}"), "line 1: there is no 'agents:', the list of who takes turns");
    assert_eq!(
        refused("a: &a [x, x]\nb: *a"),
        "line 2: an alias (*name): write the value itself there"
    );
    let nested = format!("{}{}", "[".repeat(20), "]".repeat(20));
    assert_eq!(refused(&nested), "line 1: more than 16 levels within each other");
    assert!(refused(&"[".repeat(100_000)).starts_with("line 1: "));
    assert_eq!(refused(""), "line 1: it is empty");
}

#[test]
fn two_of_one_name_are_told_apart() {
    let text = "agents:\n  - {name: José, phone: +5511965056615}\n  - {name: jose, phone: +5511965056616}\n  \
                - {name: 李, phone: +5511965056617}";
    let names: Vec<_> = taken_over(text).people.iter().map(|it| it.name.to_string()).collect();
    assert_eq!(names, ["jose", "jose-2", "agent"]);
}

#[test]
fn people_come_from_a_spreadsheet() {
    let comma = "name,display,phone,phone2,email,language,zone\r\n\
                 ada,\"Costa, Ada\",+5511987654321,client:ada,ada@example.com,pt-BR,America/Sao_Paulo\r\n\
                 ben,,,,,,\r\n\r\n";
    let people = csv(comma).expect("a table");
    assert_eq!((people[0].display.as_str(), people[0].phones.len()), ("Costa, Ada", 2));
    assert_eq!(people[0].language, Language::Portuguese);
    assert_eq!((people[1].shown(), people[1].phones.len(), &people[1].zone), ("ben", 0, &None));
    let semicolon = "\u{feff}Name;Phone;Language\n ada ; +5511987654321 ; pt\n";
    let people = csv(semicolon).expect("a table");
    assert_eq!((people.len(), people[0].language), (1, Language::Portuguese));
}

#[test]
fn a_table_with_a_mistake_is_left_alone_and_says_where() {
    let refused = |text: &str| csv(text).expect_err("refused").to_string();
    assert_eq!(
        refused("name,phone\nada,+5511987654321\nben,12"),
        "line 3: '12' is neither a phone number (+14155550123) nor client:NAME nor sip:USER@HOST"
    );
    assert_eq!(refused("name\nada\nada"), "line 3: 'ada' is there twice");
    assert_eq!(
        refused("name,zone\nada,Mars"),
        "line 2: 'Mars' is not a time zone: use its IANA name, as America/Sao_Paulo or Europe/Lisbon"
    );
    assert_eq!(refused("name,phone\nada"), "line 2: 1 fields where the first line has 2 columns");
    assert_eq!(
        refused("name,shoe\nada,43"),
        "line 1: column 'shoe' isn't known, but name, display, phone, phone2 …, email, language and zone"
    );
    assert_eq!(refused("name,name\nada,ada"), "line 1: column 'name' is there twice");
    assert_eq!(refused("name,email\nada,ada"), "line 2: 'ada' is not an e-mail address");
    assert_eq!(refused("name\n"), "line 1: there is nobody behind the first line");
    assert!(refused("").contains("no column 'name'"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(agents:|name,phone|[-{}\\[\\]:,;&*!\"'\n <%>a+1é]){0,60}") {
        let _ = import(&text, &sao_paulo(), at("2026-11-23T12:00:00Z"));
        let _ = csv(&text);
    }
}
