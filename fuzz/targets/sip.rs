//! Signalling: any datagrams go through the whole agent, which takes and answers every call; at the end none is left.
//!
//! The input is datagrams, cut at each `\0\0`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| sip::fuzz::datagrams(data));
