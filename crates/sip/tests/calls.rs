//! Calls between two stacks on loopback: how they are answered, refused, cancelled, held and ended.

mod support;

use sip::sdp::{self, Codec, Description, Direction};
use sip::{DialogEvent, Directory, EndedBy, Ending, Origin, Settings};
use support::{Line, Station, invite, local, offer, settings, station, to};

async fn two() -> (Station, Station) {
    (
        station(settings(), Directory::default()).await,
        station(settings(), Directory::default()).await,
    )
}

fn answer_to(offer: &Description, port: u16) -> String {
    sdp::answer(offer, &local(port)).expect("both speak G.711").0.to_string()
}

/// A call that is answered, seen from both ends.
async fn talking(caller: &Station, callee: &mut Station) -> (Line, Line) {
    let mut outgoing = caller.call(to(callee.address(), "bob")).await;
    let incoming = callee.rings().await;
    let answer = answer_to(incoming.offer.as_ref().expect("an offer"), 50_000);
    let (sink, events) = support::sink();
    let mut line = Line { dialog: incoming.attach(sink), events };
    line.dialog.answer(answer);
    assert!(matches!(outgoing.event().await, DialogEvent::Answered { sdp: Some(_), .. }));
    assert_eq!(line.event().await, DialogEvent::Acknowledged { sdp: None });
    (outgoing, line)
}

fn hung_up(by: EndedBy) -> Ending {
    Ending { status: None, by, reason: None }
}

#[tokio::test]
async fn a_call_rings_is_answered_and_both_agree_on_the_audio() {
    let (caller, mut callee) = two().await;
    let mut wanted = invite(to(callee.address(), "+15550100"), "ada");
    wanted.from.display = Some("Ada \"Countess\" Lovelace".to_owned());
    wanted.headers = vec![
        ("X-Ticket".to_owned(), "12\r\nVia: evil".to_owned()),
        ("Contact".to_owned(), "<sip:evil@192.0.2.1>".to_owned()),
    ];
    let mut outgoing = caller.place(wanted).await;
    let incoming = callee.rings().await;
    assert_eq!(incoming.origin, Origin::Stranger);
    assert_eq!(incoming.from.display.as_deref(), Some("Ada \"Countess\" Lovelace"));
    assert_eq!(incoming.from.user, "ada");
    assert_eq!(incoming.to.user, "+15550100");
    assert_eq!(incoming.call_id, outgoing.dialog.call_id());
    assert!(incoming.headers.contains(&("X-Ticket".to_owned(), "12  Via: evil".to_owned())));
    let theirs = incoming.offer.clone().expect("an offer");
    let (sink, events) = support::sink();
    let mut line = Line { dialog: incoming.attach(sink), events };

    line.dialog.ringing();
    assert_eq!(outgoing.event().await, DialogEvent::Progress { status: 180, sdp: None });
    let (answer, agreed) = sdp::answer(&theirs, &local(50_000)).expect("both speak G.711");
    line.dialog.progress(answer.to_string());
    assert!(matches!(outgoing.event().await, DialogEvent::Progress { status: 183, sdp: Some(_) }));
    line.dialog.answer(answer.to_string());
    let DialogEvent::Answered { sdp: Some(answered), .. } = outgoing.event().await else {
        panic!("expected an answer with SDP")
    };
    let ours = Description::parse(offer(40_000).as_bytes()).expect("our own offer");
    let seen = sdp::agree(&ours, &answered).expect("one codec is common");
    assert_eq!((seen.remote.port(), seen.codec, seen.dtmf), (50_000, Codec::Pcmu, Some(101)));
    assert_eq!((agreed.remote.port(), agreed.codec, agreed.dtmf), (40_000, Codec::Pcmu, Some(101)));
    assert_eq!(line.event().await, DialogEvent::Acknowledged { sdp: None });
    assert_eq!((caller.sip.calls(), callee.sip.calls()), (1, 1));

    outgoing.dialog.hangup();
    outgoing.dialog.hangup();
    assert_eq!(outgoing.ending().await, hung_up(EndedBy::Us));
    assert_eq!(line.ending().await, hung_up(EndedBy::Peer));
    assert_eq!((caller.sip.calls(), callee.sip.calls()), (0, 0));
}

#[tokio::test]
async fn the_one_who_was_called_hangs_up() {
    let (caller, mut callee) = two().await;
    let (mut outgoing, mut line) = talking(&caller, &mut callee).await;
    line.dialog.hangup();
    assert_eq!(line.ending().await, hung_up(EndedBy::Us));
    assert_eq!(outgoing.ending().await, hung_up(EndedBy::Peer));
}

#[tokio::test]
async fn a_call_is_refused_with_its_status_and_reason() {
    let (caller, mut callee) = two().await;
    for (status, reason, heard) in [
        (486, None, "Busy Here"),
        (488, None, "Not Acceptable Here"),
        (603, Some("Not today"), "Not today"),
    ] {
        let mut outgoing = caller.call(to(callee.address(), "bob")).await;
        let mut line = callee.takes().await;
        line.dialog.reject(status, reason);
        assert_eq!((line.ending().await.status, callee.sip.calls()), (Some(status), 0));
        let ending = outgoing.ending().await;
        assert_eq!(
            ending,
            Ending { status: Some(status), by: EndedBy::Peer, reason: Some(heard.to_owned()) }
        );
    }
}

#[tokio::test]
async fn a_caller_gives_up_while_it_rings() {
    let (caller, mut callee) = two().await;
    let mut outgoing = caller.call(to(callee.address(), "bob")).await;
    let mut line = callee.takes().await;
    line.dialog.ringing();
    assert_eq!(outgoing.event().await, DialogEvent::Progress { status: 180, sdp: None });
    outgoing.dialog.hangup();
    let ending = line.ending().await;
    assert_eq!((ending.status, ending.by), (Some(487), EndedBy::Peer));
    let ending = outgoing.ending().await;
    assert_eq!((ending.status, ending.by), (Some(487), EndedBy::Us));
    // Too late for everything, and no harm done.
    line.dialog.answer(offer(50_000));
    line.dialog.reject(486, None);
    line.dialog.hangup();
    assert_eq!((caller.sip.calls(), callee.sip.calls()), (0, 0));
}

#[tokio::test]
async fn a_cancel_that_came_before_the_call_was_taken_is_told() {
    let (caller, mut callee) = two().await;
    let mut outgoing = caller.call(to(callee.address(), "bob")).await;
    let incoming = callee.rings().await;
    outgoing.dialog.hangup();
    assert_eq!(outgoing.ending().await.status, Some(487));
    let (sink, events) = support::sink();
    let mut line = Line { dialog: incoming.attach(sink), events };
    assert_eq!(line.ending().await.by, EndedBy::Peer);
}

#[tokio::test]
async fn a_call_that_nobody_takes_is_answered_480() {
    let (caller, mut callee) = two().await;
    let mut outgoing = caller.call(to(callee.address(), "bob")).await;
    drop(callee.rings().await);
    assert_eq!(outgoing.ending().await.status, Some(480));
    assert_eq!(callee.sip.calls(), 0);
}

#[tokio::test]
async fn hold_and_resume_by_either_side() {
    let (caller, mut callee) = two().await;
    let (mut outgoing, mut line) = talking(&caller, &mut callee).await;
    for direction in [Direction::SendOnly, Direction::Inactive, Direction::SendRecv] {
        let wanted = sdp::offer(&local(40_000), direction);
        outgoing.dialog.reoffer(wanted.to_string());
        let DialogEvent::Reoffer { sdp: Some(theirs) } = line.event().await else {
            panic!("expected a re-INVITE with SDP")
        };
        let (answer, agreed) = sdp::answer(&theirs, &local(50_000)).expect("both speak G.711");
        assert_eq!(agreed.direction, direction.reversed());
        line.dialog.answer_reoffer(Ok(answer.to_string()));
        let DialogEvent::ReofferAnswered { sdp: Some(answered), status: 200 } =
            outgoing.event().await
        else {
            panic!("expected an answer to the re-INVITE")
        };
        let agreed = sdp::agree(&wanted, &answered).expect("one codec is common");
        assert_eq!(agreed.direction, direction);
    }
    // The other way round, and refused.
    line.dialog.reoffer(offer(50_002));
    assert!(matches!(outgoing.event().await, DialogEvent::Reoffer { sdp: Some(_) }));
    outgoing.dialog.answer_reoffer(Err(488));
    assert_eq!(line.event().await, DialogEvent::ReofferAnswered { sdp: None, status: 488 });
    // The call goes on.
    outgoing.dialog.hangup();
    assert_eq!(line.ending().await, hung_up(EndedBy::Peer));
    assert_eq!(outgoing.ending().await, hung_up(EndedBy::Us));
}

#[tokio::test]
async fn re_invites_that_collide_are_both_settled() {
    let (caller, mut callee) = two().await;
    let (mut outgoing, mut line) = talking(&caller, &mut callee).await;
    outgoing.dialog.reoffer(offer(40_002));
    line.dialog.reoffer(offer(50_002));
    let (mut ours, mut theirs) = (None, None);
    while ours.is_none() || theirs.is_none() {
        tokio::select! {
            event = outgoing.event() => match event {
                DialogEvent::Reoffer { .. } => outgoing.dialog.answer_reoffer(Ok(offer(40_002))),
                DialogEvent::ReofferAnswered { status, .. } => ours = Some(status),
                other => panic!("unexpected {other:?}"),
            },
            event = line.event() => match event {
                DialogEvent::Reoffer { .. } => line.dialog.answer_reoffer(Ok(offer(50_002))),
                DialogEvent::ReofferAnswered { status, .. } => theirs = Some(status),
                other => panic!("unexpected {other:?}"),
            },
        }
    }
    assert!([ours, theirs].contains(&Some(200)));
    outgoing.dialog.hangup();
    assert_eq!(outgoing.ending().await, hung_up(EndedBy::Us));
}

#[tokio::test]
async fn keys_told_by_info_arrive() {
    let (caller, mut callee) = two().await;
    let (outgoing, mut line) = talking(&caller, &mut callee).await;
    for key in ['5', '#', '*', 'd'] {
        outgoing.dialog.send_digit_info(key);
        assert_eq!(line.event().await, DialogEvent::Digit(key.to_ascii_uppercase()));
    }
}

#[tokio::test]
async fn a_panic_of_one_calls_owner_ends_that_call_only() {
    let (caller, mut callee) = two().await;
    let sink = std::sync::Arc::new(|_| panic!("a bug in one call"));
    let wanted = invite(to(callee.address(), "bob"), "ada");
    let _doomed = caller.sip.invite(wanted, sink).await.expect("the call is placed");
    let mut line = callee.takes().await;
    line.dialog.ringing();
    assert_eq!(line.ending().await.status, Some(487));
    let (_outgoing, _line) = talking(&caller, &mut callee).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_thousand_calls_from_many_threads_leave_nothing_behind() {
    let (caller, mut callee) = two().await;
    let address = callee.address();
    let answering = tokio::spawn(async move {
        for number in 0..2_000 {
            let incoming = callee.rings().await;
            let answer = answer_to(incoming.offer.as_ref().expect("an offer"), 50_000);
            let (sink, events) = support::sink();
            let mut line = Line { dialog: incoming.attach(sink), events };
            tokio::spawn(async move {
                line.dialog.answer(answer);
                assert_eq!(line.event().await, DialogEvent::Acknowledged { sdp: None });
                if number % 2 == 0 {
                    line.dialog.hangup();
                }
                line.ending().await;
            });
        }
        callee
    });
    let caller = std::sync::Arc::new(caller);
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let caller = caller.clone();
        crowd.spawn(async move {
            for _ in 0..50 {
                let mut line = caller.call(to(address, "bob")).await;
                assert!(matches!(line.event().await, DialogEvent::Answered { .. }));
                line.dialog.hangup();
                line.ending().await;
            }
        });
    }
    while let Some(result) = crowd.join_next().await {
        result.expect("every call is answered and ends");
    }
    let callee = answering.await.expect("every call came in");
    callee.sip.shutdown().await;
    assert_eq!((caller.sip.calls(), callee.sip.calls()), (0, 0));
}

#[tokio::test]
async fn calls_go_over_ipv6_too() {
    let bind = std::net::SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 0));
    let caller = station(Settings { bind, ..settings() }, Directory::default()).await;
    let mut callee = station(Settings { bind, ..settings() }, Directory::default()).await;
    let (mut outgoing, mut line) = talking(&caller, &mut callee).await;
    outgoing.dialog.hangup();
    assert_eq!(outgoing.ending().await, hung_up(EndedBy::Us));
    assert_eq!(line.ending().await, hung_up(EndedBy::Peer));
}

#[tokio::test]
async fn the_public_address_is_told_to_peers_but_not_on_loopback() {
    let advertise = Some([203, 0, 113, 9].into());
    let public = station(Settings { advertise, ..settings() }, Directory::default()).await;
    let away = "198.51.100.1:5060".parse().expect("an address");
    assert_eq!(public.sip.media_address(away), std::net::IpAddr::from([203, 0, 113, 9]));
    assert_eq!(public.sip.media_address(public.address()), public.address().ip());
}

#[tokio::test]
async fn what_cannot_be_called_is_an_error_at_once() {
    let (caller, _callee) = two().await;
    for wrong in [
        "",
        "bob",
        "tel:+15550100",
        "sips:bob@127.0.0.1",
        "sip:bob@127.0.0.1;transport=tcp",
        "sip:a b@c",
    ] {
        let destination = sip::Destination::Uri(wrong.to_owned());
        let result = caller.sip.invite(invite(destination, "ada"), support::sink().0).await;
        assert_eq!(result.err(), Some(sip::InviteError::BadUri(wrong.to_owned())));
    }
    let nowhere = sip::Destination::Uri("sip:bob@nowhere.invalid".to_owned());
    let result = caller.sip.invite(invite(nowhere, "ada"), support::sink().0).await;
    assert_eq!(result.err(), Some(sip::InviteError::Resolve("nowhere.invalid".to_owned())));
    assert_eq!(caller.sip.calls(), 0);
}

#[tokio::test]
async fn a_shutdown_ends_calls_and_frees_the_port() {
    let (caller, mut callee) = two().await;
    let (mut outgoing, mut line) = talking(&caller, &mut callee).await;
    let address = callee.address();
    callee.sip.shutdown().await;
    assert_eq!(line.ending().await, hung_up(EndedBy::Us));
    assert_eq!(outgoing.ending().await, hung_up(EndedBy::Peer));
    let settings = Settings { bind: address, ..settings() };
    let (sender, _incoming) = tokio::sync::mpsc::channel(1);
    sip::Sip::start(settings, Directory::default(), sender).await.expect("the port is free");
}
