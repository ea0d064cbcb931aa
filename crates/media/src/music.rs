//! Hold music: eighteen pieces in six kinds, synthesised here and now, so that there is nothing to download and to license.
//!
//! Composed for alo by rules and by hand (progressions, rhythms, seeded chance for the tunes), from no recording and no score
//! of anybody; under the licence of alo itself. Every piece is the same at every call, 20 to 45 s long, a whole number of
//! ticks, and goes over into its own beginning without a seam. Made for a telephone: the band of 300 to 3,400 Hz, and
//! [`LEVEL`], which a voice is heard over. It takes some ten milliseconds a piece, so compose once and keep it.
//!
//! ```
//! let waltz = media::music::compose("classical", 2).expect("there are three of each kind");
//! let file = media::music::wav(&waltz);
//! assert!(media::Prompt::decode(&file).is_ok());
//! ```

mod ambient;
mod classical;
mod drums;
mod effect;
mod electronica;
mod guitars;
mod noise;
mod pitch;
mod reel;
mod rock;
mod soft_rock;
mod tune;
mod voice;

use crate::level::Dbov;
use crate::wav::header;

use reel::Reel;

/// Mean level of every piece: -20 dBm0, quiet enough to be talked over (0 dBm0 is 3.17 dB below a full-scale sine of µ-law,
/// G.711 table 2, and so -6.18 dBov).
pub const LEVEL: Dbov = Dbov(-26.2);

/// The kinds of music, by the names that the Twimlets gave their buckets.
pub const BUCKETS: [&str; 6] =
    ["classical", "ambient", "electronica", "guitars", "rock", "soft-rock"];

/// How many pieces there are of each kind.
pub const PIECES_OF_EACH: u8 = 3;

/// One piece of hold music.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Piece {
    /// Its kind, one of [`BUCKETS`].
    pub name: &'static str,
    /// 1 to [`PIECES_OF_EACH`].
    pub number: u8,
}

/// All pieces, kind by kind.
pub fn pieces() -> impl Iterator<Item = Piece> {
    BUCKETS
        .into_iter()
        .flat_map(|name| (1..=PIECES_OF_EACH).map(move |number| Piece { name, number }))
}

/// A piece as linear samples at 8 kHz; `None` if there is no such kind or number. Played over and over it has no seam.
pub fn compose(bucket: &str, number: u8) -> Option<Vec<i16>> {
    let piece = match bucket {
        "classical" => classical::piece(number),
        "ambient" => ambient::piece(number),
        "electronica" => electronica::piece(number),
        "guitars" => guitars::piece(number),
        "rock" => rock::piece(number),
        "soft-rock" => soft_rock::piece(number),
        _ => None,
    };
    piece.map(Reel::mastered)
}

/// Samples at 8 kHz in one channel as a WAV file of 16 bits.
pub fn wav(samples: &[i16]) -> Vec<u8> {
    let bytes = samples.len() * 2;
    let mut file = Vec::with_capacity(crate::wav::HEADER + bytes);
    file.extend(header(1, bytes as u64));
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

#[cfg(test)]
mod tests;
