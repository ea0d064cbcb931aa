//! What can be said or written, whatever the language.

use model::oncall::Language;

use super::{Filling, english, portuguese};

/// Something that a line says or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phrase {
    /// The first words.
    Greeting,
    /// One choice of the menu of teams; in a line's own words, all of it.
    Menu,
    /// That key means nothing.
    WrongKey,
    /// The first phone is going to be rung.
    Connecting,
    /// Another one is.
    StillTrying,
    /// Everyone is.
    Everyone,
    /// Nobody is on duty.
    Gap,
    /// Out of the line's hours.
    Closed,
    /// The caller isn't let through.
    Blocked,
    /// Nobody took the call, and there is no voicemail.
    Nobody,
    /// Before the beep.
    Voicemail,
    /// After the message.
    Thanks,
    /// There was none.
    NoMessage,
    /// To the one rung: who calls, and to press 1.
    Whisper,
    /// To the one rung, who pressed 1.
    Accepted,
    /// To the one rung, who pressed another key.
    Passed,
    /// You are on duty now.
    TextOnDuty,
    /// You will be.
    TextSoonOnDuty,
    /// You no longer are.
    TextOffDuty,
    /// A call was missed.
    TextMissed,
    /// A message was left.
    TextVoicemail,
    /// What a message says.
    TextTranscript,
    /// Like `Whisper`, for a team that the caller chose.
    WhisperTeam,
    /// Like `TextOnDuty`, with who was on duty before.
    TextOnDutyAfter,
    /// Like `TextOffDuty`, with who is on duty now.
    TextOffDutyNow,
    /// Somebody else is on duty instead of you.
    TextChanged,
    /// Nobody is on duty instead of you.
    TextChangedGap,
    /// Like `TextVoicemail`, without a link.
    TextVoicemailUnlinked,
    /// Behind `StillTrying` and `Everyone`, where there is voicemail.
    PressStar,
    /// To the one rung: somebody else was faster.
    Elsewhere,
    /// To a caller of ours.
    Known,
    /// To a caller of ours, after a command.
    KnownAgain,
    /// The end.
    Goodbye,
    /// A command can't be carried out now.
    NotNow,
    /// To somebody who texts a line and isn't known.
    Stranger,
    /// Subject of e-mails.
    SubjectOnDuty,
    /// Subject of e-mails.
    SubjectSoonOnDuty,
    /// Subject of e-mails.
    SubjectOffDuty,
    /// Subject of e-mails.
    SubjectChanged,
    /// Subject of e-mails.
    SubjectMissed,
    /// Subject of e-mails.
    SubjectVoicemail,
    /// Subject of e-mails.
    SubjectTranscript,
}

impl Phrase {
    /// Every phrase that a line's owner can put in other words, in the order of [`model::oncall::PROMPTS`].
    pub const REPLACEABLE: [Phrase; 22] = [
        Phrase::Greeting,
        Phrase::Menu,
        Phrase::WrongKey,
        Phrase::Connecting,
        Phrase::StillTrying,
        Phrase::Everyone,
        Phrase::Gap,
        Phrase::Closed,
        Phrase::Blocked,
        Phrase::Nobody,
        Phrase::Voicemail,
        Phrase::Thanks,
        Phrase::NoMessage,
        Phrase::Whisper,
        Phrase::Accepted,
        Phrase::Passed,
        Phrase::TextOnDuty,
        Phrase::TextSoonOnDuty,
        Phrase::TextOffDuty,
        Phrase::TextMissed,
        Phrase::TextVoicemail,
        Phrase::TextTranscript,
    ];

    /// Its name in a line's `prompts`, if it can be replaced.
    pub fn prompt(self) -> Option<&'static str> {
        let place = Phrase::REPLACEABLE.iter().position(|known| *known == self)?;
        model::oncall::PROMPTS.get(place).copied()
    }

    /// The built-in words.
    pub const fn text(self, language: Language) -> &'static str {
        match language {
            Language::English => english::text(self),
            Language::Portuguese => portuguese::text(self),
        }
    }

    /// The built-in phrase that says as much as is known.
    pub(super) fn with(self, filling: &Filling) -> Phrase {
        match self {
            Phrase::Whisper if filling.team.is_some() => Phrase::WhisperTeam,
            Phrase::TextOnDuty if filling.person.is_some() => Phrase::TextOnDutyAfter,
            Phrase::TextOffDuty if filling.person.is_some() => Phrase::TextOffDutyNow,
            Phrase::TextChanged if filling.person.is_none() => Phrase::TextChangedGap,
            Phrase::TextVoicemail if filling.link.is_none() => Phrase::TextVoicemailUnlinked,
            other => other,
        }
    }
}
