//! An event that a call's task is owed by work done beside it.
//!
//! Whatever becomes of that work, even a panic, the task hears of it: a promise that is dropped tells its last resort
//! instead. So no call waits for an answer that can't come any more (invariant 7 of ARCHITECTURE.md).

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::task::{Event, post};

/// What is owed.
pub(crate) struct Promise {
    runtime: Handle,
    events: mpsc::Sender<Event>,
    last_resort: Option<Event>,
}

impl Promise {
    /// Owes `events` something: `last_resort` if nothing else.
    pub(crate) fn new(runtime: Handle, events: mpsc::Sender<Event>, last_resort: Event) -> Promise {
        Promise { runtime, events, last_resort: Some(last_resort) }
    }

    /// Where what is owed goes, for events on the way to it.
    pub(crate) fn events(&self) -> &mpsc::Sender<Event> {
        &self.events
    }

    /// Owes something else from now on.
    pub(crate) fn owe(&mut self, last_resort: Event) {
        self.last_resort = Some(last_resort);
    }

    /// Nobody wants it any more: nothing is told.
    pub(crate) fn forgo(mut self) {
        self.last_resort = None;
    }

    /// Tells what came of it. If the task is gone, the event is dropped, and what it holds ends itself.
    pub(crate) async fn keep(mut self, event: Event) {
        self.last_resort = None;
        let _ = self.events.send(event).await;
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if let Some(event) = self.last_resort.take() {
            metrics::counter!("alo_broken_promises_total").increment(1);
            post(&self.runtime, &self.events, event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use call::{FetchFailure, FetchId};

    fn owed(events: mpsc::Sender<Event>) -> Promise {
        let failure = FetchFailure { code: 12400, message: "it broke".to_owned() };
        Promise::new(Handle::current(), events, Event::Fetched(FetchId(7), Err(failure)))
    }

    #[tokio::test]
    async fn work_that_panics_still_answers() {
        let (events, mut inbox) = mpsc::channel(1);
        let promise = owed(events);
        let worked = tokio::spawn(async move {
            let _promise = promise;
            panic!("on purpose");
        });
        assert!(worked.await.is_err());
        let Some(Event::Fetched(FetchId(7), Err(failure))) = inbox.recv().await else {
            panic!("the last resort")
        };
        assert_eq!(failure.code, 12400);
    }

    #[tokio::test]
    async fn what_nobody_wants_any_more_is_not_told() {
        let (events, mut inbox) = mpsc::channel(4);
        owed(events).forgo();
        assert!(inbox.recv().await.is_none());
    }

    #[tokio::test]
    async fn a_kept_promise_tells_once() {
        let (events, mut inbox) = mpsc::channel(4);
        owed(events).keep(Event::Stop).await;
        assert!(matches!(inbox.recv().await, Some(Event::Stop)));
        assert!(inbox.recv().await.is_none());
    }
}
