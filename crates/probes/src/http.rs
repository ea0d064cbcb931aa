//! HTTP: one request, redirects followed, and what the last answer must be (RFC 9110).
//!
//! A status 300 to 399 that the check names as right isn't followed. Passwords, cookies and the client's certificate go
//! to the first origin alone (scheme, host and port), wherever redirects lead.

mod exchange;
pub(crate) mod json_path;
mod judge;
pub(crate) mod patterns;
mod request;

use hyper::StatusCode;
use hyper::header::LOCATION;
use model::watch::HttpProbe;
use url::Url;

use crate::Probes;
use crate::http::exchange::{Answer, exchange};
use crate::http::judge::Demands;
use crate::http::request::Asked;
use crate::progress::{Down, Progress, Verdict};
use crate::words;

/// Whether the check can be done as it is written.
pub(crate) fn readable(probes: &Probes, probe: &HttpProbe) -> Verdict {
    Demands::new(probes, probe)?;
    Asked::new(probe, &probes.user_agent)?.request(hyper::Version::HTTP_11).map(drop)
}

/// Asks, follows, judges.
pub(crate) async fn probe(probes: &Probes, probe: &HttpProbe, progress: &Progress) -> Verdict {
    let demands = Demands::new(probes, probe)?;
    let mut asked = Asked::new(probe, &probes.user_agent)?;
    let client = match &probe.client_certificate {
        Some(path) => Some(crate::tls::ClientCertificate::read(path).await?.into()),
        None => None,
    };
    let mut seen = vec![asked.url.clone()];
    loop {
        let client = client.as_ref().filter(|_| asked.is_first_origin());
        let answer = exchange(probes, probe, &asked, client, progress).await?;
        let Some(next) = next(probe, &asked, &answer)? else {
            return demands.judge(answer, progress).await;
        };
        if seen.contains(&next) {
            return Err(circle(&seen, &next));
        }
        if seen.len() > usize::from(probe.redirects) {
            let most = probe.redirects;
            let next = words::address(&next);
            return Err(Down::new(format!(
                "more than {most} redirects: the last one leads to {next}"
            )));
        }
        seen.push(next.clone());
        asked.follow(next, answer.status());
    }
}

/// Where the answer leads, if it is to be followed (RFC 9110 §15.4).
fn next(probe: &HttpProbe, asked: &Asked, answer: &Answer) -> Result<Option<Url>, Down> {
    let status = answer.status();
    let leads = matches!(
        status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !leads || probe.redirects == 0 || judge::is_named(probe, status) {
        return Ok(None);
    }
    let place = words::address(&asked.url);
    let Some(location) = answer.headers().get(LOCATION) else { return Ok(None) };
    let location = String::from_utf8_lossy(location.as_bytes());
    let unreadable = || {
        Down::new(format!("{place} redirects to {}, which is no address", words::quote(&location)))
    };
    let mut next = asked.url.join(&location).map_err(|_| unreadable())?;
    if !matches!(next.scheme(), "http" | "https") {
        let scheme = next.scheme();
        return Err(Down::new(format!("{place} redirects to {scheme}:, which is not HTTP")));
    }
    next.set_fragment(None);
    Ok(Some(next))
}

fn circle(seen: &[Url], next: &Url) -> Down {
    let first = seen.iter().position(|url| url == next).unwrap_or_default();
    let way: Vec<String> = seen[first..].iter().chain([next]).map(words::address).collect();
    Down::new(format!("the redirects go in a circle: {}", way.join(" → ")))
}
