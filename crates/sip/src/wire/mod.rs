//! The grammar of SIP on the wire: messages, addresses, digest credentials (RFC 3261 §25, RFC 7616).
//!
//! Pure: text in, values out, and back. Whatever a peer sends, nothing here panics or allocates more than the datagram
//! is long.

pub(crate) mod address;
pub(crate) mod digest;
pub(crate) mod message;
#[cfg(test)]
mod tests;
pub(crate) mod write;
