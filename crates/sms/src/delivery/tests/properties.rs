//! Whatever happens in whatever order, the message is in a legal state.

use std::time::Duration;

use model::{MessageStatus, PartState};
use proptest::prelude::*;

use super::super::{Change, Delivery, Input, Output};
use super::script::{message, second};
use crate::carrier::{ErrorClass, ReceiptState, SubmitError, Submitted};

fn names() -> impl Strategy<Value = String> {
    prop_oneof!["a", "b", "c"]
}

fn errors() -> impl Strategy<Value = SubmitError> {
    let class = prop_oneof![
        Just(ErrorClass::Down),
        Just(ErrorClass::Throttled(Duration::from_secs(1))),
        Just(ErrorClass::Passing),
        Just(ErrorClass::Refused),
        Just(ErrorClass::Lasting),
    ];
    class.prop_map(|class| SubmitError { class, code: 30_008, message: String::new() })
}

fn inputs() -> impl Strategy<Value = Input> {
    let state = prop_oneof![
        Just(ReceiptState::EnRoute),
        Just(ReceiptState::Delivered),
        Just(ReceiptState::Undelivered),
    ];
    let submitted = (proptest::collection::vec(names(), 0..3), any::<bool>());
    prop_oneof![
        Just(Input::Due),
        Just(Input::SenderChosen("ALO".parse().expect("a sender"))),
        names().prop_map(|carrier| Input::Taken { carrier }),
        (names(), submitted).prop_map(|(carrier, (ids, delivered))| {
            let submitted = Submitted { ids, delivered };
            Input::Submitted { carrier, submitted, segments: 2, price: None }
        }),
        (names(), errors()).prop_map(|(carrier, error)| Input::Refused { carrier, error }),
        Just(Input::NoCarrierLeft { code: 21_612, message: String::new() }),
        (names(), names(), state).prop_map(|(carrier, id, state)| Input::Receipt {
            carrier,
            id,
            state,
            error_code: None
        }),
        Just(Input::Expired),
        Just(Input::Cancel),
        Just(Input::Redact),
        Just(Input::Asked),
    ]
}

fn beginnings() -> impl Strategy<Value = MessageStatus> {
    prop_oneof![
        Just(MessageStatus::Accepted),
        Just(MessageStatus::Scheduled),
        Just(MessageStatus::Queued),
        Just(MessageStatus::Receiving),
    ]
}

/// How far a status is along the way of a message.
fn rank(status: MessageStatus) -> u8 {
    match status {
        MessageStatus::Scheduled => 0,
        MessageStatus::Accepted | MessageStatus::Receiving => 1,
        MessageStatus::Queued | MessageStatus::Sending => 2,
        MessageStatus::Sent => 3,
        MessageStatus::Undelivered
        | MessageStatus::Failed
        | MessageStatus::Canceled
        | MessageStatus::Received => 4,
        MessageStatus::Delivered => 5,
    }
}

fn saved(delivery: &mut Delivery) -> Vec<Change> {
    let mut saved = Vec::new();
    loop {
        match delivery.poll() {
            Output::Save(change) => saved.push(*change),
            Output::NextCarrier | Output::TooLate | Output::TooEarly => {}
            Output::Idle(_) => return saved,
        }
    }
}

proptest! {
    #[test]
    fn any_order_of_events_leaves_a_legal_state(
        beginning in beginnings(),
        steps in proptest::collection::vec((inputs(), 0u64..400), 0..60),
    ) {
        let (record, plan) = message(beginning);
        let mut delivery = Delivery::of(record, plan, Vec::new());
        let (mut told, mut last) = (Vec::new(), beginning);
        let mut now = second(0);
        for (input, seconds) in steps {
            now = now + Duration::from_secs(seconds);
            delivery.handle(now, input);
            for change in saved(&mut delivery) {
                let status = change.record.status;
                let revived =
                    last == MessageStatus::Undelivered && status == MessageStatus::Delivered;
                prop_assert!(!last.is_final() || status == last || revived, "{last} to {status}");
                prop_assert_ne!(status, MessageStatus::Sending, "that isn't worth a write");
                prop_assert_eq!(
                    change.record.error_code.is_some(),
                    matches!(status, MessageStatus::Failed | MessageStatus::Undelivered)
                );
                prop_assert_eq!(change.told.is_some_and(|told| told != status), false);
                told.extend(change.told);
                last = status;
            }
        }
        prop_assert!(told.windows(2).all(|pair| rank(pair[0]) < rank(pair[1])), "{told:?}");
        let record = delivery.record();
        prop_assert_eq!(record.sent_at.is_some(), told.contains(&MessageStatus::Sent));
        let parts = delivery.parts();
        if record.status == MessageStatus::Delivered {
            prop_assert!(parts.iter().all(|part| part.state == PartState::Delivered));
        }
        prop_assert!(delivery.plan().attempts <= super::MOST_TRIES);
    }

    #[test]
    fn what_was_saved_last_goes_on_as_if_nothing_had_stopped(
        beginning in beginnings(),
        before in proptest::collection::vec(inputs(), 0..20),
        after in proptest::collection::vec(inputs(), 0..20),
    ) {
        let (record, plan) = message(beginning);
        let mut delivery = Delivery::of(record, plan, Vec::new());
        for input in before {
            delivery.handle(second(1), input);
        }
        saved(&mut delivery);
        let (record, plan) = (delivery.record().clone(), delivery.plan().clone());
        let mut again = Delivery::of(record.clone(), plan, delivery.parts().to_vec());
        // A carrier that has the message is the one thing that isn't kept.
        prop_assume!(record.status != MessageStatus::Sending);
        for input in after {
            delivery.handle(second(2), input.clone());
            again.handle(second(2), input);
        }
        prop_assert_eq!(saved(&mut delivery), saved(&mut again));
    }
}
