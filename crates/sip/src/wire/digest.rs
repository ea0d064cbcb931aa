//! Digest authentication: the header values and the arithmetic (RFC 7616, RFC 8760, RFC 3261 §22).
//!
//! Pure. MD5 and SHA-256 with `qop=auth` or none; `-sess`, `auth-int` and `userhash` are never offered and, if a peer
//! insists on them, not answered.

use std::fmt::{self, Write as _};

use md5::{Digest as _, Md5};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::address::unquote;
use super::message::Method;

/// A hash that we can compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Algorithm {
    Md5,
    Sha256,
}

/// What a server asks: a `WWW-Authenticate` or `Proxy-Authenticate` value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) realm: String,
    pub(crate) nonce: String,
    pub(crate) opaque: Option<String>,
    pub(crate) algorithm: Algorithm,
    /// Whether `qop=auth` is offered.
    pub(crate) qop: bool,
    pub(crate) stale: bool,
}

/// What a client answers: an `Authorization` or `Proxy-Authorization` value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) user: String,
    pub(crate) realm: String,
    pub(crate) nonce: String,
    pub(crate) uri: String,
    pub(crate) response: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) opaque: Option<String>,
    /// With `qop=auth`.
    pub(crate) qop: Option<Qop>,
}

/// The client's half of `qop=auth`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Qop {
    pub(crate) cnonce: String,
    /// Nonce count; eight hexadecimal digits on the wire, and hashed as written.
    pub(crate) count: u32,
    count_text: String,
}

impl Algorithm {
    fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None => Some(Self::Md5),
            Some(name) if name.eq_ignore_ascii_case("MD5") => Some(Self::Md5),
            Some(name) if name.eq_ignore_ascii_case("SHA-256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }

    fn hash(self, text: &str) -> String {
        match self {
            Self::Md5 => hex(&Md5::digest(text)),
            Self::Sha256 => hex(&Sha256::digest(text)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }
}

impl Challenge {
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let params = Params::parse(value)?;
        let qops = params.value("qop");
        Some(Self {
            realm: params.value("realm")?.to_owned(),
            nonce: params.value("nonce")?.to_owned(),
            opaque: params.value("opaque").map(str::to_owned),
            algorithm: Algorithm::parse(params.value("algorithm"))?,
            qop: match qops {
                None => false,
                Some(list)
                    if list.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth")) =>
                {
                    true
                }
                Some(_) => return None,
            },
            stale: params.value("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    /// Answers the challenge. `cnonce` is fresh randomness; each nonce is used once by us, so the count is 1.
    pub(crate) fn answer(
        &self,
        user: &str,
        password: &str,
        method: &Method,
        uri: &str,
        cnonce: String,
    ) -> Proof {
        let qop = self.qop.then(|| Qop { cnonce, count: 1, count_text: "00000001".to_owned() });
        let mut proof = Proof {
            user: user.to_owned(),
            realm: self.realm.clone(),
            nonce: self.nonce.clone(),
            uri: uri.to_owned(),
            response: String::new(),
            algorithm: self.algorithm,
            opaque: self.opaque.clone(),
            qop,
        };
        proof.response = proof.expected(method, password);
        proof
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest realm={}, nonce={}", Text(&self.realm), Text(&self.nonce))?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", Text(opaque))?;
        }
        if self.stale {
            f.write_str(", stale=true")?;
        }
        write!(f, ", algorithm={}", self.algorithm.name())?;
        if self.qop { f.write_str(", qop=\"auth\"") } else { Ok(()) }
    }
}

impl Proof {
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let params = Params::parse(value)?;
        let own = |name: &str| params.value(name).map(str::to_owned);
        let qop = match params.value("qop") {
            None => None,
            Some(qop) if qop.eq_ignore_ascii_case("auth") => {
                let count_text = own("nc")?;
                let digits = count_text.len() == 8
                    && count_text.bytes().all(|byte| byte.is_ascii_hexdigit());
                let count = digits.then(|| u32::from_str_radix(&count_text, 16).ok()).flatten()?;
                Some(Qop { cnonce: own("cnonce")?, count, count_text })
            }
            Some(_) => return None,
        };
        Some(Self {
            user: own("username")?,
            realm: own("realm")?,
            nonce: own("nonce")?,
            uri: own("uri")?,
            response: own("response")?,
            algorithm: Algorithm::parse(params.value("algorithm"))?,
            opaque: own("opaque"),
            qop,
        })
    }

    /// Whether the password made this proof; compared in constant time.
    pub(crate) fn proves(&self, method: &Method, password: &str) -> bool {
        let expected = self.expected(method, password);
        let given = self.response.to_ascii_lowercase();
        expected.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// RFC 7616 §3.4.1.
    fn expected(&self, method: &Method, password: &str) -> String {
        let hash = |text: String| self.algorithm.hash(&text);
        let secret = hash(format!("{}:{}:{password}", self.user, self.realm));
        let request = hash(format!("{method}:{}", self.uri));
        match &self.qop {
            None => hash(format!("{secret}:{}:{request}", self.nonce)),
            Some(qop) => hash(format!(
                "{secret}:{}:{}:{}:auth:{request}",
                self.nonce, qop.count_text, qop.cnonce
            )),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest username={}, realm={}", Text(&self.user), Text(&self.realm))?;
        write!(f, ", nonce={}, uri={}", Text(&self.nonce), Text(&self.uri))?;
        write!(f, ", response=\"{}\", algorithm={}", self.response, self.algorithm.name())?;
        if let Some(opaque) = &self.opaque {
            write!(f, ", opaque={}", Text(opaque))?;
        }
        if let Some(qop) = &self.qop {
            write!(f, ", cnonce={}, nc={}, qop=auth", Text(&qop.cnonce), qop.count_text)?;
        }
        Ok(())
    }
}

/// `Digest name=value, name="value"`, borrowed.
struct Params(Vec<(String, String)>);

impl Params {
    fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        let scheme = value.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("Digest"))?;
        let mut rest = value[scheme.len()..].strip_prefix(char::is_whitespace)?;
        let mut params = Vec::new();
        loop {
            rest = rest.trim_start_matches(|char: char| char.is_whitespace() || char == ',');
            if rest.is_empty() {
                return Some(Self(params));
            }
            let (name, behind) = rest.split_once('=')?;
            let (value, behind) = parameter_value(behind.trim_start())?;
            params.push((name.trim().to_ascii_lowercase(), value));
            rest = behind;
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// A quoted string or a token, and what is behind it.
fn parameter_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(',').unwrap_or(text.len());
        return Some((text[..end].trim().to_owned(), &text[end..]));
    };
    let mut escaped = false;
    let end = quoted.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some((unquote(&quoted[..end]).into_owned(), &quoted[end + 1..]))
}

/// A quoted string.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::address::Quoted(self.0).fmt(f)
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
