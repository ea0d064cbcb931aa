//! Cookies of conversations: what an application set when one texted is sent with the next text of the same two numbers.
//!
//! In memory, for four hours after the last text: <https://www.twilio.com/docs/messaging/twiml#cookies>.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::http::Cookies;

/// How long a conversation may be silent until its cookies are forgotten (Twilio's 4 h).
const IDLE: Duration = Duration::from_secs(4 * 60 * 60);
/// Conversations whose cookies are kept; of more, the ones silent longest are forgotten.
const MOST: usize = 10_000;

/// Every conversation's cookies.
#[derive(Default)]
pub(crate) struct Jars {
    kept: Mutex<HashMap<(String, String), Jar>>,
}

/// The cookies of one conversation.
#[derive(Clone)]
pub(crate) struct Jar {
    cookies: Arc<Cookies>,
    used: Instant,
}

impl Jar {
    pub(crate) fn cookies(&self) -> &Cookies {
        &self.cookies
    }
}

impl Jars {
    /// The jar of who writes to whom.
    pub(crate) fn of(&self, conversation: &(String, String)) -> Jar {
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST && !kept.contains_key(conversation) {
            kept.retain(|_, jar| now.duration_since(jar.used) < IDLE);
            let oldest = kept.iter().min_by_key(|(_, jar)| jar.used).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest.filter(|_| kept.len() >= MOST) {
                kept.remove(&oldest);
            }
        }
        let fresh = || Jar { cookies: Arc::default(), used: now };
        let jar = kept.entry(conversation.clone()).or_insert_with(fresh);
        if now.duration_since(jar.used) >= IDLE {
            *jar = fresh();
        }
        jar.used = now;
        jar.clone()
    }
}
