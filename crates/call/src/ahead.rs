//! Looking ahead: what a document will probably say, so that it is spoken before its turn comes.
//!
//! It never delays what is said at once, and never promises that something is said.

use twiml::{Document, GatherPrompt, Placed, Say, Verb};

use crate::io::Output;
use crate::session::Session;

/// Most `<Say>` of one document that are prepared: a caller who gets further has heard eight of them meanwhile.
pub const PREPARE_LIMIT: usize = 8;

/// What is worth preparing of `document`: in order, each once, without what is said at once.
pub(crate) fn of(document: &Document) -> Vec<Say> {
    let mut says = document.says().into_iter();
    let at_once = if begins_with_speech(document) { says.next() } else { None };
    let mut ahead: Vec<Say> = Vec::new();
    for say in says {
        let known = at_once.into_iter().chain(&ahead).any(|known| sounds_like(known, say));
        if !known && ahead.len() < PREPARE_LIMIT {
            ahead.push(say.clone());
        }
    }
    ahead
}

/// Whether the first thing that happens is a `<Say>`.
fn begins_with_speech(document: &Document) -> bool {
    let prompts: &[Placed<GatherPrompt>] = match document.verbs.first().map(|verb| &verb.item) {
        Some(Verb::Say(_)) => return true,
        Some(Verb::Gather(gather)) => &gather.prompts,
        Some(Verb::Dial(dial)) => &dial.hold,
        Some(
            Verb::Play(_)
            | Verb::Pause(_)
            | Verb::Record(_)
            | Verb::Redirect(_)
            | Verb::Reject(_)
            | Verb::Hangup
            | Verb::Leave
            | Verb::Sms(_),
        )
        | None => &[],
    };
    matches!(prompts.first().map(|prompt| &prompt.item), Some(GatherPrompt::Say(_)))
}

/// Whether it is the same sound, however often it is played.
fn sounds_like(one: &Say, other: &Say) -> bool {
    let Say { text, ssml, voice, language, times: _ } = one;
    (text, ssml, voice, language) == (&other.text, &other.ssml, &other.voice, &other.language)
}

impl Session {
    /// Has what comes next spoken ahead, after all that is to happen now.
    pub(crate) fn prepare(&mut self) {
        for leg in self.legs.values_mut() {
            let ahead = std::mem::take(&mut leg.program.ahead);
            if !ahead.is_empty() && leg.is_live() {
                self.outputs.push_back(Output::Prepare(ahead));
            }
        }
    }
}
