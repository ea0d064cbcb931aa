//! Who is asked for a voice's name.

use super::*;
use crate::{Gender, VoiceInfo};

/// Tells which voice it was asked for, and knows one name.
struct Named {
    name: &'static str,
    voice: &'static str,
    asked: mpsc::UnboundedSender<String>,
}

#[async_trait::async_trait]
impl Synthesizer for Named {
    fn name(&self) -> &str {
        self.name
    }

    fn voices(&self) -> Vec<VoiceInfo> {
        let (name, engine) = (self.voice.to_owned(), self.name.to_owned());
        let gender = Some(Gender::Woman);
        vec![VoiceInfo { name, language: "en".to_owned(), gender, engine }]
    }

    fn speaks(&self, language: &str) -> bool {
        language.starts_with("en")
    }

    async fn say(&self, utterance: &Utterance) -> Result<Speech, SayError> {
        let voice = utterance.voice.as_deref().unwrap_or("its own");
        self.asked.send(format!("{}: {voice}", self.name)).expect("the test listens");
        Ok(Speech { rate: 8_000, samples: vec![9_000; 8] })
    }
}

fn town(routes: &[Route]) -> (Voices, mpsc::UnboundedReceiver<String>) {
    let (asked, hears) = mpsc::unbounded_channel();
    let engine =
        |name, voice| Box::new(Named { name, voice, asked: asked.clone() }) as Box<dyn Synthesizer>;
    let engines = vec![engine("a", "ann"), engine("b", "bob")];
    let settings = Settings { routes: routes.to_vec(), ..Settings::default() };
    (Voices::open(engines, settings).expect("no folder is needed"), hears)
}

fn route(name: &str, languages: &[&str], engine: &str, voice: Option<&str>) -> Route {
    Route {
        name: name.to_owned(),
        languages: languages.iter().map(|tag| (*tag).to_owned()).collect(),
        engine: engine.to_owned(),
        voice: voice.map(str::to_owned),
    }
}

async fn spoken(routes: &[Route], voice: Option<&str>, language: &str) -> Vec<String> {
    let (voices, mut asked) = town(routes);
    let voice = voice.map(str::to_owned);
    let language = language.to_owned();
    let utterance = Utterance { voice, language, ..utterance("x") };
    voices.speak(&utterance).await.expect("somebody speaks");
    all(&mut asked)
}

#[tokio::test]
async fn the_first_route_that_fits_names_the_engine_and_its_voice() {
    let routes = [
        route("Polly.Amy*", &[], "b", Some("bob")),
        route("Polly.*", &["en-GB"], "b", None),
        route("", &["en-AU"], "b", Some("bruce")),
        route("Polly.Joanna", &[], "nobody", None),
    ];
    assert_eq!(spoken(&routes, Some("Polly.Amy-Neural"), "en-GB").await, ["b: bob"]);
    assert_eq!(spoken(&routes, Some("Polly.Brian"), "en-GB").await, ["b: Polly.Brian"]);
    assert_eq!(spoken(&routes, None, "en-AU").await, ["b: bruce"]);
    assert_eq!(spoken(&routes, Some("Polly.Joanna"), "en-US").await, ["a: Polly.Joanna"]);
    assert_eq!(spoken(&routes, None, "en-US").await, ["a: its own"]);
}

#[tokio::test]
async fn who_has_the_voice_speaks_and_others_get_no_name_that_they_do_not_know() {
    assert_eq!(spoken(&[], Some("bob"), "en").await, ["b: bob"]);
    assert_eq!(spoken(&[], Some("woman"), "en").await, ["a: woman"]);
    assert_eq!(spoken(&[], Some("carol"), "en").await, ["a: its own"]);
}

#[tokio::test]
async fn an_unknown_name_is_warned_of_once() {
    let (voices, _asked) = town(&[route("Acme.*", &[], "b", None)]);
    let warning =
        |name: &str| voices.warning(&Utterance { voice: Some(name.to_owned()), ..utterance("x") });
    for known in ["woman", "Polly.Vitoria", "Google.en-US-Standard-C", "ann", "Acme.One", ""] {
        assert_eq!(warning(known), None, "{known}");
    }
    let said = "no voice is called 'carol': the usual one for en speaks instead (see `alo voices`)";
    assert_eq!(warning("carol").as_deref(), Some(said));
    assert_eq!(warning("carol"), None);
    assert!(warning("Polly.Nobody").is_some());
    assert_eq!(voices.warning(&utterance("x")), None);
}
