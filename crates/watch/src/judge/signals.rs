//! What a judge signals: down, a certificate that is about to end, flapping. Each fires once and is resolved once.

use model::Moment;
use model::watch::{Check, IncidentKind, Outcome, Signal, SignalState, Standing};

use super::{Judge, Output};

/// Who says so.
const SOURCE: &str = "watch";
/// Microseconds of a day.
const DAY: i64 = 86_400 * 1_000_000;

impl Judge {
    pub(super) fn opened(&mut self, kind: IncidentKind, id: i64) {
        match kind {
            IncidentKind::Down if self.said.down => self.state.incident = Some(id),
            IncidentKind::Certificate if self.said.certificate => {
                self.state.certificate_incident = Some(id);
            }
            IncidentKind::Down
            | IncidentKind::Certificate
            | IncidentKind::Flapping
            | IncidentKind::Blind
            | IncidentKind::Alert => {}
        }
    }

    /// Signals what follows from where the check stands now.
    pub(super) fn speak(&mut self) {
        let silent = self.check.paused;
        let quiet = self.state.maintenance || self.state.shadowed;
        let down = self.state.standing == Standing::Down && !silent;
        if self.said.down && (!down || self.state.flapping) {
            self.said.down = false;
            self.state.incident = None;
            self.signal(IncidentKind::Down, SignalState::Resolved, String::new());
        }
        if self.said.flapping && !self.state.flapping {
            self.said.flapping = false;
            self.signal(IncidentKind::Flapping, SignalState::Resolved, String::new());
        }
        if !self.said.flapping && self.state.flapping && !quiet {
            self.said.flapping = true;
            let detail = format!("{} changes in half an hour", self.state.changes.len());
            self.signal(IncidentKind::Flapping, SignalState::Firing, detail);
        }
        if !self.said.down && down && !self.state.flapping && !quiet {
            self.said.down = true;
            let last = self.state.last.as_ref();
            let detail = last.map(|last| last.reason.clone()).unwrap_or_default();
            self.signal(IncidentKind::Down, SignalState::Firing, detail);
        }
        self.speak_of_certificate(silent, quiet);
    }

    fn speak_of_certificate(&mut self, silent: bool, quiet: bool) {
        let last = self.state.last.as_ref();
        let ends = last.and_then(|last| ends_soon(&self.check, last));
        // A probe that saw none says nothing about it.
        let seen = last.is_some_and(|last| last.certificate_ends.is_some());
        if self.said.certificate && (silent || seen && ends.is_none()) {
            self.said.certificate = false;
            self.state.certificate_incident = None;
            self.signal(IncidentKind::Certificate, SignalState::Resolved, String::new());
        }
        if let Some((ends, days)) = ends
            && !(self.said.certificate || silent || quiet)
        {
            self.said.certificate = true;
            let detail = match days {
                ..0 => format!("the certificate ended on {}", ends.iso8601()),
                0 => format!("the certificate ends today, {}", ends.iso8601()),
                1 => format!("the certificate ends tomorrow, {}", ends.iso8601()),
                2.. => format!("the certificate ends in {days} days, {}", ends.iso8601()),
            };
            self.signal(IncidentKind::Certificate, SignalState::Firing, detail);
        }
    }

    fn signal(&mut self, kind: IncidentKind, state: SignalState, detail: String) {
        let check = &self.check;
        let signal = Signal {
            key: format!("check/{}/{}", check.name, kind.as_str()),
            kind,
            check: Some(check.name.clone()),
            state,
            title: check.title().to_owned(),
            detail,
            source: SOURCE.to_owned(),
            link: None,
            policy: check.policy.clone(),
        };
        self.outputs.push_back(Output::Signal(Box::new(signal)));
    }
}

/// When the certificate ends and in how many days, if that is soon.
fn ends_soon(check: &Check, last: &Outcome) -> Option<(Moment, i64)> {
    let ends = last.certificate_ends?;
    let left = ends.micros().saturating_sub(last.at.micros());
    let soon = i64::from(check.certificate_days) * DAY;
    (check.certificate_days > 0 && left <= soon).then(|| (ends, left.div_euclid(DAY)))
}
