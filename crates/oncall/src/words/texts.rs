//! What is written to people: texts, e-mails and their subjects.

use model::PhoneNumber;
use model::oncall::{Language, Line, LineCall, Rota, TextKind, Zone};

use super::{Filling, Phrase, display, fill, when, write};
use crate::Handoff;

/// To somebody who isn't known here. `called` is the number that was texted, which is where calls go, too.
pub fn stranger(line: &Line, called: Option<&PhoneNumber>) -> String {
    let filling = Filling {
        line: Some(display(line).to_owned()),
        caller: called.map(PhoneNumber::to_string),
        ..Filling::default()
    };
    let text = fill(Phrase::Stranger.text(line.language), &filling);
    match called {
        Some(_) => text,
        // Without a number to call, its last sentence has nothing to say.
        None => text.rsplit_once(". ").map_or(text.clone(), |(first, _)| format!("{first}.")),
    }
}

/// Something went wrong here; to somebody of ours.
pub fn not_now(language: Language) -> String {
    Phrase::NotNow.text(language).to_owned()
}

/// Subject of an e-mail about duty; `name` is the rota's or the line's.
pub fn subject(kind: TextKind, language: Language, name: &str) -> String {
    let filling = Filling { line: Some(name.to_owned()), ..Filling::default() };
    fill(of(kind).text(language), &filling)
}

/// What is told of a handoff, with times in `zone`. `other` is who was on duty before, and for `Changed` who is on duty
/// instead; who goes off duty hears who comes on.
pub fn handoff(
    kind: TextKind,
    language: Language,
    line: Option<&Line>,
    rota: &Rota,
    handoff: &Handoff,
    zone: &Zone,
    other: Option<&str>,
) -> String {
    let phrase = match kind {
        TextKind::OnDuty => Phrase::TextOnDuty,
        TextKind::SoonOnDuty => Phrase::TextSoonOnDuty,
        TextKind::OffDuty => Phrase::TextOffDuty,
        TextKind::Changed | TextKind::Missed | TextKind::Voicemail | TextKind::Transcript => {
            Phrase::TextChanged
        }
    };
    let of_rota = if rota.display.is_empty() { rota.name.as_str() } else { &rota.display };
    let person = match kind {
        TextKind::OffDuty => handoff.on.as_ref().map(ToString::to_string),
        TextKind::OnDuty
        | TextKind::SoonOnDuty
        | TextKind::Changed
        | TextKind::Missed
        | TextKind::Voicemail
        | TextKind::Transcript => other.map(str::to_owned),
    };
    let filling = Filling {
        line: Some(line.map_or(of_rota, display).to_owned()),
        person,
        from: Some(when(handoff.at, zone, language)),
        until: Some(when(handoff.until, zone, language)),
        ..Filling::default()
    };
    write(line, phrase, language, &filling)
}

/// Subject of an e-mail about a call.
pub fn call_subject(kind: TextKind, language: Language, line: &Line, call: &LineCall) -> String {
    fill(of(kind).text(language), &about(language, line, call, None))
}

/// What is told of a call that was missed, or has a message; `link` is where it can be heard.
pub fn about_call(
    kind: TextKind,
    language: Language,
    line: &Line,
    call: &LineCall,
    link: Option<&str>,
) -> String {
    let phrase = match kind {
        TextKind::Voicemail => Phrase::TextVoicemail,
        TextKind::Transcript => Phrase::TextTranscript,
        TextKind::Missed
        | TextKind::OnDuty
        | TextKind::SoonOnDuty
        | TextKind::OffDuty
        | TextKind::Changed => Phrase::TextMissed,
    };
    write(Some(line), phrase, language, &about(language, line, call, link))
}

fn about(language: Language, line: &Line, call: &LineCall, link: Option<&str>) -> Filling {
    let line = display(line);
    let line =
        if call.team.is_empty() { line.to_owned() } else { format!("{line}, {}", call.team) };
    let caller = match &call.from {
        model::Party::Other(_) => super::spoken(&call.from, language),
        known @ (model::Party::Number(_) | model::Party::Client(_) | model::Party::Sip(_)) => {
            known.to_string()
        }
    };
    Filling {
        line: Some(line),
        caller: Some(caller),
        team: Some(call.team.clone()),
        link: link.map(str::to_owned),
        id: Some(call.ticket.map(|ticket| ticket.to_string()).unwrap_or_default()),
        transcript: call.transcript.clone(),
        seconds: Some(call.voicemail_seconds.unwrap_or_default().to_string()),
        ..Filling::default()
    }
}

const fn of(kind: TextKind) -> Phrase {
    match kind {
        TextKind::OnDuty => Phrase::SubjectOnDuty,
        TextKind::SoonOnDuty => Phrase::SubjectSoonOnDuty,
        TextKind::OffDuty => Phrase::SubjectOffDuty,
        TextKind::Changed => Phrase::SubjectChanged,
        TextKind::Missed => Phrase::SubjectMissed,
        TextKind::Voicemail => Phrase::SubjectVoicemail,
        TextKind::Transcript => Phrase::SubjectTranscript,
    }
}
