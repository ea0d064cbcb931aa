//! `[speech]` and `[[voices]]`: who speaks what `<Say>` says.

use std::path::{Path, PathBuf};

use model::Secret;
use speech::{
    Embedded, Limits, OpenAi, OpenAiSettings, Piper, Route, Settings, ShelfSettings, Synthesizer,
    Voices,
};
use url::Url;

use super::Effective;
use super::file::Item;
use super::item::ItemReader;
use super::layers::Layers;
use super::secret::Hidden;
use super::section::section;
use super::value::{Needed, Raw, Size, Value, choice, items, listed};

/// The head of each entry of `[[voices]]`.
pub(crate) const HEAD: &str = "voices";

/// Folder of what was spoken, in the data folder.
const FOLDER: &str = "speech";

choice! {
    /// Whether `espeak-ng` speaks.
    Espeak {
        /// If it is there.
        Auto = "auto",
        /// No.
        Off = "off",
    }
}

choice! {
    /// An engine.
    Engine {
        /// The service at `speech.url`.
        Service = "service",
        /// The voices of `speech.piper`.
        Piper = "piper",
        /// The embedded English voice.
        Alo = "alo",
        /// The program `espeak-ng`.
        Espeak = "espeak",
    }
}

/// Engines in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Order(Vec<Engine>);

impl Value for Order {
    fn kind() -> &'static str {
        "list of service, piper, alo, espeak"
    }

    fn read(raw: &Raw) -> Result<Order, String> {
        let mut order = Vec::new();
        for name in items(raw, "[\"alo\", \"espeak\"]")? {
            let engine = Engine::read(&Raw::Text(name.clone()))?;
            if order.contains(&engine) {
                return Err(format!("'{name}' stands there twice"));
            }
            order.push(engine);
        }
        Ok(Order(order))
    }

    fn toml(&self) -> String {
        listed(self.0.iter().map(|engine| word(*engine).to_owned()))
    }
}

section! {
    /// What speaks the text of `<Say>`. English is spoken by alo itself; other languages, and other voices, need an engine
    /// besides.
    Speech = "speech" {
        /// An OpenAI-compatible speech service, asked at `URL/audio/speech`: `https://api.openai.com/v1`. Empty: none.
        url: Option<Url> = None,
        /// Key of the service: better as `"env:NAME"`, `"file:PATH"` or the variable `ALO_SPEECH_KEY` than written out.
        key: Option<Hidden> = None,
        /// Model that the service is asked for.
        model: String = "tts-1".to_owned(),
        /// Voice of the service where TwiML names none that it knows.
        voice: String = "alloy".to_owned(),
        /// Languages that the service is asked for, `["pt", "es-MX"]`. Empty: all.
        languages: Vec<String> = Vec::new(),
        /// The program `espeak-ng`: `auto` takes it where it is on the PATH; `off` leaves it.
        espeak: Espeak = Espeak::Auto,
        /// Files of Piper's voices, `["/voices/pt_BR-faber-medium.onnx"]`, each with its `.onnx.json` beside it. They are
        /// computed on this machine, and need `espeak-ng` for their phonemes. Empty: none.
        piper: Vec<String> = Vec::new(),
        /// Who is asked first, second and so on for what no `[[voices]]` gives to one of them: the service, Piper's voices,
        /// the embedded voice, `espeak-ng`. Each speaks only its languages; one that fails is followed by the next, also in the middle
        /// of a text. Who isn't in the list isn't asked.
        order: Order = Order(vec![Engine::Service, Engine::Piper, Engine::Alo, Engine::Espeak]),
        /// Threads of the embedded voice, and as many of Piper's; 0: one for each core but one, 4 at most. Threads that carry
        /// audio go before them.
        threads: usize = 0; 0..=64,
        /// Sentences that are made at once, over all calls and engines.
        at_once: usize = 4; 1..=256,
        /// Texts that wait until their first sentence is made; more are refused, and heard as a tone.
        queue: usize = 256; 0..=100_000,
        /// What was spoken is kept on disk, in the folder `speech` of the data folder, up to this size; what was used longest
        /// ago goes first. `"0 B"` keeps nothing there.
        kept: Size = Size(256 << 20),
    }
}

section! {
    /// Who speaks for a voice's name, or for a language: one table for each, with two brackets around its head. The first
    /// that fits counts; what none fits goes by `speech.order`. Without a name it is for its languages, without languages
    /// for its name.
    Entry = "voices" {
        /// The name in `<Say voice="...">`, `"Polly.Vitoria"`, or how it begins before a `*`: `"Polly.*"`. Empty: any, and none.
        name: String = String::new(),
        /// Languages it is for, `["pt", "es-MX"]`. Empty: all.
        languages: Vec<String> = Vec::new(),
        /// The engine that speaks: `service`, `piper`, `alo` or `espeak`.
        engine: Needed<Engine> = Needed(None),
        /// The engine's own voice, as `alo voices` lists it. Empty: what TwiML asks for.
        voice: String = String::new(),
    }
}

/// All entries of `[[voices]]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Casting {
    routes: Vec<Route>,
    shown: Vec<Vec<Effective>>,
}

impl Casting {
    /// Reads all.
    pub(crate) fn read(layers: &mut Layers) -> Casting {
        let mut casting = Casting::default();
        for item in layers.items(HEAD) {
            casting.read_one(layers, item);
        }
        casting
    }

    fn read_one(&mut self, layers: &mut Layers, item: Item) {
        let mut reader = ItemReader::new(layers, HEAD, item);
        let entry = Entry::read(&mut reader);
        reader.unknown_of_all(&Entry::rows());
        if entry.name.is_empty() && entry.languages.is_empty() {
            let mend = "write name = \"Polly.Vitoria\", languages = [\"pt\"], or both".to_owned();
            reader.wrong("this [[voices]] has neither a name nor languages".to_owned(), Some(mend));
        }
        if entry.name.trim_end_matches('*').contains('*') {
            let name = &entry.name;
            reader.wrong_value("name", format!("'{name}' has a * before its end"));
        }
        self.shown.push(reader.effective(Entry::rows(), entry.shown()));
        // Without an engine it was told that it needs one.
        let Some(engine) = entry.engine.0 else { return };
        self.routes.push(Route {
            name: entry.name,
            languages: entry.languages,
            engine: word(engine).to_owned(),
            voice: Some(entry.voice).filter(|voice| !voice.is_empty()),
        });
    }

    /// Each with its settings, their values and where they came from.
    pub(crate) fn shown(&self) -> &[Vec<Effective>] {
        &self.shown
    }
}

impl Speech {
    /// The engines, in the order they are asked, with the `key` of the service; what they spoke is kept in the folder
    /// `data`, where there is one. It may take a moment: `espeak-ng` is asked for its languages.
    pub(crate) fn voices(
        &self,
        key: Option<&Secret>,
        casting: &Casting,
        data: Option<&Path>,
    ) -> anyhow::Result<Voices> {
        let mut engines = Vec::new();
        for engine in &self.order.0 {
            engines.extend(self.engine(*engine, key)?);
        }
        let bytes = self.kept.0 as u64;
        let shelf = data
            .filter(|_| bytes > 0)
            .map(|data| ShelfSettings { folder: data.join(FOLDER), bytes });
        let limits = Limits { at_once: self.at_once, queue: self.queue, ..Limits::default() };
        let settings = Settings { limits, routes: casting.routes.clone(), shelf };
        Ok(Voices::open(engines, settings)?)
    }

    /// An engine, where it is set up or installed.
    fn engine(
        &self,
        engine: Engine,
        key: Option<&Secret>,
    ) -> anyhow::Result<Option<Box<dyn Synthesizer>>> {
        Ok(match engine {
            Engine::Service => match &self.url {
                Some(url) => Some(Box::new(OpenAi::new(self.service(url, key.cloned()))?)),
                None => None,
            },
            Engine::Piper if self.piper.is_empty() => None,
            Engine::Piper => {
                let files: Vec<PathBuf> = self.piper.iter().map(PathBuf::from).collect();
                Some(Box::new(Piper::open(&files, self.threads)?))
            }
            Engine::Alo => Some(Box::new(Embedded::start(self.threads)?)),
            Engine::Espeak => match self.espeak {
                Espeak::Auto => speech::Espeak::find().map(|espeak| Box::new(espeak) as Box<_>),
                Espeak::Off => None,
            },
        })
    }

    fn service(&self, url: &Url, key: Option<Secret>) -> OpenAiSettings {
        OpenAiSettings {
            key,
            model: self.model.clone(),
            voice: self.voice.clone(),
            languages: self.languages.clone(),
            ..OpenAiSettings::new(url.as_str())
        }
    }
}

/// As the file writes it, and the engine calls itself.
fn word(engine: Engine) -> &'static str {
    match engine {
        Engine::Service => "service",
        Engine::Piper => "piper",
        Engine::Alo => "alo",
        Engine::Espeak => "espeak",
    }
}
