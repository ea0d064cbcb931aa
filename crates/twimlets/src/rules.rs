//! Whom Twimlets may dial and write to.
//!
//! Anybody who can set a number's URL decides what a Twimlet does, so that its reach is limited by settings.

use model::Party;

/// Whom Twimlets may dial and write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Who may be dialled: beginnings of numbers (`+55`; `+` is every number), `client:` for every phone that registers
    /// here (`client:ada` for one), `sip:HOST` for addresses there (`sip:` for all). Nobody where it is empty. Every
    /// number and phone, unless said.
    pub numbers: Vec<String>,
    /// Who may be written to: `ada@example.com`, `@example.com` for everybody there, `@` for all. Nobody, unless said.
    pub addresses: Vec<String>,
    /// Whether there is an engine for recognition, so that transcripts can be waited for. Not, unless said.
    pub transcribes: bool,
}

impl Default for Rules {
    fn default() -> Rules {
        let numbers = vec!["+".to_owned(), "client:".to_owned()];
        Rules { numbers, addresses: Vec::new(), transcribes: false }
    }
}

impl Rules {
    /// Whatever can be dialled and written to: for checking what somebody writes.
    pub(crate) fn everything() -> Rules {
        let numbers = ["+", "client:", "sip:"].map(str::to_owned).to_vec();
        Rules { numbers, addresses: vec!["@".to_owned()], transcribes: true }
    }

    /// Whether `party` may be dialled.
    pub(crate) fn may_dial(&self, party: &Party) -> bool {
        self.numbers.iter().any(|rule| allows(rule.trim(), party))
    }

    /// Whether `address` may be written to.
    pub(crate) fn may_write_to(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.addresses.iter().any(|rule| match rule.trim().strip_prefix('@') {
            Some("") => true,
            Some(rule) => rule.eq_ignore_ascii_case(domain),
            None => rule.trim().eq_ignore_ascii_case(address),
        })
    }
}

fn allows(rule: &str, party: &Party) -> bool {
    match party {
        Party::Number(number) => {
            let rule = rule.replace([' ', '-', '.', '(', ')'], "");
            rule.starts_with('+') && number.as_str().starts_with(&rule)
        }
        Party::Client(name) => {
            rule.strip_prefix("client:").is_some_and(|rule| rule.is_empty() || rule == name)
        }
        Party::Sip(uri) => rule.strip_prefix("sip:").is_some_and(|rule| {
            let host = sip_host(uri);
            host.is_some_and(|host| rule.is_empty() || rule.eq_ignore_ascii_case(host))
        }),
        Party::Other(_) => false,
    }
}

/// The host of a SIP address, without its port; `None` for one that another reader could take for another host.
fn sip_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once(':')?;
    let (user, place) = rest.split_once('@').unwrap_or(("", rest));
    let lower = place.to_ascii_lowercase();
    // `maddr` (RFC 3261 §19.1.1) and a Route header send the call elsewhere.
    let elsewhere = lower.contains("maddr") || lower.contains("route");
    if elsewhere || user.contains([';', '?', ',']) || place.contains(['@', ',', '%', '\\']) {
        return None;
    }
    let host = place.split([';', '?']).next().unwrap_or(place);
    match host.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => host.split(':').next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dials(rules: &[&str], party: &str) -> bool {
        let numbers = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let rules = Rules { numbers, ..Rules::default() };
        rules.may_dial(&party.parse().expect("a party"))
    }

    fn writes(rules: &[&str], address: &str) -> bool {
        let addresses = rules.iter().map(|rule| (*rule).to_owned()).collect();
        Rules { addresses, ..Rules::default() }.may_write_to(address)
    }

    #[test]
    fn numbers_are_allowed_by_their_beginning() {
        assert!(dials(&["+"], "+5511987654321"));
        assert!(dials(&["+1", "+55 (11)"], "+5511987654321"));
        assert!(!dials(&["+1", "+5521"], "+5511987654321"));
        for none in [&[][..], &[""], &[" "], &["55"], &["client:"], &["sip:"]] {
            assert!(!dials(none, "+5511987654321"), "{none:?}");
        }
    }

    #[test]
    fn phones_and_sip_hosts_are_allowed_by_name() {
        assert!(dials(&["client:"], "client:ada") && dials(&["client:ada"], "client:ada"));
        assert!(!dials(&["client:ad"], "client:ada") && !dials(&["+"], "client:ada"));
        assert!(dials(&["sip:pbx.example"], "sip:ada@PBX.example:5070;transport=tcp?X-A=1"));
        assert!(dials(&["sip:::1"], "sip:ada@[::1]:5060"));
        assert!(dials(&["sip:"], "sips:ada@pbx.example"));
        assert!(!dials(&["+", "client:"], "sip:ada@pbx.example"));
    }

    #[test]
    fn sip_addresses_that_only_look_allowed_are_not() {
        for uri in [
            "sip:ada@pbx.example.evil.example",
            "sip:evil.example;x=@pbx.example",
            "sip:ada@evil.example;x@pbx.example",
            "sip:ada@pbx.example;maddr=evil.example",
            "sip:ada@pbx.example?Route=%3Csip:evil.example%3E",
        ] {
            assert!(!dials(&["sip:pbx.example"], uri), "{uri}");
        }
    }

    #[test]
    fn addresses_are_allowed_one_by_one_or_by_domain() {
        assert!(writes(&["Ada@x.test"], "ada@X.test") && writes(&["@x.test"], "bea@x.test"));
        assert!(writes(&["@"], "ada@x.test"));
        for none in [&[][..], &[""], &["x.test"], &["@test"], &["@y.test"], &["da@x.test"]] {
            assert!(!writes(none, "ada@x.test"), "{none:?}");
        }
        assert!(!writes(&["@x.test"], "ada@x.test@evil.test"));
    }
}
