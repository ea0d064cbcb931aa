//! Who may come in: digest authentication of our phones, REGISTER, and OPTIONS (RFC 3261 §10.3, §11.2, §22).

use std::net::SocketAddr;

use super::registrar::Refusal;
use super::{Agent, guard};
use crate::call::Origin;
use crate::settings::Strangers;
use crate::wire::address::{NameAddr, Uri};
use crate::wire::digest::{Algorithm, Challenge, Proof};
use crate::wire::message::Request;

/// What came of looking at somebody's credentials.
enum Verdict {
    Phone(String),
    /// 401: none yet, or their nonce has expired.
    Challenge {
        stale: bool,
    },
    /// 403: wrong user or password.
    Wrong,
    /// 503: too many wrong ones from there.
    Slow,
}

impl Agent {
    /// Who places this call or sends this text; `None` if it was refused or challenged.
    pub(super) fn admit(&mut self, request: &Request, source: SocketAddr) -> Option<Origin> {
        if self.proof(request).is_some() {
            return self.authenticate(request, source).map(Origin::Phone);
        }
        // A trunk's own socket may say any number, even one that is the name of a phone; behind the same address
        // (as on loopback) there may be phones too.
        if let Some(trunk) = self.known.trunk_exactly_at(source) {
            return Some(Origin::Trunk(trunk.to_owned()));
        }
        let from = request.headers.first("From").and_then(NameAddr::parse);
        let user = from.and_then(|from| Uri::parse(from.uri)).and_then(|uri| uri.user);
        if user.is_some_and(|user| self.known.password(&user).is_some()) {
            return self.authenticate(request, source).map(Origin::Phone);
        }
        if let Some(trunk) = self.known.trunk_at(source) {
            return Some(Origin::Trunk(trunk.to_owned()));
        }
        match self.settings.strangers {
            Strangers::Accept => Some(Origin::Stranger),
            Strangers::Refuse => {
                tracing::info!(%source, "a stranger was refused");
                self.refuse(request, source, 403, None, &[]);
                None
            }
        }
    }

    /// The phone that proved itself; else the request is answered.
    fn authenticate(&mut self, request: &Request, source: SocketAddr) -> Option<String> {
        match self.verdict(request, source) {
            Verdict::Phone(name) => return Some(name),
            Verdict::Challenge { stale } => self.challenge(request, source, stale),
            Verdict::Wrong => {
                tracing::info!(%source, "wrong user or password");
                self.refuse(request, source, 403, None, &[]);
            }
            Verdict::Slow => {
                let wait = guard::FAILURE_EVERY.as_secs().to_string();
                self.refuse(request, source, 503, None, &[("Retry-After", &wait)]);
            }
        }
        None
    }

    fn verdict(&mut self, request: &Request, source: SocketAddr) -> Verdict {
        let now = self.out.now;
        let Some(proof) = self.proof(request) else {
            return Verdict::Challenge { stale: false };
        };
        if !self.guard.may_try(source.ip(), now) {
            return Verdict::Slow;
        }
        if !self.nonces.is_fresh(&proof.nonce, source.ip(), now) {
            return Verdict::Challenge { stale: true };
        }
        // An unknown user costs as much time as a known one.
        let password = self.known.password(&proof.user);
        let proven =
            proof.proves(&request.method, password.map_or("", |password| password.reveal()));
        if password.is_none() || !proven {
            self.away.wrong_passwords += 1;
            self.guard.failed(source.ip(), now);
            return Verdict::Wrong;
        }
        let count = proof.qop.as_ref().map(|qop| qop.count);
        if !self.nonces.spend(&proof.nonce, count, source.ip(), now) {
            return Verdict::Challenge { stale: true };
        }
        Verdict::Phone(proof.user)
    }

    /// Their credentials for our realm.
    fn proof(&self, request: &Request) -> Option<Proof> {
        request
            .headers
            .all("Authorization")
            .filter_map(Proof::parse)
            .find(|proof| proof.realm == self.settings.realm)
    }

    fn challenge(&mut self, request: &Request, source: SocketAddr, stale: bool) {
        let nonce = self.nonces.make(&mut self.entropy, source.ip(), self.out.now);
        // RFC 8760 §2.3: the strongest first.
        let algorithms: &[Algorithm] = if self.settings.offer_sha256 {
            &[Algorithm::Sha256, Algorithm::Md5]
        } else {
            &[Algorithm::Md5]
        };
        let challenges: Vec<String> = algorithms
            .iter()
            .map(|algorithm| {
                let challenge = Challenge {
                    realm: self.settings.realm.clone(),
                    nonce: nonce.clone(),
                    opaque: None,
                    algorithm: *algorithm,
                    qop: true,
                    stale,
                };
                challenge.to_string()
            })
            .collect();
        let headers: Vec<(&str, &str)> =
            challenges.iter().map(|challenge| ("WWW-Authenticate", challenge.as_str())).collect();
        self.refuse(request, source, 401, None, &headers);
    }

    /// REGISTER (RFC 3261 §10.3).
    pub(super) fn register(&mut self, request: &Request, source: SocketAddr) {
        if let Some(required) = request.headers.first("Require") {
            return self.refuse(request, source, 420, None, &[("Unsupported", required)]);
        }
        let to = request.headers.first("To").and_then(NameAddr::parse);
        let Some(phone) = to.and_then(|to| Uri::parse(to.uri)).and_then(|uri| uri.user) else {
            return self.refuse(request, source, 400, Some("To names no user"), &[]);
        };
        let Some(proven) = self.authenticate(request, source) else { return };
        if proven != phone {
            return self.refuse(request, source, 403, None, &[]);
        }
        let server = self.servers.open(request, source, None);
        let tag = self.entropy.tag();
        let (timers, limits) = (&self.settings.timers, &self.settings.limits);
        let outcome =
            self.registrar.register((&phone, request, source), timers, limits, self.out.now);
        let shortest = timers.registration_min.as_secs().to_string();
        match outcome {
            Ok(contacts) => {
                tracing::debug!(contacts = contacts.len(), "phone registered");
                let headers: Vec<_> =
                    contacts.iter().map(|contact| ("Contact", contact.as_str())).collect();
                self.respond(server, (200, None), &tag, &headers, None);
            }
            Err(Refusal::Malformed) => {
                self.respond(
                    server,
                    (400, Some("Contact or Expires is malformed")),
                    &tag,
                    &[],
                    None,
                );
            }
            Err(Refusal::TooBrief) => {
                self.respond(server, (423, None), &tag, &[("Min-Expires", &shortest)], None);
            }
            Err(Refusal::OutOfOrder) => {
                self.respond(server, (500, Some("Out of order")), &tag, &[], None);
            }
        }
    }

    /// OPTIONS outside dialogs: we are here (RFC 3261 §11.2).
    pub(super) fn options(&mut self, request: &Request, source: SocketAddr) {
        let headers =
            [("Allow", self.allow()), ("Accept", "application/sdp, application/dtmf-relay")];
        self.refuse(request, source, 200, None, &headers);
    }
}
