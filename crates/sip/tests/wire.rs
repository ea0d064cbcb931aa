//! Peers without manners: lost and repeated messages, nonsense, floods. Raw sockets against one stack on loopback.

mod support;

use sip::{DialogEvent, Directory, EndedBy, Limits, Settings, Strangers};
use support::{Ids, Line, Raw, Station, header, offer, quick, settings, station, tag, to};

async fn quick_station() -> Station {
    station(Settings { timers: quick(), ..settings() }, Directory::default()).await
}

fn with_sdp(raw: &Raw, ids: &Ids) -> String {
    raw.request("INVITE", ids, "Content-Type: application/sdp\r\n", &offer(40_000))
}

#[tokio::test]
async fn without_an_ack_the_answer_is_repeated_then_the_call_ends_with_a_bye() {
    let mut station = quick_station().await;
    let raw = Raw::new(station.address()).await;
    raw.send(&with_sdp(&raw, &Ids::new("lostack"))).await;
    let mut line = station.takes().await;
    line.dialog.answer(offer(50_000));
    let (mut answers, mut last) = (0, String::new());
    let bye = loop {
        let message = raw.receive().await;
        if message.starts_with("SIP/2.0 200") {
            answers += 1;
            assert!(last.is_empty() || last == message, "each copy is the same");
            last = message;
        } else if message.starts_with("BYE") {
            break message;
        }
    };
    assert!(answers > 1, "the answer was repeated");
    let ending = line.ending().await;
    assert_eq!((ending.status, ending.by), (None, EndedBy::Timeout));
    raw.send(&raw.response("200 OK", &bye, "", "")).await;
    assert_eq!(station.sip.calls(), 0);
}

#[tokio::test]
async fn a_repeated_invite_gets_the_same_answer_and_makes_no_second_call() {
    let mut station = station(settings(), Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    let invite = with_sdp(&raw, &Ids::new("again"));
    raw.send(&invite).await;
    assert!(raw.receive().await.starts_with("SIP/2.0 100"));
    let line = station.takes().await;
    line.dialog.ringing();
    let ringing = raw.receive().await;
    raw.send(&invite).await;
    assert_eq!(raw.receive().await, ringing);
    line.dialog.answer(offer(50_000));
    let answer = raw.receive_with("200").await;
    raw.send(&invite).await;
    assert_eq!(raw.receive_with("200").await, answer);
    assert_eq!(station.sip.calls(), 1);
    assert!(station.incoming.try_recv().is_err());
}

#[tokio::test]
async fn the_same_invite_over_another_path_is_a_loop() {
    let mut station = station(settings(), Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    let ids = Ids::new("merged");
    raw.send(&with_sdp(&raw, &ids)).await;
    let _line = station.takes().await;
    raw.send(&with_sdp(&raw, &Ids { branch: "elsewhere".to_owned(), ..ids })).await;
    raw.receive_with("482").await;
    assert_eq!(station.sip.calls(), 1);
}

#[tokio::test]
async fn an_invite_without_sdp_gets_our_offer_and_the_ack_brings_theirs() {
    let mut station = station(settings(), Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    let mut ids = Ids::new("late");
    raw.send(&raw.request("INVITE", &ids, "", "")).await;
    let incoming = station.rings().await;
    assert_eq!(incoming.offer, None);
    let (sink, events) = support::sink();
    let mut line = Line { dialog: incoming.attach(sink), events };
    line.dialog.answer(offer(50_000));
    let answer = raw.receive_with("200").await;
    assert!(answer.contains("m=audio 50000"));
    ids.to_tag = tag(&answer, "To").to_owned();
    ids.branch = "lateack".to_owned();
    raw.send(&raw.request("ACK", &ids, "Content-Type: application/sdp\r\n", &offer(40_004))).await;
    let DialogEvent::Acknowledged { sdp: Some(theirs) } = line.event().await else {
        panic!("expected their answer in the ACK")
    };
    assert_eq!(theirs.port, 40_004);
    ids.next();
    raw.send(&raw.request("BYE", &ids, "Reason: Q.850;cause=16\r\n", "")).await;
    raw.receive_with("200").await;
    let ending = line.ending().await;
    assert_eq!((ending.by, ending.reason.as_deref()), (EndedBy::Peer, Some("Q.850;cause=16")));
}

#[tokio::test]
async fn a_leg_that_never_answers_its_cancel_is_given_up() {
    let station = quick_station().await;
    let raw = Raw::new(station.address()).await;
    let mut line = station.call(to(raw.address(), "bob")).await;
    let invite = raw.receive_with("INVITE").await;
    raw.send(&raw.response("180 Ringing", &invite, "", "")).await;
    assert_eq!(line.event().await, DialogEvent::Progress { status: 180, sdp: None });
    line.dialog.hangup();
    let cancel = raw.receive_with("CANCEL").await;
    assert_eq!(header(&cancel, "CSeq"), "1 CANCEL");
    assert_eq!(header(&cancel, "Via"), header(&invite, "Via"));
    let ending = line.ending().await;
    assert_eq!((ending.status, ending.by), (Some(487), EndedBy::Us));
    assert_eq!(station.sip.calls(), 0);
    // They answer after all: taken, and ended.
    raw.send(&raw.response("200 OK", &invite, "", &offer(50_000))).await;
    raw.receive_with("ACK").await;
    raw.receive_with("BYE").await;
}

#[tokio::test]
async fn no_cancel_is_sent_before_a_provisional_response() {
    let station = quick_station().await;
    let raw = Raw::new(station.address()).await;
    let mut line = station.call(to(raw.address(), "bob")).await;
    let invite = raw.receive().await;
    line.dialog.hangup();
    assert!(raw.receive().await.starts_with("INVITE"), "only the INVITE is repeated");
    raw.send(&raw.response("100 Trying", &invite, "", "")).await;
    let cancel = raw.receive_with("CANCEL").await;
    raw.send(&raw.response("200 OK", &cancel, "", "")).await;
    raw.send(&raw.response("487 Request Terminated", &invite, "", "")).await;
    let ack = raw.receive_with("ACK").await;
    assert_eq!(header(&ack, "Via"), header(&invite, "Via"));
    let ending = line.ending().await;
    assert_eq!((ending.status, ending.by), (Some(487), EndedBy::Us));
}

#[tokio::test]
async fn an_answer_that_crosses_our_cancel_is_acknowledged_and_ended() {
    let station = quick_station().await;
    let raw = Raw::new(station.address()).await;
    let mut line = station.call(to(raw.address(), "bob")).await;
    let invite = raw.receive().await;
    raw.send(&raw.response("180 Ringing", &invite, "", "")).await;
    line.event().await;
    line.dialog.hangup();
    raw.receive_with("CANCEL").await;
    raw.send(&raw.response("200 OK", &invite, "", &offer(50_000))).await;
    raw.receive_with("ACK").await;
    let bye = raw.receive_with("BYE").await;
    raw.send(&raw.response("200 OK", &bye, "", "")).await;
    let ending = line.ending().await;
    assert_eq!((ending.status, ending.by), (None, EndedBy::Us));
}

#[tokio::test]
async fn a_peer_that_never_answers_is_a_timeout() {
    let station = quick_station().await;
    let raw = Raw::new(station.address()).await;
    let mut line = station.call(to(raw.address(), "bob")).await;
    let ending = line.ending().await;
    assert_eq!((ending.status, ending.by), (Some(408), EndedBy::Timeout));
    let first = raw.receive().await;
    assert_eq!(raw.receive().await, first, "the INVITE was repeated as it was");
}

#[tokio::test]
async fn a_second_fork_is_acknowledged_and_ended() {
    let station = quick_station().await;
    let raw = Raw::new(station.address()).await;
    let mut line = station.call(to(raw.address(), "bob")).await;
    let invite = raw.receive().await;
    let first = raw.response("200 OK", &invite, "", &offer(50_000));
    raw.send(&first).await;
    assert!(matches!(line.event().await, DialogEvent::Answered { .. }));
    let ack = raw.receive_with("ACK").await;
    raw.send(&first).await;
    assert_eq!(raw.receive_with("ACK").await, ack, "a repeated answer gets the same ACK");
    raw.send(&first.replace(";tag=rawtag", ";tag=other")).await;
    assert_eq!(tag(&raw.receive_with("ACK").await, "To"), "other");
    assert_eq!(tag(&raw.receive_with("BYE").await, "To"), "other");
    assert_eq!(station.sip.calls(), 1);
}

#[tokio::test]
async fn the_answer_goes_where_the_request_came_from_if_it_asks_for_that() {
    let station = station(settings(), Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    let request = raw.request("OPTIONS", &Ids::new("nat"), "", "");
    let behind_nat = request
        .replace(&format!("Via: SIP/2.0/UDP {}", raw.address()), "Via: SIP/2.0/UDP 10.9.9.9:5060");
    raw.send(&behind_nat).await;
    let answer = raw.receive().await;
    let expected = format!(";received=127.0.0.1;rport={}", raw.address().port());
    assert!(header(&answer, "Via").contains(&expected), "{answer}");
    assert!(answer.starts_with("SIP/2.0 200"));
}

#[tokio::test]
async fn what_we_do_not_know_is_refused_properly() {
    let station = station(settings(), Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    let cases = [
        ("SUBSCRIBE", "", "405"),
        ("FROBNICATE", "", "405"),
        ("BYE", "", "481"),
        ("CANCEL", "", "481"),
        ("INVITE", "Require: 100rel\r\n", "420"),
    ];
    for (number, (method, more, status)) in cases.into_iter().enumerate() {
        raw.send(&raw.request(method, &Ids::new(&format!("unknown{number}")), more, "")).await;
        let answer = raw.receive().await;
        assert!(answer.starts_with(&format!("SIP/2.0 {status}")), "{method}: {answer}");
        assert_eq!(header(&answer, "CSeq"), format!("1 {method}"));
    }
    let broken = raw.request(
        "INVITE",
        &Ids::new("broken"),
        "Content-Type: application/sdp\r\n",
        "v=0\r\nnonsense",
    );
    raw.send(&broken).await;
    assert!(raw.receive().await.starts_with("SIP/2.0 488"));
    let picture = raw.request("INVITE", &Ids::new("picture"), "Content-Type: image/png\r\n", "…");
    raw.send(&picture).await;
    assert!(raw.receive().await.starts_with("SIP/2.0 415"));
    assert_eq!(station.sip.calls(), 0);
}

#[tokio::test]
async fn strangers_are_refused_unless_they_are_welcome() {
    let settings = Settings { strangers: Strangers::Refuse, ..settings() };
    let mut station = station(settings, Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    raw.send(&with_sdp(&raw, &Ids::new("stranger"))).await;
    assert!(raw.receive().await.starts_with("SIP/2.0 403"));
    assert!(station.incoming.try_recv().is_err());
}

#[tokio::test]
async fn nonsense_is_survived_and_a_call_works_afterwards() {
    let mut station = station(settings(), Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    let whole = with_sdp(&raw, &Ids::new("whole"));
    for end in (0..whole.len()).step_by(7) {
        raw.send(&whole[..end]).await;
    }
    let huge_length = whole.replace("Content-Length: ", "Content-Length: 99999999999999999999");
    let more_than_there_is = whole.replace("Content-Length: ", "Content-Length: 9");
    let negative = whole.replace("Content-Length: ", "Content-Length: -");
    for text in [&huge_length, &more_than_there_is, &negative] {
        raw.send(text).await;
        raw.receive_with("400").await;
    }
    let folded = format!("INVITE sip:a@b SIP/2.0\r\n{}\r\n\r\n", "X: y\r\n z\r\n".repeat(3_000));
    let many = format!("OPTIONS sip:a@b SIP/2.0\r\n{}\r\n\r\n", "Via: ;;;,,,\r\n".repeat(2_000));
    let long = format!("INVITE sip:{} SIP/2.0\r\n\r\n", "a".repeat(60_000));
    for bytes in [
        b"\r\n\r\n".to_vec(),
        vec![0; 1_400],
        vec![0xff; 65_507],
        (0..=255).cycle().take(4_096).collect(),
        folded.into_bytes(),
        many.into_bytes(),
        long.into_bytes(),
        b"SIP/2.0 200 OK\r\n\r\n".to_vec(),
        b"SIP/2.0 99999 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\n\r\n".to_vec(),
        "INVITE sip:é@ü SIP/2.0\r\nVia: SIP/2.0/UDP [::1:5060\r\n\r\n".as_bytes().to_vec(),
    ] {
        raw.send_bytes(&bytes).await;
    }
    let fresh = Raw::new(station.address()).await;
    fresh.send(&with_sdp(&fresh, &Ids::new("after"))).await;
    let mut line = loop {
        let incoming = station.rings().await;
        if incoming.call_id == "after" {
            let (sink, events) = support::sink();
            break Line { dialog: incoming.attach(sink), events };
        }
    };
    line.dialog.answer(offer(50_000));
    let answer = fresh.receive_with("200").await;
    let mut ids = Ids::new("after");
    ids.to_tag = tag(&answer, "To").to_owned();
    ids.branch = "afterack".to_owned();
    fresh.send(&fresh.request("ACK", &ids, "", "")).await;
    assert_eq!(line.event().await, DialogEvent::Acknowledged { sdp: None });
}

#[tokio::test]
async fn a_flood_of_invites_is_denied_beyond_the_burst() {
    let limits = Limits { invites_per_second: 1, burst: 20, ..settings().limits };
    let mut station = station(Settings { limits, ..settings() }, Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    let (mut denied, mut trying) = (0, 0);
    for number in 0..1_000 {
        raw.send(&with_sdp(&raw, &Ids::new(&format!("flood{number}")))).await;
        let answer = raw.receive().await;
        if answer.starts_with("SIP/2.0 503") {
            denied += 1;
            assert_eq!(header(&answer, "Retry-After"), "5");
        } else {
            assert!(answer.starts_with("SIP/2.0 100"), "{answer}");
            trying += 1;
        }
    }
    // As many as the burst, and those that the second or two of the test let through.
    assert!((20..60).contains(&trying) && denied == 1_000 - trying, "{trying} let in");
    let mut waiting = 0;
    while station.incoming.try_recv().is_ok() {
        waiting += 1;
    }
    assert_eq!(waiting, trying);
    let load = station.sip.load();
    assert_eq!(
        (load.overloaded, load.transactions),
        (denied, trying as usize),
        "a denial costs no memory"
    );
    assert_eq!(station.sip.calls(), 0, "dropped calls are over");
}

#[tokio::test]
async fn over_the_limit_of_calls_the_caller_is_told_to_come_back() {
    let limits = Limits { calls: 2, ..settings().limits };
    let mut station = station(Settings { limits, ..settings() }, Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    let mut lines = Vec::new();
    for number in 0..2 {
        raw.send(&with_sdp(&raw, &Ids::new(&format!("fits{number}")))).await;
        raw.receive_with("100").await;
        lines.push(station.takes().await);
    }
    raw.send(&with_sdp(&raw, &Ids::new("toomany"))).await;
    assert_eq!(header(&raw.receive_with("503").await, "Retry-After"), "5");
    let wanted = support::invite(to(raw.address(), "bob"), "ada");
    let refused = station.sip.invite(wanted, support::sink().0).await;
    assert_eq!(refused.err(), Some(sip::InviteError::OverLimit(2)));
    lines[0].dialog.reject(486, None);
    raw.receive_with("486").await;
    raw.send(&with_sdp(&raw, &Ids::new("fitsagain"))).await;
    raw.receive_with("100").await;
}

#[tokio::test]
async fn while_nobody_takes_calls_callers_get_503() {
    let (sender, mut incoming) = tokio::sync::mpsc::channel(1);
    let sip = sip::Sip::start(settings(), Directory::default(), sender).await.expect("a free port");
    let raw = Raw::new(sip.local_addr()).await;
    raw.send(&with_sdp(&raw, &Ids::new("first"))).await;
    raw.receive_with("100").await;
    raw.send(&with_sdp(&raw, &Ids::new("second"))).await;
    assert_eq!(header(&raw.receive_with("503").await, "Retry-After"), "5");
    assert_eq!(sip.calls(), 1);
    assert_eq!(incoming.recv().await.expect("the first waits").call_id, "first");
}

#[tokio::test]
async fn requests_of_others_do_not_touch_a_dialog() {
    let mut station = station(settings(), Directory::default()).await;
    let raw = Raw::new(station.address()).await;
    let mut ids = Ids::new("mine");
    raw.send(&with_sdp(&raw, &ids)).await;
    let mut line = station.takes().await;
    line.dialog.answer(offer(50_000));
    let answer = raw.receive_with("200").await;
    ids.to_tag = tag(&answer, "To").to_owned();
    ids.branch = "mineack".to_owned();
    raw.send(&raw.request("ACK", &ids, "", "")).await;
    line.event().await;
    let guessed =
        Ids { to_tag: "guessed".to_owned(), branch: "g".to_owned(), cseq: 9, ..ids.clone() };
    raw.send(&raw.request("BYE", &guessed, "", "")).await;
    raw.receive_with("481").await;
    let other_from = raw.request("BYE", ids.next(), "", "").replace(";tag=raw", ";tag=forged");
    raw.send(&other_from).await;
    raw.receive_with("481").await;
    let old = Ids { cseq: 1, branch: "old".to_owned(), ..ids.clone() };
    raw.send(&raw.request("BYE", &old, "", "")).await;
    raw.receive_with("500").await;
    assert_eq!(station.sip.calls(), 1);
    raw.send(&raw.request("BYE", ids.next(), "", "")).await;
    raw.receive_with("200").await;
    assert_eq!(line.ending().await.by, EndedBy::Peer);
}

#[tokio::test]
async fn a_ping_takes_any_answer_and_silence_is_a_timeout() {
    let station = quick_station().await;
    let other = quick_station().await;
    let there = sip::Destination::Uri(format!("sip:{}", other.address()));
    station.sip.ping(&there).await.expect("it is there");
    let silent = Raw::new(station.address()).await;
    let there = sip::Destination::Uri(format!("sip:{}", silent.address()));
    assert_eq!(station.sip.ping(&there).await, Err(sip::PingError::Timeout));
}
