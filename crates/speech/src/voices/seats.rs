//! Who may speak a piece, in which order, and whom not to wait for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Studio;
use crate::casting::cast;
use crate::key::Key;
use crate::{SayError, Speech, Synthesizer, Utterance};

/// An engine that failed so often in a row is asked after the others for a while.
const FAILURES: u32 = 3;
/// For so long; one that let somebody wait for nothing isn't waited for by the next call.
const REST: Duration = Duration::from_secs(30);

/// An engine, and how it has been doing.
pub(super) struct Seat {
    pub(super) engine: Box<dyn Synthesizer>,
    pub(super) name: Arc<str>,
    fingerprint: String,
    health: Mutex<Health>,
}

#[derive(Default)]
struct Health {
    failures: u32,
    rests_until: Option<Instant>,
}

/// Who may speak a piece.
pub(super) struct Candidate {
    /// Its place among the engines.
    pub(super) seat: usize,
    /// Its place among the candidates, the lowest first.
    pub(super) rank: usize,
    /// The piece with the voice as this engine takes it.
    pub(super) utterance: Utterance,
    /// What it spoke is kept under this.
    pub(super) key: Key,
}

impl Seat {
    pub(super) fn new(engine: Box<dyn Synthesizer>) -> Seat {
        let (name, fingerprint) = (engine.name().into(), engine.fingerprint());
        Seat { engine, name, fingerprint, health: Mutex::default() }
    }

    /// Whether others are asked first for now.
    pub(super) fn rests(&self) -> bool {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.rests_until.is_some_and(|until| Instant::now() < until)
    }

    /// Takes note of how it did.
    pub(super) fn heard(&self, result: &Result<Speech, SayError>) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(_) => *health = Health::default(),
            Err(error) => {
                let waited = match error {
                    SayError::Timeout { .. } => true,
                    SayError::Engine { .. } => false,
                    // Not its fault.
                    SayError::NoEngine { .. }
                    | SayError::TooLong { .. }
                    | SayError::Busy { .. } => return,
                };
                health.failures += 1;
                if waited || health.failures >= FAILURES {
                    health.rests_until = Some(Instant::now() + REST);
                }
            }
        }
    }
}

impl Studio {
    /// Who may speak `piece`: whom a route names, then who has the voice, then the others in their order.
    pub(super) fn candidates(&self, piece: &Utterance) -> Vec<Candidate> {
        let asked = piece.voice.as_deref();
        let speaks = |seat: &usize| self.seats[*seat].engine.speaks(&piece.language);
        let mut order: Vec<(usize, Option<String>)> = Vec::new();
        let route = self.routes.iter().find(|route| route.covers(asked, &piece.language));
        if let Some(route) = route {
            let routed = self.seats.iter().position(|seat| seat.engine.kind() == route.engine);
            let voice = route.voice.clone().or_else(|| piece.voice.clone());
            order.extend(routed.filter(speaks).map(|seat| (seat, voice)));
        }
        let owns = |seat: &usize| {
            let voices = self.seats[*seat].engine.voices();
            asked.is_some_and(|asked| voices.iter().any(|voice| voice.name == asked))
        };
        let (owners, others): (Vec<usize>, Vec<usize>) =
            (0..self.seats.len()).filter(speaks).partition(owns);
        for seat in owners.into_iter().chain(others) {
            if order.iter().all(|(before, _)| *before != seat) {
                order.push((seat, self.passed_on(seat, asked)));
            }
        }
        let candidate = |(rank, (seat, voice)): (usize, (usize, Option<String>))| {
            let utterance = Utterance { voice, ..piece.clone() };
            let key = Key::of(&self.seats[seat].fingerprint, &utterance);
            Candidate { seat, rank, utterance, key }
        };
        order.into_iter().enumerate().map(candidate).collect()
    }

    /// A voice's name as an engine gets it: Twilio's, which each casts, or one of its own.
    fn passed_on(&self, seat: usize, asked: Option<&str>) -> Option<String> {
        let asked = asked?;
        let known = cast(asked).is_some() || self.seats[seat].engine.has_voice(asked);
        known.then(|| asked.to_owned())
    }

    /// What is to be said of a voice that neither a route, nor Twilio, nor the engine that would speak knows.
    pub(super) fn unknown(&self, utterance: &Utterance) -> Option<String> {
        let asked = utterance.voice.as_deref().filter(|name| !name.trim().is_empty())?;
        let routed = |name: &str| {
            self.routes.iter().any(|route| !route.name.is_empty() && route.names(Some(name)))
        };
        if routed(asked) {
            return None;
        }
        let known = match cast(asked) {
            Some(casting) => casting.gender.is_some() || casting.language.is_some(),
            None => self
                .candidates(utterance)
                .first()
                .is_some_and(|first| self.seats[first.seat].engine.has_voice(asked)),
        };
        let language = &utterance.language;
        (!known).then(|| {
            format!("no voice is called '{asked}': the usual one for {language} speaks instead (see `alo voices`)")
        })
    }
}
