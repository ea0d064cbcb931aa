//! A phone registers at a registrar, is reached through it, and leaves.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use media::io::Media;
use phone::{Phone, Settings};
use sip::{Directory, Origin, PhoneAccount, Sip};
use tokio::sync::mpsc;

/// Long enough for the busiest machine; nothing waits for it to pass.
const SOON: Duration = Duration::from_secs(10);

fn media() -> Media {
    let settings = media::io::Settings {
        threads: 1,
        bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
        ports: 20_000..=30_000,
        ..media::io::Settings::default()
    };
    Media::start(settings).expect("a media thread")
}

/// A registrar that knows Ada and Bob.
async fn registrar() -> (Sip, mpsc::Receiver<sip::Incoming>) {
    let settings = sip::Settings {
        bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        ..sip::Settings::default()
    };
    let account = |name: &str| PhoneAccount {
        name: name.to_owned(),
        password: format!("{name}-secret").into(),
    };
    let directory = Directory { phones: vec![account("ada"), account("bob")], trunks: Vec::new() };
    let (calls, incoming) = mpsc::channel(8);
    let sip = Sip::start(settings, directory, calls).await.expect("a free port");
    (sip, incoming)
}

#[tokio::test]
async fn a_registered_phone_is_known_where_it_is_until_it_leaves() {
    let (server, _incoming) = registrar().await;
    let settings = Settings::new("ada", "ada-secret", server.local_addr());
    let ada = Phone::start(settings, media()).await.expect("a phone");
    ada.register().await.expect("a registration");
    let contacts = server.contacts("ada");
    assert_eq!(contacts.len(), 1);
    assert_eq!(contacts[0].source, ada.address());
    let Err(silent) = ada.rings(Duration::ZERO).await else { panic!("nobody called") };
    let text = silent.to_string();
    assert!(
        text.starts_with("ada did not ring within 0 s; registered as sip:ada@127.0.0.1:"),
        "{text}"
    );
    ada.unregister().await;
    assert_eq!(server.contacts("ada"), []);
    assert!(!ada.is_registered());
}

#[tokio::test]
async fn a_wrong_password_is_refused_in_words() {
    let (server, _incoming) = registrar().await;
    let address = server.local_addr();
    let settings = Settings::new("ada", "wrong", address);
    let ada = Phone::start(settings, media()).await.expect("a phone");
    let text = ada.register().await.expect_err("a wrong password").to_string();
    let start = format!("ada could not register at {address}: the registrar answered 40");
    assert!(text.starts_with(&start), "{text}");
}

#[tokio::test]
async fn a_phone_that_dials_proves_who_it_is() {
    let (server, mut incoming) = registrar().await;
    let settings = Settings::new("bob", "bob-secret", server.local_addr());
    let bob = Phone::start(settings, media()).await.expect("a phone");
    let placed = bob.dial("+15550100").await.expect("a call");
    let call = tokio::time::timeout(SOON, incoming.recv()).await.expect("soon").expect("a call");
    assert_eq!(call.origin, Origin::Phone("bob".to_owned()));
    assert_eq!(call.to.user, "+15550100");
    // Nobody takes the call.
    drop(call);
    assert_eq!(placed.answered(SOON).await.expect_err("nobody took it").status(), Some(480));
}

#[tokio::test]
async fn a_caller_without_an_account_is_refused() {
    let (server, _incoming) = registrar().await;
    let settings = Settings::caller("+15550199", server.local_addr());
    let stranger = Phone::start(settings, media()).await.expect("a phone");
    let placed = stranger.dial("ada").await.expect("a call");
    let error = placed.answered(SOON).await.expect_err("strangers are refused");
    assert!(matches!(error.status(), Some(401 | 403 | 407)), "{error}");
}

#[tokio::test]
async fn a_phone_that_is_put_away_unregisters() {
    let (server, _incoming) = registrar().await;
    let settings = Settings::new("ada", "ada-secret", server.local_addr());
    let ada = Phone::start(settings, media()).await.expect("a phone");
    ada.register().await.expect("a registration");
    drop(ada);
    let mut looks = tokio::time::interval(Duration::from_millis(5));
    let gone = async {
        while !server.contacts("ada").is_empty() {
            looks.tick().await;
        }
    };
    tokio::time::timeout(SOON, gone).await.expect("the registration is gone");
}
