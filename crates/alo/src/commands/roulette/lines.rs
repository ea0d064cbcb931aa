//! `alo roulette lines`, and a line as people read it.

use model::oncall::{Level, Window};
use serde_json::Value;

use super::{asked, levels, when};
use crate::client::Client;
use crate::commands::shown;
use crate::output::{Output, Tone};

/// Numbers that are looked through at most.
const NUMBERS: usize = 1_000;

pub(super) async fn list(client: &Client, output: Output) -> anyhow::Result<()> {
    let lines = asked::lines(client).await?;
    if output.json {
        return output.document(&Value::Array(lines));
    }
    let numbers = numbers(client).await?;
    let rows = lines.iter().map(|line| {
        let name = shown::text(line, "name");
        let teams = line["teams"].as_array().map_or(&[][..], Vec::as_slice);
        let rings: Vec<String> = teams.iter().map(team).collect();
        let rings = match line["target"].as_str() {
            Some(target) => format!("{target} (target)"),
            None => rings.join("; "),
        };
        let leads = of_line(&numbers, &name);
        let leads = if leads.is_empty() { "-".to_owned() } else { leads.join(", ") };
        vec![name, shown::text(line, "display"), leads, rings]
    });
    output.table(
        &["name", "called", "numbers", "rings"],
        rows.collect(),
        "no lines: `alo roulette line add NAME --rota ROTA` makes one",
    )
}

/// Numbers with what is asked when they are rung.
pub(super) async fn numbers(client: &Client) -> anyhow::Result<Vec<Value>> {
    let path = client.account_path("IncomingPhoneNumbers.json");
    client.list(&path, "incoming_phone_numbers", &Vec::new(), NUMBERS).await
}

/// Those that lead to a line.
pub(super) fn of_line(numbers: &[Value], line: &str) -> Vec<String> {
    let leads = |number: &&Value| {
        let url = number["voice_url"].as_str().unwrap_or_default();
        crate::commands::app::line_of(url) == Some(line)
    };
    numbers.iter().filter(leads).map(|number| shown::text(number, "phone_number")).collect()
}

fn team(team: &Value) -> String {
    let levels: Vec<Level> = serde_json::from_value(team["levels"].clone()).unwrap_or_default();
    let levels: Vec<String> = levels.iter().map(levels::shown).collect();
    let key = team["key"].as_str();
    let display = team["display"].as_str().unwrap_or_default();
    match key {
        Some(key) => format!("{key} {display}: {}", levels.join(", then ")),
        None => levels.join(", then "),
    }
}

/// A line with the numbers that lead to it.
pub(super) fn print(line: &Value, numbers: &[Value], output: Output) -> anyhow::Result<()> {
    let name = shown::text(line, "name");
    output.line(output.paint(Tone::Strong, &name))?;
    let tell = |what: &str, said: String| output.line(format!("  {what:<12} {said}"));
    let leads = of_line(numbers, &name);
    let buys = format!("none yet: alo numbers buy --app roulette:{name}");
    tell("numbers", if leads.is_empty() { buys } else { leads.join(", ") })?;
    let called = shown::text(line, "display");
    if called != "-" {
        tell("called", called)?;
    }
    if let Some(target) = line["target"].as_str() {
        tell("target", format!("{target}, whatever the rota says"))?;
    }
    for each in line["teams"].as_array().into_iter().flatten() {
        tell("rings", team(each))?;
    }
    if line["everyone_last"] == true {
        tell("", "at the end everyone at once".to_owned())?;
    }
    let each = |field: &str| {
        let list = line[field].as_array().into_iter().flatten().filter_map(Value::as_str);
        list.collect::<Vec<&str>>().join(" ")
    };
    tell("each rings", when::length(line["ring_seconds"].as_i64().unwrap_or(20)))?;
    if line["mode"] == "voicemail_first" {
        tell("first", "a message is asked for".to_owned())?;
    }
    tell("voicemail", voicemail(&line["voicemail"]))?;
    tell("music", one_of(&line["music"]))?;
    tell("shows", one_of(&line["shown"]))?;
    tell("language", shown::text(line, "language"))?;
    for (what, field) in [("only from", "allow"), ("not from", "block")] {
        let listed = each(field);
        if !listed.is_empty() {
            tell(what, listed)?;
        }
    }
    if line["hours"].is_object() {
        let hours = line["hours"]["windows"].clone();
        let hours: Vec<Window> = serde_json::from_value(hours).unwrap_or_default();
        let hours: Vec<String> = hours.iter().map(when::window_shown).collect();
        tell("hours", format!("{} ({})", hours.join("; "), shown::text(&line["hours"], "zone")))?;
    }
    for (prompt, languages) in line["prompts"].as_object().into_iter().flatten() {
        for (language, words) in languages.as_object().into_iter().flatten() {
            let language = if language == "*" { String::new() } else { format!(" [{language}]") };
            tell("says", format!("{prompt}{language}: {}", one_of(words)))?;
        }
    }
    Ok(())
}

fn voicemail(rules: &Value) -> String {
    if !rules.is_object() {
        return "none: callers hear that nobody is there".to_owned();
    }
    let told = |field: &str, word: &'static str| (rules[field] == true).then_some(word);
    let told: Vec<&str> =
        [told("text", "text"), told("email", "e-mail")].into_iter().flatten().collect();
    let also = rules["also"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let also: Vec<&str> = also.collect();
    let length = when::length(rules["max_seconds"].as_i64().unwrap_or_default());
    let told = if told.is_empty() {
        "nobody".to_owned()
    } else {
        format!("those on duty by {}", told.join(" and "))
    };
    let also = if also.is_empty() { String::new() } else { format!(", {}", also.join(", ")) };
    format!("up to {length}; tells {told}{also}")
}

/// A choice as the API writes it: a word, or an object of one word and its value.
fn one_of(value: &Value) -> String {
    match value {
        Value::String(word) => word.clone(),
        Value::Object(object) => {
            let values = object.values().filter_map(Value::as_str);
            values.collect::<Vec<&str>>().join(" ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => "-".to_owned(),
    }
}
