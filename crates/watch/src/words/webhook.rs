//! What a webhook is told of an incident: a JSON document whose fields programs read.

use model::Moment;
use model::oncall::{Language, Name};
use model::watch::{Incident, IncidentKind};
use serde::Serialize;

use super::texts;
use crate::escalation::Telling;

/// Longest reason in its text, in characters.
const REASON: usize = 1_000;

/// The document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Posted {
    /// `down`, `recovered`, `reminder` or `acknowledged`.
    pub event: &'static str,
    /// By which a repetition is recognised.
    pub key: String,
    /// Its number.
    pub incident: i64,
    /// Of what kind.
    pub kind: IncidentKind,
    /// Which check, if it is one of ours.
    pub check: Option<Name>,
    /// For people: what.
    pub title: String,
    /// For people: why.
    pub detail: String,
    /// Who says so.
    pub source: String,
    /// Where there is more.
    pub link: Option<String>,
    /// When it began.
    pub opened_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// Who sees to it.
    pub acknowledged_by: Option<Name>,
    /// Since when.
    pub acknowledged_at: Option<Moment>,
    /// All of it in one sentence.
    pub text: String,
}

/// What is posted for a telling.
pub fn posted(incident: &Incident, telling: &Telling, language: Language) -> Posted {
    let event = telling.what.as_str();
    Posted {
        event,
        key: telling.key.clone(),
        incident: incident.id,
        kind: incident.kind,
        check: incident.check.clone(),
        title: incident.title.clone(),
        detail: incident.detail.clone(),
        source: incident.source.clone(),
        link: incident.link.clone(),
        opened_at: incident.opened_at,
        ended_at: incident.ended_at(),
        acknowledged_by: incident.acknowledged.as_ref().and_then(|author| author.by.clone()),
        acknowledged_at: incident.acknowledged.as_ref().map(|author| author.at),
        text: texts::line(incident, telling.what, language, REASON),
    }
}
