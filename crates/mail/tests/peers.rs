//! Letters to a relay that isn't ours (PyPI's `aiosmtpd`), read by a parser that isn't ours (Python's).

mod peers {
    use std::time::Duration;

    use mail::{Letter, Mailer, SendError, Settings};
    use model::{Moment, Secret};
    use testkit::{Relay, RelayOptions};
    use tokio::net::TcpListener;

    const FROM: &str = "Support Roulette <support@example.com>";
    const OPEN: RelayOptions = RelayOptions { port: 0, tls: "none", login: false };

    fn settings(relay: &Relay) -> Settings {
        Settings {
            password: relay.url().contains('@').then(|| Secret::new(relay.password())),
            ..Settings::new(Secret::new(relay.url()), FROM)
        }
    }

    fn mailer(settings: &Settings) -> Mailer {
        Mailer::new(settings).unwrap_or_else(|error| panic!("{error}"))
    }

    fn letter(to: &str) -> Letter {
        Letter {
            id: "missed/CA1/ada".to_owned(),
            to: to.to_owned(),
            subject: "Chamada perdida: José 🎉".to_owned(),
            text: "Ninguém atendeu.\n.\nFrom +55 11 98765-4321, = 東京\n".to_owned(),
            at: Moment::from_millis(1_692_853_305_000),
        }
    }

    fn passing(sent: Result<(), SendError>) -> String {
        match sent {
            Err(SendError::Passing(why)) => why,
            other => panic!("it should go better later: {other:?}"),
        }
    }

    fn lasting(sent: Result<(), SendError>) -> String {
        match sent {
            Err(SendError::Lasting(why)) => why,
            other => panic!("it should never go: {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_letter_arrives_as_it_was_written_over_starttls() {
        let mut relay = Relay::start(RelayOptions::default()).await;
        mailer(&settings(&relay)).send(&letter("ada@example.com")).await.expect("it is taken");
        let got = relay.next_letter().await;
        assert!(got.encrypted && got.ascii, "{got:?}");
        assert_eq!(got.user, "ada@example.com");
        assert_eq!(got.hello, "example.com");
        assert_eq!(got.from, "support@example.com");
        assert_eq!(got.to, ["ada@example.com"]);
        assert_eq!(got.header("From"), FROM);
        assert_eq!(got.header("To"), "ada@example.com");
        assert_eq!(got.header("Subject"), "Chamada perdida: José 🎉");
        assert_eq!(got.header("Date"), "Thu, 24 Aug 2023 05:01:45 +0000");
        assert_eq!(got.header("Auto-Submitted"), "auto-generated");
        let id = got.header("Message-ID");
        assert!(id.starts_with('<') && id.ends_with("@example.com>"), "{id}");
        assert_eq!(got.text.replace("\r\n", "\n"), letter("").text);
        assert_eq!(relay.letters_so_far().await, []);
    }

    #[tokio::test]
    async fn letters_go_over_tls_from_the_first_octet_and_in_the_clear_on_loopback() {
        for (options, encrypted) in
            [(RelayOptions { tls: "implicit", ..RelayOptions::default() }, true), (OPEN, false)]
        {
            let mut relay = Relay::start(options).await;
            let mailer = mailer(&settings(&relay));
            mailer.send(&letter("ada@example.com")).await.expect("it is taken");
            mailer.send(&letter("bob@example.com")).await.expect("it is taken");
            let (first, second) = (relay.next_letter().await, relay.next_letter().await);
            assert_eq!((first.encrypted, second.encrypted), (encrypted, encrypted));
            assert_eq!(second.to, ["bob@example.com"]);
            mailer.check().await.expect("it is there");
        }
    }

    #[tokio::test]
    async fn a_certificate_that_nobody_vouches_for_is_not_believed() {
        for tls in ["starttls", "implicit"] {
            let mut relay = Relay::start(RelayOptions { tls, ..RelayOptions::default() }).await;
            let url = relay.url().split('?').next().expect("it has a beginning").to_owned();
            let settings = Settings { url: Secret::new(url), ..settings(&relay) };
            let why = passing(mailer(&settings).send(&letter("ada@example.com")).await);
            assert!(why.to_lowercase().contains("certificate"), "{why}");
            assert_eq!(relay.letters_so_far().await, []);
        }
    }

    #[tokio::test]
    async fn without_starttls_nothing_is_sent_unless_that_is_wanted() {
        let mut relay = Relay::start(OPEN).await;
        let at = |query: &str, user: &str| {
            let url = format!("smtp://{user}127.0.0.1:{}{query}", relay.port());
            mailer(&Settings::new(Secret::new(url), FROM))
        };
        let required = at("", "");
        let opportunistic = at("?tls=opportunistic", "");
        let with_password = at("?tls=opportunistic", "ada:hunter2@");
        let why = passing(required.send(&letter("ada@example.com")).await);
        assert!(why.contains("has no STARTTLS"), "{why}");
        let why = passing(with_password.send(&letter("ada@example.com")).await);
        assert!(why.contains("not sent in the clear") && !why.contains("hunter2"), "{why}");
        assert_eq!(relay.letters_so_far().await, []);
        opportunistic.send(&letter("ada@example.com")).await.expect("it is taken");
        assert!(!relay.next_letter().await.encrypted);
    }

    #[tokio::test]
    async fn a_wrong_password_passes_for_it_can_be_mended() {
        let mut relay = Relay::start(RelayOptions::default()).await;
        let settings = Settings { password: Some(Secret::new("hunter2")), ..settings(&relay) };
        let mailer = mailer(&settings);
        let why = passing(mailer.send(&letter("ada@example.com")).await);
        assert!(why.contains("does not let us in") && why.contains("535"), "{why}");
        assert!(!why.contains("hunter2"), "{why}");
        assert_eq!(passing(mailer.check().await), why);
        assert_eq!(relay.letters_so_far().await, []);

        let nobody = Relay::start(RelayOptions { login: false, ..RelayOptions::default() }).await;
        let url = format!("smtp://127.0.0.1:{}?ca={}", relay.port(), relay.authority().display());
        let stranger = Mailer::new(&Settings::new(Secret::new(url), FROM)).expect("a mailer");
        let why = passing(stranger.send(&letter("ada@example.com")).await);
        assert!(why.contains("530"), "{why}");
        drop(nobody);
    }

    #[tokio::test]
    async fn what_the_relay_refuses_for_now_passes_and_for_good_lasts() {
        let mut relay = Relay::start(OPEN).await;
        let mailer = mailer(&settings(&relay));
        for (at, reply) in [
            ("rcpt", "450 4.2.1 mailbox busy"),
            ("data", "451 4.3.0 later"),
            ("data", "421 4.3.2 closing"),
        ] {
            relay.answers(at, &[reply]).await;
            let why = passing(mailer.send(&letter("ada@example.com")).await);
            assert!(why.contains(&reply[..3]) && why.contains(&reply[4..9]), "{why}");
        }
        for (at, reply) in [("rcpt", "550 5.1.1 unknown user"), ("data", "554 5.7.1 spam")] {
            relay.answers(at, &[reply]).await;
            let why = lasting(mailer.send(&letter("ada@example.com")).await);
            assert!(why.contains(&reply[..3]) && why.contains(&reply[4..9]), "{why}");
        }
        mailer.send(&letter("ada@example.com")).await.expect("it is taken");
        assert_eq!(relay.letters_so_far().await.len(), 1);
    }

    #[tokio::test]
    async fn no_address_becomes_a_command() {
        let mut relay = Relay::start(OPEN).await;
        let mailer = mailer(&settings(&relay));
        for to in
            ["ada@example.com>\r\nRCPT TO:<eve@example.com", "ada@example.com\nDATA", "ada", ""]
        {
            let why = lasting(mailer.send(&letter(to)).await);
            assert!(why.contains("is no e-mail address") && !why.contains(['\r', '\n']), "{why}");
        }
        assert_eq!(relay.letters_so_far().await, []);
    }

    #[tokio::test]
    async fn a_relay_that_is_silent_or_away_passes() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let url = Secret::new(format!("smtp://127.0.0.1:{port}?tls=none"));
        let timeout = Duration::from_millis(50);
        let mailer = mailer(&Settings { timeout, ..Settings::new(url, FROM) });
        let why = passing(mailer.send(&letter("ada@example.com")).await);
        assert_eq!(why, format!("127.0.0.1:{port} did not answer within 50ms"));
        drop(listener);
        let why = passing(mailer.check().await);
        assert!(why.starts_with(&format!("127.0.0.1:{port} failed: Connection refused")), "{why}");
    }

    #[tokio::test]
    async fn a_repetition_after_a_lost_answer_has_the_same_message_id() {
        let mut relay = Relay::start(OPEN).await;
        let settings = Settings { timeout: Duration::from_millis(200), ..settings(&relay) };
        relay.hold(true).await;
        let why = passing(mailer(&settings).send(&letter("ada@example.com")).await);
        assert!(why.contains("did not answer"), "{why}");
        let first = relay.next_letter().await;
        relay.hold(false).await;
        mailer(&settings).send(&letter("ada@example.com")).await.expect("it is taken");
        let again = relay.next_letter().await;
        assert_eq!(again.header("Message-ID"), first.header("Message-ID"));
    }
}
