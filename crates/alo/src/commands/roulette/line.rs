//! `alo roulette line`: what a caller meets: adds a line, shows it, changes it, gives it a target.

use clap::{Args, Subcommand};
use model::oncall::{Language, Name, PROMPTS, Team, VoicemailRules, Window, Zone};
use model::{Party, PhoneNumber};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::levels::{self, Written};
use super::{asked, lines, people, when};
use crate::client::Client;
use crate::commands::{Usage, shown};
use crate::output::Output;

/// What to do with a line.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette line add support --rota support --greeting \"Welcome to Example Support.\"
  alo roulette line add front --team \"1 Sales=rota:sales,next\" --team \"2 Help=rota:support,next\"
  alo roulette line add boss --rota support --then next --then +5511987654321 --ring 30s --music ringing
  alo roulette line set support --no-voicemail
  alo roulette line show support
  alo roulette line target +5511987654321        every call goes there, whatever the rota says
  alo roulette line target --clear
  alo numbers buy --app roulette:support         a number that leads there

Unless --then says otherwise, who comes next in the rota is rung when the one on duty doesn't take it,
and at the end there is voicemail.")]
pub(super) struct Line {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make one
    Add {
        /// In commands and numbers: support
        line: Name,
        #[command(flatten)]
        options: Box<Options>,
    },
    /// Change one; what isn't said stays
    #[command(visible_alias = "change")]
    Set {
        /// Which
        line: Name,
        #[command(flatten)]
        options: Box<Options>,
    },
    /// Show one
    Show {
        /// Which [default: the only one]
        line: Option<Name>,
    },
    /// Forget one, but not its calls
    Remove {
        /// Which
        line: Name,
    },
    /// Send every call to one phone, for those who schedule elsewhere; then voicemail
    Target {
        /// The phone: +5511987654321, client:NAME or sip:USER@HOST
        #[arg(required_unless_present = "clear")]
        phone: Option<Party>,
        /// The rota decides again
        #[arg(long, conflicts_with = "phone")]
        clear: bool,
        /// Which line [default: the only one]
        #[arg(long)]
        line: Option<Name>,
    },
}

/// How a line is.
#[derive(Debug, Args)]
struct Options {
    /// As it is said to callers and those rung: "Example Support"
    #[arg(long, value_name = "NAME")]
    display: Option<String>,
    /// The rota whose person on duty is rung first [default: the only one]
    #[arg(long)]
    rota: Option<Name>,
    /// Who is rung then: next, everyone, nobody, rota:NAME, next:NAME, a person or a phone; may be repeated [default: next]
    #[arg(long, value_name = "WHOM", value_parser = levels::level)]
    then: Vec<Written>,
    /// A team that callers choose by its key: "1 Billing=rota:billing,next"; up to nine
    #[arg(long = "team", value_name = "TEAM", value_parser = levels::team, conflicts_with_all = ["rota", "then"])]
    teams: Vec<Team>,
    /// What callers hear first: a text, or alo://prompts/NAME, or the address of an audio file
    #[arg(long, value_name = "TEXT")]
    greeting: Option<String>,
    /// Any prompt in other words: NAME=TEXT, or NAME.pt-BR=TEXT; may be repeated
    #[arg(long = "say", value_name = "NAME=TEXT", value_parser = say)]
    say: Vec<Say>,
    /// What callers hear: en or pt-BR
    #[arg(long, value_parser = people::language)]
    language: Option<Language>,
    /// Whether a caller's country decides about the language, where alo speaks it
    #[arg(long, value_name = "true|false")]
    callers_language: Option<bool>,
    /// How long each phone rings: 20s
    #[arg(long, value_name = "TIME", value_parser = when::seconds)]
    ring: Option<u32>,
    /// What callers hear while it rings: classical, ambient, electronica, guitars, rock, soft-rock, ringing, or an address
    #[arg(long, value_name = "MUSIC")]
    music: Option<String>,
    /// What those rung see: line, caller, or a number of yours
    #[arg(long, value_name = "WHAT", value_parser = number_shown)]
    shown: Option<Value>,
    /// Voicemail at the end [the default]
    #[arg(long)]
    voicemail: bool,
    /// No voicemail: callers hear that nobody is there
    #[arg(long, conflicts_with_all = ["voicemail", "voicemail_first", "voicemail_to", "voicemail_max"])]
    no_voicemail: bool,
    /// Ask for a message at once, and ring nobody
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    voicemail_first: Option<bool>,
    /// Who gets messages by e-mail besides those on duty; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    voicemail_to: Vec<String>,
    /// Longest message: 3m
    #[arg(long, value_name = "TIME", value_parser = when::seconds)]
    voicemail_max: Option<u32>,
    /// Ring everyone of the team at once when nobody took the call
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    everyone_last: Option<bool>,
    /// Callers that get through: a number, +5511*, or anonymous; may be repeated [default: all]
    #[arg(long, value_name = "CALLER")]
    allow: Vec<String>,
    /// Callers that don't, written likewise; may be repeated
    #[arg(long, value_name = "CALLER")]
    block: Vec<String>,
    /// When people are rung: "mon-fri 09:00-18:00"; may be repeated [default: always]
    #[arg(long, value_name = "HOURS", value_parser = when::window)]
    hours: Vec<Window>,
    /// Where those hours are meant [default: the rota's zone]
    #[arg(long, value_parser = when::zone, requires = "hours")]
    zone: Option<Zone>,
    /// Number of yours that texts come from and commands by text go to [default: the number that was called]
    #[arg(long, value_name = "NUMBER")]
    text_from: Option<PhoneNumber>,
}

/// A prompt in other words.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Say {
    prompt: String,
    language: String,
    words: String,
}

impl Line {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        match self.action {
            Action::Add { line, options } => add(client, &line, *options, output).await,
            Action::Set { line, options } => set(client, &line, *options, output).await,
            Action::Show { line } => {
                let line = asked::line(client, line.as_ref()).await?;
                one(client, &line, output).await
            }
            Action::Remove { line } => {
                client.delete(&format!("/v1/lines/{line}")).await?;
                output.remark(format!("the line {line} is gone; its calls are kept"));
                Ok(())
            }
            Action::Target { phone, clear: _, line } => {
                let line = asked::line(client, line.as_ref()).await?;
                target(client, &shown::text(&line, "name"), phone, output).await
            }
        }
    }
}

async fn add(client: &Client, name: &Name, options: Options, output: Output) -> anyhow::Result<()> {
    let mut line = Map::new();
    line.insert("name".to_owned(), name.to_string().into());
    line.insert("voicemail".to_owned(), serde_json::to_value(VoicemailRules::default())?);
    let options = if options.teams.is_empty() {
        let rota = asked::rota(client, options.rota.as_ref()).await?;
        let zone = options.zone.or(Some(rota.zone));
        Options { rota: Some(rota.name), zone, ..options }
    } else {
        options
    };
    let mut line = Value::Object(line);
    options.put_into(&mut line)?;
    let kept = client.send(Method::POST, "/v1/lines", &line).await?;
    one(client, &kept, output).await
}

async fn set(client: &Client, name: &Name, options: Options, output: Output) -> anyhow::Result<()> {
    let path = format!("/v1/lines/{name}");
    let known = asked::line(client, Some(name)).await?;
    let mut line = known.clone();
    options.put_into(&mut line)?;
    if line == known {
        let usage = "say what to change: see `alo roulette line set --help`";
        return Err(Usage(usage.to_owned()).into());
    }
    let kept = client.send(Method::PUT, &path, &line).await?;
    one(client, &kept, output).await
}

impl Options {
    /// Writes what is said into a line; what isn't stays.
    fn put_into(mut self, line: &mut Value) -> anyhow::Result<()> {
        let mut put = |field: &str, value: Option<Value>| {
            if let Some(value) = value {
                line[field] = value;
            }
        };
        put("teams", self.teams()?);
        put("display", self.display.map(Value::from));
        put("language", self.language.map(|language| language.as_str().into()));
        put("callers_language", self.callers_language.map(Value::from));
        put("ring_seconds", self.ring.map(Value::from));
        put("music", self.music.as_deref().map(music));
        put("shown", self.shown);
        let mode = |first| if first { "voicemail_first" } else { "connect_first" };
        put("mode", self.voicemail_first.map(|first| mode(first).into()));
        put("everyone_last", self.everyone_last.map(Value::from));
        let list = |list: Vec<String>| (!list.is_empty()).then(|| json!(list));
        put("allow", list(self.allow));
        put("block", list(self.block));
        put("text_from", self.text_from.map(|number| number.to_string().into()));
        if !self.hours.is_empty() {
            let known = line["hours"]["zone"].as_str().and_then(|zone| zone.parse().ok());
            let zone = self.zone.or(known).ok_or_else(|| {
                Usage("say where those hours are meant: --zone America/Sao_Paulo".to_owned())
            })?;
            line["hours"] = json!({ "zone": zone, "windows": self.hours });
        }
        if let Some(text) = self.greeting {
            let (prompt, language) = ("greeting".to_owned(), "*".to_owned());
            self.say.push(Say { prompt, language, words: text });
        }
        for Say { prompt, language, words } in self.say {
            line["prompts"][prompt][language] = audio_or_text(&words);
        }
        if self.no_voicemail {
            line["voicemail"] = Value::Null;
        } else if self.voicemail || self.voicemail_max.is_some() || !self.voicemail_to.is_empty() {
            if !line["voicemail"].is_object() {
                line["voicemail"] = serde_json::to_value(VoicemailRules::default())?;
            }
            if let Some(longest) = self.voicemail_max {
                line["voicemail"]["max_seconds"] = longest.into();
            }
            if !self.voicemail_to.is_empty() {
                line["voicemail"]["also"] = json!(self.voicemail_to);
            }
        }
        Ok(())
    }

    /// The teams, where anything is said of them.
    fn teams(&mut self) -> anyhow::Result<Option<Value>> {
        let (teams, then) = (std::mem::take(&mut self.teams), std::mem::take(&mut self.then));
        if !teams.is_empty() {
            return Ok(Some(serde_json::to_value(teams)?));
        }
        let Some(rota) = &self.rota else {
            if then.is_empty() {
                return Ok(None);
            }
            return Err(Usage("--then belongs to --rota: name it, too".to_owned()).into());
        };
        let then = if then.is_empty() { vec![Written::Next] } else { then };
        let levels = levels::levels(Some(rota), then)?;
        let team = Team { key: None, display: String::new(), levels };
        Ok(Some(serde_json::to_value(vec![team])?))
    }
}

/// `NAME=TEXT`, `NAME.pt-BR=TEXT`.
fn say(text: &str) -> Result<Say, Usage> {
    let wrong = || Usage(format!("'{text}' is no prompt: write NAME=TEXT or NAME.pt-BR=TEXT"));
    let (name, words) = text.split_once('=').ok_or_else(wrong)?;
    let (prompt, language) = match name.split_once('.') {
        Some((prompt, language)) => (prompt, people::language(language)?.as_str()),
        None => (name, "*"),
    };
    if !PROMPTS.contains(&prompt) {
        let known = PROMPTS.join(", ");
        return Err(Usage(format!("there is no prompt '{prompt}': there are {known}")));
    }
    Ok(Say { prompt: prompt.to_owned(), language: language.to_owned(), words: words.to_owned() })
}

fn is_audio(text: &str) -> bool {
    ["http://", "https://", "alo://"].iter().any(|scheme| text.starts_with(scheme))
}

fn audio_or_text(words: &str) -> Value {
    if is_audio(words) { json!({ "audio": words }) } else { json!({ "text": words }) }
}

fn music(text: &str) -> Value {
    if text == "ringing" {
        "ringing".into()
    } else if is_audio(text) {
        json!({ "audio": text })
    } else {
        json!({ "built_in": text })
    }
}

fn number_shown(text: &str) -> Result<Value, Usage> {
    match text {
        "line" | "caller" => Ok(text.into()),
        number => match number.parse::<PhoneNumber>() {
            Ok(number) => Ok(json!({ "number": number })),
            Err(_) => Err(Usage(format!(
                "'{number}' can't be shown: write line, caller or +551155500142"
            ))),
        },
    }
}

async fn one(client: &Client, line: &Value, output: Output) -> anyhow::Result<()> {
    if output.json {
        return output.document(line);
    }
    lines::print(line, &lines::numbers(client).await?, output)
}

async fn target(
    client: &Client,
    line: &str,
    phone: Option<Party>,
    output: Output,
) -> anyhow::Result<()> {
    let path = format!("/v1/lines/{line}/target");
    let Some(phone) = phone else {
        client.delete(&path).await?;
        output.remark(format!("{line}: the rota decides again"));
        return Ok(());
    };
    let kept = client.send(Method::PUT, &path, &json!({ "target": phone })).await?;
    if output.json {
        return output.document(&kept);
    }
    output.line(format!("{line}: every call goes to {phone}, whatever the rota says"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_texts_or_audio_in_all_languages_or_one() {
        let read = say("voicemail.pt-br=Deixe um recado.").expect("a prompt");
        assert_eq!((read.prompt.as_str(), read.language.as_str()), ("voicemail", "pt-BR"));
        assert_eq!(say("menu=Hello").expect("a prompt").language, "*");
        assert_eq!(audio_or_text("alo://prompts/hi"), json!({ "audio": "alo://prompts/hi" }));
        for text in ["", "greeting", "greetings=x", "greeting.fr=x"] {
            assert!(say(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_the_line_the_caller_or_a_number() {
        assert_eq!(number_shown("caller").ok(), Some("caller".into()));
        assert_eq!(number_shown("+551155500142").ok(), Some(json!({"number": "+551155500142"})));
        assert!(number_shown("nobody").is_err());
    }
}
