//! An SMSC of others, our carrier connected to it, and what the carrier told.

use std::sync::Arc;
use std::time::Duration;

use model::{Correspondent, Secret, Sid, SidKind};
use sms::smpp::{Settings, Smpp};
use sms::{
    Carrier, CarrierEvent, CarrierState, Inbound, Receipt, Submission, SubmitError, Submitted,
    Verdict,
};
use testkit::{Smsc, SmscOptions};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Rig {
    pub(super) smsc: Smsc,
    pub(super) smpp: Arc<Smpp>,
    pub(super) events: mpsc::Receiver<CarrierEvent>,
}

impl Rig {
    /// Both, connected.
    pub(super) async fn start(options: SmscOptions, change: impl FnOnce(&mut Settings)) -> Rig {
        let mut rig = Rig::begin(options, change).await;
        rig.is_up().await;
        rig
    }

    /// Both, not necessarily connected.
    pub(super) async fn begin(options: SmscOptions, change: impl FnOnce(&mut Settings)) -> Rig {
        let smsc = Smsc::start(options).await;
        let password = Secret::new(smsc.password());
        let mut settings = Settings::new("127.0.0.1", smsc.system_id(), password);
        settings.port = smsc.port();
        settings.reconnect_after = Duration::from_millis(20);
        settings.reconnect_at_most = Duration::from_millis(200);
        change(&mut settings);
        let (sender, events) = mpsc::channel(64);
        let smpp = Arc::new(Smpp::start(settings, sender));
        Rig { smsc, smpp, events }
    }

    /// Waits until the carrier says that it is up.
    pub(super) async fn is_up(&mut self) {
        while self.state().await != CarrierState::Up {}
    }

    /// Waits until the carrier says that it is down, and why.
    pub(super) async fn is_down(&mut self) -> String {
        loop {
            match self.state().await {
                CarrierState::Down(reason) => return reason,
                CarrierState::Up | CarrierState::Closed => {}
            }
        }
    }

    async fn state(&mut self) -> CarrierState {
        match self.event().await {
            CarrierEvent::State(state) => state,
            other => panic!("a state was awaited, not {other:?}"),
        }
    }

    /// The next text that comes in, which is kept.
    pub(super) async fn inbound(&mut self) -> Inbound {
        match self.event().await {
            CarrierEvent::Inbound { inbound, done } => {
                done.send(Verdict::Kept).expect("the carrier waits");
                inbound
            }
            other => panic!("a text was awaited, not {other:?}"),
        }
    }

    /// The next receipt, which is answered as told.
    pub(super) async fn receipt(&mut self, verdict: Verdict) -> Receipt {
        match self.event().await {
            CarrierEvent::Receipt { receipt, done } => {
                done.send(verdict).expect("the carrier waits");
                receipt
            }
            other => panic!("a receipt was awaited, not {other:?}"),
        }
    }

    pub(super) async fn event(&mut self) -> CarrierEvent {
        let event = timeout(PATIENCE, self.events.recv()).await;
        event.expect("the carrier tells something in time").expect("the carrier lives")
    }

    /// Takes so many receipts.
    pub(super) async fn receipts(&mut self, count: usize) {
        for _ in 0..count {
            self.receipt(Verdict::Kept).await;
        }
    }

    /// Sends a text.
    pub(super) async fn sends(&self, body: &str) -> Result<Submitted, SubmitError> {
        let sent = timeout(PATIENCE, self.smpp.submit(submission(0x1234, body))).await;
        sent.expect("the carrier answers in time")
    }
}

/// A text from a number to a number.
pub(super) fn submission(digits: u128, body: &str) -> Submission {
    Submission {
        message: Sid::new(SidKind::Message, digits),
        from: who("+14155550123"),
        to: who("+5511987654321"),
        body: body.to_owned(),
        media: Vec::new(),
        valid_for: None,
        wants_receipt: true,
    }
}

pub(super) fn who(text: &str) -> Correspondent {
    text.parse().expect("it names somebody")
}
