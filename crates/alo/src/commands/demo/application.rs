//! The web application of the story: it greets, dials the developers on duty one after the other, lets them
//! accept with 1, and takes a message in the end. An ordinary web server that answers TwiML.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::net::TcpListener;

use super::duty::THANKS;

/// Frequency of the chime that greets a caller, in Hz.
pub(crate) const GREETING_HZ: u16 = 660;
/// Frequency of the chime that a developer hears before accepting, in Hz.
pub(crate) const WHISPER_HZ: u16 = 880;
/// Length of a chime in samples at 8 kHz: 0.6 s.
const CHIME: u32 = 4_800;
/// Samples a second of the chimes.
const RATE: u32 = 8_000;

/// What the application was told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// `CallSid` and `CallStatus` of each status callback.
    pub(crate) ends: Vec<(String, String)>,
    /// `MessageSid` and `MessageStatus` of each status callback of a text.
    pub(crate) texts: Vec<(String, String)>,
    /// What was written to its number.
    pub(crate) replies: Vec<String>,
}

/// The running application.
pub(crate) struct Application {
    pub(crate) address: SocketAddr,
    pub(crate) told: Arc<Mutex<Told>>,
}

#[derive(Clone)]
struct Shared {
    told: Arc<Mutex<Told>>,
    on_duty: Arc<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Asked {
    call_sid: String,
    call_status: String,
    from: String,
    digits: String,
    dial_call_status: String,
    dial_bridged: String,
    message_sid: String,
    message_status: String,
    body: String,
}

impl Application {
    /// Serves on a free port of loopback; `on_duty` are rung in this order.
    pub(crate) async fn start(on_duty: &[&str]) -> std::io::Result<Application> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let told = Arc::<Mutex<Told>>::default();
        let on_duty = Arc::new(on_duty.iter().map(|name| (*name).to_owned()).collect());
        let shared = Shared { told: Arc::clone(&told), on_duty };
        let routes = Router::new()
            .route("/voice", post(voice))
            .route("/whisper", post(whisper))
            .route("/accept", post(accept))
            .route("/after", post(after))
            .route("/thanks", post(thanks))
            .route("/ended", post(ended))
            .route("/texted", post(texted))
            .route("/text", post(text))
            .route("/greeting.wav", get(|| async { chime(GREETING_HZ) }))
            .route("/whisper.wav", get(|| async { chime(WHISPER_HZ) }))
            .with_state(shared);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the demonstration's application stopped");
            }
        });
        Ok(Application { address, told })
    }

    /// The URL of one of its pages.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// A call comes in: greet, then ring who is on duty, one after the other.
async fn voice(State(shared): State<Shared>) -> Response {
    let developers = shared.on_duty.iter().fold(String::new(), |mut all, name| {
        all.extend(["<Client url=\"/whisper\">", name, "</Client>"]);
        all
    });
    twiml(&format!(
        "<Play>/greeting.wav</Play>\
         <Say>Welcome to the support line. We are looking for a developer.</Say>\
         <Dial sequential=\"true\" timeout=\"5\" action=\"/after\" record=\"record-from-answer-dual\">\
         {developers}</Dial>"
    ))
}

/// A developer answered: say who calls, and have it accepted.
async fn whisper(Form(asked): Form<Asked>) -> Response {
    let digits: String = asked.from.chars().flat_map(|digit| [digit, ' ']).collect();
    twiml(&format!(
        "<Gather numDigits=\"1\" timeout=\"5\" action=\"/accept\">\
         <Play>/whisper.wav</Play>\
         <Say>Support call from {digits}. Press 1 to accept.</Say>\
         </Gather><Hangup/>"
    ))
}

/// An empty document connects; anything else than 1 passes the call on.
async fn accept(Form(asked): Form<Asked>) -> Response {
    twiml(if asked.digits == "1" { "" } else { "<Hangup/>" })
}

/// The dial is over: goodbye, or a voicemail where nobody accepted.
async fn after(Form(asked): Form<Asked>) -> Response {
    if asked.dial_call_status == "completed" && asked.dial_bridged == "true" {
        return twiml("<Hangup/>");
    }
    twiml(
        "<Say>Nobody can take your call now. Please leave a message after the tone.</Say>\
         <Record maxLength=\"30\" timeout=\"3\" finishOnKey=\"#\" action=\"/thanks\"/>",
    )
}

async fn thanks() -> Response {
    twiml("<Say>Thank you. Goodbye.</Say><Hangup/>")
}

async fn ended(State(shared): State<Shared>, Form(asked): Form<Asked>) -> Response {
    let mut told = shared.told.lock().unwrap_or_else(PoisonError::into_inner);
    told.ends.push((asked.call_sid, asked.call_status));
    twiml("")
}

/// A text of its own got on.
async fn texted(State(shared): State<Shared>, Form(asked): Form<Asked>) -> StatusCode {
    let mut told = shared.told.lock().unwrap_or_else(PoisonError::into_inner);
    told.texts.push((asked.message_sid, asked.message_status));
    StatusCode::NO_CONTENT
}

/// Somebody texts the support line's number.
async fn text(State(shared): State<Shared>, Form(asked): Form<Asked>) -> Response {
    let taken_over = asked.body.trim().eq_ignore_ascii_case("ok");
    shared.told.lock().unwrap_or_else(PoisonError::into_inner).replies.push(asked.body);
    twiml(&if taken_over { format!("<Message>{THANKS}</Message>") } else { String::new() })
}

fn twiml(verbs: &str) -> Response {
    let document =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{verbs}</Response>");
    ([(CONTENT_TYPE, "text/xml")], document).into_response()
}

/// A tone as a WAV file: 16-bit PCM, mono, 8 kHz.
fn chime(hz: u16) -> Response {
    let mut wav = media::wav::header(1, u64::from(CHIME) * 2).to_vec();
    for sample in 0..CHIME {
        let angle = f64::from(sample) * f64::from(hz) * std::f64::consts::TAU / f64::from(RATE);
        wav.extend_from_slice(&((angle.sin() * 8_000.0) as i16).to_le_bytes());
    }
    ([(CONTENT_TYPE, "audio/wav")], wav).into_response()
}
