//! Which Twimlets there are, and what can be written into their forms.

/// A Twimlet.
pub(super) struct Twimlet {
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) parameters: &'static [Parameter],
}

/// One of its parameters.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    /// What counts where nothing is written.
    pub(super) default: &'static str,
    /// Whether there can be several.
    pub(super) repeats: bool,
    /// Whether it does nothing without.
    pub(super) required: bool,
}

const fn one(name: &'static str, summary: &'static str, default: &'static str) -> Parameter {
    Parameter { name, summary, default, repeats: false, required: false }
}

const fn needed(name: &'static str, summary: &'static str) -> Parameter {
    Parameter { name, summary, default: "", repeats: false, required: true }
}

const fn several(name: &'static str, summary: &'static str) -> Parameter {
    Parameter { name, summary, default: "", repeats: true, required: false }
}

const FAIL_URL: Parameter = one("FailUrl", "what is asked if nobody answers", "");
const MESSAGE: Parameter =
    one("Message", "said to whoever is rung, or an address that is played", "");

/// Every one, as people look for them.
pub(super) fn catalogue() -> &'static [Twimlet] {
    &TWIMLETS
}

const TWIMLETS: [Twimlet; 10] = [
    Twimlet {
        name: "forward",
        summary: "Puts callers through to a number.",
        parameters: &[
            needed("PhoneNumber", "where to"),
            one("CallerId", "what the called sees", ""),
            one("Timeout", "seconds of ringing", "20"),
            FAIL_URL,
            several("AllowedCallers", "nobody else is put through"),
        ],
    },
    Twimlet {
        name: "callme",
        summary: "Rings you and tells who is calling before it connects.",
        parameters: &[
            needed("PhoneNumber", "yours"),
            MESSAGE,
            one("Timeout", "seconds of ringing", "20"),
            FAIL_URL,
        ],
    },
    Twimlet {
        name: "findme",
        summary: "Rings up to ten numbers, one after the other.",
        parameters: &[
            several("PhoneNumbers", "in this order"),
            MESSAGE,
            one("Timeout", "seconds of ringing", "60"),
            FAIL_URL,
        ],
    },
    Twimlet {
        name: "simulring",
        summary: "Rings several numbers at once; the first that answers has the caller.",
        parameters: &[
            several("PhoneNumbers", "all at once"),
            MESSAGE,
            one("Timeout", "seconds of ringing", "20"),
            FAIL_URL,
        ],
    },
    Twimlet {
        name: "voicemail",
        summary: "Takes a message and sends it by e-mail.",
        parameters: &[
            needed("Email", "where it goes"),
            one(
                "Message",
                "said first, or an address that is played",
                "Please leave a message after the beep.",
            ),
            one("Transcribe", "true or false", "true"),
        ],
    },
    Twimlet {
        name: "conference",
        summary: "A room for several callers, with a pass code and moderators if wanted.",
        parameters: &[
            one("Name", "of the room", ""),
            one("Password", "digits that callers press", ""),
            several("Moderators", "the room begins with them"),
            one("EnableSmsNotifications", "true: moderators get a text", ""),
            one(
                "Message",
                "said first, or an address that is played",
                "You are now entering the conference line.",
            ),
            one(
                "Music",
                "classical, ambient, electronica, guitars, rock, soft-rock, or an address",
                "classical",
            ),
        ],
    },
    Twimlet {
        name: "menu",
        summary: "Asks for keys, and goes on with what they stand for.",
        parameters: &[
            one("Message", "said, or an address that is played", ""),
            one("Options[1]", "what is asked after key 1", ""),
            one("Options[2]", "after key 2", ""),
            one("Options[3]", "after key 3", ""),
        ],
    },
    Twimlet {
        name: "message",
        summary: "Says or plays something.",
        parameters: &[several("Message", "words, or an address that is played")],
    },
    Twimlet {
        name: "echo",
        summary: "Answers with the document that is written here.",
        parameters: &[needed("Twiml", "a whole document: <Response>…</Response>")],
    },
    Twimlet {
        name: "holdmusic",
        summary: "Plays music, again and again.",
        parameters: &[
            one(
                "Bucket",
                "classical, ambient, electronica, guitars, rock or soft-rock",
                "com.twilio.music.classical",
            ),
            one("Message", "said between the pieces", ""),
        ],
    },
];
