//! Which sender of a service fits a receiver. Pure.
//!
//! The one this receiver got before, if the service is sticky; else a number of the receiver's country, with area
//! matching the one that has most leading digits in common; else a short code; else any number; else a name. Among
//! equals the receiver's digits decide, so that load spreads and the choice stays.
//! <https://www.twilio.com/docs/messaging/services/service-features>.

use model::{Correspondent, PhoneNumber};

use crate::texts::cards::ServiceCard;

/// The sender for `to`; `None` if the service has none.
pub(crate) fn choose(
    card: &ServiceCard,
    before: Option<&Correspondent>,
    to: &Correspondent,
) -> Option<Correspondent> {
    let senders: Vec<&Correspondent> = card.senders.iter().map(|sender| &sender.address).collect();
    if let Some(before) = before.filter(|before| senders.contains(before)) {
        return Some(before.clone());
    }
    let matched = card.service.area_code_geomatch;
    let best = senders.iter().map(|sender| fit(sender, to, matched)).max()?;
    let equals: Vec<&&Correspondent> =
        senders.iter().filter(|sender| fit(sender, to, matched) == best).collect();
    let turn = spread(to) % equals.len();
    equals.get(turn).map(|sender| (**sender).clone())
}

/// How well a sender fits: its kind first, then how many leading digits it has in common with the receiver.
fn fit(sender: &Correspondent, to: &Correspondent, matched: bool) -> (u8, usize) {
    match sender {
        Correspondent::Number(number) => match to.number() {
            Some(to) if same_country(number, to) => {
                (3, if matched { common(number.digits(), to.digits()) } else { 0 })
            }
            Some(_) | None => (1, 0),
        },
        Correspondent::ShortCode(_) => (2, 0),
        Correspondent::Alpha(_)
        | Correspondent::Client(_)
        | Correspondent::Sip(_)
        | Correspondent::Other(_) => (0, 0),
    }
}

fn same_country(one: &PhoneNumber, other: &PhoneNumber) -> bool {
    let country = one.country();
    country.is_some() && country == other.country()
}

fn common(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count()
}

/// FNV-1a over the receiver's text.
fn spread(to: &Correspondent) -> usize {
    let hash = to.to_string().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash >> 16) as usize
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use model::{Moment, Sender, Service, Sid, SidKind, TextRouting};
    use std::time::Duration;

    pub(crate) fn service(geomatch: bool, senders: &[&str]) -> ServiceCard {
        let service = Service {
            sid: Sid::new(SidKind::Service, 1),
            account: Sid::new(SidKind::Account, 1),
            friendly_name: "Alerts".to_owned(),
            inbound: TextRouting::default(),
            use_inbound_webhook_on_number: false,
            callback: None,
            sticky_sender: true,
            area_code_geomatch: geomatch,
            smart_encoding: false,
            mms_converter: true,
            fallback_to_long_code: true,
            scan_message_content: "inherit".to_owned(),
            synchronous_validation: false,
            validity: Duration::from_secs(36_000),
            usecase: "undeclared".to_owned(),
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        };
        let senders = senders.iter().enumerate().map(|(at, address)| Sender {
            sid: Sid::new(SidKind::Number, at as u128),
            account: service.account,
            service: service.sid,
            address: address.parse().expect("a sender"),
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        });
        ServiceCard { senders: senders.collect(), service }
    }

    fn chosen(card: &ServiceCard, before: Option<&str>, to: &str) -> Option<String> {
        let before: Option<Correspondent> = before.map(|text| text.parse().expect("a sender"));
        let to = to.parse().expect("a receiver");
        choose(card, before.as_ref(), &to).map(|sender| sender.to_string())
    }

    #[test]
    fn the_country_of_the_receiver_comes_first() {
        let card = service(false, &["ALO", "12345", "+14155550100", "+5511987654321"]);
        assert_eq!(chosen(&card, None, "+5521912345678").as_deref(), Some("+5511987654321"));
        assert_eq!(chosen(&card, None, "+447700900123").as_deref(), Some("12345"));
        let names = service(false, &["ALO"]);
        assert_eq!(chosen(&names, None, "+447700900123").as_deref(), Some("ALO"));
    }

    #[test]
    fn area_matching_takes_the_nearest_number() {
        let card = service(true, &["+14155550100", "+12125550100"]);
        assert_eq!(chosen(&card, None, "+12125550199").as_deref(), Some("+12125550100"));
        assert_eq!(chosen(&card, None, "+14155550199").as_deref(), Some("+14155550100"));
    }

    #[test]
    fn a_receiver_keeps_the_sender_it_had() {
        let card = service(true, &["+14155550100", "+12125550100"]);
        let chosen = |before| chosen(&card, Some(before), "+12125550199");
        assert_eq!(chosen("+14155550100").as_deref(), Some("+14155550100"));
        assert_eq!(chosen("+14155550177").as_deref(), Some("+12125550100"), "it left the service");
    }

    #[test]
    fn receivers_are_spread_over_equals() {
        let card = service(false, &["+14155550100", "+14155550101", "+14155550102"]);
        let mut counts = std::collections::BTreeMap::new();
        for last in 1000..2000 {
            let sender = chosen(&card, None, &format!("+1212555{last}")).expect("a sender");
            *counts.entry(sender).or_insert(0) += 1;
        }
        assert!(counts.values().all(|count| (200..500).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_service_without_senders_chooses_none() {
        assert_eq!(chosen(&service(false, &[]), None, "+12125550199"), None);
    }
}
