//! A hub for tests of what needs one: on loopback, with a store in a folder, and no task that works by itself.

use std::path::Path;
use std::sync::Arc;

use model::{Account, AccountStatus, Secret, Sid, SidKind};
use speech::Voices;
use store::{Sqlite, Store};
use tokio::sync::mpsc;

use crate::clock::wall;
use crate::hub::Hub;
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
    let voices = Voices::new(Vec::new(), speech::Limits::default());
    let sounds = Sounds::new(http.clone(), voices);
    let (texts, _) = Texts::open(&settings, &store, &sip).await.expect("no carrier connects");
    Arc::new(Hub::new(settings, store, sip, media, http, sounds, texts))
}
