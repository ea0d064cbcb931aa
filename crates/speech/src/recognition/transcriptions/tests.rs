//! A real HTTP server on loopback that recognises, refuses, stalls and floods.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;

use super::*;

type Requests = Arc<Mutex<Vec<String>>>;

/// Answers every request by `answer`, given its body; gives its address, and what it was asked.
async fn server<A, F>(answer: A) -> (String, Requests)
where
    A: Fn(String) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let requests = Requests::default();
    let handler = async move |State(requests): State<Requests>, headers: HeaderMap, body: Bytes| {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let body = String::from_utf8_lossy(&body).into_owned();
        let kind = header("content-type").unwrap_or_default();
        let who = header("authorization").unwrap_or("nobody");
        let asked = format!("{who}\n{kind}\n{body}");
        requests.lock().expect("no test panics with it").push(asked);
        answer(body).await
    };
    let app = Router::new().route(PATH, post(handler)).with_state(Arc::clone(&requests));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, app).await });
    (format!("http://{address}"), requests)
}

/// A server that answers so, whatever it is asked.
async fn answering(status: u16, words: &str) -> (String, Requests) {
    let words = words.to_owned();
    let status = StatusCode::from_u16(status).expect("a status");
    server(move |_| {
        let words = words.clone();
        async move { (status, words).into_response() }
    })
    .await
}

fn audio() -> Speech {
    Speech { rate: 8_000, samples: vec![0; 8_000] }
}

fn request() -> Request {
    Request {
        language: "pt-BR".to_owned(),
        hints: vec!["sim".to_owned(), " não ".to_owned(), String::new()],
        model: Some("phone_call".to_owned()),
        profanity_filter: true,
    }
}

async fn ask_with(settings: TranscriptionsSettings) -> Result<Recognized, String> {
    let engine = Transcriptions::new(settings).expect("the settings are right");
    engine.recognize(&audio(), &request()).await.map_err(|error| error.to_string())
}

async fn ask(url: &str) -> Result<Recognized, String> {
    ask_with(TranscriptionsSettings::new(url)).await
}

fn words(text: &str) -> Recognized {
    Recognized { text: text.to_owned(), confidence: None }
}

#[tokio::test]
async fn it_sends_a_form_with_its_key_and_reads_the_words() {
    let (url, requests) = answering(200, r#"{"text": " Sim, por favor. "}"#).await;
    let key = Some(Secret::new("k3y"));
    let settings = TranscriptionsSettings { key, ..TranscriptionsSettings::new(url) };
    assert_eq!(ask_with(settings).await, Ok(words("Sim, por favor.")));
    let requests = requests.lock().expect("no test panics with it");
    let (head, rest) = requests[0].split_once("RIFF").expect("a WAV file");
    let (wav, fields) = rest.split_once("\r\n--alo-form-0\r\n").expect("something after it");
    assert_eq!(
        head,
        "Bearer k3y\nmultipart/form-data; boundary=alo-form-0\n--alo-form-0\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"audio.wav\"\r\n\
         Content-Type: audio/wav\r\n\r\n"
    );
    assert!(wav.len() >= 16_000, "{} bytes", wav.len());
    let field = |name: &str, value: &str| {
        format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let expected = [
        field("model", "whisper-1"),
        field("language", "pt"),
        field("prompt", "sim, não"),
        field("response_format", "verbose_json"),
    ];
    assert_eq!(fields, expected.join("--alo-form-0\r\n") + "--alo-form-0--\r\n");
}

#[tokio::test]
async fn its_address_may_be_written_with_its_path() {
    let (url, requests) = answering(200, "{\"text\":\"\"}").await;
    for ending in ["", "/", "/v1", "/v1/", "/v1/audio/transcriptions"] {
        ask(&format!("{url}{ending}")).await.expect("it recognises");
    }
    assert_eq!(requests.lock().expect("no test panics with it").len(), 5);
}

#[tokio::test]
async fn an_address_or_a_key_that_cant_be_is_refused_at_once() {
    for url in ["", "localhost:8880", "ftp://x", "http://"] {
        let error = Transcriptions::new(TranscriptionsSettings::new(url)).err();
        assert_eq!(
            error.expect("it is no address").to_string(),
            format!("'{url}' is not the address of a recognition server")
        );
    }
    let key = Some(Secret::new("a\nb"));
    let error = Transcriptions::new(TranscriptionsSettings {
        key,
        ..TranscriptionsSettings::new("http://x")
    });
    assert!(matches!(error.err(), Some(TranscriptionsError::Key)));
}

#[tokio::test]
async fn confidence_is_the_mean_probability_of_its_segments() {
    let verbose = r#"{"text": "one two", "segments": [
        {"start": 0.0, "end": 1.0, "avg_logprob": -0.1},
        {"start": 1.0, "end": 4.0, "avg_logprob": -0.5}]}"#;
    let (url, _) = answering(200, verbose).await;
    let recognized = ask(&url).await.expect("it recognises");
    let confidence = recognized.confidence.expect("it says how sure it is");
    assert!((confidence - (-0.4_f32).exp()).abs() < 1e-4, "{confidence}");
}

#[tokio::test]
async fn bare_text_is_read_as_words() {
    let (url, _) = answering(200, " hello there\n").await;
    assert_eq!(ask(&url).await, Ok(words("hello there")));
    let (url, _) = answering(200, "").await;
    assert_eq!(ask(&url).await, Ok(words("")));
}

#[tokio::test]
async fn one_that_does_not_know_verbose_json_is_asked_for_json_from_then_on() {
    let (url, requests) = server(async |body: String| {
        if body.contains("verbose_json") {
            let words =
                "{\"error\": {\"message\": \"response_format 'verbose_json' is not compatible\"}}";
            (StatusCode::BAD_REQUEST, words).into_response()
        } else {
            "{\"text\": \"yes\"}".into_response()
        }
    })
    .await;
    let engine = Transcriptions::new(TranscriptionsSettings::new(url)).expect("it is an address");
    for _ in 0..2 {
        let heard = engine.recognize(&audio(), &request()).await;
        assert_eq!(heard.map(|recognized| recognized.text), Ok("yes".to_owned()));
    }
    assert_eq!(requests.lock().expect("no test panics with it").len(), 3);
}

#[tokio::test]
async fn a_model_that_the_application_names_is_asked_for_unless_it_is_twilios() {
    let engine = Transcriptions::new(TranscriptionsSettings::new("http://x")).expect("an address");
    let model = |name: &str| {
        let request = Request { model: Some(name.to_owned()), ..Request::default() };
        engine.model(&request).to_owned()
    };
    assert_eq!(model("large-v3"), "large-v3");
    assert_eq!(model("phone_call"), "whisper-1");
    assert_eq!(model("deepgram_nova-2"), "whisper-1");
    assert_eq!(engine.model(&Request::default()), "whisper-1");
}

#[tokio::test]
async fn it_hears_all_languages_or_those_it_is_set_to() {
    let hears = |languages: &[&str], language: &str| {
        let languages = languages.iter().map(|language| (*language).to_owned()).collect();
        let settings =
            TranscriptionsSettings { languages, ..TranscriptionsSettings::new("http://x") };
        Transcriptions::new(settings).expect("the settings are right").hears(language)
    };
    assert!(hears(&[], "tlh"));
    assert!(hears(&["en", "pt-BR"], "pt-br"));
    assert!(hears(&["en", "pt-BR"], "en-AU"));
    assert!(!hears(&["en", "pt-BR"], "pt-PT"));
}

#[tokio::test]
async fn hints_are_sent_as_far_as_they_are_read() {
    let hints: Vec<String> = (0..1_000).map(|number| format!("word{number}")).collect();
    let prompt = prompt(&hints);
    assert!(prompt.len() <= PROMPT_LIMIT && prompt.len() > PROMPT_LIMIT - 20, "{}", prompt.len());
    assert!(prompt.starts_with("word0, word1, "), "{prompt}");
}

#[tokio::test]
async fn an_answer_that_is_no_transcription_says_so() {
    for (answer, reason) in [
        ("<!doctype html>", "it answered a page, not a transcription"),
        (
            "{\"error\": 1}",
            "its answer is no transcription: missing field `text` at line 1 column 12",
        ),
    ] {
        let (url, _) = answering(200, answer).await;
        assert_eq!(
            ask(&url).await,
            Err(format!("recognition server 127.0.0.1 could not recognise: {reason}"))
        );
    }
}

#[tokio::test]
async fn a_refusal_is_told_on_one_short_line() {
    let (url, requests) = answering(400, "{\n  \"error\": \"no such\tmodel\"\n}").await;
    assert_eq!(
        ask(&url).await,
        Err("recognition server 127.0.0.1 could not recognise: it answered 400 Bad Request: \
             { \"error\": \"no such model\" }"
            .to_owned())
    );
    assert_eq!(requests.lock().expect("no test panics with it").len(), 1, "nothing to retry");

    let (url, _) = answering(401, "").await;
    let error = ask(&url).await.expect_err("it refuses");
    assert!(error.ends_with("it answered 401 Unauthorized"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (url, requests) =
        server(async |_| (StatusCode::TEMPORARY_REDIRECT, [("location", PATH)]).into_response())
            .await;
    let error = ask(&url).await.expect_err("it goes elsewhere");
    assert!(error.ends_with("it answered 307 Temporary Redirect"), "{error}");
    assert_eq!(requests.lock().expect("no test panics with it").len(), 1);
}

#[tokio::test]
async fn one_that_stalls_is_given_up() {
    let (url, _) = server(async |_| std::future::pending::<Response>().await).await;
    let timeout = Duration::from_millis(50);
    let error = ask_with(TranscriptionsSettings { timeout, ..TranscriptionsSettings::new(url) });
    assert_eq!(
        error.await,
        Err("recognition server 127.0.0.1 did not answer within 0.05 s".to_owned())
    );
}

#[tokio::test]
async fn one_that_says_too_much_is_cut_off() {
    let (url, _) = answering(200, &"blah ".repeat(2_000)).await;
    let settings = TranscriptionsSettings { max_bytes: 5_000, ..TranscriptionsSettings::new(url) };
    let error = ask_with(settings).await.expect_err("it says too much");
    assert!(error.ends_with("the answer is longer than 5000 bytes"), "{error}");
}

#[tokio::test]
async fn one_that_is_not_there_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let error = ask(&format!("http://{address}")).await.expect_err("nobody listens");
    assert!(error.contains(&format!("http://{address}{PATH} does not answer")), "{error}");
    assert!(error.contains("refused"), "{error}");
}

#[tokio::test]
async fn audio_without_a_word_is_silence_and_asks_nobody() {
    let engine = Transcriptions::new(TranscriptionsSettings::new("http://127.0.0.1:1"));
    let engine = engine.expect("it is an address");
    let crumb = Speech { rate: 8_000, samples: vec![0; 700] };
    let heard = engine.recognize(&crumb, &request()).await;
    assert_eq!(heard, Ok(Recognized { text: String::new(), confidence: None }));
}
