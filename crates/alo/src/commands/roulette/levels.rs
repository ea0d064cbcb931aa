//! Who is rung, as it is written on the command line: `rota:support`, `next`, `ada`, `+5511987654321`, `1 Billing=rota:b`.

use model::oncall::{Level, Name, Team};
use model::{Party, PhoneNumber};

use crate::commands::Usage;

/// A level that may leave out whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Whole.
    Whole(Level),
    /// Whoever comes next in the line's rota.
    Next,
    /// Everyone of it.
    Everyone,
    /// No further level.
    Nobody,
}

/// Reads a level: `next`, `everyone`, `nobody`, `rota:NAME`, `next:NAME`, `everyone:NAME`, a person or a phone.
pub(super) fn level(text: &str) -> Result<Written, Usage> {
    let text = text.trim();
    let name = |name: &str| name.parse::<Name>().map_err(|error| Usage(error.to_string()));
    let party = |text: &str| {
        text.parse::<Party>().map_err(|error| Usage(error.to_string())).map(Level::Phone)
    };
    let level = match text.split_once(':') {
        None if text == "next" => return Ok(Written::Next),
        None if text == "everyone" => return Ok(Written::Everyone),
        None if text == "nobody" => return Ok(Written::Nobody),
        None if text.parse::<PhoneNumber>().is_ok() => party(text)?,
        None => Level::Person(name(text).map_err(|_| wrong(text))?),
        Some(("rota", rota)) => Level::Rota(name(rota)?),
        Some(("next", rota)) => Level::Next(name(rota)?),
        Some(("everyone", rota)) => Level::Everyone(name(rota)?),
        Some(("person", person)) => Level::Person(name(person)?),
        Some((_, _)) => party(text).map_err(|_| wrong(text))?,
    };
    Ok(Written::Whole(level))
}

fn wrong(text: &str) -> Usage {
    Usage(format!(
        "'{text}' is nobody to ring: write next, everyone, rota:NAME, next:NAME, everyone:NAME, a person's name, \
         +5511987654321, client:NAME or sip:USER@HOST"
    ))
}

/// Levels after the rota's own.
pub(super) fn levels(rota: Option<&Name>, then: Vec<Written>) -> Result<Vec<Level>, Usage> {
    let mut levels: Vec<Level> = rota.cloned().map(Level::Rota).into_iter().collect();
    for written in then {
        let of_rota = || {
            let whose =
                "next and everyone are of the line's rota: name it with --rota, or write next:NAME";
            rota.cloned().ok_or_else(|| Usage(whose.to_owned()))
        };
        match written {
            Written::Whole(level) => levels.push(level),
            Written::Next => levels.push(Level::Next(of_rota()?)),
            Written::Everyone => levels.push(Level::Everyone(of_rota()?)),
            Written::Nobody => {}
        }
    }
    Ok(levels)
}

/// A team of a menu: `1 Billing=rota:billing,next:billing`.
pub(super) fn team(text: &str) -> Result<Team, Usage> {
    let wrong = || {
        Usage(format!(
            "'{text}' is no team: write its key, what it is called and who is rung, as \"1 Billing=rota:billing,next\""
        ))
    };
    let (head, tail) = text.split_once('=').ok_or_else(wrong)?;
    let (key, display) = head.trim().split_once(' ').ok_or_else(wrong)?;
    let mut letters = key.chars();
    let key = match (letters.next(), letters.next()) {
        (Some(key), None) if ('1'..='9').contains(&key) => key,
        _ => return Err(wrong()),
    };
    let written = tail.split(',').map(level).collect::<Result<Vec<Written>, Usage>>()?;
    let rota = written.iter().find_map(|written| match written {
        Written::Whole(Level::Rota(rota)) => Some(rota.clone()),
        Written::Whole(
            Level::Next(_) | Level::Person(_) | Level::Everyone(_) | Level::Phone(_),
        )
        | Written::Next
        | Written::Everyone
        | Written::Nobody => None,
    });
    let mut levels = Vec::new();
    for each in written {
        // The rota itself stands in the list already.
        let of = levels_of(each, rota.as_ref())?;
        levels.extend(of);
    }
    if levels.is_empty() {
        return Err(wrong());
    }
    Ok(Team { key: Some(key), display: display.trim().to_owned(), levels })
}

fn levels_of(written: Written, rota: Option<&Name>) -> Result<Option<Level>, Usage> {
    let skips_rota = usize::from(rota.is_some());
    Ok(levels(rota, vec![written])?.into_iter().nth(skips_rota))
}

/// A level as it is written.
pub(super) fn shown(level: &Level) -> String {
    match level {
        Level::Rota(name) => format!("rota:{name}"),
        Level::Next(name) => format!("next:{name}"),
        Level::Person(name) => name.to_string(),
        Level::Everyone(name) => format!("everyone:{name}"),
        Level::Phone(party) => party.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().expect("a name")
    }

    #[test]
    fn levels_are_rotas_people_and_phones() {
        for text in [
            "rota:support",
            "next:support",
            "everyone:support",
            "ada",
            "+5511987654321",
            "client:ada",
            "sip:a@b.example",
        ] {
            let Ok(Written::Whole(level)) = level(text) else { panic!("{text} is a level") };
            assert_eq!(shown(&level), text);
        }
        assert_eq!(level("next").ok(), Some(Written::Next));
        for text in ["", "rota:", "rota:a b", "the boss", "mail:ada"] {
            assert!(level(text).is_err(), "{text}");
        }
    }

    #[test]
    fn next_and_everyone_are_those_of_the_rota() {
        let support = name("support");
        let all = levels(Some(&support), vec![Written::Next, Written::Everyone]).expect("levels");
        let shown: Vec<String> = all.iter().map(shown).collect();
        assert_eq!(shown, ["rota:support", "next:support", "everyone:support"]);
        assert!(levels(None, vec![Written::Next]).is_err());
    }

    #[test]
    fn a_team_has_its_key_its_name_and_its_levels() {
        let team = team("2 Technical help=rota:tech,next,+5511987654321").expect("a team");
        assert_eq!((team.key, team.display.as_str()), (Some('2'), "Technical help"));
        let shown: Vec<String> = team.levels.iter().map(shown).collect();
        assert_eq!(shown, ["rota:tech", "next:tech", "+5511987654321"]);
        for text in [
            "",
            "Billing=rota:b",
            "0 Billing=rota:b",
            "1 Billing=",
            "1 Billing=next",
            "12 Billing=rota:b",
        ] {
            assert!(super::team(text).is_err(), "{text}");
        }
    }
}
