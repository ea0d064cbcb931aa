//! The life of a call: legs, dial, gather, record. Knows legs, never SIP or RTP.
