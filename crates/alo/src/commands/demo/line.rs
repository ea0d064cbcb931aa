//! The support line of the story: three developers in a rota, and what callers hear. Everything here a client can do over
//! `/v1/`, or a person with `alo roulette`.

use std::collections::BTreeMap;
use std::time::Duration;

use engine::Engine;
use model::oncall::{
    Crew, Language, Layer, Level, Line, Mode, Music, Name, Order, Person, PersonPhone, Rota, Shown,
    Team, Turn, TurnUnit, VoicemailRules, Zone,
};
use model::{Moment, Party, Sid};

use super::world::DEVELOPERS;

/// Name of the line and of its rota.
pub(crate) const LINE: &str = "support";
/// How long each phone rings: the shortest that a line takes.
pub(crate) const RING: Duration = Duration::from_secs(5);
/// How long from now the first turn begins: the handoff is a part of the story.
const UNTIL_HANDOFF: Duration = Duration::from_secs(2);

/// Adds the developers, their rota and the line. The first turn begins in a moment.
pub(crate) async fn add(engine: &Engine, account: Sid) -> anyhow::Result<()> {
    let store = engine.store();
    for (name, mobile) in DEVELOPERS {
        store.save_person(account, person(name, mobile)?).await?;
    }
    store.save_line(account, line()?).await?;
    store.save_rota(account, rota(engine.now())?).await?;
    engine.duty_changed();
    Ok(())
}

fn person(name: &str, mobile: &str) -> anyhow::Result<Person> {
    let mut display = name.to_owned();
    display[..1].make_ascii_uppercase();
    let phone = |at: &str, label: &str, rings| {
        anyhow::Ok(PersonPhone {
            at: at.parse::<Party>()?,
            label: label.to_owned(),
            rings,
            texts: !rings,
        })
    };
    Ok(Person {
        name: name.parse()?,
        display,
        phones: vec![
            phone(&format!("client:{name}"), "desk", true)?,
            phone(mobile, "mobile", false)?,
        ],
        email: None,
        language: Language::English,
        zone: None,
    })
}

/// An hour each, beginning in a moment.
fn rota(now: Moment) -> anyhow::Result<Rota> {
    // Handoffs are at whole seconds.
    let begins = (now + UNTIL_HANDOFF).timestamp().to_zoned(jiff::tz::TimeZone::UTC);
    let handoff = begins.time().with().subsec_nanosecond(0).build()?;
    let people: Result<Vec<Name>, _> = DEVELOPERS.iter().map(|(name, _)| name.parse()).collect();
    Ok(Rota {
        name: LINE.parse()?,
        display: "Support".to_owned(),
        zone: Zone::utc(),
        layers: vec![Layer {
            name: "primary".to_owned(),
            turn: Turn { every: 1, unit: TurnUnit::Hour },
            start: begins.date(),
            handoff,
            order: Order::InTurn,
            crews: vec![Crew { from_turn: 0, people: people?, first: 0 }],
            hours: Vec::new(),
        }],
        tell_before_minutes: None,
        tell_off: false,
        text_from: None,
    })
}

/// Whoever is on duty, then whoever comes next, then voicemail.
fn line() -> anyhow::Result<Line> {
    let name: Name = LINE.parse()?;
    Ok(Line {
        display: "Example Support".to_owned(),
        language: Language::English,
        callers_language: true,
        mode: Mode::ConnectFirst,
        teams: vec![Team {
            key: None,
            display: String::new(),
            levels: vec![Level::Rota(name.clone()), Level::Next(name.clone())],
        }],
        ring_seconds: u32::try_from(RING.as_secs())?,
        shown: Shown::Line,
        allow: Vec::new(),
        block: Vec::new(),
        hours: None,
        everyone_last: false,
        voicemail: Some(VoicemailRules { max_seconds: 30, ..VoicemailRules::default() }),
        music: Music::default(),
        prompts: BTreeMap::new(),
        target: None,
        text_from: None,
        name,
    })
}
