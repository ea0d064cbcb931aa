//! Which elements and attributes there are: what alo understands, what Twilio knows beyond that, and nothing else.
//!
//! Names from Twilio's own SDKs. Attribute names are compared without regard to case, since the SDKs don't agree on it.

/// The attributes of one element.
pub(super) struct Grammar {
    /// The element.
    pub(super) name: &'static str,
    /// Attributes that have their effect.
    pub(super) understood: &'static [&'static str],
    /// Attributes that Twilio knows and alo gives no effect yet.
    pub(super) inert: &'static [&'static str],
    /// Attributes that have no effect without another.
    pub(super) idle_without: &'static [(&'static str, &'static str)],
}

impl Grammar {
    const fn plain(name: &'static str, understood: &'static [&'static str]) -> Grammar {
        Grammar { name, understood, inert: &[], idle_without: &[] }
    }

    /// All names, for suggestions.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.understood.iter().chain(self.inert).copied().collect()
    }
}

/// How an element that isn't run stands to us.
pub(super) enum Standing {
    /// It runs in a call.
    Runs,
    /// Twilio runs it, alo not yet.
    Later,
    /// It is a noun of `<Dial>`.
    Noun,
    /// It belongs to text messages or faxes.
    Text,
    /// Nobody knows it.
    Unknown,
}

/// The verbs that run, for suggestions.
pub(super) const VERBS: &[&str] = &[
    "Say", "Play", "Pause", "Gather", "Record", "Dial", "Redirect", "Reject", "Hangup", "Leave",
    "Sms", "Connect", "Enqueue", "Start", "Stop",
];

/// The verbs that run in the answer to a text message, for suggestions.
pub(super) const MESSAGING_VERBS: &[&str] = &["Message", "Redirect", "Sms"];

/// The nouns of `<Dial>` that run, for suggestions.
pub(super) const NOUNS: &[&str] = &["Number", "Client", "Sip", "Conference", "Queue"];

/// What may stand in a `<Gather>`, and in a `<Dial>` for who waits.
pub(super) const PROMPTS: &[&str] = &["Say", "Play", "Pause"];

/// How `name` stands to us at the top of a document.
pub(super) fn standing(name: &str) -> Standing {
    match name {
        "Say" | "Play" | "Pause" | "Gather" | "Record" | "Dial" | "Redirect" | "Reject"
        | "Hangup" | "Leave" | "Sms" => Standing::Runs,
        "Connect" | "Echo" | "Enqueue" | "Pay" | "Prompt" | "Queue" | "Refer" | "Start"
        | "Stop" => Standing::Later,
        "Number" | "Client" | "Sip" | "Conference" | "Sim" | "WhatsApp" | "Application" => {
            Standing::Noun
        }
        "Message" | "Body" | "Media" | "Receive" => Standing::Text,
        _ => Standing::Unknown,
    }
}

/// Whether Twilio dials `name` and alo doesn't yet.
pub(super) fn is_later_noun(name: &str) -> bool {
    matches!(name, "Conference" | "Queue" | "Sim" | "WhatsApp" | "Application")
}

pub(super) const RESPONSE: Grammar = Grammar::plain("Response", &[]);
pub(super) const SAY: Grammar = Grammar::plain("Say", &["voice", "language", "loop"]);
pub(super) const PLAY: Grammar = Grammar::plain("Play", &["loop", "digits"]);
pub(super) const PAUSE: Grammar = Grammar::plain("Pause", &["length"]);
pub(super) const REDIRECT: Grammar = Grammar::plain("Redirect", &["method"]);
pub(super) const REJECT: Grammar = Grammar::plain("Reject", &["reason"]);
pub(super) const HANGUP: Grammar = Grammar::plain("Hangup", &[]);
pub(super) const LEAVE: Grammar = Grammar::plain("Leave", &[]);
pub(super) const IDENTITY: Grammar = Grammar::plain("Identity", &[]);
pub(super) const PARAMETER: Grammar = Grammar::plain("Parameter", &["name", "value"]);

pub(super) const BODY: Grammar = Grammar::plain("Body", &[]);
pub(super) const MEDIA: Grammar = Grammar::plain("Media", &[]);

/// What `<Message>` has, and `<Sms>`.
macro_rules! message_grammar {
    ($name:literal) => {
        Grammar {
            name: $name,
            understood: &["to", "from", "action", "method", "statusCallback"],
            inert: &[],
            idle_without: &[("method", "action")],
        }
    };
}

pub(super) const MESSAGE: Grammar = message_grammar!("Message");
pub(super) const SMS: Grammar = message_grammar!("Sms");

pub(super) const GATHER: Grammar = Grammar {
    name: "Gather",
    understood: &[
        "input",
        "action",
        "method",
        "timeout",
        "finishOnKey",
        "numDigits",
        "actionOnEmptyResult",
        "speechTimeout",
        "maxSpeechTime",
        "profanityFilter",
        "partialResultCallback",
        "partialResultCallbackMethod",
        "language",
        "hints",
        "bargeIn",
        "speechModel",
        // Which models there are is the engine's matter: none costs more here.
        "enhanced",
    ],
    inert: &["debug"],
    idle_without: &[("partialResultCallbackMethod", "partialResultCallback")],
};

pub(super) const RECORD: Grammar = Grammar {
    name: "Record",
    understood: &[
        "action",
        "method",
        "timeout",
        "finishOnKey",
        "maxLength",
        "playBeep",
        "trim",
        "recordingStatusCallback",
        "recordingStatusCallbackMethod",
        "recordingStatusCallbackEvent",
        "transcribe",
        "transcribeCallback",
    ],
    inert: &["recordingConfigurationId"],
    idle_without: &[
        ("recordingStatusCallbackMethod", "recordingStatusCallback"),
        ("recordingStatusCallbackEvent", "recordingStatusCallback"),
    ],
};

pub(super) const DIAL: Grammar = Grammar {
    name: "Dial",
    understood: &[
        "action",
        "method",
        "timeout",
        "timeLimit",
        "hangupOnStar",
        "callerId",
        "record",
        "trim",
        "recordingStatusCallback",
        "recordingStatusCallbackMethod",
        "recordingStatusCallbackEvent",
        "answerOnBridge",
        "ringTone",
        "sequential",
    ],
    inert: &[
        "recordingConfigurationId",
        "recordingTrack",
        "referUrl",
        "referMethod",
        "events",
        "passports",
        "callReason",
    ],
    idle_without: &[
        ("method", "action"),
        ("trim", "record"),
        ("recordingStatusCallback", "record"),
        ("recordingStatusCallbackMethod", "recordingStatusCallback"),
        ("recordingStatusCallbackEvent", "recordingStatusCallback"),
    ],
};

/// What every noun of `<Dial>` has, with attributes of its own.
macro_rules! leg_grammar {
    ($name:literal, [$($own:literal),*], [$($inert:literal),*]) => {
        Grammar {
            name: $name,
            understood: &[
                $($own,)*
                "url",
                "method",
                "statusCallback",
                "statusCallbackMethod",
                "statusCallbackEvent",
            ],
            inert: &[$($inert,)*],
            idle_without: &[
                ("method", "url"),
                ("statusCallbackMethod", "statusCallback"),
                ("statusCallbackEvent", "statusCallback"),
            ],
        }
    };
}

pub(super) const NUMBER: Grammar = leg_grammar!(
    "Number",
    ["sendDigits"],
    [
        "byoc",
        "machineDetection",
        "machineDetectionTimeout",
        "machineDetectionSpeechThreshold",
        "machineDetectionSpeechEndThreshold",
        "machineDetectionSilenceTimeout",
        "amdStatusCallback",
        "amdStatusCallbackMethod"
    ]
);

pub(super) const CLIENT: Grammar = leg_grammar!("Client", [], []);

pub(super) const SIP: Grammar = leg_grammar!(
    "Sip",
    ["username", "password"],
    [
        "machineDetection",
        "machineDetectionTimeout",
        "machineDetectionSpeechThreshold",
        "machineDetectionSpeechEndThreshold",
        "machineDetectionSilenceTimeout",
        "amdStatusCallback",
        "amdStatusCallbackMethod"
    ]
);

pub(super) const URI: Grammar = Grammar {
    name: "Uri",
    understood: &["username", "password"],
    inert: &["priority", "weight"],
    idle_without: &[],
};

/// The SSML elements of `<Say>`, with their attributes: those of Twilio's SDKs, and the language of a sentence or paragraph
/// (SSML 1.1 §3.1.8), which would otherwise be read in another.
pub(super) const SSML: &[Grammar] = &[
    Grammar::plain("break", &["strength", "time"]),
    Grammar::plain("emphasis", &["level"]),
    Grammar::plain("lang", &["xml:lang"]),
    Grammar::plain("p", &["xml:lang"]),
    Grammar::plain("phoneme", &["alphabet", "ph"]),
    Grammar::plain("prosody", &["volume", "rate", "pitch"]),
    Grammar::plain("s", &["xml:lang"]),
    Grammar::plain("say-as", &["interpret-as", "format"]),
    Grammar::plain("sub", &["alias"]),
    Grammar::plain("w", &["role"]),
];

/// Their names, for suggestions.
pub(super) const SSML_NAMES: &[&str] =
    &["break", "emphasis", "lang", "phoneme", "prosody", "say-as", "sub"];

/// Words of `recordingStatusCallbackEvent`.
pub(super) const RECORDING_EVENTS: &[&str] = &["in-progress", "completed", "absent"];

/// Words of `statusCallbackEvent` of a called leg.
pub(super) const LEG_EVENTS: &[&str] = &["initiated", "ringing", "answered", "completed"];

/// Words of `<Dial record>`.
pub(super) const DIAL_RECORD: &[&str] = &[
    "do-not-record",
    "record-from-answer",
    "record-from-answer-dual",
    "record-from-ringing",
    "record-from-ringing-dual",
];

/// Words of `trim`.
pub(super) const TRIM: &[&str] = &["trim-silence", "do-not-trim"];

/// Countries of `<Dial ringTone>`.
pub(super) const RING_TONES: &[&str] = &[
    "at", "au", "bg", "br", "be", "ch", "cl", "cn", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr",
    "hu", "il", "in", "it", "lt", "jp", "mx", "my", "nl", "no", "nz", "ph", "pl", "pt", "ru", "se",
    "sg", "th", "uk", "us", "us-old", "tw", "ve", "za",
];
