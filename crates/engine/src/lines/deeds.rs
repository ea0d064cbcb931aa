//! What people do by text or by key: changes of their rotas, and what others are told of it.

use std::sync::Arc;

use model::oncall::{Acknowledgement, LineCall, Name, Override, Person, Rota, Swap, SwapState};
use model::{Moment, PhoneNumber, Sid};
use oncall::Order;
use oncall::commands::{self, Command, Deed, Scene};
use store::{LineCallFilter, StoreError};

use super::Live;
use super::duty::{self, Duties};
use super::tell;
use crate::clock::wall;
use crate::hub::Hub;

/// Missed calls that a command looks at, the newest first.
const CALLS: u32 = 100;

/// Whom a command comes from, and through which of our numbers what follows from it is told.
pub(super) struct Sender {
    pub(super) account: Sid,
    pub(super) me: Person,
    pub(super) through: Option<PhoneNumber>,
    /// By which a repetition of what is told is recognised.
    pub(super) key: String,
    /// When they said it, by which a repetition of what is done is recognised: the text's own time.
    pub(super) at: Moment,
}

/// Does what a command says; what they are answered.
pub(super) async fn carry_out(
    hub: &Arc<Hub>,
    sender: &Sender,
    command: &Command,
) -> Result<String, StoreError> {
    let (account, at) = (sender.account, sender.at);
    let people = duty::people(hub, account).await?;
    let everybody: Vec<Person> = people.values().cloned().collect();
    let mut rotas = Duties::read(hub, account, wall()).await?.rotas();
    let mut swaps = hub.store.swaps(account, None).await?;
    let done = Done::take_back(&mut rotas, &mut swaps, &sender.me.name, at);
    let now = if done.is_any() { at } else { wall() };
    let unseen = LineCallFilter { unseen: true, limit: CALLS, ..LineCallFilter::default() };
    let calls = hub.store.line_calls(account, unseen).await?;
    let scene = Scene {
        now,
        me: &sender.me,
        people: &everybody,
        rotas: &rotas,
        swaps: &swaps,
        calls: &calls,
    };
    let (reply, deeds) = commands::carry_out(&scene, command);
    let mut asked = done.asked;
    for (number, deed) in deeds.into_iter().enumerate() {
        match deed {
            Deed::Override(_) if done.changed => {}
            Deed::Override(change) => {
                hub.store.add_override(account, Override { made_at: at, ..change }).await?;
            }
            Deed::AskSwap(_) if done.asked.is_some() => {}
            Deed::AskSwap(swap) => {
                let swap = Swap { asked_at: at, ..swap };
                asked = Some(hub.store.ask_swap(account, swap).await?);
            }
            Deed::DecideSwap { .. } if done.decided => {}
            Deed::DecideSwap { mut swap, accept, mut overrides } => {
                swap.state = if accept { SwapState::Accepted } else { SwapState::Refused };
                swap.decided_at = Some(at);
                for change in &mut overrides {
                    change.made_at = at;
                }
                hub.store.decide_swap(account, swap, SwapState::Asked, overrides).await?;
            }
            Deed::Acknowledge { ticket } => {
                let by = Acknowledgement { by: sender.me.name.clone(), at };
                hub.store.acknowledge_line_call(account, ticket, by).await?;
            }
            Deed::Tell { to, text } => {
                let text = numbered(&text, asked);
                let key = format!("{}:{number}", sender.key);
                let from = sender.through.as_ref();
                tell::text(hub, account, from, people.get(&to), text, key).await?;
            }
        }
    }
    hub.lines.duty_changed.notify_one();
    Ok(numbered(&reply, asked))
}

/// What a command has done already: the server stopped before its answer was kept, and is asked again.
#[derive(Debug, Default)]
struct Done {
    changed: bool,
    /// The number of the swap that was asked.
    asked: Option<i64>,
    decided: bool,
}

impl Done {
    /// Finds it among these, and takes it back there, so that the command comes to the same words again.
    fn take_back(
        rotas: &mut [(Rota, Vec<Override>)],
        swaps: &mut Vec<Swap>,
        me: &Name,
        at: Moment,
    ) -> Done {
        let mut done = Done::default();
        for (_, overrides) in rotas {
            let before = overrides.len();
            overrides.retain(|change| change.made_at != at || change.by != me.as_str());
            done.changed |= overrides.len() < before;
        }
        for swap in swaps.iter_mut().filter(|swap| swap.asked == *me) {
            if swap.decided_at == Some(at) {
                (swap.state, swap.decided_at) = (SwapState::Asked, None);
                done.decided = true;
            }
        }
        let asked = swaps.iter().find(|swap| swap.asks == *me && swap.asked_at == at);
        done.asked = asked.map(|swap| swap.id);
        swaps.retain(|swap| swap.state == SwapState::Asked && Some(swap.id) != done.asked);
        done
    }

    fn is_any(&self) -> bool {
        self.changed || self.decided || self.asked.is_some()
    }
}

/// A swap has its number only once it is kept.
fn numbered(text: &str, asked: Option<i64>) -> String {
    match asked {
        Some(id) => text.replace("{id}", &id.to_string()),
        None => text.to_owned(),
    }
}

/// A known caller's key, done; the words that they hear.
pub(super) async fn by_key(
    hub: &Arc<Hub>,
    live: &Live,
    record: &LineCall,
    order: &Order,
) -> String {
    let command = match order {
        Order::Who => Command::Who { rota: None },
        Order::Next => Command::Next { rota: None },
        Order::Take(time) => Command::Take { time: *time, rota: None },
        Order::Off => Command::Off { rota: None },
    };
    let done = match caller(hub, live, record).await {
        Ok(Some(me)) => {
            let through = live.line.text_from.clone().or_else(|| record.to.number().cloned());
            let key = format!("line/{}/key", live.call);
            let sender = Sender { account: live.account, me, through, key, at: wall() };
            carry_out(hub, &sender, &command).await
        }
        Ok(None) => Ok(String::new()),
        Err(error) => Err(error),
    };
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "a command by key could not be carried out");
        oncall::words::not_now(live.line.language)
    })
}

async fn caller(hub: &Hub, live: &Live, record: &LineCall) -> Result<Option<Person>, StoreError> {
    Ok(whose(hub.store.people(live.account).await?, &record.from))
}

/// Whose phone it is.
pub(crate) fn whose(people: Vec<Person>, phone: &model::Party) -> Option<Person> {
    people.into_iter().find(|person| person.phones.iter().any(|known| known.at == *phone))
}
