//! What a hunt wants to be kept and told, until it is: also if the store fails, or whoever asked gives up meanwhile.
//!
//! A call that somebody is yet to be told of is kept as one that goes on. So a start after a crash finds it, and tells of it
//! once more; texts and e-mails know a repetition by their keys.

use std::collections::VecDeque;
use std::sync::Arc;

use model::oncall::LineCall;
use oncall::Notice;
use store::StoreError;

use super::{Hunting, Live, tell};
use crate::hub::Hub;

/// In this order. It is short: a save takes the place of one just before it, and notices come once of each kind.
#[derive(Debug, Default)]
pub(super) struct Owed(VecDeque<Debt>);

#[derive(Clone, Debug)]
enum Debt {
    Save(Box<LineCall>),
    Tell(Notice),
}

impl Owed {
    pub(super) fn save(&mut self, record: LineCall) {
        if let Some(Debt::Save(_)) = self.0.back() {
            self.0.pop_back();
        }
        self.0.push_back(Debt::Save(Box::new(record)));
    }

    /// `record` is kept as it is once they are told.
    pub(super) fn tell(&mut self, notice: Notice, record: &LineCall) {
        for debt in &mut self.0 {
            if let Debt::Save(before) = debt {
                before.ended_at = None;
            }
        }
        self.0.push_back(Debt::Tell(notice));
        self.save(record.clone());
    }
}

/// Keeps and tells all that is owed, as far as it can be.
pub(super) async fn settle(
    hub: &Arc<Hub>,
    live: &Live,
    hunting: &mut Hunting,
) -> Result<(), StoreError> {
    while let Some(debt) = hunting.owed.0.front().cloned() {
        match debt {
            Debt::Save(record) => save(hub, live, hunting, *record).await?,
            Debt::Tell(notice) => tell::told(hub, live, hunting, notice).await?,
        }
        hunting.owed.0.pop_front();
    }
    Ok(())
}

async fn save(
    hub: &Arc<Hub>,
    live: &Live,
    hunting: &Hunting,
    mut record: LineCall,
) -> Result<(), StoreError> {
    if hunting.ticket.is_some() {
        record.ticket = hunting.ticket;
        let kept = hub.store.line_call(live.account, live.call).await?;
        record.acknowledged = kept.and_then(|kept| kept.acknowledged);
    }
    hub.store.save_line_call(live.account, record).await
}
