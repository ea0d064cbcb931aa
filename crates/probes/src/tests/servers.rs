//! Servers of tests: raw ones that say what a script says, and one that speaks HTTP/2.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Handles every connection by the script.
pub(super) async fn listen<F, W>(script: F) -> SocketAddr
where
    F: Fn(TcpStream) -> W + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    listen_at("127.0.0.1:0", script).await
}

pub(super) async fn listen_at<F, W>(address: &str, script: F) -> SocketAddr
where
    F: Fn(TcpStream) -> W + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(address).await.expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(script(stream));
        }
    });
    address
}

/// Answers each request by what the function makes of it, and closes.
pub(super) async fn web<F>(answer: F) -> SocketAddr
where
    F: Fn(&str) -> String + Send + Sync + 'static,
{
    let answer = Arc::new(answer);
    listen(move |mut stream| {
        let answer = Arc::clone(&answer);
        async move {
            let request = request(&mut stream).await;
            let _ = stream.write_all(answer(&request).as_bytes()).await;
        }
    })
    .await
}

/// `200 OK` with this body.
pub(super) fn page(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// A redirect.
pub(super) fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Go\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
}

/// A whole request with its body.
pub(super) async fn request<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut request = String::new();
    let mut bytes = [0; 4096];
    loop {
        if let Some((head, body)) = request.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().expect("a number")) {
                return request;
            }
        }
        match stream.read(&mut bytes).await {
            Ok(length @ 1..) => request.push_str(&String::from_utf8_lossy(&bytes[..length])),
            Ok(0) | Err(_) => return request,
        }
    }
}

/// Reads until the other side goes away: a host that says nothing more.
pub(super) async fn be_silent<S: AsyncRead + Unpin>(mut stream: S) {
    let mut bytes = [0; 4096];
    while matches!(stream.read(&mut bytes).await, Ok(1..)) {}
}

/// An authority of a test.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Authority {
        Authority::named("An authority")
    }

    pub(super) fn named(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        Authority(CertifiedIssuer::self_signed(params, key).expect("it signs itself"))
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate and its key, PEM.
    pub(super) fn sign(&self, params: &CertificateParams) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("it is signed");
        (certificate.pem(), key.serialize_pem())
    }
}

/// A certificate for these names from 2020 to 2099.
pub(super) fn certificate(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, "A server");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2099, 1, 1);
    params
}

pub(super) fn acceptor(
    (certificate, key): &(String, String),
    protocols: &[&[u8]],
    clients: Option<&Authority>,
) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            let pem = authority.pem();
            roots
                .add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM"))
                .expect("a root");
            let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
                Arc::new(roots),
                provider,
            );
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let mut config = builder.with_single_cert(vec![certificate], key).expect("a certificate");
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// Handles every connection by the script, once TLS stands.
pub(super) async fn listen_tls<F, W>(acceptor: TlsAcceptor, script: F) -> SocketAddr
where
    F: Fn(TlsStream<TcpStream>) -> W + Send + Sync + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let script = Arc::new(script);
    listen(move |stream| {
        let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                script(stream).await;
            }
        }
    })
    .await
}

/// Answers `page` over HTTP/1.1 and shuts TLS properly.
pub(super) async fn answer_page<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, body: &str) {
    request(&mut stream).await;
    let _ = stream.write_all(page(body).as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Speaks HTTP/2 and answers with the request's head.
pub(super) async fn mirror_http2(stream: TlsStream<TcpStream>) {
    let mirror = service_fn(|request: Request<hyper::body::Incoming>| async move {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let said = format!("{method} {uri} {:?} {headers:?}", request.version());
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(said))))
    });
    let served = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), mirror)
        .await;
    // The probe goes away as soon as it knows.
    drop(served);
}
