//! What the commands of the support line ask the server for again and again: the one rota, the one line, lists of them.

use jiff::Zoned;
use jiff::tz::TimeZone;
use model::oncall::{Name, Zone};
use serde_json::Value;

use crate::client::Client;
use crate::commands::{Usage, shown};

/// A rota, as far as commands need it.
pub(super) struct Asked {
    /// Its name.
    pub(super) name: Name,
    /// Its zone.
    pub(super) zone: Zone,
    /// Everything that the server says of it.
    pub(super) rota: Value,
}

impl Asked {
    fn read(rota: Value) -> anyhow::Result<Asked> {
        let name = shown::text(&rota, "name").parse()?;
        let zone = shown::text(&rota, "zone").parse()?;
        Ok(Asked { name, zone, rota })
    }

    /// Where its resources are.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/v1/rotas/{}{rest}", self.name)
    }

    /// The rules of its zone.
    pub(super) fn rules(&self) -> TimeZone {
        self.zone.rules()
    }

    /// The time there.
    pub(super) fn now(&self) -> Zoned {
        Zoned::now().with_time_zone(self.rules())
    }
}

/// Rows of a list.
pub(super) fn rows(answer: &Value, key: &str) -> Vec<Value> {
    answer[key].as_array().or(answer.as_array()).cloned().unwrap_or_default()
}

/// Every rota.
pub(super) async fn rotas(client: &Client) -> anyhow::Result<Vec<Value>> {
    Ok(rows(&client.get("/v1/rotas", &Vec::new()).await?, "rotas"))
}

/// Every line.
pub(super) async fn lines(client: &Client) -> anyhow::Result<Vec<Value>> {
    Ok(rows(&client.get("/v1/lines", &Vec::new()).await?, "lines"))
}

/// The names of all lines.
pub(in crate::commands) async fn lines_named(client: &Client) -> anyhow::Result<Vec<String>> {
    Ok(lines(client).await?.iter().map(|line| shown::text(line, "name")).collect())
}

/// The rota of this name, or the only one.
pub(super) async fn rota(client: &Client, name: Option<&Name>) -> anyhow::Result<Asked> {
    let known = "`alo roulette add-rota NAME --zone ZONE --people ada,ben --weekly` makes one";
    Asked::read(chosen(rotas(client).await?, name, "rota", known)?)
}

/// The line of this name, or the only one.
pub(super) async fn line(client: &Client, name: Option<&Name>) -> anyhow::Result<Value> {
    let known = "`alo roulette line add NAME --rota ROTA` makes one";
    chosen(lines(client).await?, name, "line", known)
}

fn chosen(all: Vec<Value>, name: Option<&Name>, what: &str, makes: &str) -> anyhow::Result<Value> {
    let names = all.iter().map(|it| shown::text(it, "name")).collect::<Vec<_>>().join(", ");
    let Some(name) = name else {
        return match <[Value; 1]>::try_from(all) {
            Ok([only]) => Ok(only),
            Err(none) if none.is_empty() => anyhow::bail!("there is no {what} yet: {makes}"),
            Err(_) => Err(Usage(format!("there are several {what}s, say which: {names}")).into()),
        };
    };
    let found = all.into_iter().find(|it| it["name"].as_str() == Some(name.as_str()));
    found.ok_or_else(|| match names.as_str() {
        "" => anyhow::anyhow!("there is no {what} '{name}': {makes}"),
        names => anyhow::anyhow!("there is no {what} '{name}': there are {names}"),
    })
}

/// Names with commas between them.
pub(super) fn names(text: &str) -> Result<Vec<Name>, Usage> {
    let read = |word: &str| word.parse::<Name>().map_err(|error| Usage(error.to_string()));
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let names = words.map(read).collect::<Result<Vec<Name>, Usage>>()?;
    if names.is_empty() {
        return Err(Usage("nobody takes part: write --people ada,ben,cleo".to_owned()));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_only_one_needs_no_name() {
        let one = || vec![json!({"name": "support"})];
        let two = || vec![json!({"name": "support"}), json!({"name": "sales"})];
        let name = |text: &str| text.parse::<Name>().expect("a name");
        let choose = |all, name: Option<Name>| {
            chosen(all, name.as_ref(), "rota", "make one")
                .map(|it| shown::text(&it, "name"))
                .map_err(|error| error.to_string())
        };
        assert_eq!(choose(one(), None), Ok("support".to_owned()));
        assert_eq!(choose(two(), Some(name("Sales"))), Ok("sales".to_owned()));
        assert_eq!(choose(vec![], None), Err("there is no rota yet: make one".to_owned()));
        assert_eq!(
            choose(two(), None),
            Err("there are several rotas, say which: support, sales".to_owned())
        );
        assert_eq!(
            choose(one(), Some(name("sales"))),
            Err("there is no rota 'sales': there are support".to_owned())
        );
    }
}
