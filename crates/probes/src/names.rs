//! Names into addresses, and what else the DNS knows, as this machine asks (`resolv.conf(5)`, `hosts(5)`) or at a server
//! of one's own. It doesn't read `nsswitch.conf`, and forgets what it knows after a minute at most.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig,
    ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};
use model::watch::Family;

use crate::progress::{Down, Progress, Stage};
use crate::words;

/// After so long the settings of this machine are read anew and what was cached is asked again: a check sees a change of
/// an address within a minute even where its TTL is a day.
const RENEWED_AFTER: Duration = Duration::from_secs(60);

/// Questions in flight to one server, beyond which more are refused. Thousands of checks may begin with one each.
const MOST_QUESTIONS: usize = 1024;

/// How long a server of one's own is waited for before it is asked again. The probe's timeout ends it in any case.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// How often a server of one's own is asked again.
const ASKED_AGAIN: usize = 2;

/// Asks for names.
pub(crate) struct Names {
    server: Option<SocketAddr>,
    known: Mutex<Option<(Instant, Arc<TokioResolver>)>>,
}

impl Names {
    /// At this server, or as this machine does.
    pub(crate) fn new(server: Option<SocketAddr>) -> Names {
        Names { server, known: Mutex::new(None) }
    }

    /// The addresses of a host, of either family in turn. An address is its own.
    pub(crate) async fn addresses(
        &self,
        host: &str,
        family: Family,
        progress: &Progress,
    ) -> Result<Vec<IpAddr>, Down> {
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            return match (family, address) {
                (Family::V4, IpAddr::V6(_)) => Err(Down::new(format!("{host} is no IPv4 address"))),
                (Family::V6, IpAddr::V4(_)) => Err(Down::new(format!("{host} is no IPv6 address"))),
                (Family::Any | Family::V4 | Family::V6, address) => Ok(vec![address]),
            };
        }
        progress.enter(Stage::Resolving(host.to_owned()));
        let ascii = words::ascii(host);
        let resolver = self.resolver().map_err(|error| explain(host, "address", &error))?;
        let found = match family {
            Family::Any => {
                resolver.lookup_ip(&*ascii).await.map(|found| in_turn(found.iter().collect()))
            }
            Family::V4 => resolver.lookup(&*ascii, RecordType::A).await.map(|found| {
                found.answers().iter().filter_map(|record| address_of(&record.data)).collect()
            }),
            Family::V6 => resolver.lookup(&*ascii, RecordType::AAAA).await.map(|found| {
                found.answers().iter().filter_map(|record| address_of(&record.data)).collect()
            }),
        };
        let what = match family {
            Family::Any => "address",
            Family::V4 => "IPv4 address",
            Family::V6 => "IPv6 address",
        };
        let found: Vec<IpAddr> = found.map_err(|error| explain(host, what, &error))?;
        if found.is_empty() { Err(Down::new(format!("{host} has no {what}"))) } else { Ok(found) }
    }

    /// How this machine asks.
    pub(crate) fn resolver(&self) -> Result<Arc<TokioResolver>, NetError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((since, resolver)) if since.elapsed() < RENEWED_AFTER => Ok(Arc::clone(resolver)),
            Some(_) | None => {
                let resolver = Arc::new(match self.server {
                    Some(server) => at(server)?,
                    None => of_this_machine(|_| ())?,
                });
                *known = Some((Instant::now(), Arc::clone(&resolver)));
                Ok(resolver)
            }
        }
    }
}

impl Names {
    /// As this machine asks, but what is known already doesn't count, nor what its hosts file says.
    pub(crate) fn without_cache(&self) -> Result<TokioResolver, NetError> {
        match self.server {
            Some(server) => at(server),
            None => of_this_machine(|options| {
                options.cache_size = 0;
                options.use_hosts_file = ResolveHosts::Never;
            }),
        }
    }
}

/// Asks one server alone, keeps nothing and looks at no file.
pub(crate) fn at(server: SocketAddr) -> Result<TokioResolver, NetError> {
    let mut udp = ConnectionConfig::udp();
    udp.port = server.port();
    let mut tcp = ConnectionConfig::tcp();
    tcp.port = server.port();
    let server = NameServerConfig::new(server.ip(), true, vec![udp, tcp]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    build(config, |options| {
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        options.timeout = ASKED_AGAIN_AFTER;
        options.attempts = ASKED_AGAIN;
    })
}

fn of_this_machine(set: impl FnOnce(&mut ResolverOpts)) -> Result<TokioResolver, NetError> {
    let Ok(mut builder) = TokioResolver::builder_tokio() else {
        // Without the file, the name server of this machine is asked (resolv.conf(5)).
        let local = NameServerConfig::udp_and_tcp(Ipv4Addr::LOCALHOST.into());
        return build(ResolverConfig::from_parts(None, Vec::new(), vec![local]), set);
    };
    common(builder.options_mut());
    set(builder.options_mut());
    builder.build()
}

fn build(
    config: ResolverConfig,
    set: impl FnOnce(&mut ResolverOpts),
) -> Result<TokioResolver, NetError> {
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    common(builder.options_mut());
    set(builder.options_mut());
    builder.build()
}

fn common(options: &mut ResolverOpts) {
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.max_active_requests = MOST_QUESTIONS;
}

fn address_of(data: &RData) -> Option<IpAddr> {
    data.ip_addr()
}

/// IPv6 and IPv4 in turn, IPv6 first (RFC 8305 §4).
fn in_turn(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let (v6, v4): (Vec<IpAddr>, Vec<IpAddr>) = addresses.into_iter().partition(IpAddr::is_ipv6);
    let longer = v6.len().max(v4.len());
    (0..longer).flat_map(|place| [v6.get(place), v4.get(place)]).flatten().copied().collect()
}

/// Why a name leads nowhere, for people.
pub(crate) fn explain(name: &str, what: &str, error: &NetError) -> Down {
    Down::new(match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => match none.response_code {
            ResponseCode::NXDomain => format!("the name {name} does not exist"),
            ResponseCode::NoError => format!("the name {name} has no {what}"),
            code => format!("the name server answered {} for {name}", code_word(code)),
        },
        NetError::Dns(DnsError::ResponseCode(code)) => {
            format!("the name server answered {} for {name}", code_word(*code))
        }
        NetError::Timeout => format!("no name server answered for {name}"),
        NetError::Io(error) => format!("no name server can be asked for {name}: {error}"),
        NetError::NoConnections => format!("no name server can be reached for {name}"),
        NetError::Proto(error) => {
            format!("{} can't be looked up: {error}", words::quote(name))
        }
        error => format!("{name} can't be looked up: {error}"),
    })
}

/// As `dig` prints it (RFC 1035 §4.1.1).
fn code_word(code: ResponseCode) -> String {
    match code {
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::NXDomain => "NXDOMAIN".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        code => format!("\"{code}\""),
    }
}
