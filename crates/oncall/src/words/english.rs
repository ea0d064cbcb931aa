//! English. Texts keep to the GSM alphabet.

use super::Phrase;

/// The words.
///
/// Long because: a line for every phrase, and nothing else.
pub(super) const fn text(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Greeting => "Welcome to {line}.",
        Phrase::Menu => "For {team}, press {key}.",
        Phrase::WrongKey => "Sorry, that is not one of the choices.",
        Phrase::Connecting => "Please hold while we connect you.",
        Phrase::StillTrying => "We are still trying to reach somebody. Thank you for waiting.",
        Phrase::PressStar => "You can press star at any time to leave a message.",
        Phrase::Everyone => "We are now calling everyone on the team. Thank you for waiting.",
        Phrase::Gap => "Nobody is on duty at the moment.",
        Phrase::Closed => "You have reached {line}. We are closed at the moment.",
        Phrase::Blocked => "Sorry, this line does not take calls from your number. Goodbye.",
        Phrase::Nobody => {
            "Sorry, nobody can take your call at the moment. Please try again later. Goodbye."
        }
        Phrase::Voicemail => {
            "Please leave a message after the beep. When you are done, press pound or hang up."
        }
        Phrase::Thanks => "Thank you. Your message will be passed on. Goodbye.",
        Phrase::NoMessage => "We did not hear a message. Goodbye.",
        Phrase::Whisper => {
            "Call for {line} from {caller}. Press 1 to accept, any other key to pass."
        }
        Phrase::WhisperTeam => {
            "Call for {line}, {team}, from {caller}. Press 1 to accept, any other key to pass."
        }
        Phrase::Accepted => "Connecting you.",
        Phrase::Passed => "All right. Goodbye.",
        Phrase::Elsewhere => "Somebody else has taken the call. Goodbye.",
        Phrase::Known => {
            "You are calling from a known phone. Press 1 for who is on duty, 2 for who is next, 3 to take duty for \
             two hours, 4 to go off duty, or stay on the line to be connected."
        }
        Phrase::KnownAgain => {
            "Press 1 for who is on duty, 2 for who is next, 3 to take duty for two hours, 4 to go off duty, or hang up."
        }
        Phrase::Goodbye => "Goodbye.",
        Phrase::NotNow => "Sorry, that could not be done just now. Please try again in a moment.",
        Phrase::Stranger => {
            "This number is for people on duty for {line}, and yours is not known here. Please call {caller} instead."
        }
        Phrase::TextOnDuty => {
            "Congratulations, you are the new developer on duty for {line} until {until}."
        }
        Phrase::TextOnDutyAfter => {
            "Congratulations, you are the new developer on duty for {line} until {until}. You take over from {person}."
        }
        Phrase::TextSoonOnDuty => "You are on duty for {line} from {from} until {until}.",
        Phrase::TextOffDuty => "You are off duty for {line} now. Thank you!",
        Phrase::TextOffDutyNow => {
            "You are off duty for {line} now: {person} takes over. Thank you!"
        }
        Phrase::TextChanged => "{person} is on duty for {line} instead of you until {until}.",
        Phrase::TextChangedGap => "You are no longer on duty for {line}.",
        Phrase::TextMissed => {
            "Missed call for {line} from {caller}. Reply ACK {id} if you see to it."
        }
        Phrase::TextVoicemail => {
            "Message for {line} from {caller} ({seconds} s): {link} Reply ACK {id} if you see to it."
        }
        Phrase::TextVoicemailUnlinked => {
            "Message for {line} from {caller} ({seconds} s). Reply ACK {id} if you see to it."
        }
        Phrase::TextTranscript => "{caller} said to {line} (message {id}): {transcript}",
        Phrase::SubjectOnDuty => "You are on duty: {line}",
        Phrase::SubjectSoonOnDuty => "You are on duty soon: {line}",
        Phrase::SubjectOffDuty => "You are off duty: {line}",
        Phrase::SubjectChanged => "Your shifts have changed: {line}",
        Phrase::SubjectMissed => "Missed call from {caller}: {line}",
        Phrase::SubjectVoicemail => "Message from {caller}: {line}",
        Phrase::SubjectTranscript => "What {caller} said: {line}",
    }
}
