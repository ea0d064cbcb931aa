//! How far a probe has come: what is said of it if its time is over, and when a certificate that it saw ends.
//!
//! It outlives the probe, which is dropped at its timeout.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::Moment;

use crate::words;

/// As it should be, or why not.
pub(crate) type Verdict = Result<(), Down>;

/// Not as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Down {
    /// For people: what was expected and what came.
    pub(crate) reason: String,
}

impl Down {
    pub(crate) fn new(reason: impl Into<String>) -> Down {
        Down { reason: reason.into() }
    }
}

/// What a probe waits for.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Nothing yet.
    Beginning,
    /// The addresses of a name.
    Resolving(String),
    /// A connection to a place.
    Connecting(String),
    /// The end of the TLS handshake with it.
    Encrypting(String),
    /// Something that it is to say.
    Waiting { place: String, what: String },
    /// The rest of a body of which so much has come.
    Reading { place: String, bytes: usize },
    /// What a text must contain, of which this has come.
    Expecting { place: String, expected: String, came: String },
}

/// How far a probe has come.
pub(crate) struct Progress {
    began: Instant,
    timeout: Duration,
    seen: Mutex<Seen>,
}

struct Seen {
    stage: Stage,
    certificate_ends: Option<Moment>,
}

impl Progress {
    /// It begins now.
    pub(crate) fn new(timeout: Duration) -> Progress {
        let seen = Seen { stage: Stage::Beginning, certificate_ends: None };
        Progress { began: Instant::now(), timeout, seen: Mutex::new(seen) }
    }

    /// Goes on to another stage.
    pub(crate) fn enter(&self, stage: Stage) {
        self.seen().stage = stage;
    }

    /// Waits for the place to say something.
    pub(crate) fn wait(&self, place: &str, what: &str) {
        self.enter(Stage::Waiting { place: place.to_owned(), what: what.to_owned() });
    }

    /// A certificate was shown. Of several (along redirects) the one that ends first counts.
    pub(crate) fn certificate(&self, ends: Moment) {
        let mut seen = self.seen();
        seen.certificate_ends = Some(seen.certificate_ends.map_or(ends, |known| known.min(ends)));
    }

    /// When the certificate ends that was shown.
    pub(crate) fn certificate_ends(&self) -> Option<Moment> {
        self.seen().certificate_ends
    }

    /// Since the beginning.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// What is said when the time is over.
    pub(crate) fn timed_out(&self) -> Down {
        let within = words::duration(self.timeout);
        Down::new(match self.seen().stage.clone() {
            Stage::Beginning => format!("nothing was found out within {within}"),
            Stage::Resolving(name) => format!("the name {name} was not resolved within {within}"),
            Stage::Connecting(place) => format!("no connection to {place} within {within}"),
            Stage::Encrypting(place) => {
                format!("the TLS handshake with {place} was not finished within {within}")
            }
            Stage::Waiting { place, what } => {
                format!("{place} did not send {what} within {within}")
            }
            Stage::Reading { place, bytes } => {
                let bytes = words::count(bytes);
                format!("the body from {place} did not end within {within}: {bytes} bytes came")
            }
            Stage::Expecting { place, expected, came } if came.is_empty() => {
                format!("{place} sent nothing within {within} instead of {expected}")
            }
            Stage::Expecting { place, expected, came } => {
                format!("{place} sent {came} within {within} instead of {expected}")
            }
        })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
