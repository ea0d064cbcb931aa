//! Everything that the story needs, on this machine: the server, the support line, the phones.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use engine::{Engine, HttpSettings, Settings};
use model::{
    Account, AccountStatus, NumberRecord, PhoneAccount, PhoneNumber, Secret, Sid, SidKind,
    TextRouting, VoiceRouting,
};
use phone::Phone;
use speech::{Embedded, Voices};
use store::{Sqlite, Store};
use tokio::net::TcpListener;

use super::line;
use super::teller::Teller;
use crate::cli::Globals;

/// The support line's number: a fictional one (NANP 555-01XX).
pub(crate) const SUPPORT: &str = "+14155550100";
/// The customer's.
pub(crate) const CUSTOMER: &str = "+14155550142";
/// The developers' mobiles: fictional numbers, and handsets of the virtual carrier.
pub(crate) const ADA_MOBILE: &str = "+14155550151";
pub(crate) const GRACE_MOBILE: &str = "+14155550152";
pub(crate) const HEDY_MOBILE: &str = "+14155550153";
/// The developers and their mobiles, in the order of their turns.
pub(crate) const DEVELOPERS: [(&str, &str); 3] =
    [("ada", ADA_MOBILE), ("grace", GRACE_MOBILE), ("hedy", HEDY_MOBILE)];
/// The phone that is kept free for a softphone of the reader's.
pub(crate) const GUEST: &str = "guest";
/// UDP ports of the server's audio and of the phones', apart from those of `alo serve`.
const SERVER_PORTS: std::ops::RangeInclusive<u16> = 30_000..=30_999;
const PHONE_PORTS: std::ops::RangeInclusive<u16> = 31_000..=31_999;
/// Loopback.
const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// The server and everybody around it.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) account: Sid,
    pub(crate) token: Secret,
    pub(crate) http: SocketAddr,
    pub(crate) customer: Phone,
    pub(crate) ada: Phone,
    pub(crate) grace: Phone,
    pub(crate) hedy: Phone,
    /// Whether there is a speech engine.
    guest_password: Secret,
    phones_media: media::io::Media,
}

impl World {
    /// Starts everything.
    pub(crate) async fn build(globals: &Globals) -> anyhow::Result<World> {
        let folder = folder(globals.data.as_deref())?;
        let database = folder.join("alo.db");
        let store: Arc<dyn Store> =
            Arc::new(Sqlite::open(&database).context("the demonstration's store did not open")?);
        let listener = TcpListener::bind((HERE, 0)).await.context("no free TCP port")?;
        let http = listener.local_addr()?;
        let (account, token) = (random_sid(SidKind::Account)?, Secret::new(random_text()?));
        furnish(store.as_ref(), account, &token).await?;
        let guest_password = add_phones(store.as_ref(), account).await?;
        let settings = settings(&folder, http, account);
        let voices = Voices::new(vec![Box::new(Embedded::start(0)?)], speech::Limits::default());
        let engine = Engine::start(settings, store, voices, speech::Ears::none()).await?;
        let routes = api::router(engine.clone(), api::Settings::default());
        tokio::spawn(async move {
            let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the demonstration's API stopped");
            }
        });
        let media = media::io::Settings {
            threads: 1,
            bind: HERE.into(),
            ports: PHONE_PORTS,
            ..media::io::Settings::default()
        };
        let phones_media = media::io::Media::start(media)?;
        let server = engine.sip().local_addr();
        let phone = async |name: &str, password: &Secret| {
            let settings = phone::Settings::new(name, password.reveal(), server);
            let phone = Phone::start(settings, phones_media.clone()).await?;
            anyhow::Ok(phone)
        };
        let customer = phone(CUSTOMER, &Secret::new("")).await?;
        let ada = phone("ada", &password("ada")).await?;
        let grace = phone("grace", &password("grace")).await?;
        let hedy = phone("hedy", &password("hedy")).await?;
        Ok(World {
            engine,
            account,
            token,
            http,
            customer,
            ada,
            grace,
            hedy,
            guest_password,
            phones_media,
        })
    }

    /// Adds the developers, their rota and the line: the first turn begins in a moment.
    pub(crate) async fn begin_duty(&self) -> anyhow::Result<()> {
        line::add(&self.engine, self.account).await
    }

    /// Says how to take part with a softphone.
    pub(crate) fn invite(&self, teller: &Teller) {
        let sip = self.engine.sip().local_addr();
        let invitation = format!(
            "\nThe server stays up until Ctrl-C. Ring it yourself with any SIP phone on this machine:\n  \
             account   sip:{GUEST}@{sip}\n  user      {GUEST}\n  password  {}\n  \
             then dial {SUPPORT}: hedy's and grace's phones ring, nobody picks up, leave a message\n\
             The API, as the SDKs speak it:\n  \
             curl -u {}:{} http://{}/2010-04-01/Accounts/{}/Calls.json",
            self.guest_password.reveal(),
            self.account,
            self.token.reveal(),
            self.http,
            self.account,
        );
        teller.print(&invitation);
        teller.for_programs(&serde_json::json!({
            "event": "ready",
            "sip": sip.to_string(),
            "http": self.http.to_string(),
            "account_sid": self.account.to_string(),
            "auth_token": self.token.reveal(),
            "phone": GUEST,
            "phone_password": self.guest_password.reveal(),
        }));
    }

    /// Ends everything in order.
    pub(crate) async fn end(self, patience: Duration) {
        for phone in [&self.ada, &self.grace, &self.hedy] {
            phone.unregister().await;
        }
        self.engine.drain(patience).await;
        self.phones_media.shutdown();
    }
}

/// Where the demonstration keeps its store and recordings: the folder asked for, or a new one among temporary files.
fn folder(wanted: Option<&Path>) -> anyhow::Result<PathBuf> {
    let folder = match wanted {
        Some(folder) => folder.to_owned(),
        None => std::env::temp_dir().join(format!("alo-demo-{}", &random_text()?[..8])),
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("the folder {} can't be made", folder.display()))?;
    Ok(folder)
}

fn settings(folder: &Path, http: SocketAddr, account: Sid) -> Settings {
    Settings {
        data: folder.to_owned(),
        public_url: format!("http://{http}"),
        account,
        sip: sip::Settings {
            bind: SocketAddr::from((HERE, 0)),
            strangers: sip::Strangers::Accept,
            ..sip::Settings::default()
        },
        media: media::io::Settings {
            bind: HERE.into(),
            ports: SERVER_PORTS,
            ..media::io::Settings::default()
        },
        http: HttpSettings { private_addresses: true, ..HttpSettings::default() },
        calls_per_second: 10,
        queued_calls: 1000,
        texts: engine::TextSettings::default(),
        handoff_grace: engine::HANDOFF_GRACE,
        twimlets: twimlets::Rules::default(),
        mail: None,
        mail_tries: 12,
        transcripts_in: "en-US".to_owned(),
        watch: engine::WatchSettings { references: Vec::new(), ..Default::default() },
    }
}

async fn furnish(store: &dyn Store, account: Sid, token: &Secret) -> anyhow::Result<()> {
    let now = wall();
    store
        .open_account(Account {
            sid: account,
            token: token.clone(),
            friendly_name: "demo".to_owned(),
            status: AccountStatus::Active,
            test: false,
            created_at: now,
            updated_at: now,
        })
        .await?;
    let number: PhoneNumber = SUPPORT.parse()?;
    let home = format!("alo://roulette/{}", line::LINE);
    let voice = VoiceRouting { url: Some(home.clone()), ..VoiceRouting::default() };
    store
        .buy_number(NumberRecord {
            sid: random_sid(SidKind::Number)?,
            account,
            friendly_name: "Support line".to_owned(),
            number,
            voice,
            text: TextRouting { url: Some(home), ..TextRouting::default() },
            voice_application: None,
            sms_application: None,
            created_at: now,
            updated_at: now,
        })
        .await?;
    Ok(())
}

/// Adds the developers' phones and the guest's; gives the guest's password.
async fn add_phones(store: &dyn Store, account: Sid) -> anyhow::Result<Secret> {
    let guest = Secret::new(random_text()?);
    let known = DEVELOPERS.map(|(name, _)| (name, password(name)));
    for (name, password) in known.into_iter().chain([(GUEST, guest.clone())]) {
        store
            .add_phone(PhoneAccount {
                sid: random_sid(SidKind::Credential)?,
                account,
                name: name.to_owned(),
                password,
                caller_id: None,
                voice: VoiceRouting::default(),
                created_at: wall(),
            })
            .await?;
    }
    Ok(guest)
}

/// The developers' phones listen on loopback only, so their passwords need not be secret.
fn password(name: &str) -> Secret {
    Secret::new(format!("{name}'s password"))
}

fn wall() -> model::Moment {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    model::Moment::EPOCH + since.unwrap_or_default()
}

fn random_sid(kind: SidKind) -> anyhow::Result<Sid> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("no randomness")?;
    Ok(Sid::new(kind, u128::from_ne_bytes(bytes)))
}

fn random_text() -> anyhow::Result<String> {
    Ok(format!("{:032x}", random_sid(SidKind::Account)?.digits()))
}
