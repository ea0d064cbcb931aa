//! Who there is, who is on duty, and how each can be reached: what an escalation asks before each step.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use ::watch::Known;
use model::Sid;
use model::oncall::Person;
use model::watch::Channel;
use store::StoreError;

use super::desk::Desk;
use crate::clock::wall;
use crate::hub::Hub;
use crate::lines::{Duties, people};

/// How long it holds: a thousand alerts in a second ask once.
const FRESH: Duration = Duration::from_secs(2);

impl Desk {
    /// As of now or a moment ago. If the store can't be read, as it was.
    pub(super) async fn known(&mut self, account: Sid) -> Known {
        if let Some((at, known)) = self.known.get(&account)
            && at.elapsed() < FRESH
        {
            return known.clone();
        }
        match read(self.hub(), account).await {
            Ok(known) => {
                self.known.insert(account, (Instant::now(), known.clone()));
                known
            }
            Err(error) => {
                tracing::warn!(%error, "who is on duty could not be read: it is as it was");
                self.known.get(&account).map(|(_, known)| known.clone()).unwrap_or_default()
            }
        }
    }
}

async fn read(hub: &Hub, account: Sid) -> Result<Known, StoreError> {
    let now = wall();
    let people = people(hub, account).await?;
    let duties = Duties::read(hub, account, now).await?;
    let on_duty: BTreeMap<_, _> =
        duties.names().map(|rota| (rota.clone(), duties.in_turn(rota, now))).collect();
    let has_mail = hub.settings.mail.is_some();
    let reach = people.values().map(|person| (person.name.clone(), channels(person, has_mail)));
    Ok(Known { on_duty, reach: reach.collect(), everyone: people.keys().cloned().collect() })
}

fn channels(person: &Person, has_mail: bool) -> BTreeSet<Channel> {
    let each = [
        (Channel::Text, person.texts_at().is_some()),
        (Channel::Call, person.phones.iter().any(|phone| phone.rings)),
        (Channel::Mail, person.email.is_some() && has_mail),
    ];
    each.into_iter().filter(|(_, reaches)| *reaches).map(|(channel, _)| channel).collect()
}
