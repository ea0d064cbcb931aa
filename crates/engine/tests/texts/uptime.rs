//! What the watch texts: a port that nobody listens at any more, `ack 12` from the one on duty, and that it is up again.

use model::oncall::{Name, Person};
use model::watch::{Check, Family, Incident, Probe, Way};
use store::IncidentFilter;
use testkit::eventually_within;
use tokio::net::TcpListener;

use super::house::{ADA, House, OURS, SOON};

/// The shortest time between two probes.
const EVERY: u32 = 5;

async fn on_call(house: &House) -> Check {
    let person = format!(r#"{{"name":"ada","phones":[{{"at":"{ADA}"}}]}}"#);
    let person: Person = serde_json::from_str(&person).expect("a person");
    house.store().save_person(house.account, person).await.expect("it is kept");
    let listens = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listens.local_addr().expect("an address").port();
    drop(listens);
    let name: Name = "shop".parse().expect("a name");
    let probe = Probe::Tcp {
        host: "127.0.0.1".to_owned(),
        port,
        send: None,
        expect: None,
        family: Family::Any,
    };
    let check = Check {
        title: "The shop".to_owned(),
        every_seconds: EVERY,
        failures: 1,
        successes: 1,
        ..Check::new(name, probe)
    };
    house.store().save_check(house.account, check.clone()).await.expect("it is kept");
    house.engine.watch().changed();
    check
}

async fn newest(house: &House) -> Incident {
    let filter = IncidentFilter { limit: 1, ..IncidentFilter::default() };
    let incidents = house.store().incidents(house.account, filter).await.expect("they are read");
    incidents.into_iter().next().expect("there is one")
}

/// The newest text that a handset has, once it has so many.
async fn receives(house: &House, texts: usize) -> String {
    eventually_within("a text arrives", SOON * 2, async || {
        let mut inbox = house.inbox(ADA).await;
        inbox.retain(|entry| !entry.written_here);
        let there = inbox.len();
        let newest = inbox.into_iter().max_by_key(|entry| entry.id).filter(|_| there >= texts);
        newest.map(|entry| entry.body).ok_or_else(|| format!("{there} of {texts} are there"))
    })
    .await
}

#[tokio::test]
async fn an_outage_is_texted_acknowledged_by_text_and_its_end_is_texted_too() {
    let house = House::open().await;
    let url = Some("alo://watch".to_owned());
    house.has_with(OURS, model::TextRouting { url, ..model::TextRouting::default() }).await;
    let check = on_call(&house).await;
    let told = receives(&house, 1).await;
    assert!(told.starts_with("The shop is down"), "{told}");
    let open = newest(&house).await;
    assert!(told.contains(&format!("ACK {}", open.id)), "{told}");
    assert!(open.is_open() && open.acknowledged.is_none());

    house.writes(ADA, OURS, &format!("ack {}", open.id)).await;
    let answer = receives(&house, 2).await;
    let by = newest(&house).await.acknowledged.expect("somebody sees to it");
    assert_eq!((by.by.as_ref().map(Name::as_str), by.way), (Some("ada"), Way::Text), "{answer}");

    let Probe::Tcp { port, .. } = check.probe else { panic!("a port is watched") };
    let listens = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    let told = receives(&house, 3).await;
    assert!(told.contains("The shop is up again"), "{told}");
    assert!(!newest(&house).await.is_open());
    drop(listens);
    house.engine.drain(std::time::Duration::ZERO).await;
}
