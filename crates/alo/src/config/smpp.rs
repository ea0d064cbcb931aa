//! `[[carriers]]` of kind `smpp`: an account at an SMSC.

use std::path::PathBuf;
use std::time::Duration;

use model::Secret;
use sms::smpp::{Addressing, Numbering};

use super::carriers::Needs;
use super::secret::Hidden;
use super::section::section;
use super::value::{Needed, Raw, Value, choice, quoted, text};

/// Largest file of certificates that is read, in bytes.
const LARGEST_CA: u64 = 1 << 20;

choice! {
    /// How it binds.
    Bind {
        /// One connection sends and receives.
        Transceiver = "transceiver",
        /// One connection sends, another receives.
        Separate = "transmitter-receiver",
        /// It only sends.
        Transmitter = "transmitter",
    }
}

choice! {
    /// What data coding 0 means.
    Alphabet {
        /// The GSM alphabet, a septet to an octet.
        Gsm = "gsm",
        /// The GSM alphabet, eight septets to seven octets.
        GsmPacked = "gsm-packed",
        /// Latin-1.
        Latin1 = "latin1",
    }
}

choice! {
    /// How the parts of a long message are joined.
    LongMessages {
        /// By a header in each part.
        Udh = "udh",
        /// The SMSC cuts.
        Payload = "payload",
        /// By optional parameters.
        Sar = "sar",
    }
}

choice! {
    /// How ids in receipts are written.
    ReceiptIds {
        /// Found out.
        Auto = "auto",
        /// In decimal.
        Decimal = "decimal",
        /// In hexadecimal.
        Hexadecimal = "hexadecimal",
        /// As in the acknowledgement.
        AsIs = "as-is",
    }
}

section! {
    /// An account at an SMSC (SMPP 3.4). What it wants stands in the paper that came with the account.
    Smpp = "carriers" {
        /// Name or address of the SMSC.
        host: Needed<String> = Needed(None),
        /// Its TCP port.
        port: u16 = 2_775; 1..=65_535,
        /// TLS from the first octet. The certificate is checked.
        tls: bool = false,
        /// PEM file of who may sign the certificate, in place of those whom the system trusts.
        ca: Option<PathBuf> = None,
        /// `system_id`, up to 15 characters.
        system_id: Needed<String> = Needed(None),
        /// `password`, up to 8 characters by the standard; many SMSCs take more.
        password: Needed<Hidden> = Needed(None),
        /// `system_type`, up to 12 characters.
        system_type: String = String::new(),
        /// How it binds: `transceiver` sends and receives on one connection, `transmitter-receiver` on two, `transmitter`
        /// only sends.
        bind: Bind = Bind::Transceiver,
        /// Connections; with `transmitter-receiver` so many of each.
        sessions: usize = 1; 1..=sms::smpp::MOST_SESSIONS,
        /// Messages under way on each connection before the first is acknowledged.
        window: usize = 100; 1..=sms::smpp::WIDEST_WINDOW,
        /// How often the SMSC is asked whether it is there (`enquire_link`).
        enquire_every: Duration = Duration::from_secs(30); Duration::from_secs(1)..=Duration::from_secs(3_600),
        /// How long the SMSC may take to answer.
        answer_within: Duration = Duration::from_secs(10); Duration::from_secs(1)..=Duration::from_secs(300),
        /// First pause before it connects again; it doubles at each failure.
        reconnect_after: Duration = Duration::from_secs(1); Duration::from_millis(10)..=Duration::from_secs(60),
        /// Longest such pause.
        reconnect_at_most: Duration = Duration::from_secs(60); Duration::from_millis(10)..=Duration::from_secs(3_600),
        /// Type of number and numbering plan of senders with country code.
        source_number: TonNpi = TonNpi(1, 1),
        /// Those of short codes as senders.
        source_short_code: TonNpi = TonNpi(3, 0),
        /// Those of names as senders.
        source_name: TonNpi = TonNpi(5, 0),
        /// Whether the `+` of senders is written.
        source_plus: bool = false,
        /// Type of number and numbering plan of receivers with country code.
        destination_number: TonNpi = TonNpi(1, 1),
        /// Those of short codes as receivers.
        destination_short_code: TonNpi = TonNpi(3, 0),
        /// Whether the `+` of receivers is written.
        destination_plus: bool = false,
        /// What data coding 0 means: the GSM alphabet with a septet to an octet, the same packed, or Latin-1. What the
        /// alphabet lacks goes as UCS-2.
        alphabet: Alphabet = Alphabet::Gsm,
        /// How the parts of a long message are joined: `udh` by a header in each, `sar` by optional parameters; with
        /// `payload` the SMSC cuts.
        long_messages: LongMessages = LongMessages::Udh,
        /// Whether receipts are asked for.
        receipts: bool = true,
        /// How ids in receipts are written, where acknowledgements write them otherwise: `auto` finds it out.
        receipt_ids: ReceiptIds = ReceiptIds::Auto,
        /// Whether each part carries a number by which the SMSC can recognise a repetition (`user_message_reference`).
        references: bool = true,
        /// `service_type`, up to 5 characters.
        service_type: String = String::new(),
    }
}

impl Smpp {
    /// As the carrier takes it; `None` where something is missing, which `needs` then knows.
    pub(super) fn settings(
        &self,
        name: &str,
        needs: &mut Needs<'_, '_>,
    ) -> Option<sms::smpp::Settings> {
        let password = needs.secret("password", self.password.0.as_ref());
        let ca = self.ca.as_ref().map(|path| needs.read_text(&path.to_string_lossy(), LARGEST_CA));
        let ca = ca.transpose().map_err(|message| needs.lacks("ca", message)).ok()?;
        Some(self.with(name, password?, ca.map(String::into_bytes)))
    }

    fn with(&self, name: &str, password: Secret, ca: Option<Vec<u8>>) -> sms::smpp::Settings {
        let source = Addressing {
            number: Some(self.source_number.numbering()),
            short_code: Some(self.source_short_code.numbering()),
            name: Some(self.source_name.numbering()),
            keeps_plus: self.source_plus,
        };
        let destination = Addressing {
            number: Some(self.destination_number.numbering()),
            short_code: Some(self.destination_short_code.numbering()),
            name: None,
            keeps_plus: self.destination_plus,
        };
        sms::smpp::Settings {
            name: name.to_owned(),
            host: self.host.0.clone().unwrap_or_default(),
            port: self.port,
            tls: self.tls,
            ca,
            system_id: self.system_id.0.clone().unwrap_or_default(),
            password,
            system_type: self.system_type.clone(),
            bind: self.bind.into(),
            sessions: self.sessions,
            window: self.window,
            enquire_every: self.enquire_every,
            answer_within: self.answer_within,
            reconnect_after: self.reconnect_after,
            reconnect_at_most: self.reconnect_at_most,
            source,
            destination,
            alphabet: self.alphabet.into(),
            long_messages: self.long_messages.into(),
            receipts: self.receipts,
            receipt_ids: self.receipt_ids.into(),
            references: self.references,
            service_type: self.service_type.clone(),
        }
    }
}

impl From<Bind> for sms::smpp::Bind {
    fn from(bind: Bind) -> sms::smpp::Bind {
        match bind {
            Bind::Transceiver => sms::smpp::Bind::Transceiver,
            Bind::Separate => sms::smpp::Bind::TransmitterReceiver,
            Bind::Transmitter => sms::smpp::Bind::Transmitter,
        }
    }
}

impl From<Alphabet> for sms::smpp::DefaultAlphabet {
    fn from(alphabet: Alphabet) -> sms::smpp::DefaultAlphabet {
        match alphabet {
            Alphabet::Gsm => sms::smpp::DefaultAlphabet::Gsm,
            Alphabet::GsmPacked => sms::smpp::DefaultAlphabet::GsmPacked,
            Alphabet::Latin1 => sms::smpp::DefaultAlphabet::Latin1,
        }
    }
}

impl From<LongMessages> for sms::smpp::LongMessages {
    fn from(long: LongMessages) -> sms::smpp::LongMessages {
        match long {
            LongMessages::Udh => sms::smpp::LongMessages::Udh,
            LongMessages::Payload => sms::smpp::LongMessages::Payload,
            LongMessages::Sar => sms::smpp::LongMessages::Sar,
        }
    }
}

impl From<ReceiptIds> for sms::smpp::ReceiptIds {
    fn from(ids: ReceiptIds) -> sms::smpp::ReceiptIds {
        match ids {
            ReceiptIds::Auto => sms::smpp::ReceiptIds::Auto,
            ReceiptIds::Decimal => sms::smpp::ReceiptIds::Decimal,
            ReceiptIds::Hexadecimal => sms::smpp::ReceiptIds::Hexadecimal,
            ReceiptIds::AsIs => sms::smpp::ReceiptIds::AsIs,
        }
    }
}

/// Type of number (SMPP 3.4 §5.2.5) and numbering plan (§5.2.6), written `1/1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(crate) struct TonNpi(u8, u8);

impl TonNpi {
    const fn numbering(self) -> Numbering {
        Numbering { ton: self.0, npi: self.1 }
    }
}

impl Value for TonNpi {
    fn kind() -> &'static str {
        "type/plan"
    }

    fn read(raw: &Raw) -> Result<TonNpi, String> {
        /// The highest that the standard names.
        const HIGHEST: (u8, u8) = (6, 18);
        let text = text(raw, "type of number and numbering plan, as \"1/1\",")?;
        let parsed = text.split_once('/').and_then(|(ton, npi)| {
            Some(TonNpi(ton.trim().parse().ok()?, npi.trim().parse().ok()?))
        });
        parsed.filter(|it| it.0 <= HIGHEST.0 && it.1 <= HIGHEST.1).ok_or_else(|| {
            format!(
                "'{text}' is no type of number (0 to 6) and numbering plan (0 to 18): write 1/1"
            )
        })
    }

    fn toml(&self) -> String {
        quoted(&format!("{}/{}", self.0, self.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::layers::Layers;

    #[test]
    fn the_defaults_are_those_of_the_carrier() {
        let here = Smpp::read(&mut Layers::default()).with("a", Secret::new("x"), None);
        let there = sms::smpp::Settings {
            name: "a".to_owned(),
            source: here.source,
            destination: here.destination,
            ..sms::smpp::Settings::new("", "", Secret::new("x"))
        };
        assert_eq!(here, there);
    }

    #[test]
    fn numbering_is_two_numbers_of_the_standard() {
        let read = |text: &str| TonNpi::read(&Raw::Text(text.to_owned()));
        assert_eq!(read("5 / 0"), Ok(TonNpi(5, 0)));
        for bad in ["1", "7/0", "1/19", "a/b", ""] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
