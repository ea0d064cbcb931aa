//! How PostgreSQL lets us in: by trust, password, MD5 or SCRAM-SHA-256 (RFC 5802, 7677), the latter without channel binding.

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{self, ChannelBinding, ScramSha256};
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;

use crate::progress::Down;

/// Most rounds of SCRAM that we compute. PostgreSQL's default is 4,096; a server that names millions would keep a core busy.
const MOST_ROUNDS: u32 = 200_000;

/// A log-in under way.
pub(super) struct Login<'a> {
    user: &'a str,
    password: Option<&'a str>,
    scram: Option<ScramSha256>,
}

impl<'a> Login<'a> {
    pub(super) fn new(user: &'a str, password: Option<&'a str>) -> Login<'a> {
        Login { user, password, scram: None }
    }

    /// What is answered to a message, which may be nothing; `None`: we are in.
    pub(super) fn answer(
        &mut self,
        place: &str,
        message: &Message,
    ) -> Result<Option<BytesMut>, Down> {
        let mut answer = BytesMut::new();
        let unsayable = |_| Down::new("the password can't be sent");
        match message {
            Message::AuthenticationOk => return Ok(None),
            Message::AuthenticationCleartextPassword => {
                let password = self.password(place)?;
                frontend::password_message(password.as_bytes(), &mut answer).map_err(unsayable)?;
            }
            Message::AuthenticationMd5Password(body) => {
                let password = self.password(place)?;
                let hash = md5_hash(self.user.as_bytes(), password.as_bytes(), body.salt());
                frontend::password_message(hash.as_bytes(), &mut answer).map_err(unsayable)?;
            }
            Message::AuthenticationSasl(body) => {
                let mut mechanisms = body.mechanisms();
                let known = mechanisms.any(|it| Ok(it == sasl::SCRAM_SHA_256)).unwrap_or(false);
                if !known {
                    return Err(Down::new(format!(
                        "{place} wants another log-in than SCRAM-SHA-256"
                    )));
                }
                let password = self.password(place)?.as_bytes();
                let scram = ScramSha256::new(password, ChannelBinding::unsupported());
                frontend::sasl_initial_response(sasl::SCRAM_SHA_256, scram.message(), &mut answer)
                    .map_err(unsayable)?;
                self.scram = Some(scram);
            }
            Message::AuthenticationSaslContinue(body) => {
                let scram = self.scram.as_mut().ok_or_else(|| disorder(place))?;
                if rounds(body.data()).is_none_or(|rounds| rounds > MOST_ROUNDS) {
                    return Err(Down::new(format!(
                        "{place} wants more than {MOST_ROUNDS} rounds of SCRAM"
                    )));
                }
                scram.update(body.data()).map_err(|_| disorder(place))?;
                frontend::sasl_response(scram.message(), &mut answer).map_err(unsayable)?;
            }
            Message::AuthenticationSaslFinal(body) => {
                let scram = self.scram.as_mut().ok_or_else(|| disorder(place))?;
                scram.finish(body.data()).map_err(|_| {
                    Down::new(format!("{place} does not know the password that it asked for"))
                })?;
            }
            Message::AuthenticationGss
            | Message::AuthenticationKerberosV5
            | Message::AuthenticationScmCredential
            | Message::AuthenticationSspi
            | Message::AuthenticationGssContinue(_) => {
                return Err(Down::new(format!("{place} wants a log-in that is not by password")));
            }
            _ => return Err(disorder(place)),
        }
        Ok(Some(answer))
    }

    fn password(&self, place: &str) -> Result<&'a str, Down> {
        self.password.ok_or_else(|| {
            Down::new(format!("{place} wants a password, and the address of the check has none"))
        })
    }
}

fn disorder(place: &str) -> Down {
    Down::new(format!("{place} said something out of turn in its log-in"))
}

/// The iteration count of a server's first message: `r=…,s=…,i=4096` (RFC 5802 §5.1).
fn rounds(message: &[u8]) -> Option<u32> {
    let message = std::str::from_utf8(message).ok()?;
    message.split(',').find_map(|part| part.strip_prefix("i="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_read_from_the_first_message() {
        assert_eq!(rounds(b"r=abc,s=W22,i=4096"), Some(4096));
        assert_eq!(rounds(b"r=abc,s=W22,i=99999999999"), None);
        assert_eq!(rounds(b"r=abc,s=W22"), None);
        assert_eq!(rounds(&[0xff]), None);
    }
}
