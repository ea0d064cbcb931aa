//! Links by which somebody who was told says that they see to it, without a password: `/ack/TOKEN`.
//!
//! A token is the account, the incident, and the first half of an HMAC-SHA1 of both by the account's token. It allows to
//! acknowledge that one incident, nothing else, and ends with the account's token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use model::{Secret, Sid, SidKind};
use sha1::Sha1;

/// Bytes of the HMAC that a token carries (RFC 2104 §5: at least half).
const PROOF: usize = 10;

/// The token for an incident.
pub(super) fn token(account: Sid, id: i64, secret: &Secret) -> String {
    let account_text = account.to_string();
    let proof = URL_SAFE_NO_PAD.encode(&mac(account, id, secret).finalize().into_bytes()[..PROOF]);
    format!("{account_text}-{id}-{proof}")
}

/// Whose incident a token is of; it proves nothing yet.
pub(super) fn read(token: &str) -> Option<(Sid, i64, Vec<u8>)> {
    let mut parts = token.splitn(3, '-');
    let account = Sid::of_kind(SidKind::Account, parts.next()?).ok()?;
    let id = parts.next()?.parse().ok()?;
    let proof = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    (proof.len() == PROOF).then_some((account, id, proof))
}

/// Whether the token was made with this account's token.
pub(super) fn is_true(account: Sid, id: i64, proof: &[u8], secret: &Secret) -> bool {
    mac(account, id, secret).verify_truncated_left(proof).is_ok()
}

fn mac(account: Sid, id: i64, secret: &Secret) -> Hmac<Sha1> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.reveal().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(format!("ack {account} {id}").as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_incident_and_no_other() {
        let account: Sid = "AC00000000000000000000000000000001".parse().expect("a SID");
        let secret = Secret::new("word");
        let token = token(account, 12, &secret);
        let (whose, id, proof) = read(&token).expect("a token");
        assert_eq!((whose, id), (account, 12));
        assert!(is_true(account, 12, &proof, &secret));
        assert!(!is_true(account, 13, &proof, &secret));
        assert!(!is_true(account, 12, &proof, &Secret::new("other")));
        for broken in ["", "12", "AC1-12-x", &token[..token.len() - 1], "AC-1-", "-1-a"] {
            assert!(read(broken).is_none_or(|(a, i, p)| !is_true(a, i, &p, &secret)), "{broken}");
        }
    }
}
