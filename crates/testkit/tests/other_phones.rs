//! The virtual phone against programs of others: sipp and baresip call it and are called by it.

mod peers {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::time::Duration;

    use testkit::{Baresip, Sipp, Town};

    const SOON: Duration = Duration::from_secs(10);

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// A minute of a tone.
    fn microphone(hz: f32) -> Vec<i16> {
        let turn = std::f32::consts::TAU * hz / 8_000.0;
        (0..480_000u32).map(|n| ((n as f32 * turn).sin() * 6_000.0) as i16).collect()
    }

    #[tokio::test]
    async fn sipp_calls_the_phone() {
        let town = Town::alone();
        let bob = town.caller("bob").await;
        let sipp = Sipp::new("uac-answered")
            .target(bob.inner().address())
            .service("bob")
            .set("caller", "+15550100")
            .talk(ms(200))
            .calls(1);
        let callee = async {
            let call = bob.rings().await.is_from("+15550100").answers().await;
            call.is_hung_up_on().await
        };
        let (report, _) = tokio::join!(sipp.run(), callee);
        assert_eq!((report.calls, report.successful), (1, 1));
        town.is_quiet().await;
    }

    #[tokio::test]
    async fn the_phone_calls_sipp_and_hears_its_own_echo() {
        let town = Town::alone();
        let ada = town.caller("ada").await;
        let sipp = Sipp::new("uas-answered").talk(ms(50)).calls(1).echo().serve().await;
        let call = ada.dials(&format!("sip:bob@{}", sipp.address())).await;
        call.is_answered().await.says_tone(620.0).hears_tone(620.0).await;
        call.holds().await.resumes().await.hangs_up();
        let report = sipp.finish().await;
        assert_eq!((report.successful, report.failed), (1, 0), "{report}");
        town.is_quiet().await;
    }

    #[tokio::test]
    async fn a_failed_run_of_sipp_says_what_it_did_not_expect() {
        let town = Town::alone();
        let bob = town.caller("bob").await;
        let sipp = Sipp::new("uac-expects-404")
            .target(bob.inner().address())
            .service("bob")
            .set("caller", "ada")
            .calls(1);
        let reject = async { bob.rings().await.rejects(486) };
        let (outcome, _) = tokio::join!(sipp.attempt(), reject);
        let error = outcome.expect_err("486 is not 404").to_string();
        assert!(
            error.contains("1 calls, 0 as written, 1 failed") && error.contains("486"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_voice_is_heard_as_speech_and_a_tone_is_not() {
        let spoken = std::process::Command::new("espeak-ng")
            .args(["--stdout", "You have a support call. Press one to accept it."])
            .output()
            .expect("espeak-ng can't be started: `./test --install` installs it");
        let prompt = media::Prompt::decode(&spoken.stdout).expect("a WAV file");
        let town = Town::alone();
        let bob = town.caller("bob").await;
        let caller = town.caller("ada").await.dials(&bob.uri()).await;
        let callee = bob.rings().await.answers().await;
        caller.is_answered().await.says(testkit::samples(prompt.samples().to_vec()));
        callee.hears_speech().await.hears_silence(ms(700)).await;
        caller.says_tone(440.0);
        callee.hears_tone(440.0).await.listens_from_now();
        callee.inner().hears_speech(ms(500)).await.expect_err("a tone is no speech");
        callee.hangs_up();
        town.is_quiet().await;
    }

    #[tokio::test]
    async fn baresip_calls_the_phone_and_they_hear_each_other() {
        let town = Town::alone();
        let bob = town.caller("bob").await;
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
        let mut baresip = Baresip::start("ada", "", nowhere, &microphone(440.0)).await;
        baresip.dial(&bob.uri()).await;
        let call = bob.rings().await.is_from("ada").answers().await;
        baresip.sees("CALL_ESTABLISHED", SOON).await;
        call.says_tone(880.0).hears_tone(440.0).await;
        baresip.press("42").await;
        call.hears_keys("42").await.hears_tone(440.0).await.hangs_up();
        baresip.sees("CALL_CLOSED", SOON).await;
        let heard = baresip.quit().await.expect("what it heard");
        let story = heard.story(0).to_string();
        assert!(story.contains("880 Hz for"), "{story}");
        town.is_quiet().await;
    }
}
