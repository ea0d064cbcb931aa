//! How a gateway's webhook shows that it is the gateway's.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Secret;

use super::super::description::{Algorithm, Authentication, Digest, Verb};
use super::super::signature::{body_signed, same};
use super::super::template::{Template, TemplateError};
use super::super::{Hook, HookReply};
use super::GatewayError;

/// What is checked, with the secrets filled in.
#[derive(Clone, Debug)]
pub(super) enum Check {
    None,
    /// Nothing passes: the operator gave no such secret, so that there are no webhooks.
    Missing(String),
    /// `Basic …`, whole.
    Basic(Secret),
    Header {
        name: String,
        value: Secret,
    },
    Query {
        name: String,
        value: Secret,
    },
    Hmac {
        header: String,
        key: Secret,
        algorithm: Algorithm,
        digest: Digest,
        prefix: String,
    },
}

impl Check {
    /// Fills in the secrets. One that is missing shuts the webhook, and no message waits for it.
    pub(super) fn new(
        place: &'static str,
        authentication: &Authentication,
        methods: &[Verb],
        secrets: &BTreeMap<String, Secret>,
    ) -> Result<Check, GatewayError> {
        match Check::filled_in(place, authentication, methods, secrets) {
            Err(GatewayError::Template { error: TemplateError::NoSecret(name), .. }) => {
                Ok(Check::Missing(name))
            }
            check => check,
        }
    }

    fn filled_in(
        place: &'static str,
        authentication: &Authentication,
        methods: &[Verb],
        secrets: &BTreeMap<String, Secret>,
    ) -> Result<Check, GatewayError> {
        let read = |text: &str| {
            let place_named = || format!("{place}.authentication");
            let secret = Template::secret(text, secrets)
                .map_err(|error| GatewayError::Template { place: place_named(), error })?;
            if secret.reveal().is_empty() {
                Err(GatewayError::EmptySecret(place))
            } else {
                Ok(secret)
            }
        };
        Ok(match authentication {
            Authentication::None => Check::None,
            Authentication::Basic { user, password } => {
                let pair = format!("{}:{}", read(user)?.reveal(), read(password)?.reveal());
                Check::Basic(Secret::new(STANDARD.encode(pair)))
            }
            Authentication::Header { name, value } => {
                Check::Header { name: name.clone(), value: read(value)? }
            }
            Authentication::Query { name, value } => {
                Check::Query { name: name.clone(), value: read(value)? }
            }
            Authentication::Hmac { .. } if methods.contains(&Verb::Get) => {
                return Err(GatewayError::HmacOfNothing(place));
            }
            Authentication::Hmac { header, key, algorithm, digest, prefix } => Check::Hmac {
                header: header.clone(),
                key: read(key)?,
                algorithm: *algorithm,
                digest: *digest,
                prefix: prefix.clone(),
            },
        })
    }

    /// An address that carries what will be checked, where an address can. `None` where nothing would pass.
    pub(super) fn sign_address(&self, address: &str) -> Option<String> {
        match self {
            Check::Missing(_) => None,
            Check::Query { name, value } => {
                let mark = if address.contains('?') { '&' } else { '?' };
                let mut pair = url::form_urlencoded::Serializer::new(String::new());
                pair.append_pair(name, value.reveal());
                Some(format!("{address}{mark}{}", pair.finish()))
            }
            Check::None | Check::Basic(_) | Check::Header { .. } | Check::Hmac { .. } => {
                Some(address.to_owned())
            }
        }
    }

    /// Whether only the body is vouched for, so that nothing else of the request may be believed.
    pub(super) const fn vouches_for_the_body_only(&self) -> bool {
        matches!(self, Check::Hmac { .. })
    }

    /// Refuses what isn't the gateway's.
    pub(super) fn pass(&self, hook: &Hook) -> Result<(), HookReply> {
        let (passed, status) = match self {
            Check::None => (true, 200),
            Check::Missing(name) => {
                let words =
                    format!("webhooks need the carrier's secret '{name}', which is not set");
                return Err(HookReply::plain(403, words));
            }
            Check::Basic(wanted) => {
                let given = hook.header("authorization").unwrap_or_default();
                let (scheme, pair) = given.split_once(' ').unwrap_or_default();
                (scheme.eq_ignore_ascii_case("basic") && same(pair.trim(), wanted), 401)
            }
            Check::Header { name, value } => {
                (hook.header(name).is_some_and(|given| same(given, value)), 403)
            }
            Check::Query { name, value } => {
                let fields = hook.query_fields();
                let given = fields.iter().find(|(key, _)| key == name);
                (given.is_some_and(|(_, given)| same(given, value)), 403)
            }
            Check::Hmac { header, key, algorithm, digest, prefix } => {
                let given = hook.header(header).and_then(|it| it.strip_prefix(prefix.as_str()));
                let signed = |given| body_signed(key, *algorithm, *digest, &hook.body, given);
                (given.is_some_and(signed), 403)
            }
        };
        if passed { Ok(()) } else { Err(HookReply::plain(status, "not authenticated")) }
    }
}
