//! People: `alo roulette add-person`, `set-person`, `people`, `remove-person`.

use clap::Args;
use model::Party;
use model::oncall::{Language, Name, Person, PersonPhone, Zone};
use reqwest::Method;
use serde_json::Value;

use super::asked::rows;
use super::when;
use crate::client::Client;
use crate::commands::{Usage, shown};
use crate::output::Output;

/// A person that is new.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette add-person ada --display \"Ada Costa\" --phone +5511987654321 --email ada@example.com
  alo roulette add-person ben --phone client:ben --phone +5511912345678,mobile
  alo roulette add-person cleo --phone +551133334444,desk,no-text --language pt-BR

Phones are rung in their order; the first number that takes texts gets them.")]
pub(super) struct AddPerson {
    /// In commands and texts: ada
    name: Name,
    #[command(flatten)]
    about: About,
}

/// A person that is there.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  alo roulette set-person ada --phone +5511987654321 --phone sip:ada@office.example
  alo roulette set-person cleo --language pt-BR --zone America/Sao_Paulo

With --phone, all phones are written anew.")]
pub(super) struct SetPerson {
    /// Who
    name: Name,
    #[command(flatten)]
    about: About,
}

/// What is kept of a person.
#[derive(Debug, Args)]
struct About {
    /// As it is said and written for people: "Ada Costa"
    #[arg(long, value_name = "NAME")]
    display: Option<String>,
    /// A phone: +5511987654321, client:NAME or sip:USER@HOST; behind commas a label, no-text, no-ring. May be repeated
    #[arg(long = "phone", value_name = "PHONE", value_parser = phone)]
    phones: Vec<PersonPhone>,
    /// Where e-mails go
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// What they read and hear: en or pt-BR
    #[arg(long, value_parser = language)]
    language: Option<Language>,
    /// In which times are told to them [default: the rota's]
    #[arg(long, value_parser = when::zone)]
    zone: Option<Zone>,
}

impl AddPerson {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        let mut person = Person {
            name: self.name,
            display: String::new(),
            phones: Vec::new(),
            email: None,
            language: Language::default(),
            zone: None,
        };
        self.about.put_into(&mut person);
        let kept = client.send(Method::POST, "/v1/people", &serde_json::to_value(&person)?).await?;
        one(&kept, output)?;
        remarks(&person, output);
        Ok(())
    }
}

impl SetPerson {
    pub(super) async fn run(self, client: &Client, output: Output) -> anyhow::Result<()> {
        if self.about.says_nothing() {
            let usage = "say what to change: --display, --phone, --email, --language or --zone";
            return Err(Usage(usage.to_owned()).into());
        }
        let path = format!("/v1/people/{}", self.name);
        let known = client.get(&path, &Vec::new()).await?;
        let mut person = Person {
            name: self.name,
            display: known["display"].as_str().unwrap_or_default().to_owned(),
            phones: serde_json::from_value(known["phones"].clone()).unwrap_or_default(),
            email: known["email"].as_str().map(str::to_owned),
            language: serde_json::from_value(known["language"].clone()).unwrap_or_default(),
            zone: serde_json::from_value(known["zone"].clone()).ok(),
        };
        self.about.put_into(&mut person);
        let kept = client.send(Method::PUT, &path, &serde_json::to_value(&person)?).await?;
        one(&kept, output)?;
        remarks(&person, output);
        Ok(())
    }
}

impl About {
    fn says_nothing(&self) -> bool {
        self.display.is_none()
            && self.phones.is_empty()
            && self.email.is_none()
            && self.language.is_none()
            && self.zone.is_none()
    }

    fn put_into(self, person: &mut Person) {
        person.display = self.display.unwrap_or_else(|| std::mem::take(&mut person.display));
        if !self.phones.is_empty() {
            person.phones = self.phones;
        }
        person.email = self.email.or(person.email.take()).filter(|email| !email.is_empty());
        person.language = self.language.unwrap_or(person.language);
        person.zone = self.zone.or(person.zone.take());
    }
}

/// What is missing for a person to be of use.
fn remarks(person: &Person, output: Output) {
    let name = &person.name;
    if !person.phones.iter().any(|phone| phone.rings) {
        output.remark(format!(
            "no phone of {name} rings yet: alo roulette set-person {name} --phone +5511987654321"
        ));
    } else if person.texts_at().is_none() {
        output.remark(format!("no phone of {name} takes texts, so they won't be told of handoffs"));
    }
}

/// `PHONE[,LABEL][,no-text][,no-ring]`.
fn phone(text: &str) -> Result<PersonPhone, Usage> {
    let mut words = text.split(',').map(str::trim);
    let at = words.next().unwrap_or_default();
    let at = at.parse::<Party>().map_err(|_| {
        Usage(format!("'{at}' is no phone: write +5511987654321, client:NAME or sip:USER@HOST"))
    })?;
    let mut phone = PersonPhone { at, label: String::new(), rings: true, texts: true };
    for word in words {
        match word {
            "no-text" => phone.texts = false,
            "no-ring" => phone.rings = false,
            label => label.clone_into(&mut phone.label),
        }
    }
    Ok(phone)
}

/// `en`, `pt-BR`, in any case; `pt` is Brazilian too.
pub(super) fn language(text: &str) -> Result<Language, Usage> {
    let known = Language::ALL.into_iter().find(|language| {
        let tag = language.as_str();
        tag.eq_ignore_ascii_case(text) || tag.split('-').next() == Some(&text.to_ascii_lowercase())
    });
    known.ok_or_else(|| Usage(format!("'{text}' is not a language here: write en or pt-BR")))
}

pub(super) async fn list(client: &Client, output: Output) -> anyhow::Result<()> {
    let people = rows(&client.get("/v1/people", &Vec::new()).await?, "people");
    if output.json {
        return output.document(&Value::Array(people));
    }
    let rows = people.iter().map(|person| {
        let mut row = shown::row(person, &["name", "display"]);
        row.push(phones(person));
        row.extend(shown::row(person, &["email", "language", "zone"]));
        row
    });
    output.table(
        &["name", "called", "phones", "e-mail", "language", "zone"],
        rows.collect(),
        "nobody: `alo roulette add-person NAME --phone PHONE` adds somebody",
    )
}

pub(super) async fn remove(client: &Client, name: &Name, output: Output) -> anyhow::Result<()> {
    client.delete(&format!("/v1/people/{name}")).await?;
    output.remark(format!("{name} is gone; rotas and lines keep the name, see `alo doctor`"));
    Ok(())
}

fn phones(person: &Value) -> String {
    let phones = person["phones"].as_array().cloned().unwrap_or_default();
    let each = |phone: &Value| {
        let mut text = shown::text(phone, "at");
        let label = phone["label"].as_str().unwrap_or_default();
        let quiet = phone["rings"] == false;
        let marks = [label, if quiet { "doesn't ring" } else { "" }];
        let marks: Vec<&str> = marks.into_iter().filter(|mark| !mark.is_empty()).collect();
        if !marks.is_empty() {
            text = format!("{text} ({})", marks.join(", "));
        }
        text
    };
    let phones: Vec<String> = phones.iter().map(each).collect();
    if phones.is_empty() { "-".to_owned() } else { phones.join(", ") }
}

fn one(person: &Value, output: Output) -> anyhow::Result<()> {
    if output.json {
        return output.document(person);
    }
    output.line(shown::record(person, &["name", "display", "email", "language", "zone"]))?;
    output.line(format!("phones    {}", phones(person)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_may_have_a_label_and_be_quiet() {
        let read = phone("+551133334444, desk,no-text").expect("a phone");
        assert_eq!((read.label.as_str(), read.rings, read.texts), ("desk", true, false));
        assert!(phone("client:ada").expect("a phone").rings);
        for text in ["", "ada", "55", ",desk"] {
            assert!(phone(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_language_is_known_by_its_tag_or_its_first_part() {
        assert_eq!(language("PT").ok(), Some(Language::Portuguese));
        assert_eq!(language("pt-br").ok(), Some(Language::Portuguese));
        assert_eq!(language("en").ok(), Some(Language::English));
        assert!(language("tlh").is_err());
    }
}
