//! Text and SSML as they are read aloud: pure, from characters to phonemes.
//!
//! [`Script::read`] takes a text or the inner XML of a `<Say>` and gives its parts: what is said how, and where it is
//! silent. [`words`] and [`say_as`] turn English text into words as they are spoken (`$3.50` is "three dollars and fifty cents").
//! [`Pronunciation`] turns words into the phonemes that a voice was taught, with a lexicon that lies in the binary as it
//! is searched: nothing is parsed or copied at start.
//! [`Reading`] puts the three together: sentence by sentence, so that the first can sound while the last is read.

mod lexicon;
mod pronunciation;
mod script;
mod sentence;
mod words;

pub use pronunciation::{Pronunciation, Unknown, from_ipa};
pub use script::{Format, How, Part, Script, Style};
pub use sentence::{Breath, Reading, sentences};
pub use words::{Token, say_as, words};
