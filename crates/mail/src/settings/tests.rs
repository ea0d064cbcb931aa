//! What of a relay's URL is understood, and what is said where it isn't.

use proptest::prelude::*;

use super::*;

fn relay(url: &str) -> Result<Relay, SettingsError> {
    Relay::new(&Settings::new(Secret::new(url), "Support <support@example.com>"))
}

fn told(url: &str) -> (String, u16, &'static str, bool) {
    let relay = relay(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    let security = match relay.security {
        Security::Implicit(_) => "implicit",
        Security::Required(_) => "required",
        Security::Opportunistic(_) => "opportunistic",
        Security::None => "none",
    };
    (relay.host, relay.port, security, relay.credentials.is_some())
}

fn refused(url: &str) -> SettingsError {
    match relay(url) {
        Ok(_) => panic!("{url} is taken"),
        Err(error) => error,
    }
}

#[test]
fn a_url_says_where_the_relay_is_and_how_it_is_spoken_to() {
    let host = || "mail.example.com".to_owned();
    assert_eq!(told("smtp://u:p@mail.example.com"), (host(), 587, "required", true));
    assert_eq!(told("smtp://mail.example.com:2525/"), (host(), 2525, "required", false));
    assert_eq!(told("smtp://mail.example.com?tls=required"), (host(), 587, "required", false));
    assert_eq!(told("smtps://u:p@mail.example.com"), (host(), 465, "implicit", true));
    assert_eq!(told("smtp://mail.example.com?tls=opportunistic").2, "opportunistic");
    assert_eq!(told("smtp://127.0.0.1:25?tls=none"), ("127.0.0.1".to_owned(), 25, "none", false));
    assert_eq!(told("smtp://[::1]:25?tls=none"), ("::1".to_owned(), 25, "none", false));
    assert_eq!(told("smtp://relay.internal?tls=none").2, "none");
}

#[test]
fn user_and_password_may_have_every_character() {
    let settings = Settings {
        password: Some(Secret::new("p@ss/w%rd?#")),
        ..Settings::new(Secret::new("smtp://ada%40example.com@mail.example.com"), "a@example.com")
    };
    let expected = Credentials::new("ada@example.com".to_owned(), "p@ss/w%rd?#".to_owned());
    assert!(Relay::new(&settings).expect("a relay").credentials == Some(expected.clone()));
    let url = "smtp://ada%40example.com:p%40ss%2Fw%25rd%3F%23@mail.example.com";
    assert!(relay(url).expect("a relay").credentials == Some(expected));
}

#[test]
fn what_is_wrong_is_named_with_an_example() {
    use SettingsError as E;
    for (url, expected) in [
        ("https://mail.example.com", E::Scheme),
        ("mail.example.com:587", E::Scheme),
        ("smtp://", E::NoHost),
        ("smtp:///path", E::NoHost),
        ("smtp://mail.example.com/inbox", E::Path),
        ("smtp://mail.example.com?tsl=none", E::Parameter),
        ("smtp://mail.example.com?tls=off", E::Tls),
        ("smtps://mail.example.com?tls=none", E::Tls),
        ("smtp://192.0.2.1?tls=none", E::Open("192.0.2.1".to_owned())),
        ("smtp://[2001:db8::1]?tls=none", E::Open("2001:db8::1".to_owned())),
        ("smtp://ada@mail.example.com", E::NoPassword),
        ("smtp://:secret@mail.example.com", E::NoUser),
    ] {
        let error = refused(url);
        assert_eq!(error, expected, "{url}");
    }
    assert!(matches!(refused("mail.example.com"), E::Unreadable(_)));
    assert!(matches!(refused("smtp://mail.example.com?ca=/nowhere.pem"), E::Ca(..)));
    let nobody = Settings::new(Secret::new("smtp://mail.example.com"), "Support");
    assert!(matches!(Relay::new(&nobody), Err(E::From(_))));
}

#[test]
fn a_file_without_a_certificate_is_no_authority() {
    let this = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let url = format!("smtp://mail.example.com?ca={this}");
    assert_eq!(
        refused(&url),
        SettingsError::Ca(this.to_owned(), "it has no certificate in PEM".to_owned())
    );
}

#[test]
fn near_is_what_no_stranger_reads() {
    for near in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
    ] {
        assert!(is_near(near.parse().expect("an address")), "{near}");
    }
    for far in
        ["192.0.2.1", "8.8.8.8", "172.32.0.1", "2001:db8::1", "::ffff:8.8.8.8", "0.0.0.0", "::"]
    {
        assert!(!is_near(far.parse().expect("an address")), "{far}");
    }
}

proptest! {
    #[test]
    fn no_error_shows_the_password(
        scheme in "(smtp|smtps|http|SMTP|)(://|:/|:|)",
        password in "[a-z]{0,3}hunter2[@:/?#\\[\\]% a-z]{0,4}",
        rest in "(@|)[a-z.\\[\\]]{0,8}(:[0-9a-z]{0,6}|)(/[a-z]*|)(\\?(tls|ca|x)=[a-z]{0,4}|)",
    ) {
        let url = format!("{scheme}ada:{password}{rest}");
        if let Err(error) = relay(&url) {
            prop_assert!(!format!("{error} {error:?}").contains("hunter2"), "{url}: {error}");
        }
    }
}
