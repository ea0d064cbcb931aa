//! Web pages of alo: status pages of the watch, their feeds, and badges.
//!
//! [`routes()`] is all of it. Pages are made on the server, need no script and no file from elsewhere, and are read from the
//! store: nothing here probes, judges or changes anything. A public page shows what is up, never where it is or who is told.

mod answer;
mod assets;
mod auth;
mod badge;
mod chart;
mod facts;
mod feed;
mod json;
mod light;
mod page;
mod routes;
mod site;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use routes::routes;
