//! TLS: whom we trust, what certificate was shown, and what is wrong with it in plain words.
//!
//! No session is resumed, so that every probe sees the certificate of now (RFC 8446 §4.6.1 would hide it).

mod verify;

use std::io;
use std::path::Path;
use std::sync::Arc;

use model::Moment;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{CertificateError, ClientConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::ProbesError;
use crate::progress::{Down, Progress, Stage};
use crate::tls::verify::Witness;
use crate::words;

/// How many of a certificate's names stand in a reason.
const NAMES_SAID: usize = 3;

/// Largest file of a client's certificate and key, in bytes.
const LARGEST_PEM: u64 = 256 * 1024;

/// How a handshake is to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// Take any certificate.
    pub(crate) insecure: bool,
    /// What is spoken over it, best first (RFC 7301).
    pub(crate) protocols: Vec<Vec<u8>>,
    /// What we show of ourselves.
    pub(crate) client: Option<Arc<ClientCertificate>>,
}

/// A certificate of our own with its key.
pub(crate) struct ClientCertificate {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientCertificate").finish_non_exhaustive()
    }
}

impl ClientCertificate {
    /// Reads both from one PEM file; anew for each probe, since they are renewed.
    pub(crate) async fn read(path: &str) -> Result<ClientCertificate, Down> {
        let unusable = |why: String| {
            Down::new(format!("the client certificate in '{path}' can't be used: {why}"))
        };
        let file = tokio::fs::metadata(path).await;
        let file = file.map_err(|error| unusable(error.to_string()))?;
        if !file.is_file() || file.len() > LARGEST_PEM {
            let most = words::count(LARGEST_PEM as usize);
            return Err(unusable(format!("it is no file of {most} bytes at most")));
        }
        let pem = tokio::fs::read(path).await.map_err(|error| unusable(error.to_string()))?;
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<_, _>>()
            .map_err(|error| unusable(error.to_string()))?;
        if chain.is_empty() {
            return Err(unusable("it has no certificate in PEM".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_slice(&pem)
            .map_err(|_| unusable("it has no private key in PEM".to_owned()))?;
        Ok(ClientCertificate { chain, key })
    }
}

/// Whom we trust.
pub(crate) struct Trust {
    provider: Arc<CryptoProvider>,
    /// Where this machine has no authorities at all, what that is called.
    verifier: Result<Arc<dyn ServerCertVerifier>, String>,
    /// What every handshake begins with.
    base: ClientConfig,
}

impl Trust {
    /// The system's authorities, and those of the file.
    pub(crate) fn new(roots: Option<&Path>) -> Result<Trust, ProbesError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let more = roots.map(read_roots).transpose()?.unwrap_or_default();
        let verifier =
            rustls_platform_verifier::Verifier::new_with_extra_roots(more, Arc::clone(&provider))
                .map(|verifier| Arc::new(verifier) as Arc<dyn ServerCertVerifier>)
                .map_err(|error| error.to_string());
        let verifier = match (verifier, roots) {
            (Err(error), Some(path)) => return Err(ProbesError::NoRoots(path.to_owned(), error)),
            (verifier, _) => verifier,
        };
        let versions: &[&rustls::SupportedProtocolVersion] = rustls::DEFAULT_VERSIONS;
        let mut base = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .expect("the provider has suites for both versions")
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        base.resumption = Resumption::disabled();
        Ok(Trust { provider, verifier, base })
    }

    /// Speaks TLS over a connection; tells the progress when the certificate that is shown ends, trusted or not.
    pub(crate) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        server_name: &str,
        place: &str,
        wish: &Wish,
        progress: &Progress,
    ) -> Result<TlsStream<S>, Down> {
        let name = words::ascii(server_name);
        let name = ServerName::try_from(name.trim_matches(['[', ']']).to_owned())
            .map_err(|_| Down::new(format!("'{server_name}' is no name for a certificate")))?;
        let verifier = match &self.verifier {
            Ok(verifier) => Some(Arc::clone(verifier)),
            Err(_) if wish.insecure => None,
            Err(error) => {
                return Err(Down::new(format!("certificates can't be judged here: {error}")));
            }
        };
        let witness =
            Arc::new(Witness::new(verifier.filter(|_| !wish.insecure), Arc::clone(&self.provider)));
        let config = self.config(wish, &witness)?;
        progress.enter(Stage::Encrypting(place.to_owned()));
        let finished = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        let shown = witness.shown();
        if let Some(ends) = shown.as_ref().and_then(|shown| ends(shown)) {
            progress.certificate(ends);
        }
        finished.map_err(|error| match tls_error(&error) {
            Some(error) => explain(place, error, shown.as_ref()),
            None => unfinished(place, &error),
        })
    }

    fn config(&self, wish: &Wish, witness: &Arc<Witness>) -> Result<ClientConfig, Down> {
        let mut config = match &wish.client {
            None => self.base.clone(),
            Some(own) => {
                let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
                    .with_protocol_versions(rustls::DEFAULT_VERSIONS)
                    .expect("the provider has suites for both versions")
                    .with_root_certificates(rustls::RootCertStore::empty())
                    .with_client_auth_cert(own.chain.clone(), own.key.clone_key())
                    .map_err(|error| {
                        Down::new(format!("the client certificate can't be used: {error}"))
                    })?;
                config.resumption = Resumption::disabled();
                config
            }
        };
        config.alpn_protocols.clone_from(&wish.protocols);
        let witness: Arc<dyn ServerCertVerifier> = Arc::clone(witness) as _;
        config.dangerous().set_certificate_verifier(witness);
        Ok(config)
    }
}

fn read_roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, ProbesError> {
    let pem = std::fs::read(path)
        .map_err(|error| ProbesError::Roots(path.to_owned(), error.to_string()))?;
    let unusable = |why: String| ProbesError::NoRoots(path.to_owned(), why);
    let roots: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(error.to_string()))?;
    if roots.is_empty() { Err(unusable("none was found".to_owned())) } else { Ok(roots) }
}

/// The TLS error within an I/O error.
pub(crate) fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>())
}

/// When a certificate ends (RFC 5280 §4.1.2.5).
fn ends(certificate: &CertificateDer<'_>) -> Option<Moment> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let seconds = certificate.validity().not_after.timestamp();
    Some(Moment::from_millis(seconds.saturating_mul(1000)))
}

fn unfinished(place: &str, error: &io::Error) -> Down {
    Down::new(match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => {
            format!("{place} closed the connection during the TLS handshake")
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            format!("{place} reset the connection during the TLS handshake")
        }
        _ => format!("the TLS handshake with {place} failed: {error}"),
    })
}

/// What is wrong, for people.
pub(crate) fn explain(
    place: &str,
    error: &rustls::Error,
    shown: Option<&CertificateDer<'_>>,
) -> Down {
    Down::new(match error {
        rustls::Error::InvalidCertificate(error) => untrusted(place, error, shown),
        rustls::Error::AlertReceived(alert) => {
            format!("{place} refused the TLS handshake: {alert:?}")
        }
        rustls::Error::InvalidMessage(_) => format!("{place} does not speak TLS"),
        rustls::Error::PeerIncompatible(why) => {
            format!("{place} speaks no TLS that is still safe (1.2 or 1.3): {why:?}")
        }
        rustls::Error::NoCertificatesPresented => format!("{place} showed no certificate"),
        rustls::Error::NoApplicationProtocol => {
            format!("{place} takes none of the protocols that were offered")
        }
        error => format!("the TLS handshake with {place} failed: {error}"),
    })
}

fn untrusted(place: &str, error: &CertificateError, shown: Option<&CertificateDer<'_>>) -> String {
    let parsed = shown.and_then(|shown| X509Certificate::from_der(shown).ok());
    let certificate = parsed.as_ref().map(|(_, certificate)| certificate);
    let self_signed = certificate.is_some_and(|it| it.issuer() == it.subject());
    let at = |seconds: u64| {
        Moment::from_millis(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000))
            .iso8601()
    };
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate of {place} ended at {}", at(not_after.as_secs()))
        }
        CertificateError::Expired => format!("the certificate of {place} has ended"),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the certificate of {place} begins only at {}", at(not_before.as_secs()))
        }
        CertificateError::NotValidYet => format!("the certificate of {place} has not begun"),
        CertificateError::NotValidForNameContext { .. } | CertificateError::NotValidForName => {
            let names = certificate.map(names).filter(|names| !names.is_empty());
            let names = names.unwrap_or_else(|| "no name".to_owned());
            format!("the certificate of {place} is for {names}")
        }
        CertificateError::Revoked => format!("the certificate of {place} has been revoked"),
        CertificateError::BadEncoding => format!("the certificate of {place} can't be read"),
        CertificateError::BadSignature => {
            format!("the certificate of {place} has a wrong signature")
        }
        _ if self_signed => format!("the certificate of {place} is signed by itself alone"),
        CertificateError::UnknownIssuer => {
            format!("the certificate of {place} is of an authority that is not trusted")
        }
        error => format!("the certificate of {place} is not valid: {error}"),
    }
}

/// Whom a certificate is for (RFC 5280 §4.2.1.6).
fn names(certificate: &X509Certificate<'_>) -> String {
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return String::new() };
    let all: Vec<String> = names
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress([a, b, c, d]) => Some(format!("{a}.{b}.{c}.{d}")),
            GeneralName::IPAddress(bytes) => {
                let octets = <[u8; 16]>::try_from(*bytes).ok()?;
                Some(std::net::Ipv6Addr::from(octets).to_string())
            }
            _ => None,
        })
        .collect();
    let said = all.iter().take(NAMES_SAID).cloned().collect::<Vec<_>>().join(", ");
    let said = words::plain(&said);
    match all.len().saturating_sub(NAMES_SAID) {
        0 => said,
        more => format!("{said} and {more} more"),
    }
}
