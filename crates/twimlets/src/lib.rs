//! Twimlets: a URL's parameters in, TwiML out.
