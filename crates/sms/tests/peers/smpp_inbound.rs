//! Texts that come in from an SMSC of others.

use std::time::Duration;

use model::{Correspondent, FragmentText};
use sms::InboundContent;
use sms::text::decode_units;
use testkit::{SmscDelivery, SmscOptions};

use super::rig::{Rig, who};

/// What the parts of one message say, in the order of their numbers; each is checked to belong to it.
async fn parts(rig: &mut Rig) -> String {
    let mut texts: Vec<Option<FragmentText>> = Vec::new();
    let mut common = None;
    loop {
        let content = rig.inbound().await.content;
        let InboundContent::Part { reference, total, number, text } = content else {
            panic!("a part was awaited, not {content:?}");
        };
        assert_eq!(*common.get_or_insert((reference, total)), (reference, total));
        texts.resize(total as usize, None);
        texts[number as usize - 1] = Some(text);
        if texts.iter().all(Option::is_some) {
            return whole(texts.into_iter().flatten());
        }
    }
}

fn whole(parts: impl Iterator<Item = FragmentText>) -> String {
    let mut units = Vec::new();
    for part in parts {
        match part {
            FragmentText::Text(text) => units.extend(text.encode_utf16()),
            FragmentText::Units(more) => units.extend(more),
        }
    }
    decode_units(&units).0
}

#[tokio::test]
async fn a_short_text_comes_in_and_is_acknowledged_when_it_is_kept() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    for (text, coding) in [("Café {42}€", "gsm"), ("Olá 東京 🦀", "ucs2")] {
        let delivery = SmscDelivery::new("5511987654321", "14155550123", text);
        rig.smsc.deliver(SmscDelivery { coding, ..delivery }).await;
        let inbound = rig.inbound().await;
        assert_eq!((inbound.from, inbound.to), (who("+5511987654321"), who("+14155550123")));
        let content = InboundContent::Whole { text: text.to_owned(), segments: 1 };
        assert_eq!(inbound.content, content);
        assert_eq!(rig.smsc.event("delivered").await["status"], 0);
    }
}

#[tokio::test]
async fn a_text_comes_in_from_a_name() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    rig.smsc.deliver(SmscDelivery::new("Web Shop", "14155550123", "Hi")).await;
    assert_eq!(rig.inbound().await.from, Correspondent::Alpha("Web Shop".to_owned()));
}

#[tokio::test]
async fn long_texts_come_in_however_they_are_joined_and_in_whatever_order() {
    let mut rig = Rig::start(SmscOptions::default(), |_| ()).await;
    let gsm: String = "Café {42} costs 3€ [today]; ".chars().cycle().take(400).collect();
    let ucs2: String = "Olá 東京 🦀! ".chars().cycle().take(200).collect();
    for (text, coding) in [(&gsm, "gsm"), (&ucs2, "ucs2")] {
        for joined in ["udh", "udh16", "sar"] {
            for backwards in [false, true] {
                let delivery = SmscDelivery::new("5511987654321", "14155550123", text);
                rig.smsc.deliver(SmscDelivery { coding, joined, backwards, ..delivery }).await;
                assert_eq!(parts(&mut rig).await, **text, "{coding} {joined}");
            }
        }
        let delivery = SmscDelivery::new("5511987654321", "14155550123", text);
        rig.smsc.deliver(SmscDelivery { coding, joined: "payload", ..delivery }).await;
        let InboundContent::Whole { text: whole, .. } = rig.inbound().await.content else {
            panic!("a payload comes whole");
        };
        assert_eq!(whole, *text);
    }
}

#[tokio::test]
async fn an_smsc_with_more_texts_than_anybody_takes_has_to_wait() {
    let mut rig = Rig::start(SmscOptions::default(), |settings| {
        settings.answer_within = Duration::from_secs(60);
    })
    .await;
    for number in 0..400 {
        let text = number.to_string();
        rig.smsc.deliver(SmscDelivery::new("5511987654321", "14155550123", &text)).await;
    }
    for number in 0..400 {
        let content = rig.inbound().await.content;
        let text = number.to_string();
        assert_eq!(content, InboundContent::Whole { text, segments: 1 });
    }
    for _ in 0..400 {
        assert_eq!(rig.smsc.event("delivered").await["status"], 0);
    }
}
