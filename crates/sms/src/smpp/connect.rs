//! How an SMSC is reached: TCP without Nagle's delay, and TLS where it is wanted.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::settings::Settings;

/// How long a connection may take, with TLS.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// Why an SMSC can't be reached.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    /// Check host and port, and that the SMSC lets this machine's address in.
    #[error("{0} can't be reached: {1}")]
    Unreachable(String, #[source] io::Error),
    /// Check the firewall, and that the SMSC lets this machine's address in.
    #[error("{0} did not answer within {CONNECT_WITHIN:?}")]
    Silent(String),
    /// The host's name can't stand in a certificate.
    #[error("'{0}' is no name for TLS")]
    Name(String),
    /// Check that `ca` is PEM, and of the carrier's authority.
    #[error("TLS can't be set up: {0}")]
    Setup(String),
    /// Check that the port speaks TLS, and that the certificate's authority is trusted.
    #[error("TLS with {0} failed: {1}")]
    Handshake(String, #[source] io::Error),
}

/// A connection.
pub(super) enum Connection {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects.
pub(super) async fn connect(settings: &Settings) -> Result<Connection, ConnectError> {
    let place = format!("{}:{}", settings.host, settings.port);
    let attempt = timeout(CONNECT_WITHIN, attempt(settings, &place)).await;
    attempt.unwrap_or(Err(ConnectError::Silent(place)))
}

async fn attempt(settings: &Settings, place: &str) -> Result<Connection, ConnectError> {
    let unreachable = |error| ConnectError::Unreachable(place.to_owned(), error);
    let address = (settings.host.as_str(), settings.port);
    let stream = TcpStream::connect(address).await.map_err(unreachable)?;
    stream.set_nodelay(true).map_err(unreachable)?;
    if !settings.tls {
        return Ok(Connection::Plain(stream));
    }
    let name = ServerName::try_from(settings.host.clone())
        .map_err(|_| ConnectError::Name(settings.host.clone()))?;
    let config = config(settings.ca.as_deref()).map_err(ConnectError::Setup)?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let stream = handshake.map_err(|error| ConnectError::Handshake(place.to_owned(), error))?;
    Ok(Connection::Tls(Box::new(stream)))
}

fn config(ca: Option<&[u8]>) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    if let Some(pem) = ca {
        return Ok(builder.with_root_certificates(roots(pem)?).with_no_client_auth());
    }
    let verifier = system_verifier(provider)?;
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn roots(pem: &[u8]) -> Result<rustls::RootCertStore, String> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| format!("the CA is not PEM: {error}"))?;
        roots.add(certificate).map_err(|error| format!("the CA can't be used: {error}"))?;
    }
    if roots.is_empty() { Err("the CA has no certificate in PEM".to_owned()) } else { Ok(roots) }
}

fn system_verifier(
    provider: Arc<CryptoProvider>,
) -> Result<Arc<rustls_platform_verifier::Verifier>, String> {
    let verifier = rustls_platform_verifier::Verifier::new(provider);
    verifier.map(Arc::new).map_err(|error| format!("the system's authorities: {error}"))
}
