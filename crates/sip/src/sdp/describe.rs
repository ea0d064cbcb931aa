//! A session description of one audio stream, from text and back to text (RFC 8866, RFC 3551, RFC 4733).
//!
//! The grammar is `sdp-types`' business; this file picks the audio stream out of it. It never chooses a codec.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// Longest description that is read, in bytes; a UDP datagram holds no more.
const TEXT_MAX: usize = 65_535;
/// Formats that are kept of one stream; the rest is skipped.
const FORMATS_MAX: usize = 32;
/// Static payload type of PCMU (RFC 3551 §6).
const PCMU: u8 = 0;
/// Static payload type of PCMA (RFC 3551 §6).
const PCMA: u8 = 8;

/// What one side says about its audio: where to send it, in which formats, in which direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Address that media is to be sent to. Unspecified (`0.0.0.0`): hold, as RFC 2543 wrote it.
    pub address: IpAddr,
    /// RTP port. 0: the stream is refused (RFC 3264 §6).
    pub port: u16,
    /// Formats in order of preference, telephone-event excluded.
    pub formats: Vec<Format>,
    /// Payload type of telephone-event at 8,000 Hz (RFC 4733).
    pub dtmf: Option<u8>,
    /// As seen by whoever wrote the description.
    pub direction: Direction,
    /// Packet time asked for. `None`: 20 ms.
    pub ptime: Option<Duration>,
    /// Session id of the origin line.
    pub session: u64,
    /// Version of the origin line; one more with each change (RFC 3264 §8).
    pub version: u64,
    /// Media lines of the whole text in order, and which of them this is: an answer has to have as many (RFC 3264 §6).
    pub streams: Vec<Stream>,
}

/// A media line, as an answer has to mirror it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stream {
    /// The audio stream that the [`Description`] is about.
    Audio,
    /// Another one, refused in answers: media, protocol and first format, as in `video`, `RTP/AVP`, `96`.
    Other {
        /// Media type.
        media: String,
        /// Transport.
        proto: String,
        /// Formats.
        fmt: String,
    },
}

/// One way of encoding that a stream can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// RTP payload type, 0–127.
    pub payload_type: u8,
    /// What it means.
    pub codec: Codec,
}

/// A codec by its name in SDP.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// One that we don't speak, as `name/rate`.
    Other(String),
}

/// Who sends media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Both.
    #[default]
    SendRecv,
    /// Only the one who says so.
    SendOnly,
    /// Only the other one.
    RecvOnly,
    /// Nobody.
    Inactive,
}

/// Why a text is not a session description that we can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SdpError {
    /// The text breaks the grammar of RFC 8866.
    #[error("not a session description: {0}")]
    Grammar(String),
    /// The text is longer than a datagram.
    #[error("session description of {0} bytes is too long")]
    TooLong(usize),
    /// There is no RTP audio stream in it.
    #[error("no RTP audio stream")]
    NoAudio,
    /// The connection address of the audio stream is missing or not an IP address.
    #[error("'{0}' is not an IP address to send audio to")]
    Address(String),
}

impl Description {
    /// Reads a session description and picks its first RTP audio stream.
    pub fn parse(text: &[u8]) -> Result<Self, SdpError> {
        if text.len() > TEXT_MAX {
            return Err(SdpError::TooLong(text.len()));
        }
        let session = sdp_types::Session::parse(text)
            .map_err(|error| SdpError::Grammar(error.to_string()))?;
        let chosen = session.medias.iter().position(is_rtp_audio).ok_or(SdpError::NoAudio)?;
        let streams = session
            .medias
            .iter()
            .enumerate()
            .map(
                |(index, media)| if index == chosen { Stream::Audio } else { Stream::other(media) },
            )
            .collect();
        let media = &session.medias[chosen];
        let (formats, dtmf) = formats(media);
        Ok(Self {
            address: address(&session, media)?,
            port: media.port,
            formats,
            dtmf,
            direction: direction(&session, media),
            ptime: ptime(media),
            session: session.origin.sess_id.parse().unwrap_or(0),
            version: session.origin.sess_version,
            streams,
        })
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let family = if self.address.is_ipv6() { "IP6" } else { "IP4" };
        let address = self.address;
        write!(f, "v=0\r\no=- {} {} IN {family} {address}\r\n", self.session, self.version)?;
        write!(f, "s=-\r\nc=IN {family} {address}\r\nt=0 0\r\n")?;
        for stream in &self.streams {
            match stream {
                Stream::Audio => self.write_audio(f)?,
                Stream::Other { media, proto, fmt } => write!(f, "m={media} 0 {proto} {fmt}\r\n")?,
            }
        }
        Ok(())
    }
}

impl Description {
    fn write_audio(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m=audio {} RTP/AVP", self.port)?;
        for format in &self.formats {
            write!(f, " {}", format.payload_type)?;
        }
        if let Some(dtmf) = self.dtmf {
            write!(f, " {dtmf}")?;
        }
        if self.formats.is_empty() && self.dtmf.is_none() {
            // The grammar wants one format at least, even of a stream that is refused.
            f.write_str(" 0")?;
        }
        f.write_str("\r\n")?;
        for format in &self.formats {
            write!(f, "a=rtpmap:{} {}\r\n", format.payload_type, format.codec)?;
        }
        if let Some(dtmf) = self.dtmf {
            write!(f, "a=rtpmap:{dtmf} telephone-event/8000\r\na=fmtp:{dtmf} 0-15\r\n")?;
        }
        if let Some(ptime) = self.ptime {
            write!(f, "a=ptime:{}\r\n", ptime.as_millis())?;
        }
        write!(f, "a={}\r\n", self.direction.attribute())
    }
}

impl Stream {
    fn other(media: &sdp_types::Media) -> Self {
        Self::Other {
            media: media.media.clone(),
            proto: media.proto.clone(),
            fmt: media.fmt.clone(),
        }
    }
}

impl Codec {
    /// The payload type that needs no rtpmap (RFC 3551 §6).
    pub fn static_payload_type(&self) -> Option<u8> {
        match self {
            Self::Pcmu => Some(PCMU),
            Self::Pcma => Some(PCMA),
            Self::Other(_) => None,
        }
    }

    /// From an rtpmap value such as `PCMU/8000/1`.
    fn from_rtpmap(encoding: &str) -> Self {
        let mut parts = encoding.split('/');
        let name = parts.next().unwrap_or_default();
        let rate = parts.next().unwrap_or("8000");
        let mono = parts.next().is_none_or(|channels| channels == "1");
        match (name, rate) {
            (name, "8000") if mono && name.eq_ignore_ascii_case("PCMU") => Self::Pcmu,
            (name, "8000") if mono && name.eq_ignore_ascii_case("PCMA") => Self::Pcma,
            _ => Self::Other(encoding.to_owned()),
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pcmu => f.write_str("PCMU/8000"),
            Self::Pcma => f.write_str("PCMA/8000"),
            Self::Other(encoding) => f.write_str(encoding),
        }
    }
}

impl Direction {
    /// The same stream, seen from the other end.
    pub fn reversed(self) -> Self {
        match self {
            Self::SendRecv => Self::SendRecv,
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            Self::Inactive => Self::Inactive,
        }
    }

    /// Whether media is sent.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether media is received.
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// What both directions allow.
    pub(super) fn narrowed(self, other: Self) -> Self {
        match (self.sends() && other.sends(), self.receives() && other.receives()) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    fn attribute(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    fn from_attribute(name: &str) -> Option<Self> {
        match name {
            "sendrecv" => Some(Self::SendRecv),
            "sendonly" => Some(Self::SendOnly),
            "recvonly" => Some(Self::RecvOnly),
            "inactive" => Some(Self::Inactive),
            _ => None,
        }
    }
}

/// Plain RTP only: encrypted profiles have no key exchange here.
fn is_rtp_audio(media: &sdp_types::Media) -> bool {
    media.media == "audio" && matches!(media.proto.as_str(), "RTP/AVP" | "RTP/AVPF")
}

/// The connection address of the stream, else of the session (RFC 8866 §5.7).
fn address(session: &sdp_types::Session, media: &sdp_types::Media) -> Result<IpAddr, SdpError> {
    let connection = media.connections.first().or(session.connection.as_ref());
    let Some(connection) = connection else {
        // A refused stream may come without an address.
        return if media.port == 0 {
            Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
        } else {
            Err(SdpError::Address(String::new()))
        };
    };
    // A multicast address may carry a TTL after a slash; it is no address to send a call's audio to anyway.
    connection
        .connection_address
        .trim()
        .parse::<IpAddr>()
        .map_err(|_| SdpError::Address(connection.connection_address.clone()))
}

/// Formats of a stream in order, and the payload type of telephone-event at 8,000 Hz.
fn formats(media: &sdp_types::Media) -> (Vec<Format>, Option<u8>) {
    let mut formats: Vec<Format> = Vec::new();
    let mut dtmf = None;
    for payload_type in
        media.fmt.split_ascii_whitespace().filter_map(|text| text.parse::<u8>().ok())
    {
        if payload_type > 127 || formats.iter().any(|format| format.payload_type == payload_type) {
            continue;
        }
        let Some(encoding) = encoding(media, payload_type) else { continue };
        if encoding.to_ascii_lowercase().starts_with("telephone-event/") {
            if dtmf.is_none() && encoding[16..].split('/').next() == Some("8000") {
                dtmf = Some(payload_type);
            }
        } else if formats.len() < FORMATS_MAX {
            formats.push(Format { payload_type, codec: Codec::from_rtpmap(&encoding) });
        }
    }
    (formats, dtmf)
}

/// What a payload type means: its rtpmap, else the static table of RFC 3551 as far as we know it.
fn encoding(media: &sdp_types::Media, payload_type: u8) -> Option<String> {
    let mapped = media.attributes.iter().find_map(|attribute| {
        if attribute.attribute != "rtpmap" {
            return None;
        }
        let (number, encoding) = attribute.value.as_deref()?.trim().split_once(' ')?;
        let encoding = encoding.trim();
        let matches = number.parse() == Ok(payload_type);
        (matches && !encoding.is_empty() && !encoding.contains(char::is_whitespace))
            .then(|| encoding.to_owned())
    });
    mapped.or_else(|| match payload_type {
        PCMU => Some("PCMU/8000".to_owned()),
        PCMA => Some("PCMA/8000".to_owned()),
        _ => None,
    })
}

fn direction(session: &sdp_types::Session, media: &sdp_types::Media) -> Direction {
    let of = |attributes: &[sdp_types::Attribute]| {
        attributes.iter().find_map(|attribute| Direction::from_attribute(&attribute.attribute))
    };
    of(&media.attributes).or_else(|| of(&session.attributes)).unwrap_or_default()
}

/// `a=ptime` within what a G.711 packet can sensibly hold.
fn ptime(media: &sdp_types::Media) -> Option<Duration> {
    let text = media.get_first_attribute_value("ptime")??;
    let millis: u64 = text.trim().parse().ok()?;
    (5..=200).contains(&millis).then(|| Duration::from_millis(millis))
}
