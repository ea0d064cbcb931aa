//! The support line, on the binary as it is, with real SIP phones: every way that a call can go, heard as audio.

mod duty;
mod hangups;
mod heard;
mod house;
mod outcomes;
mod strain;
mod texts;
mod twimlets;

/// What needs programs of others, which `./test --install` installs.
#[path = "."]
mod peers {
    mod letters;
}
