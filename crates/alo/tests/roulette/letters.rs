//! The voicemail Twimlet's e-mail, through a relay that isn't ours (PyPI's `aiosmtpd`).

use std::time::Duration;

use serde_json::json;
use testkit::{Relay, RelayOptions, ServerOptions};

use crate::house::{CUSTOMER, House};

/// A number beside the line's.
const NUMBER: &str = "+14155550110";

#[tokio::test]
async fn a_voicemail_twimlet_mails_who_called_and_where_it_can_be_heard() {
    let mut relay =
        Relay::start(RelayOptions { tls: "none", login: false, ..RelayOptions::default() }).await;
    let settings = format!(
        "[mail]\nurl = \"{}\"\nfrom = \"Support <support@example.com>\"\n\n\
         [twimlets]\naddresses = [\"@example.com\"]\n",
        relay.url()
    );
    let options = ServerOptions::new(env!("CARGO_BIN_EXE_alo")).settings(&settings);
    let house = House::with(options, json!({})).await;
    let url = "http://twimlets.com/voicemail?Email=ada%40example.com&Message=Speak+now.";
    let form = [("PhoneNumber", NUMBER), ("VoiceUrl", url)];
    let (status, bought) = house.rest.posts("/IncomingPhoneNumbers", &form).await;
    assert_eq!(status, 201, "{bought}");
    let caller = house.town.caller(CUSTOMER).await.dials(NUMBER).await;
    caller.is_answered().await.hears("Speak now.").await.hears_tone(1_000.0).await;
    caller.says_all(testkit::tone(700, Duration::from_secs(2))).await;
    caller.hangs_up();
    let letter = relay.next_letter().await;
    assert_eq!(letter.to, ["ada@example.com"]);
    assert_eq!(letter.header("Subject"), "New Voicemail Message from (415) 555-0142");
    for part in [CUSTOMER, NUMBER, "/Recordings/RE", ".wav"] {
        assert!(letter.text.contains(part), "{part} in {}", letter.text);
    }
    house.closes().await;
    assert_eq!(relay.letters_so_far().await, [], "it is sent once");
}
