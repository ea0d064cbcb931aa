//! Texts of a phone: it sends them by SIP MESSAGE, and keeps those that come until somebody reads them (RFC 3428).

use std::sync::{PoisonError, Weak};
use std::time::Duration;

use sip::{Address, Credentials, Destination, TextIn, TextOut};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::errors::{NoText, NotTexted};
use crate::note::What;
use crate::set::{Phone, Set, target};
use crate::state::Party;

/// Texts that nobody read yet; one more is refused with 503.
const UNREAD_MAX: usize = 256;

/// A text that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Who sent it.
    pub from: Party,
    /// Whom it was sent to.
    pub to: Party,
    /// What it says.
    pub body: String,
}

impl Phone {
    /// Texts a number or a name at its server, or any `sip:` address directly, and waits until it is taken.
    pub async fn text(&self, to: &str, body: &str) -> Result<(), NotTexted> {
        let desk = &self.set.desk;
        let settings = &desk.settings;
        desk.note(None, What::Texts { to: to.to_owned(), body: body.to_owned() });
        let number = settings.number.as_ref().unwrap_or(&settings.name);
        let credentials = (!settings.password.is_empty()).then(|| Credentials {
            user: settings.name.clone(),
            password: settings.password.as_str().into(),
        });
        let text = TextOut {
            destination: Destination::Uri(target(to, settings.server)),
            from: Address { display: settings.display.clone(), user: number.clone(), host: None },
            content_type: "text/plain;charset=utf-8".to_owned(),
            body: body.as_bytes().to_vec(),
            headers: Vec::new(),
            credentials,
        };
        let (name, to) = (settings.name.clone(), to.to_owned());
        match desk.sip.message(text).await {
            Ok(answer) if answer.status < 300 => Ok(()),
            Ok(answer) => {
                Err(NotTexted::Refused { name, to, status: answer.status, reason: answer.reason })
            }
            Err(source) => Err(NotTexted::Unsent { name, to, source }),
        }
    }

    /// Waits for the next text that nobody read yet. It was taken when it came.
    pub async fn reads(&self, within: Duration) -> Result<Text, NoText> {
        let deadline = Instant::now() + within;
        loop {
            let came = self.set.texted.notified();
            tokio::pin!(came);
            came.as_mut().enable();
            if let Some(text) = self.set.texts().pop_front() {
                return Ok(text);
            }
            if timeout_at(deadline, came).await.is_err() {
                return Err(NoText {
                    name: self.name().to_owned(),
                    within,
                    whereabouts: self.whereabouts(),
                });
            }
        }
    }

    /// Texts that came and that nobody read, the first first.
    pub fn unread(&self) -> Vec<Text> {
        self.set.texts().iter().cloned().collect()
    }
}

impl Set {
    fn texts(&self) -> std::sync::MutexGuard<'_, std::collections::VecDeque<Text>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_text(&self, text: TextIn) {
        let kind = text.content_type.as_deref().unwrap_or("text/plain").trim_start();
        if !kind.get(..5).is_some_and(|kind| kind.eq_ignore_ascii_case("text/")) {
            return text.refuse(415);
        }
        let taken = Text {
            from: Party::of(&text.from),
            to: Party::of(&text.to),
            body: String::from_utf8_lossy(&text.body).into_owned(),
        };
        {
            let mut texts = self.texts();
            if texts.len() >= UNREAD_MAX {
                drop(texts);
                return text.refuse(503);
            }
            texts.push_back(taken.clone());
        }
        self.desk.note(None, What::HearsText { from: taken.from, body: taken.body });
        text.accept();
        self.texted.notify_waiters();
    }
}

/// Takes every text that comes, as long as the phone is there.
pub(crate) async fn take_texts(set: Weak<Set>, mut incoming: mpsc::Receiver<TextIn>) {
    while let Some(text) = incoming.recv().await {
        let Some(set) = set.upgrade() else { return };
        set.take_text(text);
    }
}
