//! English. Texts keep to the GSM alphabet.

use super::Phrase;

/// The words.
pub(super) const fn text(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Down => "{title} is down",
        Phrase::Certificate => "The certificate of {title} is about to end",
        Phrase::Flapping => "{title} goes up and down",
        Phrase::Blind => "{title}: the watch has no network of its own and sees nothing",
        Phrase::Alert => "{title}",
        Phrase::UpAgain => "{title} is up again",
        Phrase::CertificateRenewed => "The certificate of {title} is good again",
        Phrase::Stable => "{title} is stable again",
        Phrase::SeesAgain => "{title}: the watch sees again",
        Phrase::AlertOver => "{title} is over",
        Phrase::Began => "It began {length} ago.",
        Phrase::FirstBegan => "The first began {length} ago.",
        Phrase::JustNow => "It began just now.",
        Phrase::Lasted => "It lasted {length}.",
        Phrase::Alerts => "{count} alerts",
        Phrase::And => "and",
        Phrase::Others => "{count} others",
        Phrase::Keys => {
            "Press 4 to acknowledge, 5 to escalate, 6 to close, 1 to stop being called, star to repeat."
        }
        Phrase::Acknowledged => "Acknowledged. Thank you. Goodbye.",
        Phrase::Escalated => "The next level is told now. Goodbye.",
        Phrase::Closed => "Closed. Goodbye.",
        Phrase::Quieted => "You will not be called about this again. Goodbye.",
        Phrase::Over => "This is over already. Goodbye.",
        Phrase::SeenToBy => "{person} sees to it already. Goodbye.",
        Phrase::SeenTo => "Somebody sees to it already. Goodbye.",
        Phrase::WrongKey => "Sorry, that is not one of the choices.",
        Phrase::NotNow => "Sorry, that could not be done just now. Please try again in a moment.",
        Phrase::Goodbye => "Goodbye.",
        Phrase::Reply => "Reply ACK {id}, CLOSE {id} or ESCALATE {id}.",
        Phrase::ReplySeenTo => "Reply CLOSE {id} or ESCALATE {id}.",
        Phrase::ReplyMany => "Reply ACK, CLOSE or ESCALATE and the number, as ACK {id}.",
        Phrase::Still => "Reminder: {what}",
        Phrase::SomebodySeesTo => "Somebody sees to it: {what}",
        Phrase::SeesTo => "{person} sees to it: {what}",
        Phrase::Since => "Since",
        Phrase::Source => "Source",
        Phrase::Number => "Number",
        Phrase::More => "More",
        Phrase::AnswerByLink => "To acknowledge, open {link}",
        Phrase::Answer => "To acknowledge, text ACK {id} or run: alo ack {id}",
    }
}
