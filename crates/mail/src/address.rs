//! Addresses of e-mails (RFC 5321 §4.1.2): one address, or one with a name before it.
//!
//! Nothing with a control character gets through, so that no address can become a line of its own in a letter or in a
//! conversation with a relay.

use lettre::Address;
use lettre::message::Mailbox;
use url::Host;

/// Longest path of an address, in octets (RFC 5321 §4.5.3.1.3), without its brackets.
const LONGEST: usize = 254;

/// The text is no e-mail address. Write it as `ada@example.com`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no e-mail address: write it as ada@example.com")]
pub struct InvalidAddress(pub String);

/// Whether a letter can be addressed so.
pub fn check_address(text: &str) -> Result<(), InvalidAddress> {
    address(text).map(|_| ())
}

/// One address, without a name. The domain becomes ASCII, as the DNS has it (RFC 5890).
pub(crate) fn address(text: &str) -> Result<Address, InvalidAddress> {
    let invalid = || InvalidAddress(text.escape_debug().to_string());
    let trimmed = text.trim_matches(' ');
    let (user, domain) = trimmed.rsplit_once('@').ok_or_else(invalid)?;
    let wrong = trimmed.len() > LONGEST || trimmed.contains(|it: char| it.is_control());
    // A quoted local part is legal and nobody's: what it could smuggle in isn't worth it.
    if wrong || user.contains(['"', '<', '>', ' ', '\\']) {
        return Err(invalid());
    }
    let ascii = if domain.is_ascii() {
        domain.to_owned()
    } else {
        match Host::parse(domain) {
            Ok(Host::Domain(ascii)) => ascii,
            Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => return Err(invalid()),
        }
    };
    Address::new(user, ascii).map_err(|_| invalid())
}

/// `support@example.com` or `Support <support@example.com>`.
pub(crate) fn mailbox(text: &str) -> Result<Mailbox, InvalidAddress> {
    let invalid = || InvalidAddress(text.escape_debug().to_string());
    if text.contains(|it: char| it.is_control()) {
        return Err(invalid());
    }
    let Some((name, rest)) = text.split_once('<') else {
        return Ok(Mailbox::new(None, address(text)?));
    };
    let inner = rest.trim_end_matches(' ').strip_suffix('>').ok_or_else(invalid)?;
    let name = name.trim().trim_matches('"').trim();
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address(inner).map_err(|_| invalid())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_taken_as_people_write_them() {
        for text in [
            "ada@example.com",
            " ada@example.com ",
            "ada.lovelace+pager@mail.example.com",
            "ada@localhost",
            "o'brien@example.com",
        ] {
            assert_eq!(check_address(text), Ok(()), "{text}");
        }
        let ada = address("ada@bücher.example").expect("an address");
        assert_eq!(ada.to_string(), "ada@xn--bcher-kva.example");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com\nRCPT TO:<eve@example.com>",
            "ada\r\n@example.com",
            "ada@example.com>",
            "ada@exam ple.com",
            "<ada@example.com>",
            "ada@example.com, eve@example.com",
            "\"a\r\nb\"@example.com",
            "ada@[127.0.0.1]\r\n",
        ] {
            assert!(check_address(text).is_err(), "{text:?}");
        }
        let long = format!("{}@example.com", "a".repeat(300));
        assert!(check_address(&long).is_err());
    }

    #[test]
    fn a_sender_may_have_a_name() {
        let sender = mailbox("\"Support, Ünited\" <support@example.com>").expect("a sender");
        assert_eq!(sender.name.as_deref(), Some("Support, Ünited"));
        assert_eq!(sender.email.to_string(), "support@example.com");
        assert_eq!(mailbox("support@example.com").expect("a sender").name, None);
        for text in ["Support <support@example.com", "A\r\nB <a@example.com>", "Support <>", ""] {
            assert!(mailbox(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_address_breaks_a_line(text in "\\PC{0,8}[\\r\\n\\t a@.<>\"-]{0,8}@\\PC{0,8}[\\r\\n .c]{0,4}") {
            if let Ok(address) = address(&text) {
                let address = address.to_string();
                prop_assert!(!address.contains(char::is_control) && !address.contains([' ', '<', '>']), "{address:?}");
            }
            let _ = mailbox(&text);
        }
    }
}
