//! E-mails through a relay that isn't ours (PyPI's `aiosmtpd`): they arrive once, whoever was down in between.
//!
//! They are put into the outbox while the server is stopped, as a call that was missed just before would have left them.

use std::collections::BTreeSet;

use model::oncall::Mail;
use model::{Moment, Sid};
use reqwest::Method;
use store::{OnCall, Sqlite};
use testkit::{Relay, RelayLetter, RelayOptions, eventually};

use super::house::{House, options};

/// E-mails that go side by side; the next goes once the disk knows what became of all of them.
const BATCH: usize = 8;

/// A relay on loopback that takes everything from everybody.
const OPEN: RelayOptions = RelayOptions { port: 0, tls: "none", login: false };

/// A house whose e-mails go to the relay.
async fn house(relay: &Relay) -> House {
    let mut settings =
        format!("[mail]\nurl = \"{}\"\nfrom = \"Support <support@example.com>\"\n", relay.url());
    if relay.url().contains('@') {
        settings.push_str("password = \"env:SMTP_PASSWORD\"\n");
    }
    House::with(options().settings(&settings).variable("SMTP_PASSWORD", relay.password())).await
}

/// An e-mail that is due at once, after those with a lower number.
fn mail(house: &House, number: usize) -> Mail {
    let at = Moment::from_millis(1_700_000_000_000 + number as i64);
    Mail {
        id: 0,
        account: house.server.account_sid().parse::<Sid>().expect("its account"),
        to: format!("person{number}@example.com"),
        subject: format!("Chamada perdida nº {number}"),
        text: format!("Ninguém atendeu a chamada {number}.\n"),
        key: format!("missed/{number}"),
        attempts: 0,
        due_at: at,
        created_at: at,
    }
}

/// Stops the server as a power cut does, has these e-mails in the outbox, has all that wait there due now, and starts it
/// again.
async fn goes_on_with(house: &mut House, numbers: impl IntoIterator<Item = usize>) {
    house.server.kill9().await;
    {
        let store = Sqlite::open(house.server.data().join("alo.db")).expect("nobody has it open");
        let ages_hence = Moment::from_micros(i64::MAX);
        for waiting in store.due_mails(ages_hence, 1_000).await.expect("it can be read") {
            let due_at = waiting.created_at;
            let moved = store.mail_failed(waiting.id, waiting.attempts, due_at).await;
            moved.expect("it can be written");
        }
        for number in numbers {
            let new = store.post_mail(mail(house, number)).await.expect("it can be written");
            assert!(new, "e-mail {number} is new");
        }
    }
    house.server.restart().await;
}

/// E-mails that wait, once the server is stopped.
async fn waiting(house: &mut House) -> Vec<Mail> {
    house.server.kill9().await;
    let store = Sqlite::open(house.server.data().join("alo.db")).expect("nobody has it open");
    let all = store.due_mails(Moment::from_micros(i64::MAX), 1_000).await;
    all.expect("it can be read")
}

/// Waits for so many letters: their receivers and Message-IDs.
async fn arrive(relay: &mut Relay, count: usize) -> BTreeSet<(String, String)> {
    let mut arrived = BTreeSet::new();
    for _ in 0..count {
        arrived.insert(stamp(&relay.next_letter().await));
    }
    arrived
}

fn stamp(letter: &RelayLetter) -> (String, String) {
    (letter.to.join(" "), letter.header("Message-ID").to_owned())
}

#[tokio::test]
async fn an_email_arrives_over_starttls_with_its_words() {
    let mut relay = Relay::start(RelayOptions::default()).await;
    let mut house = house(&relay).await;
    goes_on_with(&mut house, [7]).await;
    let letter = relay.next_letter().await;
    assert!(letter.encrypted, "{letter:?}");
    assert_eq!(letter.user, "ada@example.com");
    assert_eq!(letter.to, ["person7@example.com"]);
    assert_eq!(letter.header("From"), "Support <support@example.com>");
    assert_eq!(letter.header("Subject"), "Chamada perdida nº 7");
    assert_eq!(letter.header("Date"), "Tue, 14 Nov 2023 22:13:20 +0000");
    assert_eq!(letter.text.trim_end(), "Ninguém atendeu a chamada 7.");
    let output = house.server.output();
    assert!(!output.contains("person7@") && !output.contains(relay.password()), "{output}");
    let ran = house.server.runs(&["doctor"]).await;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(said.contains("SMTP_PASSWORD is not set"), "only the service has the password: {said}");
}

#[tokio::test]
async fn emails_wait_for_a_relay_that_is_down_and_arrive_once() {
    let relay = Relay::start(OPEN).await;
    let port = relay.port();
    let mut house = house(&relay).await;
    relay.kill().await;
    goes_on_with(&mut house, 0..3).await;
    eventually("the relay was missed", async || {
        let output = house.server.output();
        let tried = output.matches("an e-mail waits to be tried again").count();
        if tried >= 3 { Ok(()) } else { Err(output) }
    })
    .await;
    let mut relay = Relay::start(RelayOptions { port, ..OPEN }).await;
    // The pause before the next try is cut short.
    goes_on_with(&mut house, 3..=BATCH).await;
    let arrived = arrive(&mut relay, BATCH + 1).await;
    let receivers: BTreeSet<String> =
        (0..=BATCH).map(|it| format!("person{it}@example.com")).collect();
    assert_eq!(arrived.into_iter().map(|(to, _)| to).collect::<BTreeSet<_>>(), receivers);
    assert_eq!(relay.letters_so_far().await, []);
}

#[tokio::test]
async fn what_the_relay_refuses_for_now_is_tried_again_and_for_good_is_given_up_with_an_alert() {
    let mut relay = Relay::start(OPEN).await;
    let mut house = house(&relay).await;
    relay.answers("data", &["451 4.3.0 later"]).await;
    goes_on_with(&mut house, [0]).await;
    assert_eq!(relay.refuses().await, "451 4.3.0 later");
    goes_on_with(&mut house, []).await;
    assert_eq!(relay.next_letter().await.to, ["person0@example.com"]);

    relay.answers("rcpt", &["550 5.1.1 nobody of that name"]).await;
    goes_on_with(&mut house, 1..=BATCH + 1).await;
    let refused =
        relay.event("refused").await["to"].as_str().expect("it has a receiver").to_owned();
    // The ninth is among them, so the disk knows what became of the eight before.
    let arrived = arrive(&mut relay, BATCH).await;
    assert!(arrived.iter().all(|(to, _)| *to != refused), "{arrived:?}");
    let (_, alerts) = house.asks(Method::GET, "/v1/alerts", &[]).await;
    let all = alerts["alerts"].as_array().expect("a list of alerts");
    assert_eq!(all.len(), 1, "{alerts}");
    assert_eq!(all[0]["code"], 12400, "{alerts}");
    let said = all[0]["message"].as_str().expect("it says something");
    assert!(said.contains(&format!("to {refused} was given up after 1 try")), "{said}");
    assert!(said.contains("550") && said.contains("nobody of that name"), "{said}");
    let output = house.server.output();
    assert!(!output.contains("@example.com was") && !output.contains(&refused), "{output}");
    goes_on_with(&mut house, [20]).await;
    let mut later = String::new();
    while later != "person20@example.com" {
        later = relay.next_letter().await.to.join(" ");
        assert_ne!(later, refused, "it is not tried again");
    }
}

#[tokio::test]
async fn a_power_cut_loses_no_email_and_none_that_is_known_to_be_taken_goes_twice() {
    let mut relay = Relay::start(OPEN).await;
    let mut house = house(&relay).await;
    relay.hold(true).await;
    goes_on_with(&mut house, 0..=BATCH).await;
    let before = arrive(&mut relay, BATCH).await;
    // The relay has them, and the power goes before its answer.
    house.server.kill9().await;
    relay.hold(false).await;
    house.server.restart().await;
    let after = arrive(&mut relay, BATCH).await;
    assert_eq!(before, after, "they come again, and can be told by their ids");
    let ninth = stamp(&relay.next_letter().await);
    // The ninth went, so the disk knows of the eight; and whether of the ninth, nobody can say.
    goes_on_with(&mut house, [BATCH + 1, BATCH + 2]).await;
    let last = format!("person{}@example.com", BATCH + 2);
    let mut late = Vec::new();
    while late.last().is_none_or(|(to, _)| *to != last) {
        late.push(stamp(&relay.next_letter().await));
    }
    assert!(late.iter().all(|it| !before.contains(it)), "{late:?}");
    assert!(late.iter().filter(|it| **it == ninth).count() <= 1, "{late:?}");
    assert!(waiting(&mut house).await.len() <= 3, "what is known to be taken waits no more");
}
