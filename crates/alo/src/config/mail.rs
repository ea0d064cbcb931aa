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
            let source = layers.source("mail", setting);
            let problem = layers.problem("mail", setting, &source, message);
            // The line may show a password.
            Box::new(Problem { excerpt: None, ..problem })
        };
        let Some(from) = self.from.clone() else {
            let message =
                "the relay needs a sender: set mail.from = \"Support <support@example.com>\"";
            return Err(wrong("url", message.to_owned()));
        };
        let settings = Settings { password, timeout: self.timeout, ..Settings::new(url, from) };
        match Mailer::new(&settings) {
            Ok(_) => Ok(Some(settings)),
            Err(error @ SettingsError::From(_)) => Err(wrong("from", error.to_string())),
            Err(error) => Err(wrong("url", error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::cli::Globals;
    use crate::config::Config;

    /// What is made of this `[mail]`, with these variables; or what is missing, in words.
    fn read(mail: &str, variables: &[(&str, &str)]) -> Result<Option<::mail::Settings>, String> {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("alo.toml");
        std::fs::write(&file, format!("[mail]\n{mail}")).expect("it can be written");
        let globals = Globals { data: Some(folder.path().to_owned()), ..Globals::default() };
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables: BTreeMap<String, String> = variables.iter().map(own).collect();
        let config = Config::load_in(&globals, variables).expect("it is right so far");
        let place = format!("{}/", folder.path().display());
        let words = |it: &super::Problem| it.to_string().replace(&place, "");
        assert_eq!(config.missing().len(), usize::from(config.mail_settings().is_err()));
        config.missing().first().map_or_else(
            || Ok(config.mail_settings().expect("nothing is missing")),
            |it| Err(words(it)),
        )
    }

    #[test]
    fn without_a_url_there_is_no_relay() {
        assert!(matches!(read("", &[]), Ok(None)));
        assert!(matches!(read("from = \"support@example.com\"\n", &[]), Ok(None)));
    }

    #[test]
    fn the_password_may_be_elsewhere() {
        let mail = "url = \"smtp://ada@mail.example.com\"\npassword = \"env:SMTP_PASSWORD\"\n\
                    from = \"Support <support@example.com>\"\ntimeout = \"10 s\"\n";
        let settings = read(mail, &[("SMTP_PASSWORD", "p@ss/word")]).expect("it is right");
        let settings = settings.expect("there is a relay");
        assert_eq!(settings.password.as_ref().map(model::Secret::reveal), Some("p@ss/word"));
        assert_eq!(settings.timeout.as_secs(), 10);
        assert_eq!(
            read(mail, &[]).expect_err("it is not there").lines().next(),
            Some("alo.toml:3:12: the variable SMTP_PASSWORD is not set")
        );
        let url = ("ALO_MAIL_URL", "smtps://ada:hunter2@mail.example.com");
        let settings = read("from = \"support@example.com\"\n", &[url]).expect("it is right");
        assert_eq!(settings.expect("there is a relay").url.reveal(), url.1);
    }

    #[test]
    fn what_is_wrong_has_its_place_and_shows_no_password() {
        let cases = [
            (
                "url = \"smtp://ada:hunter2@mail.example.com\"\n",
                "alo.toml:2:7: the relay needs a sender: set mail.from",
            ),
            (
                "url = \"imap://ada:hunter2@mail.example.com\"\nfrom = \"a@example.com\"\n",
                "alo.toml:2:7: the URL has to begin with smtp://",
            ),
            (
                "url = \"smtp://ada:hunter2@mail.example.com\"\nfrom = \"Support\"\n",
                "alo.toml:3:8: the sender: 'Support' is no e-mail address",
            ),
        ];
        for (mail, expected) in cases {
            let problem = read(mail, &[]).expect_err("it is wrong");
            assert!(problem.starts_with(expected) && !problem.contains("hunter2"), "{problem}");
        }
    }
}
