//! An engine with an account and a number, and an application beside it.

use std::sync::Arc;
use std::time::Duration;

use engine::{Engine, HandsetText, SendText};
use model::{
    Account, AccountStatus, Correspondent, InboxEntry, MessageRecord, MessageStatus, Method,
    Moment, NumberRecord, PhoneNumber, Secret, Sender, Service, Sid, SidKind, TextRouting,
    VoiceRouting,
};
use store::{Sqlite, Store};
use testkit::{App, Request};

/// The number of the account.
pub(crate) const OURS: &str = "+14155550100";
/// A second one.
pub(crate) const OTHER: &str = "+14155550101";
/// Somebody with a handset.
pub(crate) const ADA: &str = "+14155550177";
/// For whatever is about to happen.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) app: App,
    pub(crate) account: Sid,
    _folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn open() -> House {
        House::with(engine::TextSettings::default()).await
    }

    #[expect(
        clippy::default_trait_access,
        reason = "those settings are of crates that these tests don't see"
    )]
    pub(crate) async fn with(texts: engine::TextSettings) -> House {
        let folder = tempfile::tempdir().expect("a folder");
        let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().expect("a store"));
        let account = Sid::new(SidKind::Account, 1);
        store.open_account(owner(account)).await.expect("it is new");
        let mut settings = engine::Settings {
            data: folder.path().to_owned(),
            public_url: "https://alo.example".to_owned(),
            account,
            sip: Default::default(),
            media: Default::default(),
            http: engine::HttpSettings { private_addresses: true, ..Default::default() },
            calls_per_second: 10,
            queued_calls: 100,
            texts,
            handoff_grace: engine::HANDOFF_GRACE,
            twimlets: twimlets::Rules::default(),
            mail: None,
            mail_tries: 12,
            transcripts_in: "en-US".to_owned(),
            watch: engine::WatchSettings { references: Vec::new(), ..Default::default() },
        };
        settings.sip.bind = ([127, 0, 0, 1], 0).into();
        settings.media.bind = [127, 0, 0, 1].into();
        settings.media.threads = 1;
        let voices = speech::Voices::new(Vec::new(), speech::Limits::default());
        let engine = Engine::start(settings, store, voices, speech::Ears::none())
            .await
            .expect("the engine starts");
        let app = App::start().await;
        House { engine, app, account, _folder: folder }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.engine.store().as_ref()
    }

    /// A number of the account that asks the application at `/sms`; its SID.
    pub(crate) async fn has(&self, number: &str) -> Sid {
        let routing = TextRouting {
            url: Some(self.app.url("/sms")),
            fallback_url: Some(self.app.url("/fallback")),
            ..TextRouting::default()
        };
        self.has_with(number, routing).await
    }

    pub(crate) async fn has_with(&self, number: &str, text: TextRouting) -> Sid {
        let sid = self.engine.new_sid(SidKind::Number);
        let record = NumberRecord {
            sid,
            account: self.account,
            number: phone(number),
            friendly_name: number.to_owned(),
            voice: VoiceRouting::default(),
            text,
            voice_application: None,
            sms_application: None,
            created_at: Moment::EPOCH,
            updated_at: Moment::EPOCH,
        };
        self.store().buy_number(record).await.expect("it is free");
        self.engine.reload_numbers();
        sid
    }

    /// A service with these senders.
    pub(crate) async fn serves(&self, senders: &[Sid], numbers: &[&str]) -> Sid {
        let sid = self.engine.new_sid(SidKind::Service);
        self.store().open_service(service(sid, self.account)).await.expect("it is new");
        for (sender, number) in senders.iter().zip(numbers) {
            let sender = Sender {
                sid: *sender,
                account: self.account,
                service: sid,
                address: number.parse().expect("an address"),
                created_at: Moment::EPOCH,
                updated_at: Moment::EPOCH,
            };
            self.store().add_sender(sender).await.expect("it is in no service");
        }
        self.engine.reload_numbers();
        sid
    }

    /// A text from our number, whose status the application hears at `/status`.
    pub(crate) fn text(&self, to: &str, body: &str) -> SendText {
        let plain = SendText::plain(self.account, who(OURS), who(to), body.to_owned());
        SendText { callback: Some((self.app.url("/status"), Method::Post)), ..plain }
    }

    /// Waits until the application hears that a message has a status.
    pub(crate) async fn hears(&self, sid: Sid, status: MessageStatus) -> Request {
        let sid = sid.to_string();
        let is_it = |request: &Request| {
            request.param("MessageSid").as_deref() == Some(sid.as_str())
                && request.param("MessageStatus").as_deref() == Some(status.as_str())
        };
        self.app.next_where("/status", SOON, is_it).await
    }

    /// What a handset has.
    pub(crate) async fn inbox(&self, number: &str) -> Vec<InboxEntry> {
        self.store().inbox(&phone(number), 0, 100).await.expect("the store works")
    }

    /// A handset writes to a number of ours.
    pub(crate) async fn writes(&self, from: &str, to: &str, body: &str) -> MessageRecord {
        let text = HandsetText {
            from: phone(from),
            to: who(to),
            body: body.to_owned(),
            media: Vec::new(),
        };
        self.engine.text_from_handset(text).await.expect("somebody has the number")
    }

    /// The message as it is kept.
    pub(crate) async fn kept(&self, sid: Sid) -> MessageRecord {
        self.engine.text(self.account, sid).await.expect("the store works").expect("it is there")
    }
}

pub(crate) fn phone(number: &str) -> PhoneNumber {
    number.parse().expect("a number")
}

pub(crate) fn who(text: &str) -> Correspondent {
    text.parse().expect("a correspondent")
}

fn owner(sid: Sid) -> Account {
    Account {
        sid,
        token: Secret::new("12345"),
        friendly_name: "Tests".to_owned(),
        status: AccountStatus::Active,
        test: false,
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    }
}

fn service(sid: Sid, account: Sid) -> Service {
    Service {
        sid,
        account,
        friendly_name: "Alerts".to_owned(),
        inbound: TextRouting::default(),
        use_inbound_webhook_on_number: true,
        callback: None,
        sticky_sender: true,
        area_code_geomatch: false,
        smart_encoding: false,
        mms_converter: true,
        fallback_to_long_code: true,
        scan_message_content: "inherit".to_owned(),
        synchronous_validation: false,
        validity: Duration::from_secs(36_000),
        usecase: "undeclared".to_owned(),
        created_at: Moment::EPOCH,
        updated_at: Moment::EPOCH,
    }
}
