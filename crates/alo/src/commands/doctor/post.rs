//! E-mail: whether the relay is there and lets us in. Nothing is sent.

use std::time::Duration;

use mail::{Mailer, Settings};

use super::Finding;
use super::ground::Ground;
use crate::config::Config;

const NAME: &str = "e-mail";

/// How long the relay may take here, whatever `mail.timeout` says.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn check(config: &Config, ground: &Ground) -> Vec<Finding> {
    match config.mail_settings() {
        Ok(Some(settings)) => vec![knock(settings).await],
        Ok(None) => vec![Finding::ok(NAME, "no relay is set (mail.url), so no e-mails are sent")],
        // Without a server it is told with what else the configuration lacks.
        Err(_) if !ground.runs() => Vec::new(),
        Err(error) => {
            let next =
                "mend it; a secret that only the service has is fine: run this as the service does";
            vec![Finding::warning(NAME, error.to_string(), next)]
        }
    }
}

async fn knock(settings: Settings) -> Finding {
    let settings = Settings { timeout: settings.timeout.min(PATIENCE), ..settings };
    let remedy =
        "check mail.url and mail.password in alo.toml, and whether the firewall lets that port out";
    match Mailer::new(&settings) {
        Ok(mailer) => match mailer.check().await {
            Ok(()) => Finding::ok(NAME, format!("{} lets us in; nothing was sent", mailer.place())),
            Err(error) => Finding::failed(NAME, error.to_string(), remedy),
        },
        Err(error) => Finding::failed(NAME, error.to_string(), "correct mail.url in alo.toml"),
    }
}

#[cfg(test)]
mod tests {
    use model::Secret;
    use tokio::net::TcpListener;

    use super::super::State;
    use super::*;

    #[tokio::test]
    async fn a_relay_that_is_away_says_where_to_look() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        drop(listener);
        let url = Secret::new(format!("smtp://ada:hunter2@127.0.0.1:{port}?tls=none"));
        let finding = knock(Settings::new(url, "support@example.com")).await;
        assert_eq!(finding.state, State::Failed);
        assert!(finding.said.contains(&port.to_string()), "{}", finding.said);
        assert!(!finding.said.contains("hunter2"), "{}", finding.said);
        assert!(finding.next.is_some_and(|next| next.contains("mail.url")));
    }
}
