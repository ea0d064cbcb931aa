//! Signalling: SIP over UDP, registrar, digest, trunks, SDP offer/answer.
