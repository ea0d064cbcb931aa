//! What an HTTP probe costs, with a connection of its own each time: its own work and the system's, against a server on
//! loopback that runs in another thread and is not counted where the clock is this thread's.
//!
//! 5,000 checks a minute are 83 a second: on one core a probe may cost 12 ms, and is to stay far below.

use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::Moment;
use model::watch::{BodyRule, Comparison, HttpProbe, Probe};
use probes::{Probes, Settings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A page of 16 KiB that is JSON too.
fn page() -> String {
    let padding = "x".repeat(16 * 1024);
    let body = format!(r#"{{"state":"ok","padding":"{padding}","last":"Cart"}}"#);
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, page: Arc<String>) {
    let mut request = [0; 4096];
    let mut length = 0;
    while !request[..length].ends_with(b"\r\n\r\n") {
        match stream.read(&mut request[length..]).await {
            Ok(read @ 1..) => length += read,
            Ok(0) | Err(_) => return,
        }
    }
    let _ = stream.write_all(page.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Serves from a thread of its own until the program ends.
fn serve(acceptor: Option<TlsAcceptor>) -> SocketAddr {
    let (told, address) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            told.send(listener.local_addr().expect("it has an address")).expect("it is awaited");
            let page = Arc::new(page());
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, page) = (acceptor.clone(), Arc::clone(&page));
                tokio::spawn(async move {
                    match acceptor {
                        None => answer(stream, page).await,
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                answer(stream, page).await;
                            }
                        }
                    }
                });
            }
        });
    });
    address.recv().expect("the server stands")
}

/// An acceptor, and the authority that vouches for it.
fn tls() -> (TlsAcceptor, String) {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(params, key).expect("it signs itself");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
    let leaf = params.signed_by(&key, &authority).expect("it is signed");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(leaf.pem().as_bytes()).expect("PEM")],
            PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).expect("PEM"),
        );
    (TlsAcceptor::from(Arc::new(config.expect("a certificate"))), authority.pem())
}

fn http(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let (acceptor, authority) = tls();
    let folder = tempfile::tempdir().expect("a folder");
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, authority).expect("it is written");
    let settings = Settings { roots: Some(roots), ..Settings::default() };
    let probes = Probes::new(settings).expect("probes are possible");
    let (plain, encrypted) = (serve(None), serve(Some(acceptor)));

    let status = HttpProbe::get(format!("http://{plain}/"));
    let keyword = BodyRule::Keyword("Cart".to_owned());
    let keyword = HttpProbe { rules: vec![keyword], ..status.clone() };
    let (path, value) = ("state".to_owned(), "ok".to_owned());
    let json = BodyRule::Json { path, is: Comparison::Equal, value };
    let json = HttpProbe { rules: vec![json], ..status.clone() };
    let https = HttpProbe::get(format!("https://{encrypted}/"));

    let mut group = criterion.benchmark_group("http");
    group.throughput(Throughput::Elements(1));
    for (name, probe) in [
        ("status", status),
        ("keyword in 16 KiB", keyword),
        ("JSON of 16 KiB", json),
        ("TLS", https),
    ] {
        let probe = Probe::Http(Box::new(probe));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let outcome = runtime.block_on(probes.probe(&probe, TIMEOUT, Moment::EPOCH));
                assert!(outcome.up, "{}", outcome.reason);
                black_box(outcome)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, http);
criterion_main!(benches);
