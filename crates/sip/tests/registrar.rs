//! Phones register: with right and wrong passwords, replayed nonces, several contacts; then they are called and call.

mod support;

use md5::{Digest as _, Md5};
use sha2::Sha256;
use sip::{
    Credentials, Destination, Directory, EndedBy, Origin, RegisterError, Registration, Settings,
    Strangers,
};
use std::fmt::Write as _;
use std::time::Duration;
use support::{Ids, Raw, Station, header, invite, offer, phones, settings, station};

async fn registrar(names: &[&str]) -> Station {
    let settings = Settings { strangers: Strangers::Refuse, offer_sha256: true, ..settings() };
    station(settings, phones(names)).await
}

fn registration(server: &Station, user: &str, password: &str) -> Registration {
    Registration {
        registrar: format!("sip:{}", server.address()),
        user: user.to_owned(),
        credentials: Credentials { user: user.to_owned(), password: password.into() },
        expires: Duration::from_secs(600),
    }
}

fn hash(sha256: bool, text: &str) -> String {
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes everything");
            text
        })
    };
    if sha256 { hex(&Sha256::digest(text)) } else { hex(&Md5::digest(text)) }
}

fn nonce_of(challenge: &str) -> &str {
    let start = challenge.find("nonce=\"").expect("a nonce") + 7;
    challenge[start..].split('"').next().expect("its end")
}

/// What a phone would answer, computed by the book (RFC 7616 §3.4.1).
struct Phone {
    name: &'static str,
    password: String,
    sha256: bool,
}

impl Phone {
    fn new(name: &'static str) -> Self {
        Self { name, password: format!("secret of {name}"), sha256: false }
    }

    fn authorization(&self, method: &str, nonce: &str, count: u32) -> String {
        let uri = "sip:alo";
        let secret = hash(self.sha256, &format!("{}:alo:{}", self.name, self.password));
        let request = hash(self.sha256, &format!("{method}:{uri}"));
        let response =
            hash(self.sha256, &format!("{secret}:{nonce}:{count:08x}:0a4f113b:auth:{request}"));
        let algorithm = if self.sha256 { "SHA-256" } else { "MD5" };
        format!(
            "Authorization: Digest username=\"{}\", realm=\"alo\", nonce=\"{nonce}\", uri=\"{uri}\", \
             response=\"{response}\", algorithm={algorithm}, cnonce=\"0a4f113b\", qop=auth, nc={count:08x}\r\n",
            self.name
        )
    }
}

fn ids(name: &str, call_id: &str) -> Ids {
    Ids { user: name.to_owned(), ..Ids::new(call_id) }
}

async fn nonce(raw: &Raw, ids: &mut Ids) -> String {
    raw.send(&raw.request("REGISTER", ids, "", "")).await;
    let challenge = raw.receive_with("401").await;
    ids.next();
    nonce_of(&challenge).to_owned()
}

#[tokio::test]
async fn a_phone_registers_with_either_algorithm_and_unregisters() {
    let server = registrar(&["ada"]).await;
    for sha256 in [false, true] {
        let raw = Raw::new(server.address()).await;
        let phone = Phone { sha256, ..Phone::new("ada") };
        let mut ids = ids("ada", &format!("either{sha256}"));
        let nonce = nonce(&raw, &mut ids).await;
        let more =
            phone.authorization("REGISTER", &nonce, 1) + "Expires: 60\r\nUser-Agent: test/1\r\n";
        raw.send(&raw.request("REGISTER", &ids, &more, "")).await;
        let accepted = raw.receive_with("200").await;
        let own = format!("<sip:raw@{}>;expires=60", raw.address());
        assert!(header(&accepted, "Contact").contains(&own[..own.len() - 2]), "{accepted}");
        let contacts = server.sip.contacts("ada");
        assert_eq!(contacts.len(), 1);
        assert_eq!(contacts[0].source, raw.address());
        assert_eq!(contacts[0].user_agent.as_deref(), Some("test/1"));
        assert!(contacts[0].expires_in <= Duration::from_secs(60));
        let more = phone.authorization("REGISTER", &nonce, 2) + "Expires: 0\r\n";
        raw.send(&raw.request("REGISTER", ids.next(), &more, "")).await;
        raw.receive_with("200").await;
        assert!(server.sip.contacts("ada").is_empty());
    }
}

#[tokio::test]
async fn a_wrong_password_or_user_is_403_and_too_many_have_to_wait() {
    let server = registrar(&["ada"]).await;
    let raw = Raw::new(server.address()).await;
    let wrong = Phone { password: "guess".to_owned(), ..Phone::new("ada") };
    for (name, phone) in [("ada", &wrong), ("nobody", &Phone::new("nobody"))] {
        let mut ids = ids(name, &format!("wrong{name}"));
        let nonce = nonce(&raw, &mut ids).await;
        let more = phone.authorization("REGISTER", &nonce, 1);
        raw.send(&raw.request("REGISTER", &ids, &more, "")).await;
        raw.receive_with("403").await;
    }
    let mut ids = ids("ada", "guessing");
    let nonce = nonce(&raw, &mut ids).await;
    let mut answer = String::new();
    for _ in 0..20 {
        let more = wrong.authorization("REGISTER", &nonce, 1);
        raw.send(&raw.request("REGISTER", ids.next(), &more, "")).await;
        answer = raw.receive().await;
    }
    assert!(answer.starts_with("SIP/2.0 503"), "{answer}");
    assert_eq!(header(&answer, "Retry-After"), "6");
    assert!(server.sip.registrations().is_empty());
}

#[tokio::test]
async fn hundreds_of_requests_may_use_one_nonce_but_each_count_once() {
    let server = registrar(&["ada"]).await;
    let raw = Raw::new(server.address()).await;
    let phone = Phone::new("ada");
    let mut ids = ids("ada", "counting");
    let nonce = nonce(&raw, &mut ids).await;
    for count in 1..=300 {
        let more = phone.authorization("REGISTER", &nonce, count);
        raw.send(&raw.request("REGISTER", ids.next(), &more, "")).await;
        let answer = raw.receive().await;
        assert!(answer.starts_with("SIP/2.0 200"), "count {count}: {answer}");
    }
    let replayed = phone.authorization("REGISTER", &nonce, 300);
    raw.send(&raw.request("REGISTER", ids.next(), &replayed, "")).await;
    let answer = raw.receive_with("401").await;
    assert!(header(&answer, "WWW-Authenticate").contains("stale=true"), "{answer}");
    let fresh = nonce_of(&answer).to_owned();
    let more = phone.authorization("REGISTER", &fresh, 1);
    raw.send(&raw.request("REGISTER", ids.next(), &more, "")).await;
    raw.receive_with("200").await;
}

#[tokio::test]
async fn a_repeated_register_is_answered_like_the_first() {
    let server = registrar(&["ada"]).await;
    let raw = Raw::new(server.address()).await;
    let mut ids = ids("ada", "repeated");
    let nonce = nonce(&raw, &mut ids).await;
    let more = Phone::new("ada").authorization("REGISTER", &nonce, 1);
    let request = raw.request("REGISTER", &ids, &more, "");
    raw.send(&request).await;
    let first = raw.receive_with("200").await;
    raw.send(&request).await;
    assert_eq!(raw.receive().await, first);
}

#[tokio::test]
async fn made_up_and_foreign_nonces_are_challenged_again() {
    let server = registrar(&["ada"]).await;
    let raw = Raw::new(server.address()).await;
    let ids = ids("ada", "madeup");
    let more = Phone::new("ada").authorization("REGISTER", &"0123456789abcdef".repeat(4), 1);
    raw.send(&raw.request("REGISTER", &ids, &more, "")).await;
    assert!(header(&raw.receive_with("401").await, "WWW-Authenticate").contains("stale=true"));
}

#[tokio::test]
async fn a_phone_has_several_contacts_up_to_a_limit_and_drops_all_with_a_star() {
    let server = registrar(&["ada"]).await;
    let raw = Raw::new(server.address()).await;
    let phone = Phone::new("ada");
    let mut ids = ids("ada", "several");
    let nonce = nonce(&raw, &mut ids).await;
    let mut count = 0;
    let mut register = async |more: String| {
        count += 1;
        let more = phone.authorization("REGISTER", &nonce, count) + &more;
        let text = raw.request("REGISTER", ids.next(), &more, "");
        let own = format!("Contact: <sip:raw@{}>\r\n", raw.address());
        raw.send(&text.replace(&own, "")).await;
        raw.receive().await
    };
    for number in 0..12 {
        let more = format!("Contact: <sip:ada@192.0.2.{number}:5060>;expires={}\r\n", 100 + number);
        assert!(register(more).await.starts_with("SIP/2.0 200"));
    }
    let contacts = server.sip.contacts("ada");
    assert_eq!(contacts.len(), 10);
    assert_eq!(contacts[0].uri, "sip:ada@192.0.2.11:5060", "the latest is first");
    assert!(contacts.iter().all(|contact| contact.uri != "sip:ada@192.0.2.0:5060"));
    let both = "Contact: <sip:ada@192.0.2.5:5060>;expires=0, \"Ada, at home\" <sip:ada@192.0.2.6:5060>;expires=7200\r\n";
    let answer = register(both.to_owned()).await;
    assert!(
        answer.contains("<sip:ada@192.0.2.6:5060>;expires=3600"),
        "cut to the longest: {answer}"
    );
    assert_eq!(server.sip.contacts("ada").len(), 9);
    let brief = register("Contact: <sip:ada@192.0.2.7>;expires=5\r\n".to_owned()).await;
    assert!(brief.starts_with("SIP/2.0 423"));
    assert_eq!(header(&brief, "Min-Expires"), "30");
    let asking = register(String::new()).await;
    assert_eq!(asking.matches("Contact:").count(), 9);
    assert!(register("Contact: *\r\n".to_owned()).await.starts_with("SIP/2.0 400"));
    assert!(register("Contact: *\r\nExpires: 0\r\n".to_owned()).await.starts_with("SIP/2.0 200"));
    assert!(server.sip.registrations().is_empty());
}

#[tokio::test]
async fn a_phone_is_reached_where_it_says_unless_it_stands_behind_a_nat() {
    let server = registrar(&["ada"]).await;
    let raw = Raw::new(server.address()).await;
    let phone = Phone::new("ada");
    let mut ids = ids("ada", "elsewhere");
    let nonce = nonce(&raw, &mut ids).await;
    let mut count = 0;
    let mut source_of = async |contact: &str, sent_by: String| {
        count += 1;
        let more = phone.authorization("REGISTER", &nonce, count)
            + &format!("Contact: <{contact}>;expires=600\r\n");
        let text = raw.request("REGISTER", ids.next(), &more, "");
        let own = format!("Contact: <sip:raw@{}>\r\n", raw.address());
        let via = format!("SIP/2.0/UDP {}", raw.address());
        let text = text.replace(&own, "").replace(&via, &format!("SIP/2.0/UDP {sent_by}"));
        raw.send(&text).await;
        assert!(raw.receive().await.starts_with("SIP/2.0 200"));
        server.sip.contacts("ada")[0].source
    };
    let here = raw.address();
    let other_port = std::net::SocketAddr::from((here.ip(), 5999));
    let mut contact = format!("sip:ada@{other_port}");
    assert_eq!(source_of(&contact, here.to_string()).await, other_port, "it listens elsewhere");
    let behind = "192.168.1.2:5999".to_owned();
    assert_eq!(source_of(&contact, behind).await, here, "its Via is not where it comes from");
    contact = "sip:ada@192.168.1.2:5999".to_owned();
    assert_eq!(source_of(&contact, here.to_string()).await, here, "nobody else is rung for it");
}

#[tokio::test]
async fn a_stack_registers_as_a_phone_is_rung_and_rings() {
    let mut server = registrar(&["ada", "bob"]).await;
    let mut phone = station(settings(), Directory::default()).await;
    let refused = phone.sip.register(registration(&server, "ada", "wrong")).await;
    assert_eq!(
        refused.err(),
        Some(RegisterError::Refused { status: 403, reason: "Forbidden".to_owned() })
    );
    let registered = phone
        .sip
        .register(registration(&server, "ada", "secret of ada"))
        .await
        .expect("the password is right");
    let contacts = server.sip.contacts("ada");
    assert_eq!(contacts[0].uri, registered.contact());
    assert_eq!(contacts[0].source, phone.address());

    // Rung.
    let mut outgoing = server.call(Destination::Contact(contacts[0].clone())).await;
    let incoming = phone.rings().await;
    assert_eq!(incoming.to.user, "ada");
    drop(incoming);
    assert_eq!(outgoing.ending().await.status, Some(480));

    // Rings: challenged, and proven.
    let credentials = Credentials { user: "ada".to_owned(), password: "secret of ada".into() };
    let mut wanted = invite(support::to(server.address(), "+15550100"), "ada");
    wanted.credentials = Some(credentials);
    let mut outgoing = phone.place(wanted.clone()).await;
    let incoming = server.rings().await;
    assert_eq!(incoming.origin, Origin::Phone("ada".to_owned()));
    let (sink, events) = support::sink();
    let mut line = support::Line { dialog: incoming.attach(sink), events };
    line.dialog.answer(offer(50_000));
    assert!(matches!(outgoing.event().await, sip::DialogEvent::Answered { .. }));
    line.event().await;
    line.dialog.hangup();
    assert_eq!(outgoing.ending().await.by, EndedBy::Peer);

    // With a wrong password it is refused, and without one it stays challenged.
    wanted.credentials = Some(Credentials { user: "ada".to_owned(), password: "wrong".into() });
    assert_eq!(phone.place(wanted.clone()).await.ending().await.status, Some(403));
    wanted.credentials = None;
    assert_eq!(phone.place(wanted).await.ending().await.status, Some(401));

    registered.end().await;
    assert!(server.sip.contacts("ada").is_empty());
}

#[tokio::test]
async fn who_is_taken_out_of_the_directory_is_not_registered_any_more() {
    let server = registrar(&["ada", "bob"]).await;
    let phone = station(settings(), Directory::default()).await;
    let _ada =
        phone.sip.register(registration(&server, "ada", "secret of ada")).await.expect("known");
    let _bob =
        phone.sip.register(registration(&server, "bob", "secret of bob")).await.expect("known");
    let names = || server.sip.registrations().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(), ["ada", "bob"]);
    server.sip.configure(phones(&["bob"]));
    assert_eq!(names(), ["bob"]);
    let mut changed = phones(&["bob"]);
    changed.phones[0].password = "another".into();
    server.sip.configure(changed);
    assert!(names().is_empty(), "another password, another phone");
}

#[tokio::test]
async fn a_trunk_is_known_by_its_address_and_challenges_are_answered() {
    let mut carrier = registrar(&["alo"]).await;
    let trunk = sip::Trunk {
        name: "carrier".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: carrier.address().port(),
        credentials: Some(Credentials { user: "alo".to_owned(), password: "secret of alo".into() }),
        sources: Vec::new(),
    };
    let ours = Settings { strangers: Strangers::Refuse, ..settings() };
    let directory = Directory { phones: Vec::new(), trunks: vec![trunk] };
    let mut server = station(ours, directory).await;
    let destination =
        Destination::Trunk { name: "carrier".to_owned(), user: "+5511999990000".to_owned() };
    let mut outgoing = server.place(invite(destination, "alo")).await;
    let incoming = carrier.rings().await;
    assert_eq!(incoming.origin, Origin::Phone("alo".to_owned()));
    assert_eq!(incoming.to.user, "+5511999990000");
    drop(incoming);
    assert_eq!(outgoing.ending().await.status, Some(480));
    let nowhere = Destination::Trunk { name: "nowhere".to_owned(), user: "1".to_owned() };
    let error = server.sip.invite(invite(nowhere, "x"), support::sink().0).await.err();
    assert_eq!(error, Some(sip::InviteError::NoSuchTrunk("nowhere".to_owned())));

    let _inbound = carrier.call(support::to(server.address(), "+15550100")).await;
    assert_eq!(server.rings().await.origin, Origin::Trunk("carrier".to_owned()));

    // From the trunk's own socket any caller is the trunk's; from another behind its address a phone has to prove itself.
    let mut known = phones(&["ada"]);
    known.trunks.push(sip::Trunk {
        name: "carrier".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: carrier.address().port(),
        credentials: None,
        sources: Vec::new(),
    });
    server.sip.configure(known);
    let _inbound = carrier.place(invite(support::to(server.address(), "1"), "ada")).await;
    assert_eq!(server.rings().await.origin, Origin::Trunk("carrier".to_owned()));
    let elsewhere = station(settings(), Directory::default()).await;
    let mut challenged = elsewhere.place(invite(support::to(server.address(), "1"), "ada")).await;
    assert_eq!(challenged.ending().await.status, Some(401));
}
