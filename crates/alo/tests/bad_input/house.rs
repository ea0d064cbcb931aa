//! A server whose words are melodies, a town of phones, the application that its number asks, and a look at its records.

use std::time::Duration;

use serde_json::Value;
use testkit::{Answer, App, Call, Rest, Server, ServerOptions, Town, Voice, eventually, twiml};

/// The number that the house has.
pub(crate) const NUMBER: &str = "+14155550100";

/// A number that nobody has.
pub(crate) const NOBODYS: &str = "+14155550199";

/// Who calls.
pub(crate) const CALLER: &str = "+14155550142";

/// What a caller hears where the application can't be asked.
pub(crate) const APOLOGY: &str = "We are sorry, an application error has occurred. Goodbye.";

/// How long what should happen may take on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// A house.
pub(crate) struct House {
    pub(crate) server: Server,
    pub(crate) town: Town,
    pub(crate) app: App,
    pub(crate) rest: Rest,
    voice: Voice,
}

/// The binary under test.
pub(crate) fn options() -> ServerOptions {
    ServerOptions::new(env!("CARGO_BIN_EXE_alo"))
}

impl House {
    /// One whose number asks the application's `/voice`, and tells `/ended` when a call is over.
    pub(crate) async fn open() -> Self {
        Self::with(options(), &[]).await
    }

    /// One whose server and whose number are told more. A parameter that starts with `/` is a path of the application.
    pub(crate) async fn with(options: ServerOptions, number: &[(&str, &str)]) -> Self {
        let story = testkit::Story::start();
        let voice = Voice::start_in(&story).await;
        let app = App::start_in(&story).await;
        app.answers("/ended", Answer::status(204));
        let server = Server::with(options.variable("ALO_SPEECH_URL", &voice.url())).await;
        let town = Town::with(server.sip(), SOON, story);
        let house = Self { rest: Rest::of(&server), server, town, app, voice };
        let given = |name: &str| number.iter().any(|(known, _)| *known == name);
        let usual = [("VoiceUrl", "/voice"), ("StatusCallback", "/ended")];
        let usual = usual.into_iter().filter(|(name, _)| !given(name));
        let params = usual.chain(number.iter().copied());
        let params = params.map(|(name, value)| (name, house.absolute(value)));
        let mut form = vec![("PhoneNumber", NUMBER.to_owned())];
        form.extend(params);
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (status, bought) = house.posts("/IncomingPhoneNumbers", &form).await;
        assert_eq!(status, 201, "{bought}");
        house
    }

    fn absolute(&self, value: &str) -> String {
        if value.starts_with('/') { self.app.url(value) } else { value.to_owned() }
    }

    /// From now on `/voice` is answered with these verbs.
    pub(crate) fn says(&self, verbs: &str) {
        self.app.answers("/voice", response(verbs));
    }

    /// A caller rings the house's number.
    pub(crate) async fn is_rung(&self) -> Call {
        self.town.caller(CALLER).await.dials(NUMBER).await
    }

    /// A phone with an account, registered.
    pub(crate) async fn phone(&self, name: &str) -> testkit::Phone {
        let password = self.server.adds_phone(name).await;
        self.town.registers(name, &password).await
    }

    /// `POST` to a resource of the account: status and answer.
    pub(crate) async fn posts(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        self.rest.posts(path, form).await
    }

    /// `GET` of a resource of the account.
    pub(crate) async fn gets(&self, path: &str) -> Value {
        self.rest.gets(path).await
    }

    /// Waits for a notification with this code, and gives its text.
    pub(crate) async fn notes(&self, code: u32) -> String {
        eventually(&format!("error {code} is in the records"), async || {
            let list = self.gets("/Notifications").await;
            let all = list["notifications"].as_array().expect("a list");
            let code = serde_json::Value::from(code.to_string());
            let found = all.iter().find(|note| note["error_code"] == code);
            match found {
                Some(note) => Ok(note["message_text"].as_str().unwrap_or_default().to_owned()),
                None => Err(list.to_string()),
            }
        })
        .await
    }

    /// Waits until there is a call with this status in this direction.
    pub(crate) async fn has_call(&self, direction: &str, status: &str) -> Value {
        eventually(&format!("an {direction} call is {status}"), async || {
            let list = self.gets("/Calls").await;
            let all = list["calls"].as_array().expect("a list");
            let fits = |call: &&Value| call["direction"] == direction && call["status"] == status;
            all.iter().find(fits).cloned().ok_or_else(|| list.to_string())
        })
        .await
    }

    /// Waits until no call, dialog, stream or callback is left.
    pub(crate) async fn comes_to_rest(&self) {
        self.rest.comes_to_rest().await;
    }

    /// A caller hears something, and it is this. A busy machine may lose the first notes of what is said as it picks up.
    pub(crate) async fn hears(&self, call: &Call, text: &str) {
        if let Err(error) = call.inner().hears_anything(SOON).await {
            panic!("\"{text}\" was expected, but {error}\n\n{}", self.town.story());
        }
        eventually(&format!("\"{text}\" is said"), async || {
            // Sentence by sentence.
            let spoken = self.voice.spoken();
            if spoken.join(" ").contains(text) { Ok(()) } else { Err(format!("{spoken:?}")) }
        })
        .await;
    }

    /// A figure of `/metrics`.
    pub(crate) async fn figure(&self, name: &str) -> i64 {
        let figures = self.rest.figures().await;
        figures.get(name).copied().expect("it is counted")
    }

    /// Waits for the callback that a call is over, and says with which status.
    pub(crate) async fn is_told_the_end(&self) -> String {
        let ended = self.app.next("/ended", SOON).await;
        ended.param("CallStatus").expect("a callback tells the status")
    }
}

/// TwiML of these verbs.
pub(crate) fn response(verbs: &str) -> Answer {
    twiml(format!("<Response>{verbs}</Response>"))
}
