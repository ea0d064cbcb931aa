//! PostgreSQL: a server is ready for a session: start-up message, log-in, `SELECT 1`
//! (<https://www.postgresql.org/docs/current/protocol-flow.html>).
//!
//! `sslmode` in the URL means what it means to libpq: `disable`, `allow` and `prefer` (the default) go without TLS where
//! the server has none, `require` insists on it, `verify-ca` and `verify-full` on a certificate that is trusted too.

mod login;

use bytes::BytesMut;
use postgres_protocol::message::backend::{ErrorResponseBody, Header, Message};
use postgres_protocol::message::frontend;

use crate::Probes;
use crate::database::Database;
use crate::postgres::login::Login;
use crate::progress::{Down, Progress, Verdict};
use crate::tls::Wish;
use crate::wire::{Stream, Wire};
use crate::words;

/// Where PostgreSQL listens unless it is told otherwise.
const PORT: u16 = 5432;

/// Schemes of its addresses.
const SCHEMES: [&str; 2] = ["postgres", "postgresql"];

/// Longest message that is taken, in bytes.
const LONGEST_MESSAGE: usize = 64 * 1024;

/// Whether the session is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SslMode {
    Disable,
    Prefer,
    Require,
    Verify,
}

/// Whether the address can be read.
pub(crate) fn readable(url: &str) -> Verdict {
    SslMode::of(&Database::read(url, &SCHEMES, PORT)?).map(drop)
}

/// Starts a session, logs in, asks.
pub(crate) async fn probe(probes: &Probes, url: &str, progress: &Progress) -> Verdict {
    let database = Database::read(url, &SCHEMES, PORT)?;
    let mode = SslMode::of(&database)?;
    let place = database.place();
    let said = place.to_string();
    let stream = probes.connect(&place, progress).await?;
    let stream = encrypted(probes, Box::new(stream), &database, mode, progress).await?;
    let mut session = Session { wire: Wire::new(stream, said.clone()), place: said };

    progress.wait(&session.place, "a request to log in");
    let user = database.user.as_deref().unwrap_or("postgres");
    let name = database.name.as_deref().unwrap_or(user);
    let parameters = [
        ("user", user),
        ("database", name),
        ("application_name", "alo"),
        ("client_encoding", "UTF8"),
    ];
    session
        .say("a request to log in", |bytes| frontend::startup_message(parameters, bytes))
        .await?;
    session.log_in(Login::new(user, database.password.as_deref())).await?;
    progress.wait(&session.place, "the end of its log-in");
    session.until_ready("the end of its log-in").await?;

    progress.wait(&session.place, "an answer to SELECT 1");
    session.say("an answer to SELECT 1", |bytes| frontend::query("SELECT 1", bytes)).await?;
    let answered = session.until_ready("an answer to SELECT 1").await?;
    if !answered {
        let place = &session.place;
        return Err(Down::new(format!("{place} answered SELECT 1 with something else than 1")));
    }
    let mut bytes = BytesMut::new();
    frontend::terminate(&mut bytes);
    session.wire.say_goodbye(&bytes).await;
    Ok(())
}

impl SslMode {
    fn of(database: &Database) -> Result<SslMode, Down> {
        let mode = database.options.iter().find(|(name, _)| name == "sslmode");
        match mode.map(|(_, mode)| mode.as_str()) {
            None | Some("prefer" | "allow") => Ok(SslMode::Prefer),
            Some("disable") => Ok(SslMode::Disable),
            Some("require") => Ok(SslMode::Require),
            Some("verify-ca" | "verify-full") => Ok(SslMode::Verify),
            Some(other) => Err(Down::new(format!("{} is no sslmode", words::quote(other)))),
        }
    }
}

/// Asks for TLS where it is wanted; the server answers with one letter.
async fn encrypted(
    probes: &Probes,
    stream: Box<dyn Stream>,
    database: &Database,
    mode: SslMode,
    progress: &Progress,
) -> Result<Box<dyn Stream>, Down> {
    if mode == SslMode::Disable {
        return Ok(stream);
    }
    let place = database.place();
    let said = place.to_string();
    let mut wire = Wire::new(stream, said.clone());
    let missing = "an answer about TLS";
    progress.wait(&said, missing);
    let mut bytes = BytesMut::new();
    frontend::ssl_request(&mut bytes);
    wire.say(&bytes, missing).await?;
    wire.hear(missing).await?;
    match (&wire.came[..], mode) {
        (b"S", _) => {}
        (b"N", SslMode::Prefer) => return Ok(wire.into_stream()),
        (b"N", SslMode::Require | SslMode::Verify | SslMode::Disable) => {
            return Err(Down::new(format!("{said} has no TLS, which sslmode asks for")));
        }
        (other, _) => {
            let other = words::quote_bytes(other);
            return Err(Down::new(format!("{said} sent {other}, which is not PostgreSQL")));
        }
    }
    let wish = Wish { insecure: mode != SslMode::Verify, ..Wish::default() };
    let stream = wire.into_stream();
    let stream = probes.trust.handshake(stream, place.host, &said, &wish, progress).await?;
    Ok(Box::new(stream))
}

/// A conversation in messages.
struct Session {
    wire: Wire,
    place: String,
}

impl Session {
    async fn say<F>(&mut self, missing: &str, words: F) -> Result<(), Down>
    where
        F: FnOnce(&mut BytesMut) -> std::io::Result<()>,
    {
        let mut bytes = BytesMut::new();
        // The one thing that can't be said is a NUL within a name.
        words(&mut bytes).map_err(|_| Down::new("the address has a name that can't be sent"))?;
        self.wire.say(&bytes, missing).await
    }

    async fn log_in(&mut self, mut login: Login<'_>) -> Result<(), Down> {
        loop {
            let message = self.next("a request to log in").await?;
            let Some(answer) = login.answer(&self.place, &message)? else { return Ok(()) };
            if !answer.is_empty() {
                self.wire.say(&answer, "the end of its log-in").await?;
            }
        }
    }

    /// Reads until the server takes commands; whether it said 1 on the way.
    async fn until_ready(&mut self, missing: &str) -> Result<bool, Down> {
        let mut said_one = false;
        loop {
            match self.next(missing).await? {
                Message::ReadyForQuery(_) => return Ok(said_one),
                // One column, and what is in it has one byte (two lengths before it).
                Message::DataRow(row) => said_one = row.buffer() == [0, 0, 0, 1, b'1'],
                // Parameters, keys, columns: nothing that we need.
                _ => {}
            }
        }
    }

    /// The next message; what refuses is an error.
    async fn next(&mut self, missing: &str) -> Result<Message, Down> {
        loop {
            let came = &mut self.wire.came;
            let header = Header::parse(came).map_err(|_| foreign(&self.place))?;
            let length = header.map_or(0, |header| usize::try_from(header.len()).unwrap_or(0));
            if length > LONGEST_MESSAGE {
                return Err(foreign(&self.place));
            }
            match Message::parse(came).map_err(|_| foreign(&self.place))? {
                Some(Message::ErrorResponse(error)) => return Err(refused(&self.place, &error)),
                Some(Message::NoticeResponse(_)) => {}
                Some(message) => return Ok(message),
                None => self.wire.hear(missing).await?,
            }
        }
    }
}

fn foreign(place: &str) -> Down {
    Down::new(format!("what {place} sent is not PostgreSQL"))
}

/// `password authentication failed for user "ada" (28P01)`.
fn refused(place: &str, error: &ErrorResponseBody) -> Down {
    use fallible_iterator::FallibleIterator as _;
    let (mut code, mut message) = (String::new(), String::new());
    let mut fields = error.fields();
    while let Ok(Some(field)) = fields.next() {
        let value = String::from_utf8_lossy(field.value_bytes()).into_owned();
        match field.type_() {
            b'C' => code = value,
            b'M' => message = value,
            _ => {}
        }
    }
    let message = words::plain(&message);
    let code = words::plain(&code);
    Down::new(format!("{place} refused: {message} ({code})"))
}
