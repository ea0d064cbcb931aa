//! The configuration: `alo.toml`, the environment and flags, one file of ours per section.
//!
//! The only place that reads the environment. A setting exists once, as a field with its doc comment (see
//! [`section`]); the manual's table, `alo config check` and `alo config show` all come from there.

mod calls;
pub(crate) mod carriers;
mod docs;
mod file;
mod gateway;
mod http;
mod item;
mod layers;
mod logs;
mod mail;
mod notify;
mod numbers;
pub(crate) mod problem;
mod recognition;
mod roulette;
mod rtp;
pub(crate) mod secret;
pub(crate) mod section;
mod sip;
mod smpp;
pub(crate) mod speech;
mod texts;
mod twimlets;
mod upstream;
pub(crate) mod value;
mod webhooks;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use model::Secret;

pub(crate) use calls::Calls;
pub(crate) use carriers::Carriers;
pub(crate) use docs::{example, manual};
pub(crate) use http::Http;
pub(crate) use layers::{Source, flag, variables};
pub(crate) use logs::{Format, Logs};
pub(crate) use mail::Mail;
pub(crate) use notify::Notify;
pub(crate) use numbers::Numbers;
pub(crate) use recognition::Recognition;
pub(crate) use roulette::Roulette;
pub(crate) use rtp::Rtp;
pub(crate) use sip::Sip;
pub(crate) use speech::Speech;
pub(crate) use texts::Texts;
pub(crate) use twimlets::Twimlets;
pub(crate) use webhooks::Webhooks;

use crate::cli::Globals;
use file::File;
use layers::Layers;
use problem::Problem;
use section::Row;
use value::Raw;

/// Every setting, effective.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The folder of everything that is kept.
    pub(crate) data: PathBuf,
    /// The file that was read, where there was one.
    pub(crate) file: Option<PathBuf>,
    /// `[http]`.
    pub(crate) http: Http,
    /// `[sip]`.
    pub(crate) sip: Sip,
    /// `[rtp]`.
    pub(crate) rtp: Rtp,
    /// `[webhooks]`.
    pub(crate) webhooks: Webhooks,
    /// `[speech]`.
    pub(crate) speech: Speech,
    /// `[[voices]]`.
    pub(crate) casting: speech::Casting,
    /// `[recognition]`.
    pub(crate) recognition: Recognition,
    /// `[numbers]`.
    pub(crate) numbers: Numbers,
    /// `[calls]`.
    pub(crate) calls: Calls,
    /// `[texts]`.
    pub(crate) texts: Texts,
    /// `[[carriers]]`.
    pub(crate) carriers: Carriers,
    /// `[roulette]`.
    pub(crate) roulette: Roulette,
    /// `[twimlets]`.
    pub(crate) twimlets: Twimlets,
    /// `[mail]`.
    pub(crate) mail: Mail,
    /// `[notify]`.
    pub(crate) notify: Notify,
    /// `[logs]`.
    pub(crate) logs: Logs,
    /// The key of the speech service, or why it isn't there.
    speech_key: Result<Option<Secret>, Box<Problem>>,
    /// The key of the recognition service, or why it isn't there.
    recognition_key: Result<Option<Secret>, Box<Problem>>,
    /// The relay of e-mails, or why there is none.
    relay: Result<Option<::mail::Settings>, Box<Problem>>,
    sources: Vec<Source>,
}

/// The configuration can't be used; each problem says where and what to write.
#[derive(Debug)]
pub(crate) struct Invalid(pub(crate) Vec<Problem>);

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&shown.join("\n"))
    }
}

impl std::error::Error for Invalid {}

/// A section with its settings, for the manual.
pub(crate) struct Chapter {
    /// `sip`.
    pub(crate) name: &'static str,
    /// What it is about.
    pub(crate) about: String,
    /// Its settings.
    pub(crate) rows: Vec<Row>,
}

/// All sections with all settings, in the manual's order.
pub(crate) fn chapters() -> Vec<Chapter> {
    let chapter = |name, about: &[&str], rows| {
        let about = about.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        Chapter { name, about, rows }
    };
    vec![
        chapter("http", Http::ABOUT, Http::rows()),
        chapter("sip", Sip::ABOUT, Sip::rows()),
        chapter("rtp", Rtp::ABOUT, Rtp::rows()),
        chapter("webhooks", Webhooks::ABOUT, Webhooks::rows()),
        chapter("speech", Speech::ABOUT, Speech::rows()),
        chapter("recognition", Recognition::ABOUT, Recognition::rows()),
        chapter("numbers", Numbers::ABOUT, Numbers::rows()),
        chapter("calls", Calls::ABOUT, Calls::rows()),
        chapter("texts", Texts::ABOUT, Texts::rows()),
        chapter("roulette", Roulette::ABOUT, Roulette::rows()),
        chapter("twimlets", Twimlets::ABOUT, Twimlets::rows()),
        chapter("mail", Mail::ABOUT, Mail::rows()),
        chapter("notify", Notify::ABOUT, Notify::rows()),
        chapter("logs", Logs::ABOUT, Logs::rows()),
    ]
}

/// A setting's row, its effective value as the file writes it, and where that came from.
#[derive(Debug, Clone)]
pub(crate) struct Effective {
    /// The setting.
    pub(crate) row: Row,
    /// Its value; redacted where it is a secret that is written out.
    pub(crate) value: String,
    /// Where it came from.
    pub(crate) source: Source,
}

impl Effective {
    /// One that nobody wrote.
    pub(crate) fn unwritten(row: Row, value: String) -> Effective {
        Effective { row, value, source: Source::Default }
    }
}

impl Config {
    /// Reads everything that the command line, the environment and the file say.
    pub(crate) fn load(globals: &Globals) -> anyhow::Result<Config> {
        Config::load_in(globals, environment())
    }

    /// [`Config::load`] with another environment, for tests.
    pub(crate) fn load_in(
        globals: &Globals,
        environment: BTreeMap<String, String>,
    ) -> anyhow::Result<Config> {
        let data = data_folder(globals, &environment);
        let path = file_named(globals, &environment, &data)?;
        let text = match &path {
            Some(path) => Some(
                std::fs::read_to_string(path)
                    .with_context(|| format!("{} can't be read", path.display()))?,
            ),
            None => None,
        };
        let shown = path.as_ref().map_or_else(String::new, |path| path.display().to_string());
        let (file, mut problems) = match text {
            Some(text) => {
                let (file, problems) = File::parse(&shown, &text);
                (Some(file), problems)
            }
            None => (None, Vec::new()),
        };
        if problems.is_empty()
            && let Some(file) = &file
        {
            problems.extend(file.unknown(&all_rows(), &[carriers::HEAD, speech::HEAD]));
        }
        let mut layers = Layers::new(environment, file);
        globals.put_into(&mut layers);
        let config = Config::from_layers(data, path, globals.dev, &mut layers);
        problems.extend(layers.into_problems());
        problems.sort_by_key(|problem| problem.position);
        if problems.is_empty() { Ok(config) } else { Err(Invalid(problems).into()) }
    }

    fn from_layers(data: PathBuf, file: Option<PathBuf>, dev: bool, layers: &mut Layers) -> Config {
        let folder = file.as_deref().and_then(Path::parent).unwrap_or(&data).to_owned();
        let numbers = Numbers::read(layers);
        let everybody = || vec!["+".to_owned()];
        let reach = || if dev { everybody() } else { numbers.prefixes() };
        let carriers = Carriers::read(layers, &folder, reach);
        let casting = speech::Casting::read(layers);
        let speech = Speech::read(layers);
        let speech_key = layers.reveal("speech", "key", speech.key.as_ref(), &folder);
        let recognition = Recognition::read(layers);
        let recognition_key =
            layers.reveal("recognition", "key", recognition.key.as_ref(), &folder);
        let mail = Mail::read(layers);
        let relay = mail.relay(layers, &folder);
        let mut config = Config {
            data,
            file,
            http: Http::read(layers),
            sip: Sip::read(layers),
            rtp: Rtp::read(layers),
            webhooks: Webhooks::read(layers),
            speech,
            casting,
            recognition,
            numbers,
            calls: Calls::read(layers),
            texts: Texts::read(layers),
            carriers,
            roulette: Roulette::read(layers),
            twimlets: Twimlets::read(layers),
            mail,
            notify: Notify::read(layers),
            logs: Logs::read(layers),
            speech_key,
            recognition_key,
            relay,
            sources: Vec::new(),
        };
        config.sources =
            all_rows().iter().map(|row| layers.source(row.section, row.name)).collect();
        config
    }

    /// What a server lacks that would be started now: secrets and files that the configuration names and that aren't
    /// there. Commands that ask a running server need none of them.
    pub(crate) fn missing(&self) -> Vec<Problem> {
        let mut missing = self.carriers.settings().err().unwrap_or_default();
        missing.extend(self.speech_key.as_ref().err().map(|problem| Problem::clone(problem)));
        missing.extend(self.recognition_key.as_ref().err().map(|problem| Problem::clone(problem)));
        missing.extend(self.relay.as_ref().err().map(|problem| Problem::clone(problem)));
        missing.sort_by_key(|problem| problem.position);
        missing
    }

    /// The key of the speech service.
    pub(crate) fn speech_key(&self) -> Result<Option<Secret>, Invalid> {
        self.speech_key.clone().map_err(|problem| Invalid(vec![*problem]))
    }

    /// Who speaks. It may take a moment: programs are asked for their languages. `keeps`: what is spoken is kept in the
    /// data folder.
    pub(crate) fn voices(&self, keeps: bool) -> anyhow::Result<::speech::Voices> {
        let data = keeps.then_some(self.data.as_path());
        self.speech.voices(self.speech_key()?.as_ref(), &self.casting, data)
    }

    /// Who understands what callers say. It may take a moment: a model file is read.
    pub(crate) fn ears(&self) -> anyhow::Result<::speech::Ears> {
        let key = self.recognition_key.clone().map_err(|problem| Invalid(vec![*problem]))?;
        self.recognition.ears(key)
    }

    /// The relay of e-mails, where there is one.
    pub(crate) fn mail_settings(&self) -> Result<Option<::mail::Settings>, Invalid> {
        self.relay.clone().map_err(|problem| Invalid(vec![*problem]))
    }

    /// As the engine takes what concerns texts.
    pub(crate) fn text_settings(&self) -> Result<engine::TextSettings, Invalid> {
        Ok(engine::TextSettings {
            carriers: self.carriers.settings().map_err(Invalid)?,
            queued: self.texts.queued,
            inbound_tries: self.texts.inbound_tries,
        })
    }

    /// Every setting with its value and where that came from.
    pub(crate) fn effective(&self) -> Vec<Effective> {
        let values = [
            self.http.shown(),
            self.sip.shown(),
            self.rtp.shown(),
            self.webhooks.shown(),
            self.speech.shown(),
            self.recognition.shown(),
            self.numbers.shown(),
            self.calls.shown(),
            self.texts.shown(),
            self.roulette.shown(),
            self.twimlets.shown(),
            self.mail.shown(),
            self.notify.shown(),
            self.logs.shown(),
        ]
        .concat();
        let rows = all_rows().into_iter().zip(values).zip(&self.sources);
        rows.map(|((row, value), source)| Effective { row, value, source: source.clone() })
            .collect()
    }

    /// Whether flag or environment say where the API is.
    pub(crate) fn http_was_named(&self) -> bool {
        match self.source("http", "listen") {
            Source::Flag(_) | Source::Variable(_) => true,
            Source::File { .. } | Source::Default => false,
        }
    }

    /// Where the value of a setting came from.
    pub(crate) fn source(&self, section: &str, name: &str) -> Source {
        let at = all_rows().iter().position(|row| (row.section, row.name) == (section, name));
        at.and_then(|at| self.sources.get(at)).cloned().unwrap_or(Source::Default)
    }

    /// The database.
    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("alo.db")
    }

    /// Account and token, for the commands on this machine.
    pub(crate) fn credentials(&self) -> PathBuf {
        self.data.join("credentials.json")
    }

    /// Addresses of the server that runs on this data folder.
    pub(crate) fn running(&self) -> PathBuf {
        self.data.join("running.json")
    }
}

fn all_rows() -> Vec<Row> {
    chapters().into_iter().flat_map(|chapter| chapter.rows).collect()
}

fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// A variable of the environment that is no setting: `NO_COLOR`, `PATH`.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(crate) fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// `--data`, `ALO_DATA`, else `alo` in the user's folder for data (XDG Base Directory Specification), else `alo-data` here.
fn data_folder(globals: &Globals, environment: &BTreeMap<String, String>) -> PathBuf {
    let named = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    if let Some(folder) = &globals.data {
        return folder.clone();
    }
    if let Some(folder) = named("ALO_DATA") {
        return PathBuf::from(folder);
    }
    let shared = named("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let home = || named("HOME").map(|home| Path::new(home).join(".local/share"));
    shared.or_else(home).map_or_else(|| PathBuf::from("alo-data"), |folder| folder.join("alo"))
}

/// `--config`, `ALO_CONFIG`, else `alo.toml` in the data folder if it is there.
fn file_named(
    globals: &Globals,
    environment: &BTreeMap<String, String>,
    data: &Path,
) -> anyhow::Result<Option<PathBuf>> {
    let named = globals
        .config
        .clone()
        .or_else(|| environment.get("ALO_CONFIG").filter(|it| !it.is_empty()).map(PathBuf::from));
    match named {
        Some(path) if path.is_file() => Ok(Some(path)),
        Some(path) => anyhow::bail!("there is no file {}", path.display()),
        None => Ok(Some(data.join("alo.toml")).filter(|path| path.is_file())),
    }
}

impl Globals {
    fn put_into(&self, layers: &mut Layers) {
        let words = [
            ("http", "listen", &self.http),
            ("sip", "listen", &self.sip),
            ("rtp", "ports", &self.rtp_ports),
            ("sip", "public_ip", &self.public_ip),
            ("logs", "level", &self.log),
        ];
        for (section, name, word) in words {
            if let Some(word) = word {
                layers.set_flag(section, name, Raw::Word(word.clone()));
            }
        }
        if self.dev {
            layers.set_flag("webhooks", "private_addresses", Raw::Boolean(true));
            layers.set_flag("sip", "strangers", Raw::Word("accept".to_owned()));
        }
    }
}

#[cfg(test)]
mod tests;
