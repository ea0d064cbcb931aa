//! The media threads over real sockets on loopback: playing, bridging, recording, and what strangers send.

mod bridging;
mod far;
mod playing;
mod recording;
mod streams;
