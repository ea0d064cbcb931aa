//! Text to speech behind one trait.
