//! Phone talk between phones that dial each other directly: what scenarios can rely on, and how they fail.

use std::time::Duration;

use testkit::{SeededLoss, Town, Weather, silence, tone};

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[tokio::test]
async fn two_talk_and_one_hangs_up() {
    let town = Town::alone();
    let bob = town.caller("bob").await;
    let caller = town.caller("+15550100").await.dials(&bob.uri()).await;
    let callee = town.phone("bob").rings().await.is_from("+15550100").answers().await;
    caller.is_answered().await.talks_with(&callee).await;
    callee.presses("1").await;
    caller.hears_keys("1").await.hangs_up();
    callee.is_hung_up_on().await;
    town.is_quiet().await;
}

#[tokio::test]
async fn a_busy_phone_refuses_and_a_held_one_hears_nothing() {
    let town = Town::alone();
    let bob = town.caller("bob").await;
    let ada = town.caller("ada").await;
    let refused = ada.dials(&bob.uri()).await;
    bob.rings().await.rejects(486);
    refused.is_refused(486).await;
    let caller = ada.dials(&bob.uri()).await;
    caller.hears_ring_back().await;
    let callee = bob.rings().await.answers().await;
    caller.is_answered().await.holds().await;
    callee.says_tone(880.0);
    caller.does_not_hear_tone(880.0, ms(400)).await.resumes().await.hears_tone(880.0).await;
    callee.says_all(tone(440, ms(300))).await.says_all(silence(ms(100))).await;
    caller.hears_tone(440.0).await.hears_silence(ms(300)).await.hangs_up();
    town.is_quiet().await;
}

#[tokio::test]
#[should_panic(expected = "bob did not hear 1000 Hz within 0.5 s, but 440 Hz")]
async fn what_is_not_heard_fails_with_what_was() {
    let story = testkit::Story::start();
    let town = Town::with(([127, 0, 0, 1], 9).into(), ms(10_000), story);
    let bob = town.caller("bob").await;
    let caller = town.caller("ada").await.dials(&bob.uri()).await;
    let callee = bob.rings().await.answers().await;
    caller.is_answered().await.says_tone(440.0);
    callee.hears_tone(440.0).await;
    let error = callee.inner().hears_tone(1_000.0, ms(500)).await.expect_err("nobody says it");
    panic!("{error}");
}

#[tokio::test]
#[should_panic(expected = "was called, and not expected to be: bob by ada")]
async fn a_phone_that_rings_unexpectedly_fails_the_test() {
    let town = Town::alone();
    let bob = town.caller("bob").await;
    let caller = town.caller("ada").await.dials(&bob.uri()).await;
    caller.hears_ring_back().await.hangs_up();
    town.is_quiet().await;
}

#[tokio::test]
#[should_panic(expected = " ms  ada is told it rings")]
async fn a_failure_tells_the_whole_story() {
    let town = Town::alone();
    let bob = town.caller("bob").await;
    let caller = town.caller("ada").await.dials(&bob.uri()).await;
    caller.hears_ring_back().await;
    bob.rings().await.answers().await.is_from("somebody else");
}

#[tokio::test]
async fn a_bad_network_loses_what_its_seed_says_and_is_understood_nevertheless() {
    let town = Town::alone();
    let network = SeededLoss::new(
        42,
        Weather {
            lost: 0.05,
            doubled: 0.05,
            reordered: 0.05,
            held_back: ms(30),
            delay: ms(10),
            jitter: ms(5),
        },
    );
    let detour = network.clone();
    let ada =
        town.moves_in(phone::Settings { detour: Some(detour), ..town.settings("ada", "") }).await;
    let bob = town.caller("bob").await;
    let caller = ada.dials(&bob.uri()).await;
    let callee = bob.rings().await.answers().await;
    caller.is_answered().await.talks_with(&callee).await;
    caller.says_all(tone(440, ms(2_000))).await.presses("123").await;
    callee.hears_tone(440.0).await.hears_keys("123").await;
    callee.hangs_up();
    caller.is_hung_up_on().await;
    let counts = network.counts();
    assert!(counts.lost > 0 && counts.doubled > 0 && counts.reordered > 0, "{counts:?}");
    let statistics = callee.inner().statistics().expect("the call is over");
    assert!(statistics.packets_lost > 0 && statistics.duplicates > 0, "{statistics:?}");
    town.is_quiet().await;
}

#[tokio::test]
async fn nobody_rings_while_nobody_calls() {
    let town = Town::alone();
    town.caller("bob").await.does_not_ring(ms(50)).await;
    town.stays_quiet(ms(50)).await;
}

#[tokio::test]
async fn words_are_heard_if_a_voice_said_them() {
    let town = Town::alone();
    let voice = town.voice().await;
    assert!(voice.url().starts_with("http://127.0.0.1:") && voice.spoken().is_empty());
    let body = r#"{"model":"m","voice":"v","input":"You have a call.","response_format":"wav"}"#;
    let answer = post(&voice.url(), "/audio/speech", body).await;
    let audio = testkit::Wav::parse(&answer).expect("a WAV").channels.remove(0);
    assert_eq!(voice.spoken(), ["You have a call."]);
    let bob = town.caller("bob").await;
    let caller = town.caller("ada").await.dials(&bob.uri()).await;
    let callee = bob.rings().await.answers().await;
    caller.is_answered().await.says(testkit::samples(audio));
    callee.hears("You have a call.").await.hangs_up();
    town.is_quiet().await;
}

/// The body of the answer.
async fn post(url: &str, path: &str, body: &str) -> Vec<u8> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (host, prefix) =
        url.trim_start_matches("http://").split_once('/').expect("an address with a path");
    let mut stream = tokio::net::TcpStream::connect(host).await.expect("it listens");
    let length = body.len();
    let request = format!(
        "POST /{prefix}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("it answers");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a header");
    answer.split_off(end + 4)
}
