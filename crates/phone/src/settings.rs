//! Who a phone is and how it behaves.
//!
//! Plain data with defaults; nothing here reads files, the environment or a clock.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::note::Observer;

/// Time that a registration is asked for.
const EXPIRES: Duration = Duration::from_secs(600);

/// Who a phone is, where its server is, and how it behaves.
#[derive(Clone)]
pub struct Settings {
    /// User part of its address, and digest user name.
    pub name: String,
    /// Digest password. Empty: it answers no challenge.
    pub password: String,
    /// Where it registers and where its calls go.
    pub server: SocketAddr,
    /// What it gives as its number when it calls. Default: its name.
    pub number: Option<String>,
    /// Name that it shows when it calls. Default none.
    pub display: Option<String>,
    /// Address that its signalling listens on. Its audio listens where `media` does. Default: loopback if the server is
    /// there, else every address.
    pub bind: IpAddr,
    /// Codecs that it speaks, best first. Default PCMU, then PCMA.
    pub codecs: Vec<media::Codec>,
    /// How its keys are sent and heard. Default [`Keys::Events`].
    pub keys: Keys,
    /// Whether it sends silence while it says nothing, as phones do. Default yes; if not, it sends no RTP meanwhile.
    pub sends_silence: bool,
    /// Time that its registration is asked for. Default 600 s.
    pub expires: Duration,
    /// Its `User-Agent`. Default `alo-phone/` and the version.
    pub user_agent: String,
    /// Headers of its INVITEs, such as `X-…` or `Diversion`. Default none.
    pub headers: Vec<(String, String)>,
    /// Timers of its signalling. Default those of RFC 3261.
    pub timers: sip::Timers,
    /// Who is told of everything that it does and that happens to it. Default nobody.
    pub observer: Option<Observer>,
    /// What its audio is led through. Default nothing.
    pub detour: Option<Arc<dyn Detour>>,
}

impl Settings {
    /// A phone with an account at a server.
    pub fn new(name: &str, password: &str, server: SocketAddr) -> Self {
        let everywhere: IpAddr = if server.is_ipv6() {
            std::net::Ipv6Addr::UNSPECIFIED.into()
        } else {
            std::net::Ipv4Addr::UNSPECIFIED.into()
        };
        Self {
            name: name.to_owned(),
            password: password.to_owned(),
            server,
            number: None,
            display: None,
            bind: if server.ip().is_loopback() { server.ip() } else { everywhere },
            codecs: vec![media::Codec::Pcmu, media::Codec::Pcma],
            keys: Keys::Events,
            sends_silence: true,
            expires: EXPIRES,
            user_agent: concat!("alo-phone/", env!("CARGO_PKG_VERSION")).to_owned(),
            headers: Vec::new(),
            timers: sip::Timers::default(),
            observer: None,
            detour: None,
        }
    }

    /// A caller from outside, as a carrier delivers one: a number without an account.
    pub fn caller(number: &str, server: SocketAddr) -> Self {
        Self::new(number, "", server)
    }
}

/// How keys are sent and heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keys {
    /// As telephone events (RFC 4733).
    #[default]
    Events,
    /// As tones in the audio: telephone events are not offered and not accepted.
    Tones,
}

/// Something that a call's audio is led through, such as a lossy network.
pub trait Detour: Send + Sync {
    /// The RTP socket of a call is open at `ours`: the address that the far side is to send to.
    fn enter(&self, ours: SocketAddr) -> std::io::Result<SocketAddr>;

    /// The far side of the call at `ours` receives at `theirs`: the address that we are to send to.
    fn leave(&self, ours: SocketAddr, theirs: SocketAddr) -> SocketAddr;
}
