//! The way to a relay: TCP, and TLS from the first octet or after STARTTLS (RFC 3207).
//!
//! STARTTLS is spoken here and not by the SMTP library, for that keeps what was read ahead: replies that somebody on the way
//! slipped in before TLS would count as the relay's own. Here they end the connection.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader,
    ReadBuf,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Largest file of certificates that is read, in bytes.
const LARGEST_CA: u64 = 1 << 20;
/// Longest line of a reply, in octets; RFC 5321 §4.5.3.1.5 wants 512 taken.
const LONGEST_LINE: u64 = 4_096;
/// Most lines of a reply: an EHLO names a dozen or two.
const MOST_LINES: usize = 100;
/// What stands for the greeting that the library waits for, where the relay's own was read here.
const GREETING: &[u8] = b"220 greeted\r\n";

/// Who is believed to be the relay.
#[derive(Clone)]
pub(crate) struct Tls {
    name: ServerName<'static>,
    config: Arc<ClientConfig>,
}

impl Tls {
    /// For a relay of this name: the system's authorities, or those of the file `ca`.
    pub(crate) fn new(host: &str, ca: Option<&Path>) -> Result<Tls, TlsError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| TlsError::Name)?;
        let setup = |error: rustls::Error| TlsError::Setup(error.to_string());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(setup)?;
        let config = if let Some(path) = ca {
            let roots = authorities(path).map_err(TlsError::Ca)?;
            builder.with_root_certificates(roots).with_no_client_auth()
        } else {
            let verifier = rustls_platform_verifier::Verifier::new(provider).map_err(setup)?;
            let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
            builder.with_no_client_auth()
        };
        Ok(Tls { name, config: Arc::new(config) })
    }
}

/// Why TLS can't be had.
pub(crate) enum TlsError {
    /// The host can't stand in a certificate.
    Name,
    /// The file of authorities can't be used.
    Ca(String),
    /// This machine.
    Setup(String),
}

fn authorities(path: &Path) -> Result<rustls::RootCertStore, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST_CA {
        return Err(format!("it is longer than {LARGEST_CA} bytes"));
    }
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() { Err("it has no certificate in PEM".to_owned()) } else { Ok(roots) }
}

/// A connection, as the library takes it.
pub(crate) struct Wire {
    /// What is read before anything of the stream.
    greeting: &'static [u8],
    stream: Stream,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// What a relay says to STARTTLS.
pub(crate) enum Offer {
    /// It is secured.
    Taken(Wire),
    /// It has none; the connection is as good as before, and can be read by everybody.
    Missing(Wire),
}

impl Wire {
    /// In the clear.
    pub(crate) fn plain(stream: TcpStream) -> Wire {
        Wire { greeting: b"", stream: Stream::Plain(stream) }
    }

    /// TLS from the first octet.
    pub(crate) async fn tls(stream: TcpStream, tls: &Tls) -> io::Result<Wire> {
        let connector = TlsConnector::from(Arc::clone(&tls.config));
        let stream = connector.connect(tls.name.clone(), stream).await?;
        Ok(Wire { greeting: b"", stream: Stream::Tls(Box::new(stream)) })
    }

    /// STARTTLS, if the relay has it.
    pub(crate) async fn starttls(
        stream: TcpStream,
        tls: &Tls,
        hello: &ClientId,
    ) -> io::Result<Offer> {
        let mut reader = BufReader::new(stream);
        expect(&mut reader, "220").await?;
        reader.get_mut().write_all(format!("EHLO {hello}\r\n").as_bytes()).await?;
        let extensions = expect(&mut reader, "250").await?;
        if !extensions.iter().skip(1).any(|it| it.trim().eq_ignore_ascii_case("STARTTLS")) {
            let wire = Wire { greeting: GREETING, ..Wire::plain(alone(reader)?) };
            return Ok(Offer::Missing(wire));
        }
        reader.get_mut().write_all(b"STARTTLS\r\n").await?;
        expect(&mut reader, "220").await?;
        let wire = Wire::tls(alone(reader)?, tls).await?;
        Ok(Offer::Taken(Wire { greeting: GREETING, ..wire }))
    }
}

/// The stream behind a reader that has nothing left.
fn alone(reader: BufReader<TcpStream>) -> io::Result<TcpStream> {
    if reader.buffer().is_empty() {
        Ok(reader.into_inner())
    } else {
        Err(io::Error::other("somebody said more than was asked before TLS"))
    }
}

/// A reply (RFC 5321 §4.2) with this code: what its lines say.
async fn expect(reader: &mut (impl AsyncBufRead + Unpin), code: &str) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    while lines.len() < MOST_LINES {
        let mut line = Vec::new();
        (&mut *reader).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
        let Some(line) = line.strip_suffix(b"\n") else {
            return Err(io::Error::other("it hung up, or its line has no end"));
        };
        let line = String::from_utf8_lossy(line).trim_end().to_owned();
        let Some(said) = line.strip_prefix(code) else {
            return Err(io::Error::other(line));
        };
        let Some(more) = said.strip_prefix('-') else {
            lines.push(said.trim_start().to_owned());
            return Ok(lines);
        };
        lines.push(more.to_owned());
    }
    Err(io::Error::other(format!("its reply has more than {MOST_LINES} lines")))
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.stream {
            Stream::Plain(stream) => stream.peer_addr(),
            Stream::Tls(stream) => stream.get_ref().0.peer_addr(),
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.greeting.is_empty() {
            let (now, later) = self.greeting.split_at(self.greeting.len().min(into.remaining()));
            into.put_slice(now);
            self.greeting = later;
            return Poll::Ready(Ok(()));
        }
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, into),
            Stream::Tls(stream) => Pin::new(stream).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::net::TcpListener;

    use super::*;

    /// What comes of STARTTLS with somebody who says these pieces, the second and each further one after a line of ours.
    async fn starttls(pieces: Vec<Vec<u8>>) -> Result<&'static str, String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let relay = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("we come");
            let mut stream = BufReader::new(stream);
            for (at, piece) in pieces.iter().enumerate() {
                if at > 0 {
                    let mut line = Vec::new();
                    // We may have hung up.
                    let _ = stream.read_until(b'\n', &mut line).await;
                }
                let _ = stream.get_mut().write_all(piece).await;
            }
        });
        let stream = TcpStream::connect(address).await.expect("it listens");
        let tls = Tls::new("127.0.0.1", None).unwrap_or_else(|_| panic!("TLS can be had"));
        let hello = ClientId::Domain("example.com".to_owned());
        let came = Wire::starttls(stream, &tls, &hello).await;
        relay.await.expect("it does not panic");
        match came {
            Ok(Offer::Taken(_)) => Ok("taken"),
            Ok(Offer::Missing(_)) => Ok("missing"),
            Err(error) => Err(error.to_string()),
        }
    }

    fn pieces(pieces: &[&str]) -> Vec<Vec<u8>> {
        pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect()
    }

    #[tokio::test]
    async fn replies_slipped_in_before_tls_end_the_connection() {
        let slipped = "220 go ahead\r\n250-relay\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 taken\r\n";
        let came =
            starttls(pieces(&["220 hi\r\n", "250-relay\r\n250 STARTTLS\r\n", slipped])).await;
        assert_eq!(came, Err("somebody said more than was asked before TLS".to_owned()));
        let early = "250-relay\r\n250 HELP\r\n250 taken\r\n";
        let came = starttls(pieces(&["220 hi\r\n", early])).await;
        assert_eq!(came, Err("somebody said more than was asked before TLS".to_owned()));
    }

    #[tokio::test]
    async fn a_relay_without_starttls_is_told_from_one_that_breaks() {
        assert_eq!(
            starttls(pieces(&["220 hi\r\n", "250-relay\r\n250 HELP\r\n"])).await,
            Ok("missing")
        );
        assert_eq!(starttls(pieces(&["220 hi\r\n", "250 relay\r\n"])).await, Ok("missing"));
        let busy = starttls(pieces(&["421 4.3.2 come later\r\n"])).await;
        assert_eq!(busy, Err("421 4.3.2 come later".to_owned()));
        assert!(starttls(pieces(&["220 hi\r\n", "250-relay"])).await.is_err());
        let endless = format!("220 {}\r\n", "x".repeat(5_000));
        assert!(starttls(pieces(&[&endless])).await.is_err());
        let many = "220-x\r\n".repeat(200);
        assert!(starttls(pieces(&[&many])).await.is_err());
    }

    proptest! {
        #[test]
        fn a_reply_is_read_to_its_last_line_and_no_further(
            said in "(2[25]0[ -]\\PC{0,6}(\r\n|\n)|\\PC{0,8}\n|){0,5}",
            rest in "\\PC{0,4}",
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            let all = format!("{said}{rest}");
            let mut reader = all.as_bytes();
            if let Ok(lines) = runtime.block_on(expect(&mut reader, "250")) {
                let read: Vec<&str> = all[..all.len() - reader.len()].lines().collect();
                prop_assert_eq!(read.len(), lines.len());
                let (last, before) = read.split_last().expect("a reply has a line");
                prop_assert!(before.iter().all(|line| line.starts_with("250-")), "{:?}", read);
                prop_assert!(last.starts_with("250") && !last.starts_with("250-"), "{:?}", read);
            }
        }
    }
}
