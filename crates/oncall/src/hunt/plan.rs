//! Who is rung next: level after level, person after person, phone after phone, and nobody's phone twice.

use std::collections::{BTreeSet, HashSet};

use model::Party;
use model::oncall::{Language, Level, Name};

use super::input::{Candidate, Setting};

/// Most phones that ring at once: as many as `<Dial>` takes,
/// <https://www.twilio.com/docs/voice/twiml/number#simultaneous-dialing>.
pub(super) const AT_ONCE: usize = 10;

/// The order in which people are rung, and how far it has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    rungs: Vec<Rung>,
    at: usize,
    /// Phones that were rung, or must not be.
    tried: HashSet<Party>,
    /// Who said no.
    passed: BTreeSet<Name>,
    /// Who wasn't rung, and has it in the record already.
    noted: BTreeSet<Name>,
}

/// One level.
#[derive(Clone, Debug)]
struct Rung {
    level: u32,
    at_once: bool,
    candidates: Vec<Candidate>,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// These ring at once.
    Ring { level: u32, at_once: bool, phones: Vec<(Option<Name>, Party, Language)> },
    /// This one isn't rung.
    Leave { level: u32, person: Name, engaged: bool },
    /// That was the last.
    End,
}

impl Plan {
    /// For a team of the setting.
    pub(super) fn new(setting: &Setting, team: usize) -> Plan {
        let mut rungs = match &setting.target {
            Some(target) => {
                vec![Rung { level: 1, at_once: false, candidates: vec![phone(setting, target)] }]
            }
            None => levels(setting, team),
        };
        let everyone = setting.everyone.get(team).cloned().unwrap_or_default();
        if setting.line.everyone_last && setting.target.is_none() && !everyone.is_empty() {
            let level = rungs.len() as u32 + 1;
            rungs.push(Rung { level, at_once: true, candidates: everyone });
        }
        Plan { rungs, tried: HashSet::from([setting.from.clone()]), ..Plan::default() }
    }

    /// Nobody is meant at all.
    pub(super) fn is_gap(&self) -> bool {
        self.rungs.iter().all(|rung| rung.candidates.is_empty())
    }

    /// They said no: their other phones don't ring.
    pub(super) fn pass(&mut self, person: Option<&Name>) {
        self.passed.extend(person.cloned());
    }

    /// Who is next, `engaged` being on other calls.
    pub(super) fn next(&mut self, engaged: &BTreeSet<Name>) -> Next {
        while let Some(rung) = self.rungs.get(self.at) {
            let (level, at_once) = (rung.level, rung.at_once);
            let most = if at_once { AT_ONCE } else { 1 };
            let mut phones = Vec::new();
            for who in &rung.candidates {
                if phones.len() == most {
                    break;
                }
                if who.person.as_ref().is_some_and(|name| self.passed.contains(name)) {
                    continue;
                }
                let busy = who.person.as_ref().is_some_and(|name| engaged.contains(name));
                if busy || who.phones.is_empty() {
                    let Some(person) = who.person.clone() else { continue };
                    if self.noted.insert(person.clone()) {
                        // Those taken for this round are found again in the next one, which comes at once.
                        for (_, phone, _) in &phones {
                            self.tried.remove(phone);
                        }
                        return Next::Leave { level, person, engaged: busy };
                    }
                    continue;
                }
                for phone in &who.phones {
                    if phones.len() < most && self.tried.insert(phone.clone()) {
                        phones.push((who.person.clone(), phone.clone(), who.language));
                    }
                }
            }
            if !phones.is_empty() {
                return Next::Ring { level, at_once, phones };
            }
            self.at += 1;
        }
        Next::End
    }
}

fn levels(setting: &Setting, team: usize) -> Vec<Rung> {
    let kinds = setting.line.teams.get(team).map(|team| team.levels.as_slice()).unwrap_or_default();
    let levels = setting.teams.get(team).cloned().unwrap_or_default();
    let rungs = levels.into_iter().enumerate().map(|(index, candidates)| Rung {
        level: index as u32 + 1,
        at_once: matches!(kinds.get(index), Some(Level::Everyone(_))),
        candidates,
    });
    rungs.collect()
}

/// A phone that belongs to nobody here.
fn phone(setting: &Setting, phone: &Party) -> Candidate {
    Candidate {
        person: None,
        display: phone.to_string(),
        language: setting.line.language,
        phones: vec![phone.clone()],
    }
}
