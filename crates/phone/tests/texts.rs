//! Two phones text each other directly, and a phone texts through a server that wants to know who it is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use media::io::Media;
use phone::{NotTexted, Phone, Settings};
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

fn nowhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 9))
}

#[tokio::test]
async fn a_text_is_read_as_it_was_written() {
    let media = media();
    let notes = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&notes);
    let settings = Settings {
        number: Some("+15550100".to_owned()),
        observer: Some(Arc::new(move |note: &phone::Note| {
            noting.lock().expect("no test thread panicked").push(note.to_string());
        })),
        ..Settings::new("ada", "", nowhere())
    };
    let ada = Phone::start(settings, media.clone()).await.expect("a phone");
    let bob = Phone::start(Settings::new("bob", "", nowhere()), media).await.expect("a phone");
    ada.text(&bob.uri(), "Alô, Bob 😀").await.expect("it is taken");
    assert_eq!(bob.unread().len(), 1);
    let text = bob.reads(SOON).await.expect("a text");
    assert_eq!((text.from.number.as_str(), text.to.number.as_str()), ("+15550100", "bob"));
    assert_eq!(text.body, "Alô, Bob 😀");
    assert_eq!(bob.unread(), []);
    bob.text(&ada.uri(), "Olá").await.expect("it is taken");
    assert_eq!(ada.reads(SOON).await.expect("a text").body, "Olá");
    let notes = notes.lock().expect("no test thread panicked").clone();
    let expected = [
        format!("ada texts {}: Alô, Bob 😀", bob.uri()),
        "ada gets a text from bob: Olá".to_owned(),
    ];
    assert_eq!(notes, expected);
    let nothing = ada.reads(Duration::ZERO).await.expect_err("nothing more came").to_string();
    assert!(nothing.starts_with("ada got no text within 0 s; not registered"), "{nothing}");
}

#[tokio::test]
async fn a_phone_proves_who_it_is_when_it_texts_its_server() {
    let settings = sip::Settings {
        bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        ..sip::Settings::default()
    };
    let account = PhoneAccount { name: "ada".to_owned(), password: "secret".into() };
    let directory = Directory { phones: vec![account], trunks: Vec::new() };
    let (calls, _incoming) = mpsc::channel(1);
    let server = Sip::start(settings, directory, calls).await.expect("a free port");
    let mut texts = server.take_messages().expect("nobody took them before");
    let start = |password| Settings::new("ada", password, server.local_addr());
    let stranger = Phone::start(start("wrong"), media()).await.expect("a phone");
    match stranger.text("+15550199", "Hi").await {
        Err(NotTexted::Refused { status: 403, .. }) => {}
        other => panic!("{other:?}"),
    }
    let ada = Phone::start(start("secret"), media()).await.expect("a phone");
    let taking = async {
        let text = texts.recv().await.expect("the stack is up");
        assert_eq!(text.origin, Origin::Phone("ada".to_owned()));
        assert_eq!((text.to.user.as_str(), text.body.as_slice()), ("+15550199", &b"Hi"[..]));
        text.accept();
    };
    let (sent, ()) = tokio::join!(ada.text("+15550199", "Hi"), taking);
    sent.expect("it is taken");
}
