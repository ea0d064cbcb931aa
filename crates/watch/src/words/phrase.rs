//! What can be said or written, whatever the language.

use model::oncall::Language;

use super::{english, portuguese};

/// Something that the watch says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phrase {
    /// `{title}` isn't up.
    Down,
    /// The certificate of `{title}` is about to end.
    Certificate,
    /// `{title}` goes up and down.
    Flapping,
    /// This machine's own network is down.
    Blind,
    /// Somebody else's watch says so.
    Alert,
    /// The end of `Down`.
    UpAgain,
    /// The end of `Certificate`.
    CertificateRenewed,
    /// The end of `Flapping`.
    Stable,
    /// The end of `Blind`.
    SeesAgain,
    /// The end of `Alert`.
    AlertOver,
    /// It began `{length}` ago.
    Began,
    /// The first of several did.
    FirstBegan,
    /// It began less than a minute ago.
    JustNow,
    /// It lasted `{length}`.
    Lasted,
    /// `{count}` alerts.
    Alerts,
    /// Between the last two of a list.
    And,
    /// `{count}` others.
    Others,
    /// Which keys there are.
    Keys,
    /// After the key that acknowledges.
    Acknowledged,
    /// After the key that escalates.
    Escalated,
    /// After the key that closes.
    Closed,
    /// After the key that stops calls.
    Quieted,
    /// It is over already.
    Over,
    /// `{person}` sees to it already.
    SeenToBy,
    /// Somebody does.
    SeenTo,
    /// That key means nothing.
    WrongKey,
    /// It can't be done now.
    NotNow,
    /// The end of a call.
    Goodbye,
    /// How to answer a text about `{id}`.
    Reply,
    /// How to answer one about something that is seen to.
    ReplySeenTo,
    /// How to answer one about several, of which `{id}` is one.
    ReplyMany,
    /// Before what is still wrong.
    Still,
    /// Somebody sees to `{title}`.
    SomebodySeesTo,
    /// `{person}` does.
    SeesTo,
    /// In e-mails: when it began.
    Since,
    /// In e-mails: who says so.
    Source,
    /// In e-mails: what commands take.
    Number,
    /// In e-mails: where there is more.
    More,
    /// In e-mails: how to acknowledge, by `{link}`.
    AnswerByLink,
    /// In e-mails: how to, with number `{id}`.
    Answer,
}

impl Phrase {
    /// The words.
    pub(super) const fn text(self, language: Language) -> &'static str {
        match language {
            Language::English => english::text(self),
            Language::Portuguese => portuguese::text(self),
        }
    }
}
