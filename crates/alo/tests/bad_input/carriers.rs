//! Carriers that are down, talk nonsense, or take texts and never say what became of them.

use testkit::{eventually, eventually_within};

use crate::house::{NUMBER, options};
use crate::post::{ADA, HANDSET, HANDSETS, Post};
use crate::smsc::{self, DELIVER_SM, GENERIC_NACK, SUBMIT_SM, Silence, pdu};

/// Another number of the house's.
const OTHER: &str = "+14155550101";

/// Texts of one wave of the flood.
const WAVE: usize = 4_000;

/// Waves. The first fill caches: the database's, the desk's, the allocator's.
const WAVES: usize = 3;

/// Letters of each, besides its number.
const LETTERS: usize = 1_500;

/// Parts that it has.
const PARTS: usize = 10;

/// Requests that are under way at once in a flood.
const AT_ONCE: usize = 32;

/// How much more memory may be held after the last wave than before it, in bytes. The bodies of a wave alone are 6 MB.
const GROWTH_MAX: i64 = 2_000_000;

/// How long a flood may take to be acknowledged, on a busy machine.
const FLOOD_MAX: std::time::Duration = std::time::Duration::from_secs(100);

#[tokio::test]
async fn texts_wait_for_a_carrier_that_is_down_over_a_restart_and_go_once() {
    let silence = Silence::new();
    let mut post = Post::with(&smsc::carrier("brazil", "+55", silence.address())).await;
    let first = post.texts(ADA, "first").await;
    let why = post.carrier_is("brazil", false).await;
    assert!(why.contains(&silence.address().to_string()), "{why}");
    let status = post.server.runs(&["carriers", "status"]).await;
    let shown = String::from_utf8_lossy(&status.stdout).into_owned();
    assert_eq!(status.status.code(), Some(1), "{shown}");
    assert!(shown.contains("DOWN") && shown.contains(&format!("brazil: {why}")), "{shown}");

    post.server.restart().await;
    post.carrier_is("brazil", false).await;
    post.is(&first, "queued").await;
    let mut smsc = silence.ends();
    let mut link = smsc.lets_in().await;
    assert_eq!(smsc.takes(&mut link).await, "first");
    post.is(&first, "sent").await;
    post.carrier_is("brazil", true).await;
    post.texts(ADA, "second").await;
    assert_eq!(smsc.takes(&mut link).await, "second", "the first goes once");
    post.comes_to_rest().await;
}

#[tokio::test]
async fn a_carrier_that_never_reports_leaves_its_texts_sent() {
    let silence = Silence::new();
    let mut post = Post::with(&smsc::carrier("brazil", "+55", silence.address())).await;
    let mut smsc = silence.ends();
    let mut link = smsc.lets_in().await;
    let first = post.texts(ADA, "first").await;
    smsc.takes(&mut link).await;
    post.is(&first, "sent").await;
    post.server.restart().await;
    let mut link = smsc.lets_in().await;
    post.texts(ADA, "second").await;
    assert_eq!(smsc.takes(&mut link).await, "second", "the first was taken before");
    let message = post.is(&first, "sent").await;
    assert!(message["error_code"].is_null() && message["date_sent"].is_string(), "{message}");
    post.comes_to_rest().await;
}

#[tokio::test]
async fn a_carrier_that_breaks_off_before_it_acknowledges_gets_the_text_again() {
    let silence = Silence::new();
    let post = Post::with(&smsc::carrier("brazil", "+55", silence.address())).await;
    let mut smsc = silence.ends();
    let mut link = smsc.lets_in().await;
    let sid = post.texts(ADA, "hello").await;
    link.hears(SUBMIT_SM).await;
    drop(link);
    let mut link = smsc.lets_in().await;
    assert_eq!(smsc.takes(&mut link).await, "hello");
    post.is(&sid, "sent").await;
}

#[tokio::test]
async fn a_carrier_that_never_answers_the_bind_is_down_and_says_so() {
    let silence = Silence::new();
    let carrier = smsc::carrier("brazil", "+55", silence.address()) + "answer_within = \"1 s\"\n";
    let post = Post::with(&carrier).await;
    let mut smsc = silence.ends();
    let sid = post.texts(ADA, "hello").await;
    let mute = smsc.hears_a_bind().await;
    let why = eventually("it is said why", async || {
        let why = post.carrier_is("brazil", false).await;
        if why.contains("did not answer") { Ok(why) } else { Err(why) }
    });
    assert!(why.await.contains("bind"));
    drop(mute);
    let mut link = smsc.lets_in().await;
    assert_eq!(smsc.takes(&mut link).await, "hello");
    post.is(&sid, "sent").await;
}

#[tokio::test]
async fn while_the_first_carrier_is_down_the_next_one_takes_its_texts() {
    let silence = Silence::new();
    let carriers = smsc::carrier("first", "+55", silence.address())
        + "priority = 1\n[[carriers]]\nname = \"next\"\nkind = \"virtual\"\nprefixes = [\"+55\"]\npriority = 2\n";
    let post = Post::with(&carriers).await;
    post.carrier_is("first", false).await;
    let sid = post.texts(ADA, "over the next").await;
    post.is(&sid, "delivered").await;
    let mut smsc = silence.ends();
    let mut link = smsc.lets_in().await;
    post.carrier_is("first", true).await;
    post.texts(ADA, "over the first").await;
    assert_eq!(smsc.takes(&mut link).await, "over the first");
    assert_eq!(post.inbox(ADA).await, ["over the next"]);
    post.comes_to_rest().await;
}

#[tokio::test]
async fn what_waits_for_a_carrier_can_be_taken_back_and_expires() {
    let silence = Silence::new();
    let post = Post::with(&smsc::carrier("brazil", "+55", silence.address())).await;
    post.carrier_is("brazil", false).await;
    let callback = post.app.url("/status");
    let form = [("From", NUMBER), ("To", ADA), ("StatusCallback", &*callback)];
    // More than are read of one sender at once stand before it.
    for _ in 0..150 {
        post.sends(&[&form[..], &[("Body", "waits")]].concat()).await;
    }
    let short = [&form[..], &[("Body", "too late"), ("ValidityPeriod", "1")]].concat();
    let late = post.sends(&short).await;
    let back = post.sends(&[&form[..], &[("Body", "taken back")]].concat()).await;
    let path = format!("/Messages/{back}");
    let (status, answer) = post.rest.posts(&path, &[("Status", "canceled")]).await;
    assert_eq!((status, &answer["status"]), (200, &"canceled".into()), "{answer}");
    let (status, answer) = post.rest.posts(&path, &[("Status", "canceled")]).await;
    assert_eq!((status, &answer["code"]), (409, &30409.into()), "{answer}");
    let message = post.is(&late, "failed").await;
    assert_eq!(message["error_code"], 30036, "{message}");
    for (sid, status) in [(back, "canceled"), (late, "failed")] {
        let is_it = |it: &testkit::Request| {
            it.param("MessageSid").as_ref() == Some(&sid)
                && it.param("MessageStatus").as_deref() == Some(status)
        };
        eventually(&format!("{sid} is told to be {status}"), async || {
            if post.app.requests_to("/status").iter().any(is_it) {
                Ok(())
            } else {
                Err(String::new())
            }
        })
        .await;
    }
    let mut smsc = silence.ends();
    let mut link = smsc.lets_in().await;
    post.texts(ADA, "neither of them").await;
    let mut waited = 0;
    loop {
        match smsc.takes(&mut link).await.as_str() {
            "waits" => waited += 1,
            "neither of them" => break,
            other => panic!("'{other}' went all the same"),
        }
    }
    assert_eq!(waited, 150, "first come, first served");
    post.comes_to_rest().await;
}

#[tokio::test]
async fn nonsense_in_pdus_is_answered_and_the_session_goes_on() {
    let silence = Silence::new();
    let post = Post::with(&smsc::carrier("brazil", "+55", silence.address())).await;
    let mut smsc = silence.ends();
    let mut link = smsc.lets_in().await;
    for (command, body) in [
        (0x7777, &b"what?"[..]),
        (DELIVER_SM, b""),
        (DELIVER_SM, b"\0\x01\x01never ends"),
        (DELIVER_SM, &[0xFF; 300]),
        (0x0003, b"\0"),
    ] {
        link.says(&pdu(command, 77, body)).await;
        assert_eq!(link.hears(GENERIC_NACK).await.sequence, 77, "{command:#x} {body:?}");
    }
    // Answers that nobody awaits.
    for command in [0x8000_0004, 0x8000_0009, 0x8000_0015, GENERIC_NACK] {
        link.says(&pdu(command, 4_711, b"1\0")).await;
    }
    post.texts(ADA, "still there").await;
    assert_eq!(smsc.takes(&mut link).await, "still there");
    post.comes_to_rest().await;
}

#[tokio::test]
async fn after_octets_that_are_no_pdus_it_connects_again() {
    let silence = Silence::new();
    let post = Post::with(&smsc::carrier("brazil", "+55", silence.address())).await;
    let mut smsc = silence.ends();
    let mut chance = testkit::Chance::of_seed(11);
    let noise: Vec<u8> = (0..10_000).map(|_| (chance.share() * 256.0) as u8).collect();
    for octets in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[0; 64], &[0xFF; 64], &noise] {
        let mut link = smsc.lets_in().await;
        link.says(octets).await;
        link.is_closed().await;
    }
    let sid = post.texts(ADA, "still there").await;
    let mut link = smsc.lets_in().await;
    assert_eq!(smsc.takes(&mut link).await, "still there");
    post.is(&sid, "sent").await;
    post.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_texts_for_a_dead_carrier_stays_on_disk_and_holds_up_nobody() {
    let silence = Silence::new();
    let carriers = smsc::carrier("brazil", "+55", silence.address()) + HANDSETS;
    let mut post = Post::told(options().settings(&carriers).variable("ALO_LOG", "error")).await;
    post.buys(OTHER).await;
    post.carrier_is("brazil", false).await;
    let mut memory = Vec::new();
    for wave in 0..WAVES {
        flood(&post, wave * WAVE).await;
        memory.push(post.rest.figures().await["process_resident_memory_bytes"]);
    }
    println!("memory after each wave: {memory:?}");
    let last = memory[WAVES - 1] - memory[WAVES - 2];
    assert!(last < GROWTH_MAX, "memory after each wave was {memory:?}");
    assert_eq!(waiting(&post).await, (WAVES * WAVE) as i64);

    // Whoever writes to somebody else isn't kept waiting: not another sender, not the same.
    for from in [OTHER, NUMBER] {
        let sid = post.sends(&[("From", from), ("To", HANDSET), ("Body", from)]).await;
        post.is(&sid, "delivered").await;
    }
    assert_eq!(post.inbox(HANDSET).await, [OTHER, NUMBER]);
    post.server.restart().await;
    let sid = post.sends(&[("From", OTHER), ("To", HANDSET), ("Body", "after it")]).await;
    post.is(&sid, "delivered").await;
    assert_eq!(waiting(&post).await, (WAVES * WAVE) as i64);

    // When the carrier is back, it gets them, the oldest first.
    let mut smsc = silence.ends();
    let mut link = smsc.lets_in().await;
    let mut first = Vec::new();
    for _ in 0..20 * PARTS {
        let part = smsc.takes(&mut link).await;
        first.extend(part.split_once(' ').and_then(|(number, _)| number.parse::<usize>().ok()));
    }
    assert!(first.len() >= 10 && first.iter().all(|number| *number < WAVE), "{first:?}");
}

/// Sends a wave of long texts to Brazil, numbered from `first`.
async fn flood(post: &Post, first: usize) {
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..AT_ONCE {
        let rest = post.rest.clone();
        clients.spawn(async move {
            for number in (first + client..first + WAVE).step_by(AT_ONCE) {
                let body = format!("{number} {}", "x".repeat(LETTERS));
                let form = [("From", NUMBER), ("To", ADA), ("Body", &body)];
                let (status, message) = rest.posts("/Messages", &form).await;
                assert_eq!(status, 201, "{message}");
            }
        });
    }
    let all = tokio::time::timeout(FLOOD_MAX, clients.join_all()).await;
    assert!(all.is_ok(), "the flood was not acknowledged within {FLOOD_MAX:?}");
}

/// Texts that wait for a carrier, once the figure is there.
async fn waiting(post: &Post) -> i64 {
    eventually_within("texts are counted", FLOOD_MAX, async || {
        let figures = post.rest.figures().await;
        figures.get("alo_texts_waiting").copied().ok_or_else(|| format!("{figures:?}"))
    })
    .await
}
