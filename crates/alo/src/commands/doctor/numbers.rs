//! Each number: whether an application is asked, and if wanted whether it answers TwiML.

use super::Finding;
use super::ground::KnownNumber;
use crate::client::reason;
use crate::commands::app;
use crate::config::Config;

const NAME: &str = "number";

pub(super) fn none() -> Finding {
    Finding::ok("numbers", "none yet: alo numbers buy --url URL")
}

pub(super) async fn check(number: &KnownNumber, config: &Config, ask: bool) -> Finding {
    let KnownNumber { number, url, text_url } = number;
    let Some(url) = url else {
        if let Some(text_url) = text_url {
            return Finding::ok(
                NAME,
                format!("{number} asks {text_url} when texted; whoever rings it is refused"),
            );
        }
        let said = format!("{number} has no application: whoever rings it is refused");
        return Finding::warning(NAME, said, format!("alo numbers set {number} --url URL"));
    };
    if app::is_built_in(url) {
        return Finding::ok(NAME, format!("{number} leads to {}", app::shown(url)));
    }
    if !ask {
        return Finding::ok(NAME, format!("{number} asks {url}"));
    }
    let said = format!("{number}: {url}");
    match fetch(url, config).await {
        Ok(body) => match twiml::parse_bytes(&body) {
            Ok(document) if document.warnings.iter().all(|warning| warning.quiet) => {
                Finding::ok(NAME, format!("{said} answers {} verbs", document.verbs.len()))
            }
            Ok(document) => {
                let warned = document.warnings.iter().find(|warning| !warning.quiet);
                let warned = warned.map(ToString::to_string).unwrap_or_default();
                Finding::warning(
                    NAME,
                    format!("{said}: {warned}"),
                    format!("alo twiml check '{url}'"),
                )
            }
            Err(error) => Finding::failed(
                NAME,
                format!("{said} answers no TwiML: {error}"),
                format!("alo twiml check '{url}'"),
            ),
        },
        Err(why) => Finding::failed(
            NAME,
            format!("{said} {why}"),
            "start the application, or correct the number's URL",
        ),
    }
}

/// Asks with GET, as a look from outside: no call stands behind it, so nothing is signed.
async fn fetch(url: &str, config: &Config) -> Result<Vec<u8>, String> {
    let client = reqwest::Client::builder()
        .connect_timeout(config.webhooks.connect_timeout)
        .timeout(config.webhooks.total_timeout)
        .build()
        .map_err(|error| error.to_string())?;
    let answer = client.get(url).send().await;
    let mut response = answer.map_err(|error| format!("did not answer: {}", reason(error)))?;
    if !response.status().is_success() {
        return Err(format!("answered {}", response.status()));
    }
    let limit = config.webhooks.document_size.0;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(reason)? {
        body.extend_from_slice(&chunk);
        if body.len() > limit {
            return Err(format!("answered more than {limit} bytes (error 11750)"));
        }
    }
    Ok(body)
}
