//! Sums of audio.
