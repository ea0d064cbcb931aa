//! `[[carriers]]` of kind `http`: a gateway that a description describes.

use std::collections::BTreeMap;
use std::time::Duration;

use model::Secret;
use sms::web::{Description, GatewaySettings, Timeouts};

use super::carriers::Needs;
use super::secret::HiddenTable;
use super::section::section;
use super::value::Needed;

/// Largest description that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

section! {
    /// A gateway spoken to over HTTP, as a description says: one that comes with alo (`plivo`, `telnyx`, `vonage`,
    /// `zenvia`, and `get` for the plainest), or one that you write.
    Gateway = "carriers" {
        /// The name of a description that comes with alo, or the path of one in TOML, from the folder of `alo.toml`.
        description: Needed<String> = Needed(None),
        /// What the description calls secrets, by name, each written out, as `"env:NAME"` or as `"file:PATH"`; write it as
        /// a table, `[carriers.secrets]`, after everything else of the carrier.
        secrets: HiddenTable = HiddenTable::default(),
        /// Where messages go, in place of the address in the description: for the gateway's test system, or a proxy.
        url: Option<String> = None,
        /// Messages under way at once.
        window: usize = sms::web::WINDOW; 1..=10_000,
        /// Until a connection stands.
        connect_timeout: Duration = Duration::from_secs(5); Duration::from_millis(100)..=Duration::from_secs(60),
        /// Until the answer is read.
        total_timeout: Duration = Duration::from_secs(15); Duration::from_millis(100)..=Duration::from_secs(120),
    }
}

impl Gateway {
    /// As the carrier takes it; `None` where something is missing, which `needs` then knows.
    pub(super) fn settings(
        &self,
        name: &str,
        needs: &mut Needs<'_, '_>,
    ) -> Option<GatewaySettings> {
        let description = self.described(needs);
        let secrets: Option<BTreeMap<String, Secret>> = self
            .secrets
            .0
            .iter()
            .map(|(name, hidden)| Some((name.clone(), needs.secret("secrets", Some(hidden))?)))
            .collect();
        let timeouts = Timeouts { connect: self.connect_timeout, total: self.total_timeout };
        Some(GatewaySettings {
            name: name.to_owned(),
            description: description?,
            secrets: secrets?,
            url: self.url.clone(),
            callback_url: None,
            window: self.window,
            timeouts,
        })
    }

    fn described(&self, needs: &mut Needs<'_, '_>) -> Option<Description> {
        let wanted = self.description.0.as_deref()?;
        let shipped = sms::web::shipped().iter().any(|(name, _)| *name == wanted);
        let text = if shipped || !wanted.contains(['/', '.']) {
            Ok(wanted.to_owned())
        } else {
            needs.read_text(wanted, LARGEST)
        };
        let described = text.and_then(|text| {
            sms::web::describe(&text).map_err(|error| {
                let hint = if shipped || wanted.contains(['/', '.']) {
                    ""
                } else {
                    "; the path of one of your own holds a / or ends in .toml"
                };
                format!("{error}{hint}")
            })
        });
        described.map_err(|message| needs.lacks("description", message)).ok()
    }
}
