//! Two phones call each other directly, without a server: what a phone promises, over real SIP and RTP on loopback.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use media::io::{Audio, Media};
use media::{Prompt, Tone};
use phone::{Call, EndedBy, Hold, Keys, Phone, RingBack, Settings, Sound, State};

/// Long enough for the busiest machine; nothing waits for it to pass.
const SOON: Duration = Duration::from_secs(10);

/// How long it is listened to what should not come.
const A_MOMENT: Duration = Duration::from_millis(600);

fn media() -> Media {
    let settings = media::io::Settings {
        threads: 1,
        bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
        ports: 20_000..=30_000,
        ..media::io::Settings::default()
    };
    Media::start(settings).expect("a media thread")
}

/// Nobody listens there: these phones dial each other.
fn nowhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 9))
}

async fn phone(name: &str, media: &Media) -> Phone {
    Phone::start(Settings::new(name, "", nowhere()), media.clone()).await.expect("a phone")
}

/// Ada has called Bob, and Bob has answered.
async fn talking() -> (Call, Call) {
    let media = media();
    let ada = phone("ada", &media).await;
    let bob = phone("bob", &media).await;
    connected(&ada, &bob).await
}

async fn connected(ada: &Phone, bob: &Phone) -> (Call, Call) {
    let placed = ada.dial(&bob.uri()).await.expect("a call");
    let taken = bob.rings(SOON).await.expect("a ring");
    taken.answer().await.expect("an answer");
    placed.answered(SOON).await.expect("answered");
    (placed, taken)
}

#[tokio::test]
async fn a_call_rings_with_the_callers_name_and_is_heard_to_ring() {
    let media = media();
    let settings = Settings {
        number: Some("+15550100".to_owned()),
        display: Some("Ada Lovelace".to_owned()),
        headers: vec![("X-Ticket".to_owned(), "42".to_owned())],
        ..Settings::new("ada", "", nowhere())
    };
    let ada = Phone::start(settings, media.clone()).await.expect("a phone");
    let bob = phone("bob", &media).await;
    let placed = ada.dial(&bob.uri()).await.expect("a call");
    let ringing = bob.rings(SOON).await.expect("a ring");
    assert_eq!(ringing.caller().to_string(), "+15550100 (Ada Lovelace)");
    assert_eq!(ringing.called().number, "bob");
    assert_eq!(ringing.header("x-ticket").as_deref(), Some("42"));
    assert_eq!(ringing.state(), State::Ringing);
    assert_eq!(placed.hears_ring_back(SOON).await, Ok(RingBack::OwnPhone));
    assert_eq!(placed.state(), State::RingingThere);
}

#[tokio::test]
async fn both_hear_what_the_other_says() {
    let (ada, bob) = talking().await;
    ada.talk_tone(440.0);
    bob.talk_tone(880.0);
    bob.hears_tone(440.0, SOON).await.expect("Ada's tone");
    ada.hears_tone(880.0, SOON).await.expect("Bob's tone");
    bob.quiet();
    ada.hears_silence(A_MOMENT, SOON).await.expect("Bob is quiet");
    let noise: Vec<i16> =
        (0..16_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 19) as i16 - 4_096).collect();
    let prompt = Arc::new(Prompt::from_pcm(8_000, noise).expect("two seconds"));
    ada.say(Audio::Prompt { prompt, times: None });
    bob.hears_speech(SOON).await.expect("something that is no tone");
}

#[tokio::test]
async fn what_was_missed_is_said_in_words() {
    let (ada, bob) = talking().await;
    ada.talk_tone(440.0);
    bob.hears_tone(440.0, SOON).await.expect("Ada's tone");
    let error = bob.hears_tone(1_000.0, A_MOMENT).await.expect_err("a tone that nobody plays");
    let text = error.to_string();
    assert!(text.starts_with("bob did not hear 1000 Hz within 0.6 s, but 440 Hz for 0."), "{text}");
}

#[tokio::test]
async fn keys_arrive_in_order_while_somebody_talks() {
    let (ada, bob) = talking().await;
    ada.talk_tone(440.0);
    ada.press("1w9*#").await.expect("the call is up");
    for key in ['1', '9', '*', '#'] {
        assert_eq!(bob.hears_key(SOON).await, Ok(key));
    }
    bob.listen_from_now();
    bob.hears_tone(440.0, SOON).await.expect("the tone goes on after the keys");
}

#[tokio::test]
async fn keys_are_heard_as_tones_where_events_are_not_agreed() {
    let media = media();
    let settings = Settings { keys: Keys::Tones, ..Settings::new("ada", "", nowhere()) };
    let ada = Phone::start(settings, media.clone()).await.expect("a phone");
    let bob = phone("bob", &media).await;
    let (placed, taken) = connected(&ada, &bob).await;
    placed.press("58").await.expect("the call is up");
    assert_eq!(taken.hears_key(SOON).await, Ok('5'));
    assert_eq!(taken.hears_key(SOON).await, Ok('8'));
    assert!(matches!(taken.hears_anything(SOON).await, Ok(Sound::Tone(_) | Sound::Other)));
}

#[tokio::test]
async fn one_holds_and_takes_back_the_other() {
    let (ada, bob) = talking().await;
    bob.talk_tone(880.0);
    ada.hears_tone(880.0, SOON).await.expect("Bob's tone");
    ada.hold().await.expect("a new offer is answered");
    assert_eq!(ada.state(), State::Talking { hold: Hold::Us });
    assert_eq!(bob.state(), State::Talking { hold: Hold::Them });
    ada.listen_from_now();
    ada.hears_silence(A_MOMENT, SOON).await.expect("Bob is on hold");
    ada.talk_tone(440.0);
    bob.hears_tone(440.0, SOON).await.expect("music on hold");
    ada.resume().await.expect("a new offer is answered");
    assert_eq!(ada.state(), State::Talking { hold: Hold::Nobody });
    assert_eq!(bob.state(), State::Talking { hold: Hold::Nobody });
    ada.listen_from_now();
    ada.hears_tone(880.0, SOON).await.expect("Bob talks on");
}

#[tokio::test]
async fn either_side_hangs_up_and_both_know_who_did() {
    for caller_hangs_up in [true, false] {
        let (ada, bob) = talking().await;
        let (one, other) = if caller_hangs_up { (&ada, &bob) } else { (&bob, &ada) };
        one.talk_tone(500.0);
        other.hears_tone(500.0, SOON).await.expect("a tone");
        one.hang_up();
        assert_eq!(one.ended(SOON).await.expect("the end").by, EndedBy::Us);
        let ending = other.ended(SOON).await.expect("the end");
        assert_eq!((ending.by, ending.status), (EndedBy::Peer, None));
        let received = other.statistics().expect("the socket is closed").packets_received;
        assert!(received >= 5, "{received} packets make no tone");
    }
}

#[tokio::test]
async fn a_dropped_call_is_hung_up() {
    let (ada, bob) = talking().await;
    drop(ada);
    assert_eq!(bob.ended(SOON).await.expect("the end").by, EndedBy::Peer);
}

#[tokio::test]
async fn a_rejected_caller_is_told_why() {
    let media = media();
    let ada = phone("ada", &media).await;
    let bob = phone("bob", &media).await;
    for status in [486, 603] {
        let placed = ada.dial(&bob.uri()).await.expect("a call");
        bob.rings(SOON).await.expect("a ring").reject(status);
        let error = placed.answered(SOON).await.expect_err("it was rejected");
        assert_eq!(error.status(), Some(status), "{error}");
    }
}

#[tokio::test]
async fn a_caller_who_gives_up_stops_the_ringing() {
    let media = media();
    let ada = phone("ada", &media).await;
    let bob = phone("bob", &media).await;
    let placed = ada.dial(&bob.uri()).await.expect("a call");
    let ringing = bob.rings(SOON).await.expect("a ring");
    placed.hang_up();
    assert_eq!(ringing.ended(SOON).await.expect("the end").by, EndedBy::Peer);
    let error = ringing.answer().await.expect_err("too late");
    assert!(error.to_string().starts_with("bob can't answer a call that is over"), "{error}");
}

#[tokio::test]
async fn phones_without_a_codec_in_common_do_not_talk() {
    let media = media();
    let settings =
        Settings { codecs: vec![media::Codec::Pcma], ..Settings::new("ada", "", nowhere()) };
    let ada = Phone::start(settings, media.clone()).await.expect("a phone");
    let settings =
        Settings { codecs: vec![media::Codec::Pcmu], ..Settings::new("bob", "", nowhere()) };
    let bob = Phone::start(settings, media.clone()).await.expect("a phone");
    let placed = ada.dial(&bob.uri()).await.expect("a call");
    let ringing = bob.rings(SOON).await.expect("a ring");
    ringing.answer().await.expect_err("no codec in common");
    assert_eq!(placed.answered(SOON).await.expect_err("488").status(), Some(488));
}

#[tokio::test]
async fn a_phone_that_does_not_ring_says_where_it_is() {
    let media = media();
    let bob = phone("bob", &media).await;
    let Err(silent) = bob.rings(Duration::ZERO).await else { panic!("nobody called") };
    let uri = bob.uri();
    assert_eq!(
        silent.to_string(),
        format!("bob did not ring within 0 s; not registered, it can be reached at {uri}")
    );
}

#[tokio::test]
async fn an_observer_is_told_the_story() {
    let media = media();
    let story = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&story);
    let settings = Settings {
        observer: Some(Arc::new(move |note| {
            told.lock().expect("no test panicked").push(note.to_string());
        })),
        ..Settings::new("bob", "", nowhere())
    };
    let ada = phone("ada", &media).await;
    let bob = Phone::start(settings, media.clone()).await.expect("a phone");
    let (placed, taken) = connected(&ada, &bob).await;
    taken
        .say_all(Audio::Tone(Tone::Beep), SOON)
        .await
        .then_some(())
        .expect("a beep takes less than that");
    placed.hang_up();
    taken.ended(SOON).await.expect("the end");
    assert_eq!(
        story.lock().expect("no test panicked").join("\n"),
        "bob rings: ada calls bob\nbob answers\nbob says Beep\nbob is done: the far side hung up"
    );
}

#[tokio::test]
async fn many_phones_share_one_thread_of_media() {
    let media = media();
    let hub = phone("hub", &media).await;
    let mut calls = Vec::new();
    for number in 0..20u16 {
        let caller = phone(&format!("caller{number}"), &media).await;
        let (placed, taken) = connected(&caller, &hub).await;
        placed.talk_tone(f32::from(400 + 100 * number));
        calls.push((caller, placed, taken, 400 + 100 * number));
    }
    for (_, _, taken, hz) in &calls {
        taken.hears_tone(f32::from(*hz), SOON).await.expect("this caller's tone");
    }
}
