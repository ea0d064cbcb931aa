//! Offer and answer (RFC 3264): what we offer, how we answer, and what was agreed.
//!
//! Pure. One codec is agreed: the first of the offerer's list that both sides speak.

use std::net::{IpAddr, SocketAddr};

use super::describe::{Codec, Description, Direction, Format, Stream};

/// Payload type that we offer for telephone-event; the number everybody uses.
const DTMF: u8 = 101;

/// Our own side of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// Address that we receive at.
    pub address: IpAddr,
    /// RTP port that we receive at.
    pub port: u16,
    /// Codecs that we speak, best first.
    pub codecs: Vec<Codec>,
    /// Session id, constant for the dialog.
    pub session: u64,
    /// Version, one more with each change.
    pub version: u64,
}

/// What both sides agreed on, as seen by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Where to send RTP to. An unspecified address: nowhere, they hold.
    pub remote: SocketAddr,
    /// The codec.
    pub codec: Codec,
    /// Payload type to send it with.
    pub payload_type: u8,
    /// Payload type to send telephone-events with, if they take them.
    pub dtmf: Option<u8>,
    /// What we do: [`Direction::SendOnly`] means that we send and they don't.
    pub direction: Direction,
}

/// The two sides have no codec in common (SIP 488), or the stream was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no codec in common")]
pub struct NoCommonCodec;

/// What we offer.
pub fn offer(local: &Local, direction: Direction) -> Description {
    let formats = local
        .codecs
        .iter()
        .filter_map(|codec| {
            Some(Format { payload_type: codec.static_payload_type()?, codec: codec.clone() })
        })
        .collect();
    Description {
        address: local.address,
        port: local.port,
        formats,
        dtmf: Some(DTMF),
        direction,
        ptime: None,
        session: local.session,
        version: local.version,
        streams: vec![Stream::Audio],
    }
}

/// How we answer an offer (RFC 3264 §6): their payload types, one codec, the mirrored direction.
pub fn answer(offer: &Description, local: &Local) -> Result<(Description, Agreed), NoCommonCodec> {
    let format = offer
        .formats
        .iter()
        .find(|format| local.codecs.contains(&format.codec))
        .ok_or(NoCommonCodec)?;
    if offer.port == 0 {
        return Err(NoCommonCodec);
    }
    let direction = effective(offer).reversed();
    let description = Description {
        address: local.address,
        port: local.port,
        formats: vec![format.clone()],
        dtmf: offer.dtmf,
        direction,
        ptime: offer.ptime,
        session: local.session,
        version: local.version,
        streams: offer.streams.clone(),
    };
    let agreed = Agreed {
        remote: SocketAddr::new(offer.address, offer.port),
        codec: format.codec.clone(),
        payload_type: format.payload_type,
        dtmf: offer.dtmf,
        direction,
    };
    Ok((description, agreed))
}

/// What their answer to our offer settles.
pub fn agree(offer: &Description, answer: &Description) -> Result<Agreed, NoCommonCodec> {
    let format = answer
        .formats
        .iter()
        .find(|format| offer.formats.iter().any(|ours| ours.codec == format.codec))
        .ok_or(NoCommonCodec)?;
    if answer.port == 0 {
        return Err(NoCommonCodec);
    }
    Ok(Agreed {
        remote: SocketAddr::new(answer.address, answer.port),
        codec: format.codec.clone(),
        payload_type: format.payload_type,
        dtmf: offer.dtmf.and(answer.dtmf),
        direction: offer.direction.narrowed(effective(answer).reversed()),
    })
}

/// The direction that a description means: a connection address of zeros is RFC 2543's hold.
fn effective(description: &Description) -> Direction {
    if description.address.is_unspecified() {
        description.direction.narrowed(Direction::SendOnly)
    } else {
        description.direction
    }
}
