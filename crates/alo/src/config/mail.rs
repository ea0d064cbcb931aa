//! `[mail]`: the relay that takes e-mails.

use std::path::Path;
use std::time::Duration;

use ::mail::{Mailer, Settings, SettingsError};

use super::layers::Layers;
use super::problem::Problem;
use super::secret::Hidden;
use super::section::section;

section! {
    /// E-mails, through a relay of yours: of missed calls and voicemails, to those who have an address.
    Mail = "mail" {
        /// The relay: `smtp://user:password@mail.example.com:587` (STARTTLS) or `smtps://…:465`; better as `"env:NAME"`,
        /// `"file:PATH"` or the variable `ALO_MAIL_URL` than written out with its password. `?ca=/path/ca.pem` names who
        /// may sign its certificate, in place of those whom the system trusts. Empty: no e-mails are sent.
        url: Option<Hidden> = None,
        /// The password, where the URL has a user and none; nothing in it needs to be percent-encoded.
        password: Option<Hidden> = None,
        /// Who they are from: `support@example.com` or `Support <support@example.com>`. Needed with `url`.
        from: Option<String> = None,
        /// Until the relay is connected and logged in to, and once more until it has an e-mail.
        timeout: Duration = Duration::from_secs(30); Duration::from_secs(1)..=Duration::from_secs(600),
        /// Tries of an e-mail before it is given up with alert 12400. They spread from a minute to eight hours apart: 12
        /// take about two days.
        tries: u32 = 12; 1..=100,
    }
}

impl Mail {
    /// The relay as the engine takes it, so far known to be right as can be known without asking it.
    pub(super) fn relay(
        &self,
        layers: &Layers,
        folder: &Path,
    ) -> Result<Option<Settings>, Box<Problem>> {
        let url = layers.reveal("mail", "url", self.url.as_ref(), folder)?;
        let password = layers.reveal("mail", "password", self.password.as_ref(), folder)?;
        let Some(url) = url else { return Ok(None) };
        let wrong = |setting: &str, message: String| {
            let shown = if setting == "from" && self.from.is_none() { "url" } else { setting };
            let source = layers.source("mail", shown);
            Box::new(layers.problem("mail", shown, &source, message))
        };
        let Some(from) = self.from.clone() else {
            let message =
                "a relay needs a sender: set mail.from = \"Support <support@example.com>\"";
            return Err(wrong("from", message.to_owned()));
        };
        let settings = Settings { password, timeout: self.timeout, ..Settings::new(url, from) };
        match Mailer::new(&settings) {
            Ok(_) => Ok(Some(settings)),
            Err(error @ SettingsError::From(_)) => Err(wrong("from", error.to_string())),
            Err(error) => Err(wrong("url", error.to_string())),
        }
    }
}
