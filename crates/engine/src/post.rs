//! The postman: e-mails that were kept with what they tell of, handed to the relay until it takes them.
//!
//! They go a batch at a time, side by side. One that the relay can't take now is tried again after 1, 4, 16 … minutes, so
//! often as the settings say; one that it never takes, or that was tried so often, is given up with an alert. What the
//! relay took, and the disk knows of, is never sent again; what it took before a crash, and the disk doesn't know of, is,
//! with the same Message-ID. No address gets into the log.

use std::sync::Arc;
use std::time::Duration;

use ::mail::{Letter, Mailer, SendError};
use model::oncall::Mail;
use model::{Alert, AlertLevel, Moment, SidKind};
use store::{Store, StoreError};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::clock::wall;
use crate::hub::Hub;
use crate::outbox::{backoff, pause};
use crate::sids::random;

/// E-mails under way at once, each on a connection of its own; relays commonly take ten of one client.
const AT_ONCE: u32 = 8;
/// Pause after the store could not be read or written.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Shortest pause: a moment that is almost there is waited for in one go.
const SHORTEST: Duration = Duration::from_millis(10);
/// First pause between two tries.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// Longest. With 12 tries a relay may be away for about two days.
const LONGEST_PAUSE: Duration = Duration::from_secs(8 * 60 * 60);
/// An e-mail was given up: alerts of our own have the code of "Internal Failure",
/// <https://www.twilio.com/docs/api/errors/12400>.
const UNDELIVERED: u32 = 12400;

/// Sends until the engine is dropped.
pub(crate) async fn serve(hub: Arc<Hub>) {
    let mailer = match hub.settings.mail.as_ref().map(Mailer::new).transpose() {
        Ok(mailer) => mailer,
        Err(error) => {
            tracing::error!(%error, "no e-mails are sent: the relay's settings can't be used");
            None
        }
    };
    let post = Post { store: Arc::clone(&hub.store), tries: hub.settings.mail_tries };
    match mailer {
        Some(mailer) => post.deliver(&mailer, &hub.postman).await,
        None => post.keep(&hub.postman).await,
    }
}

/// The outbox of e-mails.
#[derive(Clone)]
struct Post {
    store: Arc<dyn Store>,
    tries: u32,
}

impl Post {
    /// Without a relay: what is in the outbox stays there, and it is said once.
    async fn keep(&self, wake: &Notify) {
        loop {
            match self.store.next_mail_due().await {
                Ok(Some(_)) => break,
                Ok(None) => wake.notified().await,
                Err(error) => {
                    tracing::error!(%error, "the outbox of e-mails could not be read");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
        tracing::warn!("e-mails wait to be sent, and there is no relay: set mail.url in alo.toml");
    }

    async fn deliver(&self, mailer: &Mailer, wake: &Notify) {
        loop {
            let next = self.round(mailer).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the outbox of e-mails failed: one may be sent again");
                Some(AFTER_FAILURE)
            });
            tokio::select! {
                () = wake.notified() => {}
                () = pause(next) => {}
            }
        }
    }

    /// Sends what is due, a batch at a time; then, how long until there is more, if nothing happens before.
    async fn round(&self, mailer: &Mailer) -> Result<Option<Duration>, StoreError> {
        loop {
            let due = self.store.due_mails(wall(), AT_ONCE).await?;
            if due.is_empty() {
                let next = self.store.next_mail_due().await?;
                return Ok(next.map(|at| at.since(wall()).max(SHORTEST)));
            }
            let mut batch = JoinSet::new();
            for mail in due {
                let (post, mailer) = (self.clone(), mailer.clone());
                batch.spawn(async move { post.send(&mailer, mail).await });
            }
            let mut failure = None;
            while let Some(ended) = batch.join_next().await {
                match ended {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => failure = Some(error),
                    Err(error) => {
                        tracing::error!(%error, "sending an e-mail broke");
                        // It is still due: without a pause this would be a busy loop.
                        tokio::time::sleep(AFTER_FAILURE).await;
                    }
                }
            }
            if let Some(error) = failure {
                return Err(error);
            }
        }
    }

    async fn send(&self, mailer: &Mailer, mail: Mail) -> Result<(), StoreError> {
        let attempts = mail.attempts.saturating_add(1);
        match mailer.send(&letter(&mail)).await {
            Ok(()) => self.store.mail_sent(mail.id).await,
            Err(SendError::Passing(why)) if attempts < self.tries => {
                let (id, why) = (mail.id, unaddressed(&why, &mail));
                tracing::warn!(id, attempts, why, "an e-mail waits to be tried again");
                let due_at = wall() + backoff(FIRST_PAUSE, LONGEST_PAUSE, attempts);
                self.store.mail_failed(mail.id, attempts, due_at).await
            }
            Err(SendError::Passing(why) | SendError::Lasting(why)) => {
                let (id, said) = (mail.id, unaddressed(&why, &mail));
                tracing::warn!(
                    code = UNDELIVERED,
                    id,
                    attempts,
                    why = said,
                    "an e-mail was given up"
                );
                self.store.raise_alert(given_up(&mail, attempts, &why, wall())).await?;
                self.store.mail_dropped(mail.id).await
            }
        }
    }
}

fn letter(mail: &Mail) -> Letter {
    Letter {
        id: format!("{}/{}", mail.account, mail.key),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        text: mail.text.clone(),
        at: mail.created_at,
    }
}

/// What a relay said, without the address, which many repeat.
fn unaddressed(why: &str, mail: &Mail) -> String {
    why.replace(mail.to.trim(), "[redacted]")
}

fn given_up(mail: &Mail, attempts: u32, why: &str, at: Moment) -> Alert {
    let tries = if attempts == 1 { "1 try".to_owned() } else { format!("{attempts} tries") };
    Alert {
        sid: random(SidKind::Alert),
        account: mail.account,
        call: None,
        level: AlertLevel::Warning,
        code: UNDELIVERED,
        message: format!(
            "the e-mail '{}' to {} was given up after {tries}: {why}",
            mail.subject, mail.to
        ),
        url: None,
        at,
    }
}

#[cfg(test)]
mod tests {
    use model::Sid;

    use super::*;

    fn mail() -> Mail {
        Mail {
            id: 7,
            account: Sid::new(SidKind::Account, 1),
            to: "ada@example.com".to_owned(),
            subject: "Missed call".to_owned(),
            text: "Nobody took it.".to_owned(),
            key: "missed/1/ada".to_owned(),
            attempts: 0,
            due_at: Moment::EPOCH,
            created_at: Moment::EPOCH,
        }
    }

    #[test]
    fn tries_take_two_days_by_default() {
        let pauses: Vec<u64> = (1..12)
            .map(|tries| backoff(FIRST_PAUSE, LONGEST_PAUSE, tries).as_secs() / 60)
            .collect();
        assert_eq!(pauses, [1, 4, 16, 64, 256, 480, 480, 480, 480, 480, 480]);
        let days = pauses.iter().sum::<u64>() as f64 / 60.0 / 24.0;
        assert!((2.0..2.5).contains(&days), "{days}");
    }

    #[test]
    fn a_letter_is_the_same_in_every_try() {
        let again = Mail { id: 8, attempts: 3, due_at: Moment::from_millis(9), ..mail() };
        assert_eq!(letter(&mail()), letter(&again));
        let other = Mail { account: Sid::new(SidKind::Account, 2), ..mail() };
        assert_ne!(letter(&mail()).id, letter(&other).id);
    }

    #[test]
    fn the_log_shows_no_address_and_the_alert_does() {
        let why =
            "relay:587 did not take it: permanent error (550): 5.1.1 <ada@example.com>: unknown";
        assert!(!unaddressed(why, &mail()).contains("ada@"));
        let alert = given_up(&mail(), 1, why, Moment::EPOCH);
        assert_eq!(alert.code, 12400);
        assert!(
            alert.message.contains("to ada@example.com was given up after 1 try: relay:587"),
            "{}",
            alert.message
        );
    }
}
