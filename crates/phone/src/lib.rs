//! A virtual phone: a real SIP and RTP user agent for the demo, doctor and tests.
