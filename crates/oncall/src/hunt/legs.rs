//! The phones that were rung, and what came of each: the attempts of the record.
//!
//! What the dial as a whole came to, and what each leg came to, are told apart and in any order; a leg's own word counts
//! more.

use model::oncall::{Attempt, AttemptOutcome, Language, LineCall, Name};
use model::{Moment, Party, Sid};

use super::input::{DialOutcome, Ring};

/// What is known of an attempt besides its record.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    /// What they hear.
    pub(super) language: Language,
    /// Its document was asked for.
    answered: bool,
    /// How often they were asked for a key.
    pub(super) asked: u32,
    /// Its outcome is only guessed from the dial's: the leg's own word is still to come.
    guessed: bool,
    /// It belongs to the dial that is out.
    out: bool,
}

/// All attempts of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Legs {
    legs: Vec<Leg>,
    /// Whose key counted.
    accepted: Option<u32>,
}

impl Legs {
    /// Somebody took the call, and the dial is not over.
    pub(super) fn accepted(&self) -> Option<u32> {
        self.accepted
    }

    /// Somebody answered.
    pub(super) fn was_answered(&self) -> bool {
        self.legs.iter().any(|leg| leg.answered)
    }

    /// The leg of an attempt.
    pub(super) fn leg(&mut self, attempt: u32) -> Option<&mut Leg> {
        self.legs.get_mut((attempt as usize).checked_sub(1)?)
    }

    /// Somebody is rung.
    pub(super) fn ring(
        &mut self,
        now: Moment,
        record: &mut LineCall,
        level: u32,
        (person, phone, language): (Option<Name>, Party, Language),
    ) -> Ring {
        let ring = phone.clone();
        let outcome = AttemptOutcome::Ringing;
        self.note(now, record, level, (person, Some(phone), language), outcome);
        Ring { attempt: record.attempts.len() as u32, phone: ring }
    }

    /// Somebody is rung, or isn't.
    pub(super) fn note(
        &mut self,
        now: Moment,
        record: &mut LineCall,
        level: u32,
        (person, phone, language): (Option<Name>, Option<Party>, Language),
        outcome: AttemptOutcome,
    ) {
        let out = outcome == AttemptOutcome::Ringing;
        let ended_at = if out { None } else { Some(now) };
        let attempt =
            Attempt { person, phone, call: None, level, began_at: now, ended_at, outcome };
        record.attempts.push(attempt);
        self.legs.push(Leg { language, answered: false, asked: 0, guessed: false, out });
    }

    /// Its document is asked for; whether it is still wanted.
    pub(super) fn answer(&mut self, record: &LineCall, attempt: u32) -> bool {
        let wanted = self.is_wanted(record, attempt);
        if let Some(leg) = self.leg(attempt) {
            leg.answered = true;
        }
        wanted
    }

    /// It rings, or is asked.
    pub(super) fn is_wanted(&self, record: &LineCall, attempt: u32) -> bool {
        let ringing = of(record, attempt).is_some_and(|it| it.outcome == AttemptOutcome::Ringing);
        ringing && self.accepted.is_none()
    }

    /// Their key counted: they have the caller, and nobody else has.
    pub(super) fn accept(&mut self, now: Moment, record: &mut LineCall, attempt: u32) {
        self.accepted = Some(attempt);
        for other in ringing(record).into_iter().filter(|other| *other != attempt) {
            end(record, other, now, AttemptOutcome::Elsewhere);
        }
        if let Some(it) = of_mut(record, attempt) {
            it.outcome = AttemptOutcome::Accepted;
        }
    }

    /// One leg's own word.
    pub(super) fn ended(
        &mut self,
        now: Moment,
        record: &mut LineCall,
        attempt: u32,
        outcome: DialOutcome,
        call: Sid,
    ) {
        let taken = self.accepted.is_some();
        let Some(leg) = self.leg(attempt) else { return };
        let (answered, guessed) = (leg.answered, leg.guessed);
        leg.guessed = false;
        let Some(it) = of_mut(record, attempt) else { return };
        it.call = it.call.or(Some(call));
        if it.outcome == AttemptOutcome::Ringing || guessed {
            it.outcome = of_leg(outcome, answered, taken, it.outcome);
        }
        it.ended_at = it.ended_at.or(Some(now));
    }

    /// The dial is over; whether somebody talked with the caller.
    pub(super) fn dial_ended(
        &mut self,
        now: Moment,
        record: &mut LineCall,
        outcome: DialOutcome,
        call: Option<Sid>,
    ) -> bool {
        let alone = self.legs.iter().filter(|leg| leg.out).count() == 1;
        for attempt in ringing(record) {
            let answered = self.leg(attempt).is_some_and(|leg| leg.answered);
            let guess = match outcome {
                _ if answered && outcome != DialOutcome::Canceled => AttemptOutcome::Silent,
                DialOutcome::Canceled => AttemptOutcome::CallerLeft,
                DialOutcome::Completed if alone => AttemptOutcome::Silent,
                DialOutcome::Busy if alone => AttemptOutcome::Busy,
                DialOutcome::Failed if alone => AttemptOutcome::Failed,
                DialOutcome::Completed
                | DialOutcome::NoAnswer
                | DialOutcome::Busy
                | DialOutcome::Failed => AttemptOutcome::NoAnswer,
            };
            end(record, attempt, now, guess);
            if let Some(leg) = self.leg(attempt) {
                leg.guessed = !alone && !answered && outcome != DialOutcome::Canceled;
            }
        }
        let winner = self.accepted.take();
        let talked = winner.is_some() && outcome == DialOutcome::Completed;
        if let Some(it) = winner.and_then(|attempt| of_mut(record, attempt)) {
            it.ended_at = it.ended_at.or(Some(now));
            if talked {
                it.call = it.call.or(call);
            } else {
                // They pressed 1, and one of the two was gone before they had each other.
                let star = outcome == DialOutcome::Canceled;
                it.outcome = if star { AttemptOutcome::CallerLeft } else { AttemptOutcome::Passed };
            }
        }
        if let (true, Some(only)) = (alone, self.legs.iter().position(|leg| leg.out)) {
            let only = &mut record.attempts[only];
            only.call = only.call.or(call);
        }
        self.legs.iter_mut().for_each(|leg| leg.out = false);
        talked
    }

    /// The caller is gone.
    pub(super) fn caller_left(&mut self, now: Moment, record: &mut LineCall) {
        for attempt in ringing(record) {
            end(record, attempt, now, AttemptOutcome::CallerLeft);
        }
        if let Some(it) = self.accepted.take().and_then(|attempt| of_mut(record, attempt)) {
            it.ended_at = it.ended_at.or(Some(now));
        }
        self.legs.iter_mut().for_each(|leg| leg.out = false);
    }

    /// The last attempt's phone was never asked to ring; whether that can be so.
    pub(super) fn forget_last(&mut self) -> bool {
        self.legs.pop_if(|leg| leg.out && !leg.answered).is_some()
    }
}

/// Attempts which still ring, or are asked.
fn ringing(record: &LineCall) -> Vec<u32> {
    let attempts = (1u32..).zip(&record.attempts);
    let ringing = attempts.filter(|(_, it)| it.outcome == AttemptOutcome::Ringing);
    ringing.map(|(attempt, _)| attempt).collect()
}

/// The attempt of this number.
pub(super) fn of(record: &LineCall, attempt: u32) -> Option<&Attempt> {
    record.attempts.get((attempt as usize).checked_sub(1)?)
}

fn of_mut(record: &mut LineCall, attempt: u32) -> Option<&mut Attempt> {
    record.attempts.get_mut((attempt as usize).checked_sub(1)?)
}

/// It came to this.
pub(super) fn end(record: &mut LineCall, attempt: u32, now: Moment, outcome: AttemptOutcome) {
    if let Some(it) = of_mut(record, attempt) {
        it.outcome = outcome;
        it.ended_at = it.ended_at.or(Some(now));
    }
}

fn of_leg(
    outcome: DialOutcome,
    answered: bool,
    taken: bool,
    before: AttemptOutcome,
) -> AttemptOutcome {
    match outcome {
        DialOutcome::Completed => AttemptOutcome::Silent,
        DialOutcome::NoAnswer | DialOutcome::Canceled if answered => AttemptOutcome::Silent,
        DialOutcome::Canceled if taken => AttemptOutcome::Elsewhere,
        DialOutcome::Canceled if before != AttemptOutcome::Ringing => before,
        DialOutcome::NoAnswer | DialOutcome::Canceled => AttemptOutcome::NoAnswer,
        DialOutcome::Busy => AttemptOutcome::Busy,
        DialOutcome::Failed => AttemptOutcome::Failed,
    }
}
