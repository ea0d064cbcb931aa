//! Webhooks of a Twilio-compatible upstream: <https://www.twilio.com/docs/messaging/guides/webhook-request>.

use model::Correspondent;

use super::super::client::shortened;
use super::super::codes::UNKNOWN;
use super::super::events::{self, News};
use super::super::signature::signed;
use super::super::{Hook, HookKind, HookReply, MOST_FIELDS};
use super::Upstream;
use crate::{Inbound, InboundContent, MediaLink, Receipt, ReceiptState, Verdict};

/// Media of one message: <https://www.twilio.com/docs/api/errors/21623>.
const MOST_MEDIA: usize = 10;

impl Upstream {
    /// Takes in a webhook.
    pub(super) async fn heard(&self, hook: &Hook) -> HookReply {
        let news = match self.understood(hook) {
            Ok(news) => news,
            Err(reply) => {
                events::refused(&self.name, hook, &reply);
                return reply;
            }
        };
        match (events::tell(&self.events, vec![news]).await, hook.kind) {
            (Verdict::Later, _) => events::come_back(),
            // An empty document: the upstream answers nothing to the sender by itself.
            (Verdict::Kept | Verdict::Unknown, HookKind::Inbound) => HookReply {
                status: 200,
                content_type: "text/xml".to_owned(),
                body: "<Response/>".to_owned(),
            },
            (Verdict::Kept | Verdict::Unknown, HookKind::Receipt) => HookReply::plain(204, ""),
        }
    }

    fn understood(&self, hook: &Hook) -> Result<News, HookReply> {
        let signed_form = match hook.method.as_str() {
            "POST" => hook.form_fields(),
            "GET" => Vec::new(),
            _ => return Err(HookReply::plain(405, "GET and POST only")),
        };
        let signature = hook.header("x-twilio-signature").unwrap_or_default();
        let Some(token) = &self.auth_token else {
            return Err(HookReply::plain(403, "webhooks need the carrier's auth_token"));
        };
        if !signed(token, &hook.url, &signed_form, signature) {
            return Err(HookReply::plain(403, "the signature is not the upstream's"));
        }
        let fields = if hook.method == "GET" { signed_query(&hook.url) } else { signed_form };
        let fields = Fields(&fields);
        match hook.kind {
            HookKind::Inbound => inbound(&fields).map(News::Inbound),
            HookKind::Receipt => receipt(&fields).map(News::Receipt),
        }
        .map_err(|what| HookReply::plain(400, what))
    }
}

/// Fields of the address that was signed, not of the one that was asked for.
fn signed_query(url: &str) -> Vec<(String, String)> {
    let (_, query) = url.split_once('?').unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().take(MOST_FIELDS).collect()
}

/// Parameters of a webhook.
struct Fields<'a>(&'a [(String, String)]);

impl<'a> Fields<'a> {
    /// The first that isn't empty.
    fn read(&self, name: &str) -> Option<&'a str> {
        let mut named = self.0.iter().filter(|(key, value)| key == name && !value.is_empty());
        named.next().map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.read(name).and_then(|text| text.parse().ok())
    }

    fn sid(&self) -> Option<&'a str> {
        ["MessageSid", "SmsSid", "SmsMessageSid"].into_iter().find_map(|name| self.read(name))
    }
}

fn inbound(fields: &Fields<'_>) -> Result<Inbound, &'static str> {
    let count = fields.number("NumMedia").unwrap_or(0) as usize;
    let media = (0..count.min(MOST_MEDIA)).filter_map(|at| {
        let url = fields.read(&format!("MediaUrl{at}"))?.to_owned();
        let content_type = fields.read(&format!("MediaContentType{at}"));
        let content_type = content_type.unwrap_or("application/octet-stream").to_owned();
        Some(MediaLink { url, content_type })
    });
    Ok(Inbound {
        id: fields.sid().map(str::to_owned),
        from: Correspondent::from_carrier(fields.read("From").ok_or("From is missing")?),
        to: Correspondent::from_carrier(fields.read("To").ok_or("To is missing")?),
        content: InboundContent::Whole {
            text: fields.read("Body").unwrap_or_default().to_owned(),
            segments: fields.number("NumSegments").unwrap_or(0),
        },
        media: media.collect(),
    })
}

fn receipt(fields: &Fields<'_>) -> Result<Receipt, &'static str> {
    let status = fields.read("MessageStatus").or_else(|| fields.read("SmsStatus"));
    let status = status.ok_or("MessageStatus is missing")?;
    let state = match status {
        "delivered" | "read" => ReceiptState::Delivered,
        "undelivered" | "failed" | "canceled" => ReceiptState::Undelivered,
        _ => ReceiptState::EnRoute,
    };
    let undelivered = state == ReceiptState::Undelivered;
    let detail = fields
        .read("ErrorMessage")
        .map_or_else(|| status.to_owned(), |words| format!("{status}: {words}"));
    Ok(Receipt {
        ids: vec![fields.sid().ok_or("MessageSid is missing")?.to_owned()],
        state,
        error_code: undelivered.then(|| fields.number("ErrorCode").unwrap_or(UNKNOWN)),
        detail: Some(shortened(&detail)),
        done_at: None,
    })
}
