//! Probes against servers of our own on loopback.
