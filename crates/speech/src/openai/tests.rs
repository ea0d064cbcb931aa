//! A real HTTP server on loopback that speaks, refuses, stalls and floods.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

/// A WAV file of two samples at 8,000 Hz, whose lengths weren't known when it began.
const WAV: &[u8] =
    b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0\
    data\xff\xff\xff\xff\x01\0\x02\0";

type Requests = Arc<Mutex<Vec<String>>>;

/// Answers every request with `answer`; gives its address, and what it was asked.
async fn server<A, F>(answer: A) -> (String, Requests)
where
    A: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let requests = Requests::default();
    let heard = async move |State(requests): State<Requests>, headers: HeaderMap, body: Bytes| {
        let authorization = headers.get("authorization").map(|value| value.to_str());
        let authorization = authorization.and_then(Result::ok).unwrap_or("nobody");
        let body = String::from_utf8_lossy(&body);
        requests.lock().expect("no test panics with it").push(format!("{authorization} {body}"));
    };
    let app = Router::new()
        .route(
            PATH,
            post(async move |state: State<Requests>, headers: HeaderMap, body: Bytes| {
                heard(state, headers, body).await;
                answer().await
            }),
        )
        .with_state(Arc::clone(&requests));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, app).await });
    (format!("http://{address}"), requests)
}

/// Answers the first request with `piece` so many times, and then leaves the connection open.
async fn raw_server(piece: &'static [u8], times: usize) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    let task = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("somebody asks");
        let mut request = Vec::new();
        while !request.ends_with(b"}") {
            socket.read_buf(&mut request).await.expect("it asks to the end");
        }
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\nconnection: close\r\n\r\n";
        socket.write_all(head).await.expect("somebody listens");
        for _ in 0..times {
            if socket.write_all(piece).await.is_err() {
                return;
            }
        }
        std::future::pending::<()>().await;
    });
    (format!("http://{address}"), task)
}

fn utterance(voice: Option<&str>) -> Utterance {
    Utterance {
        text: "Say \"olá\"".to_owned(),
        ssml: Some("<s>Say</s>".to_owned()),
        voice: voice.map(str::to_owned),
        language: "pt-BR".to_owned(),
    }
}

async fn ask(settings: OpenAiSettings) -> Result<Speech, String> {
    let engine = OpenAi::new(settings).expect("the settings are right");
    engine.say(&utterance(None)).await.map_err(|error| error.to_string())
}

fn wav() -> Response {
    ([("content-type", "audio/wav")], WAV).into_response()
}

#[tokio::test]
async fn it_asks_with_its_key_and_reads_a_wav_file() {
    let (url, requests) = server(async || wav()).await;
    let settings = OpenAiSettings { key: Some(Secret::new("k3y")), ..OpenAiSettings::new(url) };
    assert_eq!(ask(settings).await, Ok(Speech { rate: 8_000, samples: vec![1, 2] }));
    assert_eq!(
        *requests.lock().expect("no test panics with it"),
        ["Bearer k3y {\"model\":\"tts-1\",\"voice\":\"alloy\",\"input\":\"Say \\\"olá\\\"\",\
         \"response_format\":\"wav\"}"]
    );
}

#[tokio::test]
async fn its_address_may_be_written_with_its_path() {
    let (url, requests) = server(async || wav()).await;
    for ending in ["", "/", "/v1", "/v1/", "/v1/audio/speech"] {
        ask(OpenAiSettings::new(format!("{url}{ending}"))).await.expect("it speaks");
    }
    let requests = requests.lock().expect("no test panics with it");
    assert_eq!(requests.len(), 5);
    assert!(requests[0].starts_with("nobody {"), "{requests:?}");
}

#[tokio::test]
async fn an_address_or_a_key_that_cant_be_is_refused_at_once() {
    for url in ["", "localhost:8880", "ftp://x", "/v1/audio/speech", "http://"] {
        let error = OpenAi::new(OpenAiSettings::new(url)).err().expect("it is no address");
        assert_eq!(error.to_string(), format!("'{url}' is not the address of a speech server"));
    }
    let key = Some(Secret::new("a\nb"));
    let error = OpenAi::new(OpenAiSettings { key, ..OpenAiSettings::new("http://x") });
    assert!(matches!(error.err(), Some(OpenAiError::Key)));
}

#[tokio::test]
async fn voices_are_cast_by_what_the_application_asks() {
    let settings =
        OpenAiSettings { woman: Some("nova".to_owned()), ..OpenAiSettings::new("http://x") };
    let engine = OpenAi::new(settings).expect("the settings are right");
    assert_eq!(engine.voice(None), "alloy");
    assert_eq!(engine.voice(Some("alice")), "nova");
    assert_eq!(engine.voice(Some("Polly.Vitoria")), "nova");
    assert_eq!(engine.voice(Some("man")), "alloy");
    assert_eq!(engine.voice(Some("Google.pt-BR-Standard-A")), "alloy");
    assert_eq!(engine.voice(Some("pf_dora")), "pf_dora");
}

#[tokio::test]
async fn it_speaks_all_languages_or_those_it_is_set_to() {
    let speaks = |languages: &[&str], language: &str| {
        let languages = languages.iter().map(|language| (*language).to_owned()).collect();
        let settings = OpenAiSettings { languages, ..OpenAiSettings::new("http://x") };
        OpenAi::new(settings).expect("the settings are right").speaks(language)
    };
    assert!(speaks(&[], "tlh"));
    assert!(speaks(&["en", "pt-BR"], "pt-br"));
    assert!(speaks(&["en", "pt-BR"], "en-AU"));
    assert!(!speaks(&["en", "pt-BR"], "pt-PT"));
}

#[tokio::test]
async fn bare_pcm_is_read_where_it_was_asked_for() {
    let (url, requests) =
        server(async || ([("content-type", "audio/pcm")], &[1_u8, 0, 2, 0, 3][..]).into_response())
            .await;
    let format = AudioFormat::Pcm { rate: 24_000 };
    let speech = ask(OpenAiSettings { format, ..OpenAiSettings::new(&url) }).await;
    assert_eq!(speech, Ok(Speech { rate: 24_000, samples: vec![1, 2] }));
    assert!(requests.lock().expect("no test panics with it")[0].contains("\"pcm\""));

    let (url, _) = server(async || wav()).await;
    let speech = ask(OpenAiSettings { format, ..OpenAiSettings::new(url) }).await;
    assert_eq!(speech, Ok(Speech { rate: 8_000, samples: vec![1, 2] }));
}

#[tokio::test]
async fn an_answer_of_another_kind_is_not_heard() {
    let (url, _) = server(async || ([("content-type", "audio/mpeg")], "ID3").into_response()).await;
    let error = ask(OpenAiSettings::new(&url)).await.expect_err("it is MP3");
    assert_eq!(error, "speech server 127.0.0.1 could not speak: it answered audio/mpeg, not WAV");

    let (url, _) = server(async || "Hello".into_response()).await;
    let format = AudioFormat::Pcm { rate: 24_000 };
    let error = ask(OpenAiSettings { format, ..OpenAiSettings::new(&url) }).await;
    assert_eq!(
        error.expect_err("it is text"),
        "speech server 127.0.0.1 could not speak: it answered text/plain; charset=utf-8, not PCM"
    );

    let (url, _) = server(async || WAV[..20].into_response()).await;
    let error = ask(OpenAiSettings::new(&url)).await.expect_err("it is cut");
    assert_eq!(error, "speech server 127.0.0.1 could not speak: the WAV file has no 'fmt ' chunk");
}

#[tokio::test]
async fn a_refusal_is_told_on_one_short_line() {
    let (url, _) = server(async || {
        let words = format!("{{\n  \"error\": \"no such\tmodel\"\n}}{}", "x".repeat(9_999));
        (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
    })
    .await;
    let error = ask(OpenAiSettings::new(&url)).await.expect_err("it refuses");
    let begins = "speech server 127.0.0.1 could not speak: it answered 500 Internal Server Error: \
                  { \"error\": \"no such model\" }xxx";
    assert!(error.starts_with(begins), "{error}");
    assert!(error.len() < 300, "{error}");

    let (url, _) = server(async || StatusCode::UNAUTHORIZED.into_response()).await;
    let error = ask(OpenAiSettings::new(&url)).await.expect_err("it refuses");
    assert_eq!(error, "speech server 127.0.0.1 could not speak: it answered 401 Unauthorized");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (url, requests) = server(async || {
        (StatusCode::TEMPORARY_REDIRECT, [("location", "/v1/audio/speech")]).into_response()
    })
    .await;
    let error = ask(OpenAiSettings::new(&url)).await.expect_err("it goes elsewhere");
    assert!(error.ends_with("it answered 307 Temporary Redirect"), "{error}");
    assert_eq!(requests.lock().expect("no test panics with it").len(), 1);
}

#[tokio::test]
async fn one_that_stalls_is_given_up() {
    let timeout = Duration::from_millis(50);
    let silent = async || std::future::pending::<Response>().await;
    let (url, _) = server(silent).await;
    let error = ask(OpenAiSettings { timeout, ..OpenAiSettings::new(url) }).await;
    assert_eq!(error, Err("speech server 127.0.0.1 did not answer within 0.05 s".to_owned()));

    let (url, end) = raw_server(&WAV[..30], 1).await;
    let error = ask(OpenAiSettings { timeout, ..OpenAiSettings::new(url) }).await;
    assert_eq!(error, Err("speech server 127.0.0.1 did not answer within 0.05 s".to_owned()));
    end.abort();
}

#[tokio::test]
async fn one_that_never_stops_is_cut_off() {
    let (url, end) = raw_server(&[0; 1000], usize::MAX).await;
    let max_bytes = 100_000;
    let error = ask(OpenAiSettings { max_bytes, ..OpenAiSettings::new(url) }).await;
    assert_eq!(
        error.expect_err("it never ends"),
        "speech server 127.0.0.1 could not speak: the answer is longer than 100000 bytes"
    );
    end.abort();
}

#[tokio::test]
async fn one_that_is_not_there_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let error = ask(OpenAiSettings::new(format!("http://{address}"))).await;
    let error = error.expect_err("nobody listens");
    assert!(
        error.contains(&format!("http://{address}/v1/audio/speech does not answer")),
        "{error}"
    );
    assert!(error.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_text_without_words_is_silence_and_asks_nobody() {
    let engine = OpenAi::new(OpenAiSettings::new("http://127.0.0.1:1")).expect("it is an address");
    let pause = Utterance { text: " ".to_owned(), ..utterance(None) };
    let speech = engine.say(&pause).await.expect("it is silent");
    assert!(speech.samples.is_empty(), "{speech:?}");
}
