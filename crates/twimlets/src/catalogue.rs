//! Which Twimlets there are and what they take, for pages that build their URLs and for the manual.

/// A Twimlet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twimlet {
    /// As in its URL.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
}

/// A parameter of a Twimlet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As in its URL.
    pub name: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// What counts where it is missing; `None`: nothing.
    pub default: Option<&'static str>,
    /// Whether nothing goes without.
    pub required: bool,
    /// Whether there can be several, as `X[0]=`, `X[]=` or `X=`.
    pub repeats: bool,
}

impl Parameter {
    const fn new(name: &'static str, summary: &'static str) -> Parameter {
        Parameter { name, summary, default: None, required: false, repeats: false }
    }

    const fn or(self, default: &'static str) -> Parameter {
        Parameter { default: Some(default), ..self }
    }

    const fn needed(self) -> Parameter {
        Parameter { required: true, ..self }
    }

    const fn several(self) -> Parameter {
        Parameter { repeats: true, ..self }
    }
}

/// Every Twimlet, as people look for them.
pub fn catalogue() -> &'static [Twimlet] {
    &TWIMLETS
}

const NUMBER: Parameter =
    Parameter::new("PhoneNumber", "Who is rung: a number, client:NAME or sip:USER@HOST").needed();
const NUMBERS: Parameter =
    Parameter::new("PhoneNumbers", "Who is rung, at most ten").needed().several();
const FAIL_URL: Parameter =
    Parameter::new("FailUrl", "Where the caller goes on if nobody was reached");
const TIMEOUT: Parameter = Parameter::new("Timeout", "Seconds of ringing, 5 to 600").or("20");
const WHISPER: Parameter =
    Parameter::new("Message", "What whoever is rung hears first: words, or an address of audio")
        .or("You are receiving a call from … Press any key to accept.");

const TWIMLETS: [Twimlet; 11] = [
    Twimlet {
        name: "forward",
        summary: "Puts callers through to a number.",
        parameters: &[
            NUMBER,
            Parameter::new("CallerId", "What the called sees").or("the caller's number"),
            FAIL_URL,
            TIMEOUT,
            Parameter::new("AllowedCallers", "Who is put through").or("everybody").several(),
        ],
    },
    Twimlet {
        name: "callme",
        summary: "Rings you and says who is calling before it connects.",
        parameters: &[NUMBER, WHISPER, FAIL_URL, TIMEOUT],
    },
    Twimlet {
        name: "findme",
        summary: "Rings up to ten numbers, one after the other, until somebody accepts the call.",
        parameters: &[
            NUMBERS,
            WHISPER,
            FAIL_URL,
            Parameter::new("Timeout", "Seconds of ringing, for each").or("60"),
        ],
    },
    Twimlet {
        name: "simulring",
        summary: "Rings up to ten numbers at once; the first who accepts has the caller.",
        parameters: &[NUMBERS, WHISPER, FAIL_URL, TIMEOUT],
    },
    Twimlet {
        name: "whisper",
        summary: "Says who is calling to whoever is rung; the Twimlets above use it.",
        parameters: &[
            WHISPER,
            Parameter::new("HumanCheck", "1: hangs up if no key is pressed").or("0"),
        ],
    },
    Twimlet {
        name: "voicemail",
        summary: "Takes a message and sends it by e-mail.",
        parameters: &[
            Parameter::new("Email", "Who gets it").needed(),
            Parameter::new("Message", "What callers hear first: words, or an address of audio")
                .or("Please leave a message after the beep."),
            Parameter::new("Transcribe", "Whether the e-mail has a transcript, where one is made")
                .or("true"),
            Parameter::new("Language", "Of the spoken message, as pt-BR").or("en-US"),
            Parameter::new("Voice", "Of the spoken message, as woman"),
        ],
    },
    Twimlet {
        name: "conference",
        summary: "A room for several callers. Not there yet: it is refused, and says so.",
        parameters: &[
            Parameter::new("Name", "Of the room"),
            Parameter::new("Password", "What callers have to press"),
            Parameter::new("Moderators", "With whom it begins").several(),
            Parameter::new("EnableSmsNotifications", "Whether moderators get a text"),
            Parameter::new("Message", "What callers hear first")
                .or("You are now entering the conference line."),
            Parameter::new("Music", "What they hear while they wait").or("classical"),
        ],
    },
    Twimlet {
        name: "menu",
        summary: "Asks for keys, and goes on with what they stand for.",
        parameters: &[
            Parameter::new("Message", "What callers hear: words, or an address of audio"),
            Parameter::new(
                "Options",
                "Options[KEYS]=URL: where they go on, with audio, a document or another Twimlet",
            )
            .needed()
            .several(),
        ],
    },
    Twimlet {
        name: "message",
        summary: "Says or plays something.",
        parameters: &[Parameter::new("Message", "Words, or an address of audio")
            .needed()
            .several()],
    },
    Twimlet {
        name: "echo",
        summary: "Answers with the document that stands in its URL.",
        parameters: &[Parameter::new("Twiml", "<Response>…</Response>, at most 64 kB").needed()],
    },
    Twimlet {
        name: "holdmusic",
        summary: "Plays music in another order every time, without end.",
        parameters: &[
            Parameter::new(
                "Bucket",
                "classical, ambient, electronica, guitars, rock, soft-rock, or an address of audio",
            )
            .or("com.twilio.music.classical"),
            Parameter::new("Message", "What is said or played after each piece"),
        ],
    },
];
