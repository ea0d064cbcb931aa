//! Keys of a telephone
