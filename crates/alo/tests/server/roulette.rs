//! The support line by its commands, over the API of the built server: people, rotas, lines, swaps, imports, and mistakes.

use std::path::Path;

use serde_json::{Value, json as value};

use super::{Server, alo, folder, json};

/// Runs `alo roulette …`, and gives what it prints for people.
fn said(folder: &Path, words: &[&str]) -> String {
    let output = alo(folder, &[&["roulette"], words].concat());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs one that fails, and gives its exit code and why.
fn refused(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = alo(folder, &[&["roulette"], words].concat());
    assert!(!output.status.success(), "{words:?} was done");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn roulette(folder: &Path, words: &[&str]) -> Value {
    json(folder, &[&["roulette"], words].concat())
}

/// Ada, Ben and Cleo, who take turns by the week.
fn team(folder: &Path) {
    for (name, phone) in
        [("ada", "+5511987654321"), ("ben", "+5511912345678"), ("cleo", "+5511955554444")]
    {
        said(folder, &["add-person", name, "--phone", phone]);
    }
    let zone = "America/Sao_Paulo";
    said(folder, &["add-rota", "support", "--zone", zone, "--people", "ada,ben,cleo", "--weekly"]);
}

#[test]
fn people_are_added_changed_listed_and_removed() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let ada = roulette(
        path,
        &[
            "add-person",
            "Ada",
            "--display",
            "Ada Costa",
            "--phone",
            "client:ada",
            "--phone",
            "+5511987654321,mobile,no-ring",
        ],
    );
    assert_eq!(ada["name"], "ada");
    assert_eq!(ada["phones"][1]["rings"], false);
    let ada =
        roulette(path, &["set-person", "ada", "--language", "pt", "--email", "ada@example.com"]);
    assert_eq!(ada["language"], "pt-BR");
    assert_eq!(ada["display"], "Ada Costa", "what isn't said stays");
    let table = said(path, &["people"]);
    assert!(table.contains("client:ada, +5511987654321 (mobile, doesn't ring)"), "{table}");
    said(path, &["remove-person", "ada"]);
    assert_eq!(roulette(path, &["people"]), value!([]));
    let (code, why) = refused(path, &["remove-person", "ada"]);
    assert_eq!(code, Some(1), "{why}");
    let (code, why) = refused(path, &["set-person", "ada"]);
    assert_eq!(code, Some(2), "{why}");
}

#[test]
fn a_rota_says_who_is_on_duty_who_comes_next_and_why() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let (code, why) = refused(path, &["who"]);
    assert_eq!(code, Some(1));
    assert!(why.contains("there is no rota yet: `alo roulette add-rota"), "{why}");
    team(path);
    let who = said(path, &["who"]);
    assert!(who.starts_with("ada is on duty in support"), "{who}");
    assert!(who.contains("(America/Sao_Paulo)"), "{who}");
    let next = said(path, &["next", "support"]);
    assert!(next.starts_with("ben is on duty in support from Mon "), "{next}");
    let table = said(path, &["schedule", "--days", "28"]);
    let people: Vec<&str> = table.lines().skip(1).filter_map(|it| it.split(' ').next()).collect();
    assert_eq!(people[..4], ["ada", "ben", "cleo", "ada"], "{table}");
    assert!(!said(path, &["who", "--at", "2027-03-01", "--why"]).is_empty());
    let shown = said(path, &["rota", "show"]);
    assert!(shown.contains("weekly, Mon 09:00: ada, ben, cleo"), "{shown}");
    let (code, why) = refused(path, &["who", "--at", "whenever"]);
    assert_eq!(code, Some(2));
    assert!(why.contains("'whenever' is no time: write now, 2h"), "{why}");
    let (_, why) = refused(path, &["who", "sales"]);
    assert!(why.contains("there is no rota 'sales': there are support"), "{why}");
}

#[test]
fn somebody_takes_over_and_somebody_else_takes_it_from_them() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    team(path);
    assert!(said(path, &["take", "--person", "ben", "2h"]).starts_with("ben is on duty"));
    assert!(!said(path, &["off", "--person", "ben"]).starts_with("ben"), "who comes next is on");
    assert!(said(path, &["take", "support", "--person", "cleo", "1d"]).starts_with("cleo"));
    let (code, why) = refused(path, &["take", "--person", "ben", "2"]);
    assert_eq!(code, Some(2));
    assert!(why.contains("'2' is no length of time: write it as 30m, 2h or 1d"), "{why}");
    let (code, _) = refused(path, &["take", "--person", "nobody", "2h"]);
    assert_eq!(code, Some(1));
}

#[test]
fn overrides_and_swaps_are_made_listed_and_undone() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    team(path);
    let day = ["--from", "2027-01-04", "--until", "2027-01-05", "--reason", "a fair"];
    let made = roulette(path, &[&["override", "add", "--person", "cleo"][..], &day].concat());
    let id = made["id"].to_string();
    assert!(said(path, &["override", "list"]).contains("a fair"));
    assert!(said(path, &["who", "--at", "2027-01-04 12:00"]).starts_with("cleo"));
    said(path, &["override", "remove", &id]);
    assert_eq!(roulette(path, &["override", "list"]), value!([]));
    let upside_down =
        ["override", "add", "--person", "ada", "--from", "2027-01-05", "--until", "2027-01-04"];
    assert_eq!(refused(path, &upside_down).0, Some(2));

    let swap = roulette(path, &["swap", "ada", "ben"]);
    assert_eq!(swap["state"], "asked");
    let id = swap["id"].to_string();
    assert!(said(path, &["swaps", "--open"]).contains("America/Sao_Paulo"));
    assert_eq!(roulette(path, &["swap", "accept", &id])["state"], "accepted");
    assert_eq!(roulette(path, &["swap", "take-back", &id])["state"], "taken_back");
    let (code, why) = refused(path, &["swap", "refuse", &id]);
    assert_eq!(code, Some(1), "{why}");
    assert_eq!(refused(path, &["swap", "ada"]).0, Some(2));
}

#[test]
fn those_who_take_part_change_from_a_handoff_on() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    team(path);
    said(path, &["add-person", "dan", "--phone", "+5511966665555"]);
    said(path, &["rota", "set-people", "support", "dan,ada"]);
    assert!(said(path, &["who"]).starts_with("ada is on duty"), "nobody's turn moves");
    said(
        path,
        &[
            "rota",
            "add-layer",
            "support",
            "days",
            "--people",
            "cleo",
            "--daily",
            "--hours",
            "09:00-18:00",
        ],
    );
    let rota = roulette(path, &["rota", "show"]);
    assert_eq!(rota["layers"].as_array().map(Vec::len), Some(2), "{rota}");
    let (_, why) = refused(path, &["rota", "set-people", "support", ","]);
    assert!(why.contains("nobody takes part: write --people ada,ben,cleo"), "{why}");
    said(path, &["rota", "remove", "support"]);
    assert_eq!(roulette(path, &["rotas"]), value!([]));
}

#[test]
fn a_rota_without_a_zone_is_asked_for_one() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let (code, why) = refused(path, &["add-rota", "support", "--people", "ada"]);
    assert_eq!(code, Some(2));
    assert!(why.contains("alo roulette add-rota support … --zone America/Sao_Paulo"), "{why}");
}

#[test]
fn a_line_is_made_shown_changed_targeted_and_removed() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    team(path);
    let greeting = "Welcome to Example Support.";
    let line = roulette(path, &["line", "add", "support", "--greeting", greeting, "--ring", "15s"]);
    assert_eq!(line["ring_seconds"], 15);
    assert_eq!(line["prompts"]["greeting"]["*"]["text"], greeting);
    assert_eq!(line["teams"][0]["levels"], value!([{"rota": "support"}, {"next": "support"}]));
    assert_eq!(line["voicemail"]["max_seconds"], 180);
    let shown = said(path, &["line", "show"]);
    assert!(shown.contains("none yet: alo numbers buy --app roulette:support"), "{shown}");

    let words =
        ["line", "set", "support", "--no-voicemail", "--music", "ringing", "--everyone-last"];
    let line = roulette(path, &words);
    assert!(line["voicemail"].is_null());
    assert_eq!((&line["music"], &line["everyone_last"]), (&value!("ringing"), &value!(true)));
    assert_eq!(line["ring_seconds"], 15, "what isn't said stays");
    assert_eq!(refused(path, &["line", "set", "support"]).0, Some(2));

    said(path, &["line", "target", "+5511912345678"]);
    assert!(said(path, &["lines"]).contains("+5511912345678 (target)"));
    said(path, &["line", "target", "--clear"]);
    assert!(roulette(path, &["line", "show"])["target"].is_null());

    let team = "2 Technical help=rota:support,next";
    let line = roulette(path, &["line", "add", "front", "--team", "1 Sales=ada", "--team", team]);
    assert_eq!(line["teams"][1]["key"], "2");
    let (code, why) = refused(path, &["line", "show"]);
    assert_eq!(code, Some(2));
    assert!(why.contains("there are several lines, say which: front, support"), "{why}");
    said(path, &["line", "remove", "front"]);
    assert_eq!(roulette(path, &["lines"]).as_array().map(Vec::len), Some(1));
}

#[test]
fn a_number_leads_to_a_line_and_the_list_says_so() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let words = ["numbers", "buy", "+14155550100", "--app", "roulette:support"];
    let output = alo(path, &words);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    assert!(error.contains("alo roulette line add support --rota ROTA"), "{error}");
    let number = &json(path, &["numbers"])[0];
    assert_eq!(number["voice_url"], "alo://roulette/support");
    assert_eq!(number["sms_url"], "alo://roulette/support");
    json(path, &["numbers", "set", "+14155550100", "--app", "forward:+5511987654321"]);
    let list = alo(path, &["numbers"]);
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.contains("forward:+5511987654321"), "{list}");
    assert!(list.contains("roulette:support"), "texts still go to the line: {list}");
}

#[test]
fn people_come_from_a_table_and_an_application_yml() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let file = |name: &str, text: &str| {
        let at = path.join(name);
        std::fs::write(&at, text).expect("it can be written");
        at.to_string_lossy().into_owned()
    };
    let people = "name,display,phone,email,language,zone\n\
                  dan,Dan Moreira,+5511966665555,dan@example.com,pt-BR,America/Sao_Paulo\n";
    let said_of = said(path, &["import", &file("people.csv", people)]);
    assert!(said_of.contains("dan"), "{said_of}");
    assert_eq!(roulette(path, &["people"])[0]["display"], "Dan Moreira");

    let original = "twilio:\n  account_sid: \"AC1\"\n  from_call: \"+551130001234\"\n\
                    agents:\n  - name: \"Eva\"\n    phone: \"+5511944443333\"\n  \
                    - name: \"Fred\"\n    phone: \"+5511933332222\"\n";
    let original = file("application.yml", original);
    let (code, why) = refused(path, &["import", &original]);
    assert_eq!(code, Some(2));
    assert!(why.contains("--zone America/Sao_Paulo"), "{why}");
    let told = said(path, &["import", &original, "--zone", "America/Sao_Paulo"]);
    assert!(told.contains("took over eva  Eva  +5511944443333"), "{told}");
    assert!(told.contains("left out  twilio.account_sid"), "{told}");
    assert_eq!(roulette(path, &["rotas"])[0]["zone"], "America/Sao_Paulo");
    assert!(said(path, &["who"]).contains("is on duty in support"));
    let (code, why) = refused(path, &["import", &original, "--zone", "America/Sao_Paulo"]);
    assert_eq!(code, Some(1));
    assert!(why.contains("there is a rota support already"), "{why}");

    let empty = file("other.yml", "twilio:\n  from_call: \"+14155550101\"\n");
    let (code, why) = refused(path, &["import", &empty, "--zone", "America/Sao_Paulo"]);
    assert_eq!(code, Some(1), "{why}");
    assert!(why.contains("agents"), "{why}");
    let (code, why) = refused(path, &["import", "notes.txt"]);
    assert_eq!(code, Some(2));
    assert!(why.contains("an application.yml, a .csv of people, an .ics"), "{why}");
}

#[test]
fn absences_come_from_a_calendar_and_shifts_go_into_one() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    team(path);
    let calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\n\
                    DTSTAMP:20261101T000000Z\r\nDTSTART;VALUE=DATE:20270104\r\nDTEND;VALUE=DATE:20270111\r\n\
                    SUMMARY:Holiday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let file = path.join("holidays.ics");
    std::fs::write(&file, calendar).expect("it can be written");
    let file = file.to_string_lossy();
    let (code, why) = refused(path, &["import", &file]);
    assert_eq!(code, Some(2));
    assert!(why.contains("--person ada"), "{why}");
    said(path, &["import", &file, "--person", "ada"]);
    assert!(!said(path, &["who", "--at", "2027-01-06 12:00"]).starts_with("ada"));

    let feed = said(path, &["feed"]);
    assert!(feed.contains("/v1/rotas/support/calendar.ics"), "{feed}");
    assert!(said(path, &["feed", "ada"]).contains("/v1/people/ada/calendar.ics"));
    assert!(said(path, &["feed", "ada", "--rota", "support"]).contains("person=ada"));
    let (_, why) = refused(path, &["feed", "zoe"]);
    assert!(why.contains("'zoe' is neither a rota nor a person"), "{why}");
}

#[test]
fn what_became_of_calls_is_told_also_where_there_are_none() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    assert_eq!(said(path, &["calls"]), "no calls\n");
    assert_eq!(said(path, &["voicemails"]), "no messages\n");
    team(path);
    assert!(said(path, &["load", "--days", "7"]).contains("PERSON"));
    let (code, why) = refused(path, &["ack", "12", "--person", "ada"]);
    assert_eq!(code, Some(1));
    assert!(why.contains("no call has the ticket 12"), "{why}");
    assert_eq!(refused(path, &["call", "CA00000000000000000000000000000001"]).0, Some(1));
}

#[test]
fn a_prompt_is_uploaded_by_its_name() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    let file = path.join("welcome.wav");
    std::fs::write(&file, wav()).expect("it can be written");
    let file = file.to_string_lossy();
    assert_eq!(said(path, &["prompt", "upload", "welcome", &file]), "alo://prompts/welcome\n");
    let text = path.join("welcome.txt");
    std::fs::write(&text, "hello").expect("it can be written");
    let (code, why) = refused(path, &["prompt", "upload", "welcome", &text.to_string_lossy()]);
    assert_eq!(code, Some(2));
    assert!(why.contains("neither WAV nor MP3"), "{why}");
}

/// A tenth of a second of silence: 8,000 samples a second of 16 bits, one channel.
fn wav() -> Vec<u8> {
    let data = vec![0_u8; 1_600];
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    for word in [1_u16, 1] {
        file.extend(word.to_le_bytes());
    }
    file.extend(8_000_u32.to_le_bytes());
    file.extend(16_000_u32.to_le_bytes());
    for word in [2_u16, 16] {
        file.extend(word.to_le_bytes());
    }
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

#[test]
fn doctor_says_what_is_missing_of_the_support_line_and_what_makes_it() {
    let folder = folder();
    let path = folder.path();
    let _server = Server::start(path);
    said(path, &["add-person", "ada"]);
    json(path, &["numbers", "buy", "+14155550100", "--app", "roulette:sales"]);
    let zone = "America/Sao_Paulo";
    said(
        path,
        &[
            "add-rota",
            "support",
            "--zone",
            zone,
            "--people",
            "ada",
            "--weekly",
            "--hours",
            "mon-fri 09:00-18:00",
        ],
    );
    said(path, &["line", "add", "support"]);
    let output = alo(path, &["doctor", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let next: Vec<&str> = found["checks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|check| check["state"] != "ok")
        .filter_map(|check| check["next"].as_str())
        .collect();
    for wanted in [
        "alo roulette set-person ada --phone +5511987654321",
        "alo numbers buy --app roulette:support",
        "alo roulette line add sales --rota ROTA, or alo numbers set +14155550100 --app roulette:LINE",
        "alo roulette override add support --person NAME --from \"TIME\" --until \"TIME\"",
    ] {
        assert!(next.contains(&wanted), "{wanted}: {next:#?}");
    }
}
