//! What the error code of a message means, as its `error_message` says it.
//!
//! Codes are Twilio's (<https://www.twilio.com/docs/api/errors>), so that clients that look at them keep working; the
//! words are ours, and say what happened here.

/// No carrier reaches the receiver, or none takes this sender.
pub const NO_ROUTE: u32 = 21_612;
/// The account was suspended while the message waited.
pub const SUSPENDED: u32 = 30_002;
/// The handset can't be reached now.
pub const UNREACHABLE: u32 = 30_003;
/// The receiver or its carrier blocks it.
pub const BLOCKED: u32 = 30_004;
/// No such number.
pub const UNKNOWN_HANDSET: u32 = 30_005;
/// A landline, or a network that can't be reached.
pub const LANDLINE: u32 = 30_006;
/// The carrier filtered it.
pub const FILTERED: u32 = 30_007;
/// Nothing more is known.
pub const UNKNOWN: u32 = 30_008;
/// Every carrier costs more than the message may.
pub const TOO_DEAR: u32 = 30_010;
/// Its validity period was over before a carrier took it.
pub const EXPIRED: u32 = 30_036;
/// The carrier did not answer in time.
pub const CARRIER_TIMEOUT: u32 = 30_410;

/// What the code means, in a sentence for the one who sent the message.
pub const fn meaning(code: u32) -> &'static str {
    match code {
        11_200 => "The application could not be asked",
        21_211 => "The receiver is not a phone number",
        21_212 => "The sender is not a phone number, short code or sender name",
        21_408 => "Texts to this country are not allowed",
        21_606 => "The sender does not belong to this account, or can't send texts",
        21_610 => "The receiver has opted out of messages from this sender",
        21_611 => "Too many messages of this sender are waiting",
        NO_ROUTE => "No carrier reaches this receiver from this sender",
        21_614 => "The receiver can't get texts",
        21_617 => "The text is longer than 1,600 characters",
        21_619 => "The message has neither text nor media",
        21_620 => "The media could not be fetched",
        21_703 => "The messaging service has no sender",
        21_704 => "The messaging service has no sender for this receiver",
        30_001 => "Too many messages are waiting",
        SUSPENDED => "The account was suspended while the message waited",
        UNREACHABLE => "The handset can't be reached: it is off, roaming, or its memory is full",
        BLOCKED => "The receiver, or its carrier, blocks messages from this sender",
        UNKNOWN_HANDSET => "There is no handset with this number",
        LANDLINE => "The number is a landline, or its network can't be reached",
        FILTERED => "The carrier filtered the message for what it says or who sends it",
        30_009 => "A part of the message is missing",
        TOO_DEAR => "Every carrier costs more than the message may",
        30_019 => "The media can't be had, or is larger than the carrier takes",
        30_022 | 30_023 => "The carrier's limit for this sender is used up",
        30_024 => "The carrier does not know this sender as one of ours",
        30_034 => "The sender is not registered for business messages with this carrier (10DLC)",
        EXPIRED => "The validity period was over before a carrier took the message",
        30_039 => "The message looked like one of a loop of automatic replies",
        CARRIER_TIMEOUT => "The carrier did not answer in time",
        30_500 => "The server could not handle the message",
        _ => "The message did not arrive, and the carrier does not say why",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_delivery_has_a_meaning_of_its_own() {
        let codes = (30_001..=30_007).chain([30_009, 30_010, 30_034, 30_036, 30_410, 21_610]);
        let mut meanings: Vec<&str> = codes.map(meaning).collect();
        assert!(!meanings.contains(&meaning(UNKNOWN)));
        meanings.sort_unstable();
        let count = meanings.len();
        meanings.dedup();
        assert_eq!(meanings.len(), count);
        assert_eq!(meaning(UNKNOWN), meaning(4_711), "an unknown code is an unknown error");
    }
}
