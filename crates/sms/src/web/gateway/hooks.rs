//! What a gateway's webhooks say, and what they are answered.

use serde_json::Value;

use super::super::client::shortened;
use super::super::codes::UNKNOWN;
use super::super::description::{
    Condition, HookAnswer, InboundHook, ReceiptHook, State, Status, Verb,
};
use super::super::events::{self, MOST_AT_ONCE, News};
use super::super::place::{Place, Source};
use super::super::{Hook, HookKind, HookReply};
use super::Gateway;
use super::answer::holds;
use super::authentication::Check;
use crate::{Inbound, InboundContent, MediaLink, Receipt, ReceiptState, Verdict};
use model::{Correspondent, FragmentText};

/// Media of one message; more are passed over.
const MOST_MEDIA: usize = 10;
/// Parts of one message (3GPP TS 23.040 §9.2.3.24.1).
const MOST_PARTS: u32 = 255;

impl Gateway {
    /// Takes in a webhook.
    pub(super) async fn heard(&self, hook: &Hook) -> HookReply {
        let (news, answer) = match self.understood(hook) {
            Ok(understood) => understood,
            Err(reply) => {
                events::refused(&self.name, hook, &reply);
                return reply;
            }
        };
        match events::tell(&self.events, news).await {
            Verdict::Kept | Verdict::Unknown => HookReply {
                status: answer.status,
                content_type: answer.content_type.clone(),
                body: answer.body.clone(),
            },
            Verdict::Later => events::come_back(),
        }
    }

    fn understood(&self, hook: &Hook) -> Result<(Vec<News>, &HookAnswer), HookReply> {
        match hook.kind {
            HookKind::Inbound => {
                let (described, check) = self.inbound.as_ref().ok_or_else(|| none("inbound"))?;
                let InboundHook { methods, each, only, answer, .. } = described;
                let page = Page::open(hook, methods, check)?;
                let read = |source: Source<'_>| inbound(described, source).map(News::Inbound);
                Ok((page.all(each.as_ref(), only.as_ref(), read)?, answer))
            }
            HookKind::Receipt => {
                let (described, check) = self.receipt.as_ref().ok_or_else(|| none("receipt"))?;
                let ReceiptHook { methods, each, only, answer, .. } = described;
                let page = Page::open(hook, methods, check)?;
                let read = |source: Source<'_>| receipt(described, source).map(News::Receipt);
                Ok((page.all(each.as_ref(), only.as_ref(), read)?, answer))
            }
        }
    }
}

fn none(section: &str) -> HookReply {
    HookReply::plain(404, format!("this carrier's description has no [{section}]"))
}

/// A webhook that was let in.
struct Page<'a> {
    hook: &'a Hook,
    json: Option<Value>,
    body: String,
    fields: Vec<(String, String)>,
}

impl<'a> Page<'a> {
    fn open(hook: &'a Hook, methods: &[Verb], check: &Check) -> Result<Page<'a>, HookReply> {
        check.pass(hook)?;
        let method = match hook.method.as_str() {
            "GET" => Some(Verb::Get),
            "POST" => Some(Verb::Post),
            "PUT" => Some(Verb::Put),
            _ => None,
        };
        if !method.is_some_and(|method| methods.contains(&method)) {
            return Err(HookReply::plain(405, "this method is not in the carrier's description"));
        }
        let mut fields = hook.form_fields();
        if !check.vouches_for_the_body_only() {
            fields.extend(hook.query_fields());
        }
        Ok(Page {
            hook,
            json: serde_json::from_slice(&hook.body).ok(),
            body: String::from_utf8_lossy(&hook.body).into_owned(),
            fields,
        })
    }

    /// Everything that it tells. Half of it is nothing: one that can't be read refuses all.
    fn all(
        &self,
        each: Option<&Place>,
        only: Option<&Condition>,
        read: impl Fn(Source<'_>) -> Result<News, &'static str>,
    ) -> Result<Vec<News>, HookReply> {
        let header = |name: &str| self.hook.header(name).map(str::to_owned);
        let whole = Source {
            json: self.json.as_ref(),
            body: &self.body,
            fields: &self.fields,
            header: &header,
            own: None,
        };
        let sources: Vec<Source<'_>> = match each {
            None => vec![whole],
            Some(each) => {
                let json = self.json.as_ref();
                let json = json.ok_or_else(|| HookReply::plain(400, "the body is no JSON"))?;
                let elements = each.elements(json).into_iter();
                elements.map(|element| Source { json: Some(element), ..whole }).collect()
            }
        };
        if sources.len() > MOST_AT_ONCE {
            return Err(HookReply::plain(413, format!("more than {MOST_AT_ONCE} at once")));
        }
        sources
            .into_iter()
            .filter(|source| only.is_none_or(|condition| holds(condition, *source)))
            .map(|source| read(source).map_err(|what| HookReply::plain(400, what)))
            .collect()
    }
}

fn inbound(hook: &InboundHook, source: Source<'_>) -> Result<Inbound, &'static str> {
    let said = |place: &Place| place.read(source).filter(|value| !value.trim().is_empty());
    let from = said(&hook.from).ok_or("'from' is not where the description says")?;
    let to = said(&hook.to).ok_or("'to' is not where the description says")?;
    let text = hook.text.read_all(source).join("\n");
    Ok(Inbound {
        id: hook.id.as_ref().and_then(said),
        from: Correspondent::from_carrier(&from),
        to: Correspondent::from_carrier(&to),
        content: content(hook, source, text),
        media: media(hook, source),
    })
}

/// The text, whole or as a part. What is said of parts and makes no sense is taken for a whole message: nothing is lost.
fn content(hook: &InboundHook, source: Source<'_>, text: String) -> InboundContent {
    let said = |place: &Option<Place>| place.as_ref().and_then(|place| place.read(source));
    let counted = |place| said(place).and_then(|text| text.trim().parse::<u32>().ok());
    let reference = said(&hook.reference);
    match (reference, counted(&hook.total), counted(&hook.number)) {
        (Some(reference), Some(total @ 2..=MOST_PARTS), Some(number))
            if (1..=total).contains(&number) =>
        {
            InboundContent::Part {
                reference: reference_of(&reference),
                total,
                number,
                text: FragmentText::Text(text),
            }
        }
        _ => InboundContent::Whole { text, segments: 0 },
    }
}

/// A reference as a number: itself, or FNV-1a of its text.
fn reference_of(text: &str) -> u32 {
    let fnv = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.trim().parse().unwrap_or_else(|_| text.bytes().fold(0x811c_9dc5, fnv))
}

fn media(hook: &InboundHook, source: Source<'_>) -> Vec<MediaLink> {
    let all = |place: &Option<Place>| {
        place.as_ref().map(|place| place.read_all(source)).unwrap_or_default()
    };
    let mut types = all(&hook.media_type).into_iter();
    let links = all(&hook.media).into_iter().filter(|url| !url.is_empty()).take(MOST_MEDIA);
    let unknown = || "application/octet-stream".to_owned();
    links.map(|url| MediaLink { url, content_type: types.next().unwrap_or_else(unknown) }).collect()
}

fn receipt(hook: &ReceiptHook, source: Source<'_>) -> Result<Receipt, &'static str> {
    let said = |place: &Place| place.read(source).filter(|value| !value.trim().is_empty());
    let id = said(&hook.id).ok_or("'id' is not where the description says")?;
    let word = said(&hook.status).ok_or("'status' is not where the description says")?;
    let own_code = hook.code.as_ref().and_then(said);
    let (state, usually) = match hook.statuses.get(word.trim()) {
        Some(Status::State(state)) => (*state, UNKNOWN),
        Some(Status::WithCode { state, code }) => (*state, *code),
        None => (State::EnRoute, UNKNOWN),
    };
    let state = match state {
        State::EnRoute => ReceiptState::EnRoute,
        State::Delivered => ReceiptState::Delivered,
        State::Undelivered => ReceiptState::Undelivered,
    };
    let known = own_code.as_ref().and_then(|code| hook.codes.get(code.trim()).copied());
    let error_code = (state == ReceiptState::Undelivered).then(|| known.unwrap_or(usually));
    let words = hook.text.as_ref().and_then(said);
    let detail: Vec<String> = [Some(word), own_code, words].into_iter().flatten().collect();
    Ok(Receipt {
        ids: vec![id],
        state,
        error_code,
        detail: Some(shortened(&detail.join(", "))),
        done_at: None,
    })
}
