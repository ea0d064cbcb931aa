//! How an application answers a webhook: well, late, wrongly, or not at all.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::audio::wav;

/// An answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    how: How,
    after: Duration,
}

#[derive(Debug, Clone)]
enum How {
    Respond { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    HangUp,
    Never,
}

/// TwiML: 200 with `text/xml`.
pub fn twiml(document: impl Into<String>) -> Answer {
    Answer::content("text/xml", document.into())
}

impl Answer {
    /// 200 with a content type and a body.
    pub fn content(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::status(200).body(body).header("Content-Type", content_type)
    }

    /// A WAV file of one channel at 8 kHz.
    pub fn audio(samples: &[i16]) -> Self {
        Self::content("audio/wav", wav(samples))
    }

    /// A status without a body.
    pub fn status(status: u16) -> Self {
        let how = How::Respond { status, headers: Vec::new(), body: Vec::new() };
        Self { how, after: Duration::ZERO }
    }

    /// 302 to another address, which may be the same again.
    pub fn redirect(location: &str) -> Self {
        Self::status(302).header("Location", location)
    }

    /// 200 with so many bytes of TwiML, most of them spaces.
    pub fn huge(bytes: usize) -> Self {
        let mut document = b"<Response>".to_vec();
        document.resize(bytes.saturating_sub(11), b' ');
        document.extend_from_slice(b"</Response>");
        Self::content("text/xml", document)
    }

    /// The connection is closed without an answer.
    pub fn hang_up() -> Self {
        Self { how: How::HangUp, after: Duration::ZERO }
    }

    /// The connection stays open and nothing comes.
    pub fn never() -> Self {
        Self { how: How::Never, after: Duration::ZERO }
    }

    /// The same, with a header more.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let How::Respond { headers, .. } = &mut self.how {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The same, with a body.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        if let How::Respond { body, .. } = &mut self.how {
            *body = bytes.into();
        }
        self
    }

    /// The same, so much later.
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// Gives the answer; where it is to close the connection, by unwinding the task that serves it.
    pub(crate) async fn give(self) -> Response<Body> {
        if !self.after.is_zero() {
            // A slow application is what is tested here; nobody else waits for this.
            let _ = tokio::time::timeout(self.after, std::future::pending::<()>()).await;
        }
        match self.how {
            How::Respond { status, headers, body } => respond(status, &headers, body),
            How::HangUp => std::panic::resume_unwind(Box::new("the application hangs up")),
            How::Never => std::future::pending().await,
        }
    }
}

fn respond(status: u16, headers: &[(String, String)], body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status from 100 to 999");
    for (name, value) in headers {
        response.headers_mut().append(
            HeaderName::try_from(name.as_str()).expect("a header's name"),
            HeaderValue::try_from(value.as_str()).expect("a header's value"),
        );
    }
    response
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.how {
            How::Respond { status, body, .. } => {
                let text = String::from_utf8_lossy(&body[..body.len().min(200)]);
                write!(f, "{status} {}", text.replace('\n', " "))?;
            }
            How::HangUp => f.write_str("hangs up")?,
            How::Never => f.write_str("nothing")?,
        }
        if self.after.is_zero() { Ok(()) } else { write!(f, " after {:?}", self.after) }
    }
}
