//! One request and its answer over a connection of its own: HTTP/2 where the server takes it in its TLS handshake
//! (RFC 9113 §3.2), HTTP/1.1 otherwise (RFC 9112).
//!
//! What drives the connection ends with the answer, however the server behaves.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::header::HeaderMap;
use hyper::{Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use model::watch::HttpProbe;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::AbortHandle;

use crate::Probes;
use crate::connect::Place;
use crate::http::request::Asked;
use crate::progress::{Down, Progress, Stage};
use crate::tls::{ClientCertificate, Wish};
use crate::words;

/// Longest head of an answer, in bytes.
const MOST_HEAD: usize = 64 * 1024;

/// Most headers of an answer.
const MOST_HEADERS: usize = 128;

/// Window of HTTP/2, in bytes: no more of a body is on its way than this (RFC 9113 §6.9).
const WINDOW: u32 = 256 * 1024;

/// An answer whose body is still to come.
pub(super) struct Answer {
    response: Response<Incoming>,
    /// Where it is from.
    pub(super) place: String,
    /// Drives the connection until the answer is dropped.
    _tasks: Tasks,
}

impl Answer {
    pub(super) fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next piece of the body, or `None` at its end.
    pub(super) async fn piece(&mut self) -> Result<Option<Bytes>, Down> {
        while let Some(frame) = self.response.body_mut().frame().await {
            match frame {
                Ok(frame) => {
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
                Err(error) => return Err(broken(&self.place, "the whole body", &error)),
            }
        }
        Ok(None)
    }
}

/// Asks.
pub(super) async fn exchange(
    probes: &Probes,
    probe: &HttpProbe,
    asked: &Asked,
    client: Option<&Arc<ClientCertificate>>,
    progress: &Progress,
) -> Result<Answer, Down> {
    let host = asked.url.host_str().unwrap_or_default();
    let port = asked.url.port_or_known_default().unwrap_or_default();
    let place = Place { host, port, family: probe.family };
    let stream = probes.connect(&place, progress).await?;
    let place = place.to_string();
    if asked.url.scheme() == "http" {
        return http1(stream, asked, place, progress).await;
    }
    let wish = Wish {
        insecure: probe.insecure,
        protocols: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        client: client.cloned(),
    };
    let stream = probes.trust.handshake(stream, host, &place, &wish, progress).await?;
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        http2(stream, asked, place, progress).await
    } else {
        http1(stream, asked, place, progress).await
    }
}

async fn http1<S>(
    stream: S,
    asked: &Asked,
    place: String,
    progress: &Progress,
) -> Result<Answer, Down>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = asked.request(Version::HTTP_11)?;
    let tasks = Tasks::default();
    let handshake = http1::Builder::new()
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_HEADERS)
        .handshake(TokioIo::new(stream))
        .await;
    let (mut sender, connection) =
        handshake.map_err(|error| broken(&place, "an answer", &error))?;
    // It is the request that tells what went wrong.
    tasks.start(async { connection.await.unwrap_or_default() });
    progress.wait(&place, "an answer");
    let response = sender.send_request(request).await;
    let response = response.map_err(|error| broken(&place, "an answer", &error))?;
    progress.enter(Stage::Reading { place: place.clone(), bytes: 0 });
    Ok(Answer { response, place, _tasks: tasks })
}

async fn http2<S>(
    stream: S,
    asked: &Asked,
    place: String,
    progress: &Progress,
) -> Result<Answer, Down>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = asked.request(Version::HTTP_2)?;
    let tasks = Tasks::default();
    progress.wait(&place, "an answer");
    let handshake = http2::Builder::new(tasks.clone_for_hyper())
        .max_header_list_size(MOST_HEAD as u32)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .handshake(TokioIo::new(stream))
        .await;
    let (mut sender, connection) =
        handshake.map_err(|error| broken(&place, "an answer", &error))?;
    tasks.start(async { connection.await.unwrap_or_default() });
    let response = sender.send_request(request).await;
    let response = response.map_err(|error| broken(&place, "an answer", &error))?;
    progress.enter(Stage::Reading { place: place.clone(), bytes: 0 });
    Ok(Answer { response, place, _tasks: tasks })
}

/// Why nothing, or not all, came.
fn broken(place: &str, missing: &str, error: &hyper::Error) -> Down {
    if let Some(error) = cause::<std::io::Error>(error) {
        return crate::connect::broken(place, missing, error);
    }
    // A client's hyper tells this one by its words alone.
    Down::new(if error.is_parse() && error.to_string().contains("too large") {
        let most = words::count(MOST_HEAD);
        format!("the head of the answer from {place} is longer than {most} bytes")
    } else if error.is_parse() {
        format!("what {place} sent is not HTTP")
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        format!("{place} closed the connection before it sent {missing}")
    } else {
        let mut deepest: &dyn std::error::Error = error;
        while let Some(source) = deepest.source() {
            deepest = source;
        }
        format!("{place} did not send {missing}: {deepest}")
    })
}

fn cause<E: std::error::Error + 'static>(error: &hyper::Error) -> Option<&E> {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        source = error.source();
    }
    None
}

/// Tasks that are ended with their owner.
#[derive(Default)]
struct Tasks {
    started: Started,
}

#[derive(Clone, Default)]
struct Started(Arc<Mutex<Running>>);

#[derive(Default)]
struct Running {
    ended: bool,
    tasks: Vec<AbortHandle>,
}

impl Tasks {
    fn start<F>(&self, task: F)
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        hyper::rt::Executor::execute(&self.started, task);
    }

    fn clone_for_hyper(&self) -> Started {
        self.started.clone()
    }
}

impl Started {
    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F> hyper::rt::Executor<F> for Started
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, task: F) {
        let mut running = self.running();
        if !running.ended {
            let started = tokio::spawn(task).abort_handle();
            running.tasks.push(started);
        }
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        let mut running = self.started.running();
        running.ended = true;
        running.tasks.drain(..).for_each(|task| task.abort());
    }
}
