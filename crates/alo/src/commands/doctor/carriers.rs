//! Each carrier of texts: whether it takes messages now, or without a server, whether its door is open.

use std::time::Duration;

use engine::{CarrierKind, CarrierSettings};
use serde_json::Value;
use url::Url;

use super::Finding;
use super::ground::Ground;
use crate::client::{Client, Refused};
use crate::commands::shown;
use crate::config::Config;

const NAME: &str = "carrier";

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn check(config: &Config, ground: &Ground) -> Vec<Finding> {
    match ground.client() {
        Some(client) => running(client).await,
        None => configured(config, ground).await,
    }
}

async fn running(client: &Client) -> Vec<Finding> {
    let answer = match client.get("/v1/carriers", &Vec::new()).await {
        Ok(answer) => answer,
        // Carriers are the administrator's, and this may be another account's folder.
        Err(error) if error.is::<Refused>() => return Vec::new(),
        Err(error) => {
            return vec![Finding::failed(NAME, format!("{error:#}"), "see the server's log")];
        }
    };
    answer["carriers"].as_array().map_or(&[][..], Vec::as_slice).iter().map(standing).collect()
}

/// How a carrier of the running server stands.
fn standing(carrier: &Value) -> Finding {
    let (name, kind) = (shown::text(carrier, "name"), shown::text(carrier, "kind"));
    let prefixes = carrier["prefixes"].as_array().map_or(&[][..], Vec::as_slice);
    let reach: Vec<&str> = prefixes.iter().filter_map(Value::as_str).collect();
    if carrier["up"].as_bool() == Some(true) {
        let said = match kind.as_str() {
            "virtual" => "takes texts; they stay on this server, see `alo inbox`",
            "smpp" => "is bound and takes texts",
            _ => "takes texts",
        };
        return Finding::ok(NAME, format!("{name} ({kind}) {said}: {}", reach.join(" ")));
    }
    let why = match carrier["reason"].as_str() {
        Some(why) if !why.is_empty() => why,
        Some(_) | None => "it is connecting",
    };
    Finding::failed(NAME, format!("{name} ({kind}) takes no texts: {why}"), remedy(&kind))
}

/// What to look at, by the kind of carrier.
fn remedy(kind: &str) -> &'static str {
    match kind {
        "smpp" => {
            "check host, port, tls, system_id and password in alo.toml, and whether the carrier lets this address in"
        }
        "twilio" => "check url, account_sid and auth_token or api_key in alo.toml",
        "http" => "check the carrier's secrets in alo.toml, and url if there is one",
        "sip" => "`alo trunks ping` asks the trunk; `alo trunks` lists those there are",
        _ => "see the server's log",
    }
}

async fn configured(config: &Config, ground: &Ground) -> Vec<Finding> {
    let mut findings: Vec<Finding> = config
        .missing()
        .iter()
        .map(|problem| {
            let next =
                "mend it; a secret that only the service has is fine: run this as the service does";
            Finding::warning("configuration", problem.to_string(), next)
        })
        .collect();
    for carrier in config.carriers.known() {
        findings.push(look(carrier, ground).await);
    }
    findings
}

async fn look(carrier: &CarrierSettings, ground: &Ground) -> Finding {
    let name = &carrier.name;
    match &carrier.kind {
        CarrierKind::Virtual => {
            let said = "texts stay on this server, see `alo inbox`";
            let reach = carrier.prefixes.join(" ");
            Finding::ok(NAME, format!("{name} (virtual): {said}: {reach}"))
        }
        CarrierKind::Sip { trunk } if ground.trunks().iter().any(|it| it.name == *trunk) => {
            Finding::ok(NAME, format!("{name} (sip) goes over the trunk {trunk}"))
        }
        CarrierKind::Sip { trunk } => Finding::failed(
            NAME,
            format!("{name} (sip): there is no trunk {trunk}"),
            format!("alo trunks add {trunk} --host HOST"),
        ),
        CarrierKind::Smpp(smpp) => knock(name, "smpp", &smpp.host, smpp.port).await,
        CarrierKind::Upstream(upstream) => reach(name, "twilio", &upstream.base_url).await,
        CarrierKind::Gateway(gateway) => {
            let url = gateway.url.as_ref().unwrap_or(&gateway.description.send.url);
            reach(name, "http", url).await
        }
    }
}

/// Knocks at the host of a URL; the rest of it may have placeholders.
async fn reach(name: &str, kind: &'static str, url: &str) -> Finding {
    let address = Url::parse(url).ok().and_then(|url| {
        Some((url.host_str()?.trim_matches(['[', ']']).to_owned(), url.port_or_known_default()?))
    });
    match address {
        Some((host, port)) => knock(name, kind, &host, port).await,
        None => Finding::failed(NAME, format!("{name} ({kind}): '{url}' is no URL"), remedy(kind)),
    }
}

/// Opens a connection, and closes it.
async fn knock(name: &str, kind: &'static str, host: &str, port: u16) -> Finding {
    let said = format!("{name} ({kind}) at {host}:{port}");
    let tried = tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect((host, port))).await;
    let why = match tried {
        Ok(Ok(_)) => {
            return Finding::ok(
                NAME,
                format!("{said} accepts connections; no server runs to bind"),
            );
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no connection in {} s", PATIENCE.as_secs()),
    };
    Finding::failed(NAME, format!("{said}: {why}"), remedy(kind))
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_carrier_that_is_down_says_why_and_where_to_look() {
        let down = json!({
            "name": "brazil", "kind": "smpp", "up": false, "prefixes": ["+55"],
            "reason": "the password is wrong (ESME_RINVPASWD, 0x0e)",
        });
        let finding = standing(&down);
        assert_eq!(finding.state, State::Failed);
        assert!(finding.said.contains("the password is wrong"), "{}", finding.said);
        assert!(finding.next.is_some_and(|next| next.contains("system_id and password")));
    }

    #[tokio::test]
    async fn without_a_server_the_door_of_a_carrier_is_tried() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let open = knock("a", "smpp", "127.0.0.1", port).await;
        assert_eq!(open.state, State::Ok);
        let url = format!("http://127.0.0.1:{port}/send?to={{to}}");
        assert_eq!(reach("a", "http", &url).await.state, State::Ok);
        drop(listener);
        let closed = knock("a", "smpp", "127.0.0.1", port).await;
        assert_eq!(closed.state, State::Failed);
        assert_eq!(reach("a", "http", "gateway").await.state, State::Failed);
    }
}
