//! Who is reachable where: the bindings that phones register (RFC 3261 §10.3).
//!
//! Answers to a REGISTER that has already been authenticated; it knows nothing of passwords.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use crate::call::Contact;
use crate::settings::{Limits, Timers};
use crate::wire::address::{NameAddr, Uri};
use crate::wire::message::{Request, Via};

/// Port unless said (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;
/// Longest contact URI that is kept, in bytes.
const URI_MAX: usize = 1024;

/// All bindings, by phone.
#[derive(Default)]
pub(super) struct Registrar {
    phones: HashMap<String, Vec<Binding>>,
}

#[derive(Debug, Clone)]
struct Binding {
    uri: Uri,
    text: String,
    /// `+sip.instance`: the same device, whatever its URI (RFC 5626 §4.1).
    instance: Option<String>,
    /// Where requests are sent.
    source: SocketAddr,
    user_agent: Option<String>,
    call_id: String,
    cseq: u32,
    registered_at: Instant,
    expires_at: Instant,
}

/// A REGISTER that was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 400: unreadable.
    Malformed,
    /// 423: asked for less than the shortest time.
    TooBrief,
    /// 500: older than what we know (RFC 3261 §10.3 step 7).
    OutOfOrder,
}

/// One contact asked for.
struct Wish {
    uri: Uri,
    text: String,
    instance: Option<String>,
    expires: Duration,
}

impl Registrar {
    /// Does what the request asks, as a whole or not at all. The result lists the bindings as Contact values.
    pub(super) fn register(
        &mut self,
        (phone, request, source): (&str, &Request, SocketAddr),
        timers: &Timers,
        limits: &Limits,
        now: Instant,
    ) -> Result<Vec<String>, Refusal> {
        let bindings = self.phones.entry(phone.to_owned()).or_default();
        bindings.retain(|binding| now < binding.expires_at);
        let outcome = match wishes(request, timers)? {
            Wishes::Nothing => Ok(()),
            Wishes::RemoveAll => remove_all(bindings, request),
            Wishes::Bind(wishes) => bind(bindings, wishes, (request, source), limits, now),
        };
        let contacts = bindings
            .iter()
            .map(|binding| {
                let left = binding.expires_at.saturating_duration_since(now).as_secs();
                format!("<{}>;expires={left}", binding.text)
            })
            .collect();
        if bindings.is_empty() {
            self.phones.remove(phone);
        }
        outcome.map(|()| contacts)
    }

    /// Live contacts of a phone, the latest first.
    pub(super) fn contacts(&self, phone: &str, now: Instant) -> Vec<Contact> {
        let mut bindings: Vec<&Binding> = self
            .phones
            .get(phone)
            .into_iter()
            .flatten()
            .filter(|binding| now < binding.expires_at)
            .collect();
        bindings.sort_by_key(|binding| std::cmp::Reverse(binding.registered_at));
        bindings.into_iter().map(|binding| binding.contact(now)).collect()
    }

    pub(super) fn all(&self, now: Instant) -> Vec<(String, Contact)> {
        let mut phones: Vec<&String> = self.phones.keys().collect();
        phones.sort();
        phones
            .into_iter()
            .flat_map(|phone| {
                self.contacts(phone, now).into_iter().map(|contact| (phone.clone(), contact))
            })
            .collect()
    }

    /// Forgets all phones but these.
    pub(super) fn keep(&mut self, known: impl Fn(&str) -> bool) {
        self.phones.retain(|phone, _| known(phone));
    }

    /// Forgets what has expired.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.phones.retain(|_, bindings| {
            bindings.retain(|binding| now < binding.expires_at);
            !bindings.is_empty()
        });
    }
}

impl Binding {
    fn contact(&self, now: Instant) -> Contact {
        Contact {
            uri: self.text.clone(),
            source: self.source,
            expires_in: self.expires_at.saturating_duration_since(now),
            user_agent: self.user_agent.clone(),
        }
    }

    fn is_of(&self, wish: &Wish) -> bool {
        match (&self.instance, &wish.instance) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.uri.same_place(&wish.uri),
        }
    }
}

enum Wishes {
    /// No Contact: they only ask which there are.
    Nothing,
    /// `Contact: *` with `Expires: 0`.
    RemoveAll,
    Bind(Vec<Wish>),
}

fn wishes(request: &Request, timers: &Timers) -> Result<Wishes, Refusal> {
    let default = match request.headers.first("Expires") {
        Some(text) => seconds(text).ok_or(Refusal::Malformed)?,
        None => timers.registration_default,
    };
    let contacts: Vec<&str> = request.headers.list("Contact").collect();
    if contacts.is_empty() {
        return Ok(Wishes::Nothing);
    }
    if contacts.contains(&"*") {
        // RFC 3261 §10.2.2: alone, and only to remove.
        let proper = contacts.len() == 1 && default.is_zero();
        return if proper { Ok(Wishes::RemoveAll) } else { Err(Refusal::Malformed) };
    }
    contacts
        .into_iter()
        .map(|contact| wish(contact, default, timers))
        .collect::<Result<_, _>>()
        .map(Wishes::Bind)
}

fn wish(contact: &str, default: Duration, timers: &Timers) -> Result<Wish, Refusal> {
    let address = NameAddr::parse(contact).ok_or(Refusal::Malformed)?;
    let uri = Uri::parse(address.uri)
        .filter(|_| address.uri.len() <= URI_MAX)
        .ok_or(Refusal::Malformed)?;
    let expires = match address.param("expires") {
        Some(text) => seconds(text).ok_or(Refusal::Malformed)?,
        None => default,
    };
    if !expires.is_zero() && expires < timers.registration_min {
        return Err(Refusal::TooBrief);
    }
    Ok(Wish {
        uri,
        text: address.uri.to_owned(),
        instance: address
            .param("+sip.instance")
            .filter(|instance| !instance.is_empty())
            .map(str::to_owned),
        expires: expires.min(timers.registration_max),
    })
}

/// Seconds; more than fit count as very many (RFC 3261 §20.19).
fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(text.parse::<u32>().unwrap_or(u32::MAX).into()))
}

fn remove_all(bindings: &mut Vec<Binding>, request: &Request) -> Result<(), Refusal> {
    if bindings.iter().any(|binding| is_older(request, binding)) {
        return Err(Refusal::OutOfOrder);
    }
    bindings.clear();
    Ok(())
}

fn bind(
    bindings: &mut Vec<Binding>,
    wishes: Vec<Wish>,
    (request, source): (&Request, SocketAddr),
    limits: &Limits,
    now: Instant,
) -> Result<(), Refusal> {
    let stale = |wish: &Wish| {
        bindings.iter().any(|binding| binding.is_of(wish) && is_older(request, binding))
    };
    if wishes.iter().any(stale) {
        return Err(Refusal::OutOfOrder);
    }
    for wish in wishes {
        bindings.retain(|binding| !binding.is_of(&wish));
        if wish.expires.is_zero() {
            continue;
        }
        if bindings.len() >= limits.contacts.max(1) {
            let first = bindings.iter().enumerate().min_by_key(|(_, binding)| binding.expires_at);
            if let Some((index, _)) = first {
                bindings.remove(index);
            }
        }
        bindings.push(Binding {
            source: reached_at(&request.id.via, &wish.uri, source),
            uri: wish.uri,
            text: wish.text,
            instance: wish.instance,
            user_agent: request.headers.first("User-Agent").map(str::to_owned),
            call_id: request.id.call_id.clone(),
            cseq: request.id.cseq,
            registered_at: now,
            expires_at: now + wish.expires,
        });
    }
    Ok(())
}

/// Where a contact is sent its requests: where it says, if that is on the machine that registers and nobody translated the
/// REGISTER's source address on its way (its Via names it); else there, through whatever translates. Never at somebody else.
fn reached_at(via: &Via, contact: &Uri, source: SocketAddr) -> SocketAddr {
    let is_source = |host: &str| host.parse::<IpAddr>().is_ok_and(|host| host == source.ip());
    let direct = is_source(&via.host) && via.port.unwrap_or(SIP_PORT) == source.port();
    if direct && is_source(&contact.host) {
        return SocketAddr::new(source.ip(), contact.port.unwrap_or(SIP_PORT));
    }
    source
}

fn is_older(request: &Request, binding: &Binding) -> bool {
    binding.call_id == request.id.call_id && request.id.cseq <= binding.cseq
}
