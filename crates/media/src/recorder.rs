//! What of a stream's audio goes into a recording: mixes or interleaves, tracks silence, trims.
//!
//! Pure: it is given both directions each tick and says what to write; it never touches a file.

/// Whose audio is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// What the far side says.
    Received,
    /// What the far side says and hears.
    Both,
}

/// How the two directions lie in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channels {
    /// One channel, mixed.
    Mono,
    /// Channel 1 is what the far side says, channel 2 what it hears. Only with [`Source::Both`]; with
    /// [`Source::Received`] it is taken as [`Channels::Mono`].
    Dual,
}
