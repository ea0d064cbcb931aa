//! A hub for tests of what needs one: on loopback, with a store in a folder, and no task that works by itself.

use std::path::Path;
use std::sync::Arc;

use model::oncall::{Crew, Language, Layer, Order, Person, PersonPhone, Rota, Turn, TurnUnit};
use model::{
    Account, AccountStatus, NumberRecord, Secret, Sid, SidKind, TextRouting, VoiceRouting,
};
use speech::{Ears, Voices};
use store::{Sqlite, Store};
use tokio::sync::mpsc;

use crate::clock::wall;
use crate::hub::{Hub, Parts};
use crate::settings::{HttpSettings, Settings};
use crate::sounds::Sounds;
use crate::texts::Texts;

/// Whose all of it is.
pub(crate) const ACCOUNT: Sid = Sid::new(SidKind::Account, 1);

fn account() -> Account {
    Account {
        sid: ACCOUNT,
        token: Secret::new("token"),
        friendly_name: "test".to_owned(),
        status: AccountStatus::Active,
        test: false,
        created_at: wall(),
        updated_at: wall(),
    }
}

/// One on what is in this folder already.
pub(crate) async fn hub(folder: &Path) -> Arc<Hub> {
    hub_hearing(folder, Ears::none()).await
}

/// The same with something that speaks.
pub(crate) async fn hub_speaking(folder: &Path, voices: Voices) -> Arc<Hub> {
    hub_with(folder, Ears::none(), voices).await
}

/// The same with something that recognises speech.
pub(crate) async fn hub_hearing(folder: &Path, ears: Ears) -> Arc<Hub> {
    hub_with(folder, ears, Voices::new(Vec::new(), speech::Limits::default())).await
}

async fn hub_with(folder: &Path, ears: Ears, voices: Voices) -> Arc<Hub> {
    let loopback = std::net::Ipv4Addr::LOCALHOST;
    let settings = Settings {
        data: folder.to_owned(),
        public_url: "http://alo.test".to_owned(),
        account: ACCOUNT,
        sip: sip::Settings { bind: (loopback, 0).into(), ..sip::Settings::default() },
        media: media::io::Settings {
            threads: 1,
            bind: loopback.into(),
            ..media::io::Settings::default()
        },
        http: HttpSettings { private_addresses: true, ..HttpSettings::default() },
        calls_per_second: 1,
        queued_calls: 1,
        texts: crate::TextSettings::default(),
        handoff_grace: crate::HANDOFF_GRACE,
        twimlets: twimlets::Rules::default(),
        mail: None,
        mail_tries: 12,
        transcripts_in: "en-US".to_owned(),
        watch: crate::settings::WatchSettings { references: Vec::new(), ..Default::default() },
    };
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(folder.join("alo.db")).expect("a database"));
    let account = account();
    if store.account(ACCOUNT).await.expect("it can be read").is_none() {
        store.open_account(account).await.expect("it is kept");
    }
    let (calls, _) = mpsc::channel(1);
    let sip = sip::Sip::start(settings.sip.clone(), sip::Directory::default(), calls);
    let sip = sip.await.expect("a free port");
    let media = media::io::Media::start(settings.media.clone()).expect("a thread");
    let http = crate::http::Http::new(settings.http.clone()).expect("a client");
    let sounds = Sounds::new(http.clone(), voices);
    let (texts, _) = Texts::open(&settings, &store, &sip).await.expect("no carrier connects");
    let (watch, _desk) = crate::watch::Watch::open(&settings.watch).expect("the watch opens");
    let parts = Parts { sip, media, http, sounds, ears, texts, watch };
    Arc::new(Hub::new(settings, store, parts))
}

/// Three people and their mobiles.
pub(crate) const PEOPLE: [(&str, &str); 3] =
    [("ada", "+14155550151"), ("ben", "+14155550152"), ("cleo", "+14155550153")];

/// A hub that knows them, and has a number that can send texts.
pub(crate) async fn peopled(folder: &Path) -> Arc<Hub> {
    let hub = hub(folder).await;
    for (name, mobile) in PEOPLE {
        let phone = PersonPhone {
            at: mobile.parse().expect("a number"),
            label: String::new(),
            rings: true,
            texts: true,
        };
        let person = Person {
            name: name.parse().expect("a name"),
            display: String::new(),
            phones: vec![phone],
            email: None,
            language: Language::English,
            zone: None,
        };
        hub.store.save_person(ACCOUNT, person).await.expect("it is kept");
    }
    let number = NumberRecord {
        sid: Sid::new(SidKind::Number, 7),
        account: ACCOUNT,
        friendly_name: String::new(),
        number: "+14155550100".parse().expect("a number"),
        voice: VoiceRouting::default(),
        text: TextRouting::default(),
        voice_application: None,
        sms_application: None,
        created_at: wall(),
        updated_at: wall(),
    };
    hub.store.buy_number(number).await.expect("it is kept");
    hub
}

/// The first so many of them have a day each, from that time in New York.
pub(crate) fn daily(people: usize, handoff: &str) -> Rota {
    let crew = PEOPLE.iter().take(people).map(|(name, _)| name.parse().expect("a name"));
    Rota {
        name: "support".parse().expect("a name"),
        display: String::new(),
        zone: "America/New_York".parse().expect("a zone"),
        layers: vec![Layer {
            name: "primary".to_owned(),
            turn: Turn { every: 1, unit: TurnUnit::Day },
            start: "2026-01-01".parse().expect("a date"),
            handoff: handoff.parse().expect("a time"),
            order: Order::InTurn,
            crews: vec![Crew { from_turn: 0, people: crew.collect(), first: 0 }],
            hours: Vec::new(),
        }],
        tell_before_minutes: None,
        tell_off: false,
        text_from: None,
    }
}
