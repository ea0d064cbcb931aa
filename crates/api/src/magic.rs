//! Magic numbers: what an account in test mode is answered. Pure.
//!
//! <https://www.twilio.com/docs/iam/test-credentials>. Such an account texts, rings and buys in pretence: the answer has
//! the shape of a real one, and nothing is sent, rung, charged or kept. Everything else is refused, as at Twilio.
//! `Differs:` services are not there for it, so a message without `From` is refused.

use axum::http::{Method, StatusCode};
use model::{Correspondent, Party, PhoneNumber};

use crate::asked::VERSION;
use crate::errors::ApiError;

/// Not with the credentials of a test account.
const NOT_FOR_TESTS: u32 = 20008;

/// The number that may send, ring and be bought.
pub(crate) const GOOD: &str = "+15005550006";
/// The area code that has a number.
const GOOD_AREA: &str = "500";

/// Resources below an account that such an account may create.
const ANSWERED: [&str; 7] = [
    "Messages",
    "SMS/Messages",
    "Calls",
    "IncomingPhoneNumbers",
    "IncomingPhoneNumbers/Local",
    "IncomingPhoneNumbers/Mobile",
    "IncomingPhoneNumbers/TollFree",
];

/// What a magic number stands for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Magic {
    /// As if it could not be a sender (21212).
    #[error(
        "The 'From' number {0} is not a valid phone number, shortcode, or alphanumeric sender ID"
    )]
    BadSender(String),
    /// As if it were somebody else's (21606). Test accounts send from +15005550006.
    #[error("The 'From' phone number {0} is not one of a test account: send from {GOOD}")]
    NotOurs(String),
    /// Services are not there for test accounts (21701).
    #[error("The Messaging Service {0} does not exist: a test account sends from {GOOD}")]
    NoService(String),
    /// As if its queue were full (21611).
    #[error("SMS queue is full for {0}")]
    QueueFull(String),
    /// As if there were no such number (21211).
    #[error("The 'To' number {0} is not a valid phone number")]
    BadReceiver(String),
    /// As if no carrier reached it (21612).
    #[error("The 'To' phone number {0} is not currently reachable")]
    Unreachable(String),
    /// As if its country were not permitted (21408).
    #[error("Permission to send an SMS has not been enabled for the region of {0}")]
    Region(String),
    /// As if it had sent STOP (21610).
    #[error("Attempt to send to unsubscribed recipient {0}")]
    OptedOut(String),
    /// As if it were a fixed line (21614).
    #[error("'To' number {0} is not a mobile number")]
    Landline(String),
    /// As if it were not verified (21210). Test accounts ring from +15005550006.
    #[error("The source phone number {0} is not one of a test account: ring from {GOOD}")]
    NotVerified(String),
    /// As if there were no such number (21217).
    #[error("Phone number {0} does not appear to be valid")]
    NotRinging(String),
    /// As if no carrier reached it (21214).
    #[error("The phone number {0} can't be reached")]
    NotReached(String),
    /// As if its country were not permitted (21215).
    #[error("Account not authorized to call {0}")]
    CallRegion(String),
    /// As if it were barred (21216).
    #[error("Account not allowed to call {0}")]
    Barred(String),
    /// As if somebody had it (21422).
    #[error("{0} is not available")]
    NotAvailable(String),
    /// As if it were none (21421). Test accounts buy +15005550006.
    #[error("PhoneNumber is '{0}', which can't be bought: a test account buys {GOOD}")]
    NotForSale(String),
    /// As if the area had none (21452). Test accounts buy in area 500.
    #[error("no number is available in area code {0}: a test account buys in {GOOD_AREA}")]
    EmptyArea(String),
}

impl Magic {
    const fn code(&self) -> u32 {
        match self {
            Magic::BadSender(_) => 21212,
            Magic::NotOurs(_) => 21606,
            Magic::NoService(_) => 21701,
            Magic::QueueFull(_) => 21611,
            Magic::BadReceiver(_) => 21211,
            Magic::Unreachable(_) => 21612,
            Magic::Region(_) => 21408,
            Magic::OptedOut(_) => 21610,
            Magic::Landline(_) => 21614,
            Magic::NotVerified(_) => 21210,
            Magic::NotRinging(_) => 21217,
            Magic::NotReached(_) => 21214,
            Magic::CallRegion(_) => 21215,
            Magic::Barred(_) => 21216,
            Magic::NotAvailable(_) => 21422,
            Magic::NotForSale(_) => 21421,
            Magic::EmptyArea(_) => 21452,
        }
    }
}

impl From<Magic> for ApiError {
    fn from(magic: Magic) -> ApiError {
        ApiError::bad_request(magic.code(), magic.to_string())
    }
}

/// Whether an account in test mode may ask this.
pub(crate) fn answers(method: &Method, resource: &str) -> bool {
    let below = resource.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix("/Accounts/"));
    let list = below.and_then(|rest| rest.split_once('/')).map(|(_, list)| list);
    *method == Method::POST && list.is_some_and(|list| ANSWERED.contains(&list))
}

/// What it is told else.
pub(crate) fn not_for_tests() -> ApiError {
    let message = "an account in test mode may create Messages, Calls and IncomingPhoneNumbers, and nothing else";
    ApiError::new(StatusCode::FORBIDDEN, NOT_FOR_TESTS, message)
}

/// Whether a message would go.
pub(crate) fn message(from: &Correspondent, to: &Correspondent) -> Result<(), Magic> {
    let (from, to) = (from.to_string(), to.to_string());
    match from.as_str() {
        GOOD => {}
        "+15005550001" => return Err(Magic::BadSender(from)),
        "+15005550008" => return Err(Magic::QueueFull(from)),
        _ => return Err(Magic::NotOurs(from)),
    }
    match to.as_str() {
        "+15005550001" => Err(Magic::BadReceiver(to)),
        "+15005550002" => Err(Magic::Unreachable(to)),
        "+15005550003" => Err(Magic::Region(to)),
        "+15005550004" => Err(Magic::OptedOut(to)),
        "+15005550009" => Err(Magic::Landline(to)),
        _ => Ok(()),
    }
}

/// Whether a call would go.
pub(crate) fn call(from: &Party, to: &Party) -> Result<(), Magic> {
    let (from, to) = (from.to_string(), to.to_string());
    match from.as_str() {
        GOOD => {}
        "+15005550001" => return Err(Magic::BadSender(from)),
        _ => return Err(Magic::NotVerified(from)),
    }
    match to.as_str() {
        "+15005550001" => Err(Magic::NotRinging(to)),
        "+15005550002" => Err(Magic::NotReached(to)),
        "+15005550003" => Err(Magic::CallRegion(to)),
        "+15005550004" => Err(Magic::Barred(to)),
        _ => Ok(()),
    }
}

/// The number that would be bought by its name.
pub(crate) fn number(text: &str) -> Result<PhoneNumber, Magic> {
    let not_for_sale = || Magic::NotForSale(text.to_owned());
    let party = crate::written::party(text).map_err(|_| not_for_sale())?;
    let number = party.number().ok_or_else(not_for_sale)?;
    match number.as_str() {
        GOOD => Ok(number.clone()),
        "+15005550000" => Err(Magic::NotAvailable(text.to_owned())),
        _ => Err(not_for_sale()),
    }
}

/// The number that would be bought in an area.
pub(crate) fn number_in(area: &str) -> Result<PhoneNumber, Magic> {
    if area == GOOD_AREA { number(GOOD) } else { Err(Magic::EmptyArea(area.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(last: &str) -> Correspondent {
        format!("+1500555000{last}").parse().expect("a number")
    }

    fn party(last: &str) -> Party {
        format!("+1500555000{last}").parse().expect("a number")
    }

    #[test]
    fn senders_and_receivers_of_messages_have_their_codes() {
        let code = |from: &str, to: &str| message(&who(from), &who(to)).map_err(|it| it.code());
        assert_eq!(code("6", "5"), Ok(()));
        for (from, expected) in [("1", 21212), ("7", 21606), ("8", 21611), ("5", 21606)] {
            assert_eq!(code(from, "6"), Err(expected), "from {from}");
        }
        for (to, expected) in [("1", 21211), ("2", 21612), ("3", 21408), ("4", 21610), ("9", 21614)]
        {
            assert_eq!(code("6", to), Err(expected), "to {to}");
        }
    }

    #[test]
    fn ends_of_calls_have_their_codes() {
        let code = |from: &str, to: &str| call(&party(from), &party(to)).map_err(|it| it.code());
        assert_eq!(code("6", "9"), Ok(()));
        assert_eq!((code("1", "6"), code("7", "6")), (Err(21212), Err(21210)));
        for (to, expected) in [("1", 21217), ("2", 21214), ("3", 21215), ("4", 21216)] {
            assert_eq!(code("6", to), Err(expected), "to {to}");
        }
    }

    #[test]
    fn one_number_and_one_area_are_for_sale() {
        assert_eq!(number("+15005550006").map(|number| number.to_string()).as_deref(), Ok(GOOD));
        assert_eq!(number("+15005550000").map_err(|it| it.code()), Err(21422));
        assert_eq!(number("+15005550001").map_err(|it| it.code()), Err(21421));
        assert_eq!(number("hello").map_err(|it| it.code()), Err(21421));
        assert!(number_in("500").is_ok());
        assert_eq!(number_in("533").map_err(|it| it.code()), Err(21452));
    }

    #[test]
    fn nothing_else_is_answered() {
        let asks = |method, path: &str| answers(&method, &format!("{VERSION}/Accounts/AC1{path}"));
        for path in ["/Messages", "/SMS/Messages", "/Calls", "/IncomingPhoneNumbers/Local"] {
            assert!(asks(Method::POST, path), "{path}");
            assert!(!asks(Method::GET, path), "{path}");
        }
        for path in ["", "/Messages/SM1", "/Applications", "/Calls/CA1"] {
            assert!(!asks(Method::POST, path), "{path}");
        }
        assert!(!answers(&Method::POST, "/v1/Services"));
    }
}
