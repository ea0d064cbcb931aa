//! Texts by SIP MESSAGE between this house and programs of others: sipp as a phone and as a carrier, baresip as a phone.

mod peers {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::time::Duration;

    use sip::{
        Address, Credentials, Destination, Directory, Origin, PhoneAccount, Settings, Sip, TextIn,
        TextOut, Trunk,
    };
    use testkit::{Baresip, Sipp, Town};
    use tokio::sync::mpsc;

    const SOON: Duration = Duration::from_secs(10);

    /// A stack that knows a phone, and a carrier behind this port of loopback.
    async fn house(carrier: u16) -> (Sip, mpsc::Receiver<TextIn>) {
        let settings =
            Settings { bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ..Settings::default() };
        let phone = PhoneAccount { name: "ada".to_owned(), password: "ada-secret".into() };
        let trunk = Trunk {
            name: "carrier".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: carrier,
            credentials: Some(Credentials { user: "us".to_owned(), password: "secret".into() }),
            sources: Vec::new(),
        };
        let directory = Directory { phones: vec![phone], trunks: vec![trunk] };
        let (calls, _) = mpsc::channel(1);
        let sip = Sip::start(settings, directory, calls).await.expect("a free port");
        let texts = sip.take_messages().expect("nobody took them before");
        (sip, texts)
    }

    fn to_carrier(body: &str) -> TextOut {
        TextOut {
            destination: Destination::Trunk {
                name: "carrier".to_owned(),
                user: "+15550199".to_owned(),
            },
            from: Address { user: "+15550100".to_owned(), ..Address::default() },
            content_type: "text/plain;charset=utf-8".to_owned(),
            body: body.as_bytes().to_vec(),
            headers: Vec::new(),
            credentials: None,
        }
    }

    async fn next(texts: &mut mpsc::Receiver<TextIn>) -> TextIn {
        let text = tokio::time::timeout(SOON, texts.recv()).await.expect("a text comes in time");
        text.expect("the stack is up")
    }

    #[tokio::test]
    async fn sipp_texts_as_a_phone_that_proves_who_it_is() {
        let (house, mut texts) = house(9).await;
        let sipp = Sipp::new("uac-message")
            .target(house.local_addr())
            .service("+15550199")
            .set("caller", "ada")
            .set("text", "Hello from sipp")
            .credentials("ada", "ada-secret")
            .calls(20);
        let taking = async {
            for _ in 0..20 {
                let text = next(&mut texts).await;
                assert_eq!(text.origin, Origin::Phone("ada".to_owned()));
                assert_eq!(text.to.user, "+15550199");
                assert_eq!(String::from_utf8_lossy(&text.body).trim_end(), "Hello from sipp");
                text.accept();
            }
        };
        let (report, ()) = tokio::join!(sipp.run(), taking);
        assert_eq!((report.calls, report.successful), (20, 20));
        assert!(texts.try_recv().is_err(), "each text was told once");
    }

    #[tokio::test]
    async fn sipp_texts_as_a_carrier_known_by_its_address() {
        let (house, mut texts) = house(9).await;
        let sipp = Sipp::new("uac-message-trunk")
            .target(house.local_addr())
            .service("+15550199")
            .set("caller", "+15550100")
            .set("text", "Hello")
            .calls(1);
        let taking = async {
            let text = next(&mut texts).await;
            assert_eq!(text.origin, Origin::Trunk("carrier".to_owned()));
            assert_eq!(text.from.user, "+15550100");
            text.accept();
        };
        let (report, ()) = tokio::join!(sipp.run(), taking);
        assert_eq!((report.calls, report.successful), (1, 1));
    }

    #[tokio::test]
    async fn sipp_takes_texts_as_a_carrier() {
        let carrier = Sipp::new("uas-message").set("text", "Hello [0-9]").calls(2).serve().await;
        let (house, _texts) = house(carrier.address().port()).await;
        for number in 1..=2 {
            let answer = house.message(to_carrier(&format!("Hello {number}"))).await;
            assert_eq!(answer.expect("an answer").status, 202);
        }
        let report = carrier.finish().await;
        assert_eq!((report.successful, report.failed), (2, 0), "{report}");
    }

    #[tokio::test]
    async fn sipp_challenges_texts_as_a_carrier() {
        let carrier = Sipp::new("uas-message-challenges").calls(1).serve().await;
        let (house, _texts) = house(carrier.address().port()).await;
        let answer = house.message(to_carrier("Hello")).await.expect("an answer");
        assert_eq!(answer.status, 200);
        let report = carrier.finish().await;
        assert_eq!((report.successful, report.failed), (1, 0), "{report}");
    }

    #[tokio::test]
    async fn baresip_takes_a_text() {
        let town = Town::alone();
        let ada = town.caller("ada").await;
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
        let baresip = Baresip::start("bob", "", nowhere, &[0; 8_000]).await;
        ada.texts(&format!("sip:bob@{}", baresip.address()), "Alô, Bob").await;
        ada.is_refused_to_text(&format!("sip:eve@{}", baresip.address()), "Who?", 404).await;
        town.is_quiet().await;
    }
}
