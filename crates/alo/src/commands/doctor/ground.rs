//! What the checks stand on: the running server, or else the store itself.

use model::{Account, NumberRecord, PhoneNumber, Trunk};
use serde_json::Value;
use store::{CallFilter, NumberFilter, OnCall, Page, Sqlite, Store};

use super::Finding;
use super::oncall::Kept;
use crate::client::{Client, NoServer};
use crate::config::Config;

/// Numbers that are looked at.
const NUMBERS: u32 = 1_000;

/// Where trunks and numbers are read.
pub(super) struct Ground {
    client: Option<Client>,
    trunks: Vec<KnownTrunk>,
    numbers: Vec<KnownNumber>,
    newest: Option<model::Moment>,
    on_call: Kept,
}

/// A trunk, as far as a check needs it.
pub(super) struct KnownTrunk {
    pub(super) name: String,
    pub(super) host: String,
    pub(super) port: u16,
}

/// A number, as far as a check needs it.
pub(super) struct KnownNumber {
    pub(super) number: PhoneNumber,
    pub(super) url: Option<String>,
    pub(super) text_url: Option<String>,
}

impl Ground {
    /// The running server if one answers, else the store if it opens.
    pub(super) async fn find(config: &Config) -> (Ground, Finding) {
        let client = Client::new(config);
        if let Ok(client) = client {
            match Ground::of_server(client).await {
                Ok(found) => return found,
                Err(error) if error.is::<NoServer>() => {}
                Err(error) => {
                    let said = format!("a server answers, but not to these credentials: {error:#}");
                    let next = "name the data folder that it runs on with --data";
                    return (Ground::empty(), Finding::failed("server", said, next));
                }
            }
        }
        Ground::of_store(config).await
    }

    /// Whether a server runs.
    pub(super) fn runs(&self) -> bool {
        self.client.is_some()
    }

    pub(super) fn client(&self) -> Option<&Client> {
        self.client.as_ref()
    }

    pub(super) fn trunks(&self) -> &[KnownTrunk] {
        &self.trunks
    }

    pub(super) fn numbers(&self) -> &[KnownNumber] {
        &self.numbers
    }

    /// People, rotas and lines.
    pub(super) fn on_call(&self) -> &Kept {
        &self.on_call
    }

    /// When the newest call was made, where there are calls and no server.
    pub(super) fn newest(&self) -> Option<model::Moment> {
        self.newest
    }

    fn empty() -> Ground {
        Ground {
            client: None,
            trunks: Vec::new(),
            numbers: Vec::new(),
            newest: None,
            on_call: Kept::default(),
        }
    }

    async fn of_server(client: Client) -> anyhow::Result<(Ground, Finding)> {
        let none = Vec::new();
        let status = client.get("/v1/status", &none).await?;
        let trunks = client.get("/v1/trunks", &none).await?;
        let path = client.account_path("IncomingPhoneNumbers.json");
        let numbers = client.list(&path, "incoming_phone_numbers", &none, NUMBERS as usize).await?;
        let on_call = Kept::of_server(&client).await?;
        let live = &status["live_calls"];
        let said = format!(
            "alo {} runs: API {}, SIP {}, {live} live calls, {} callbacks waiting",
            status["version"].as_str().unwrap_or_default(),
            status["http_address"].as_str().unwrap_or_default(),
            status["sip_address"].as_str().unwrap_or_default(),
            status["callbacks_waiting"],
        );
        let finding = if status["ready"].as_bool() == Some(true) {
            Finding::ok("server", said)
        } else {
            Finding::warning("server", said, "it is stopping: wait, or start it again")
        };
        let trunks = trunks["trunks"].as_array().cloned().unwrap_or_default();
        let ground = Ground {
            client: Some(client),
            trunks: trunks.iter().map(KnownTrunk::of_json).collect(),
            numbers: numbers.iter().filter_map(KnownNumber::of_json).collect(),
            newest: None,
            on_call,
        };
        Ok((ground, finding))
    }

    async fn of_store(config: &Config) -> (Ground, Finding) {
        let database = config.database();
        if !database.exists() {
            let said = "none runs, and there is no database yet";
            return (
                Ground::empty(),
                Finding::warning("server", said, "start one with `alo serve`"),
            );
        }
        let store = match Sqlite::open(&database) {
            Ok(store) => store,
            Err(error) => {
                let next = "see the message; if a server runs elsewhere, say where with --http";
                return (Ground::empty(), Finding::failed("store", error.to_string(), next));
            }
        };
        let read = Ground::read(&store).await;
        store.close().await;
        match read {
            Ok(ground) => (
                ground,
                Finding::ok("store", format!("{} opens; no server runs", database.display())),
            ),
            Err(error) => {
                let next = "keep a copy of the data folder before you do anything else";
                (Ground::empty(), Finding::failed("store", error.to_string(), next))
            }
        }
    }

    async fn read(store: &Sqlite) -> Result<Ground, store::StoreError> {
        store.ping().await?;
        let mut ground = Ground::empty();
        ground.trunks = store.trunks().await?.into_iter().map(KnownTrunk::of).collect();
        for Account { sid, .. } in store.accounts().await? {
            let numbers = store.numbers(sid, NumberFilter::default(), Page::first(NUMBERS)).await?;
            ground.numbers.extend(numbers.items.into_iter().map(KnownNumber::of));
            ground.on_call.people.extend(store.people(sid).await?);
            ground.on_call.rotas.extend(store.rotas(sid).await?);
            ground.on_call.lines.extend(store.lines(sid).await?);
            let calls = store.calls(sid, CallFilter::default(), Page::first(1)).await?;
            let newest = calls.items.first().map(|call| call.created_at);
            ground.newest = ground.newest.max(newest);
        }
        Ok(ground)
    }
}

impl KnownTrunk {
    fn of(trunk: Trunk) -> KnownTrunk {
        KnownTrunk { name: trunk.name, host: trunk.host, port: trunk.port }
    }

    fn of_json(trunk: &Value) -> KnownTrunk {
        let text = |field: &str| trunk[field].as_str().unwrap_or_default().to_owned();
        let port = trunk["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        KnownTrunk { name: text("name"), host: text("host"), port: port.unwrap_or_default() }
    }
}

impl KnownNumber {
    fn of(record: NumberRecord) -> KnownNumber {
        KnownNumber { number: record.number, url: record.voice.url, text_url: record.text.url }
    }

    fn of_json(record: &Value) -> Option<KnownNumber> {
        let number = record["phone_number"].as_str()?.parse().ok()?;
        let url =
            |field: &str| record[field].as_str().filter(|url| !url.is_empty()).map(str::to_owned);
        Some(KnownNumber { number, url: url("voice_url"), text_url: url("sms_url") })
    }
}
