//! Session descriptions of audio calls: parse, print, offer and answer (RFC 8866, RFC 3264).
//!
//! Pure: bytes and values in, values out. One audio stream of G.711 with telephone-events (RFC 4733); what else a
//! peer describes is refused or skipped, never a panic.

mod describe;
mod negotiate;
#[cfg(test)]
mod tests;

pub use describe::{Codec, Description, Direction, Format, SdpError, Stream};
pub use negotiate::{Agreed, Local, NoCommonCodec, agree, answer, offer};
