//! The lexicon: sorted lines in the binary, found by halving.
