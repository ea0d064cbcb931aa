//! A hundred callers at once, and each hears a text of its own in alo's own voice, made while all the others wait.

use testkit::{Server, ServerOptions, Story, Town, twiml};
use tokio::task::JoinSet;

use super::{ALO, SOON};

/// As many as a phone's own ports allow in one town.
const IN_A_TOWN: usize = 25;

const TOWNS: usize = 4;

#[tokio::test]
async fn a_hundred_at_once_each_hear_their_own_text_without_a_missing_packet() {
    let options = ServerOptions { rtp_ports: 500, ..ServerOptions::new(ALO) };
    let options = options.variable("ALO_SIP_INVITES_PER_SECOND", "1000");
    let mut server = Server::with(options.variable("ALO_SIP_BURST", "1000")).await;
    let towns: Vec<Town> =
        (0..TOWNS).map(|_| Town::with(server.sip(), SOON * 6, Story::start())).collect();
    let app = towns[0].app().await;
    app.on("/voice", |request| {
        let from = request.param("From").unwrap_or_default();
        let digits: Vec<String> =
            from.chars().rev().take(3).map(|digit| digit.to_string()).collect();
        twiml(format!("<Response><Say>Ticket {}.</Say></Response>", digits.join(" ")))
    });
    let number = server.buys_number(&app.url("/voice")).await;
    let mut calls = JoinSet::new();
    for index in 0..TOWNS * IN_A_TOWN {
        let caller = towns[index % TOWNS].caller(&format!("+14155559{}", 100 + index)).await;
        let call = caller.dials(&number).await;
        // Each is listened to at once: the first has ended before the last is answered.
        calls.spawn(async move {
            call.is_answered().await.hears_speech().await.is_hung_up_on().await;
            call.ends().await;
            call.inner().statistics().expect("its socket is closed")
        });
    }
    while let Some(call) = calls.join_next().await {
        let statistics = call.expect("a call that is heard out");
        assert!(statistics.packets_received > 0, "{statistics:?}");
        let wrong = (statistics.packets_lost, statistics.duplicates, statistics.out_of_order);
        assert_eq!(wrong, (0, 0, 0), "{statistics:?}");
    }
    for town in &towns {
        town.is_quiet().await;
    }
    assert!(server.terminate().await.success());
}
