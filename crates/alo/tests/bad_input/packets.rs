//! Packets that no phone sends: nonsense, codecs that nobody speaks, audio from a stranger.

use std::sync::Arc;
use std::time::Duration;

use crate::house::{House, NUMBER};
use crate::wire::{FRAME, Socket, audio_of, invite, request, sdp};

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_without_a_common_codec_is_488_with_a_record() {
    let house = House::open().await;
    let (socket, server) = (Socket::open().await, house.server.sip());
    let here = socket.address();
    // 18: G.729 (RFC 3551 §6).
    let offer = sdp(here, 18);
    socket.sends(invite(NUMBER, here, server, &offer).as_bytes(), server).await;
    let refused = socket.gets("SIP/2.0 488").await;
    socket.sends(request("ACK", 1, NUMBER, (here, server), &refused).as_bytes(), server).await;
    let text = house.notes(32011).await;
    assert!(text.contains("codec"), "{text}");
    house.has_call("inbound", "failed").await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_nonsense_a_call_is_taken_as_ever() {
    let house = House::open().await;
    let (socket, server) = (Socket::open().await, house.server.sip());
    let here = socket.address();
    let whole = invite(NUMBER, here, server, &sdp(here, 0));
    for end in (1..whole.len() - 1).step_by(7) {
        let cut = whole.as_bytes()[..end].to_vec();
        socket.sends(&cut, server).await;
    }
    let mut chance = testkit::Chance::of_seed(7);
    for size in [0, 1, 3, 200, 1_500, 9_000, 65_000] {
        let noise: Vec<u8> = (0..size).map(|_| (chance.share() * 256.0) as u8).collect();
        socket.sends(&noise, server).await;
    }
    let long = whole.replace("Max-Forwards: 70", &format!("X-Long: {}", "x".repeat(60_000)));
    for packet in [
        long,
        whole.replace("CSeq: 1 INVITE", "CSeq: 99999999999999999999 INVITE"),
        whole.replace("Content-Length: ", "Content-Length: 999999"),
        whole.replace("Content-Length: ", "Content-Length: -"),
        whole.replace("sip:", "sip:::@@"),
        whole.replace("\r\n", "\n\0"),
        format!("SIP/2.0 200 OK\r\n{whole}"),
    ] {
        socket.sends(packet.as_bytes(), server).await;
    }
    house.says("<Say>Hello.</Say>");
    let call = house.is_rung().await;
    call.is_answered().await;
    house.hears(&call, "Hello.").await;
    call.is_hung_up_on().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn audio_from_a_stranger_is_not_heard() {
    let house = House::open().await;
    let ada = house.phone("ada").await;
    house.says("<Dial><Client>ada</Client></Dial>");
    let (socket, server) = (Socket::open().await, house.server.sip());
    let (audio, stranger) = (Arc::new(Socket::open().await), Socket::open().await);
    let here = socket.address();
    let offer = sdp(audio.address(), 0);
    socket.sends(invite(NUMBER, here, server, &offer).as_bytes(), server).await;
    let answer = socket.gets("SIP/2.0 200").await;
    socket.sends(request("ACK", 1, NUMBER, (here, server), &answer).as_bytes(), server).await;
    let to = audio_of(&answer);
    let talked = Arc::clone(&audio);
    let talking = tokio::spawn(async move {
        let mut beat = tokio::time::interval(FRAME);
        for number in 0_u16.. {
            beat.tick().await;
            talked.says(700.0, number, 1, to).await;
        }
    });
    let answered = ada.rings().await.answers().await;
    answered.hears_tone(700.0).await;
    let shouting = tokio::spawn(async move {
        let mut beat = tokio::time::interval(FRAME);
        for number in 0_u16.. {
            beat.tick().await;
            stranger.says(1_900.0, number, 2, to).await;
        }
    });
    answered.does_not_hear_tone(1_900.0, Duration::from_secs(1)).await;
    answered.listens_from_now().hears_tone(700.0).await;
    shouting.abort();
    talking.abort();
    let bye = request("BYE", 2, NUMBER, (here, server), &answer);
    socket.sends(bye.as_bytes(), server).await;
    socket.gets("SIP/2.0 200").await;
    answered.is_hung_up_on().await;
    house.comes_to_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_never_confirms_the_end_is_not_waited_for() {
    let house = House::open().await;
    house.says("<Hangup/>");
    let (socket, server) = (Socket::open().await, house.server.sip());
    let here = socket.address();
    socket.sends(invite(NUMBER, here, server, &sdp(here, 0)).as_bytes(), server).await;
    let answer = socket.gets("SIP/2.0 200").await;
    socket.sends(request("ACK", 1, NUMBER, (here, server), &answer).as_bytes(), server).await;
    socket.gets("BYE").await;
    let ended = house.app.next("/ended", crate::house::SOON).await;
    assert_eq!(ended.param("CallStatus").as_deref(), Some("completed"));
    assert_eq!(house.figure("alo_calls_live").await, 0, "its leg is over");
    // The BYE is repeated meanwhile, for nobody.
    socket.gets("BYE").await;
}
