//! The phone itself: it starts, registers, dials, and rings. What it texts is told in `texts`.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sip::{
    Address, Credentials, Destination, Directory, Incoming, Invite, Registration, Strangers,
};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, timeout_at};

use crate::call::Call;
use crate::errors::{DialError, RegisterError, Silent, StartError};
use crate::line::{Desk, Line, OpenError};
use crate::note::What;
use crate::settings::Settings;
use crate::state::Party;
use crate::texts::{Text, take_texts};

/// Calls that may ring at once; one more hears 486.
const RINGING_MAX: usize = 16;

/// How long a phone that is put away may take to unregister.
const PUTTING_AWAY_TAKES: Duration = Duration::from_secs(2);

/// A phone. Clones are the same phone; when the last is dropped it unregisters.
#[derive(Clone)]
pub struct Phone {
    pub(crate) set: Arc<Set>,
}

pub(crate) struct Set {
    pub(crate) desk: Arc<Desk>,
    registered: Mutex<Option<sip::Registered>>,
    ringing: Mutex<VecDeque<Call>>,
    rung: Notify,
    pub(crate) texts: Mutex<VecDeque<Text>>,
    pub(crate) texted: Notify,
    calls: AtomicU32,
}

impl Phone {
    /// Plugs it in: it listens for calls on a free port. It doesn't register yet.
    pub async fn start(settings: Settings, media: media::io::Media) -> Result<Self, StartError> {
        let signalling = sip::Settings {
            bind: SocketAddr::new(settings.bind, 0),
            user_agent: settings.user_agent.clone(),
            strangers: Strangers::Accept,
            timers: settings.timers,
            ..sip::Settings::default()
        };
        let (calls, incoming) = mpsc::channel(RINGING_MAX);
        let sip = sip::Sip::start(signalling, Directory::default(), calls)
            .await
            .map_err(|source| StartError::Signalling { name: settings.name.clone(), source })?;
        let texts = sip.take_messages();
        let set = Arc::new(Set {
            desk: Arc::new(Desk { settings, sip, media }),
            registered: Mutex::default(),
            ringing: Mutex::default(),
            rung: Notify::new(),
            texts: Mutex::default(),
            texted: Notify::new(),
            calls: AtomicU32::new(0),
        });
        tokio::spawn(take_calls(Arc::downgrade(&set), incoming));
        if let Some(texts) = texts {
            tokio::spawn(take_texts(Arc::downgrade(&set), texts));
        }
        Ok(Self { set })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.set.desk.settings.name
    }

    /// Where it listens for calls.
    pub fn address(&self) -> SocketAddr {
        self.set.desk.sip.local_addr()
    }

    /// The address at which another phone can dial it directly.
    pub fn uri(&self) -> String {
        format!("sip:{}@{}", escaped(self.name()), self.address())
    }

    /// Registers at its server, and stays registered.
    pub async fn register(&self) -> Result<(), RegisterError> {
        let desk = &self.set.desk;
        let settings = &desk.settings;
        let registration = Registration {
            registrar: format!("sip:{}", settings.server),
            user: settings.name.clone(),
            credentials: Credentials {
                user: settings.name.clone(),
                password: settings.password.as_str().into(),
            },
            expires: settings.expires,
        };
        match desk.sip.register(registration).await {
            Ok(registered) => {
                *self.set.registered() = Some(registered);
                desk.note(None, What::Registered);
                Ok(())
            }
            Err(why) => {
                desk.note(None, What::NotRegistered(why.to_string()));
                Err(RegisterError { name: settings.name.clone(), server: settings.server, why })
            }
        }
    }

    /// Gives up its registration, and waits for the answer.
    pub async fn unregister(&self) {
        let registered = self.set.registered().take();
        if let Some(registered) = registered {
            registered.end().await;
            self.set.desk.note(None, What::Unregistered);
        }
    }

    /// Whether it has registered and not given that up.
    pub fn is_registered(&self) -> bool {
        self.set.registered().is_some()
    }

    /// Calls a number or a name at its server, or any `sip:` address directly. Comes back as soon as the INVITE is sent;
    /// see [`Call::answered`].
    pub async fn dial(&self, user: &str) -> Result<Call, DialError> {
        let desk = &self.set.desk;
        let settings = &desk.settings;
        let (name, to) = (settings.name.clone(), user.to_owned());
        let line = self.line(user);
        line.note(What::Dials(user.to_owned()));
        line.open().map_err(|error| match error {
            OpenError::Media(source) => {
                DialError::NoLine { name: name.clone(), to: to.clone(), source }
            }
            OpenError::Detour(source) => DialError::Detour { name: name.clone(), source },
        })?;
        let number = settings.number.as_ref().unwrap_or(&settings.name);
        let credentials = (!settings.password.is_empty()).then(|| Credentials {
            user: settings.name.clone(),
            password: settings.password.as_str().into(),
        });
        let invite = Invite {
            destination: Destination::Uri(target(user, settings.server)),
            from: Address { display: settings.display.clone(), user: number.clone(), host: None },
            offer: line.offer().unwrap_or_default(),
            headers: settings.headers.clone(),
            credentials,
        };
        match desk.sip.invite(invite, line.sink()).await {
            Ok(dialog) => {
                line.attach(&dialog);
                Ok(Call::new(line))
            }
            Err(source) => {
                line.close();
                Err(DialError::Refused { name, to, source })
            }
        }
    }

    /// Waits for the next call that rings and that nobody took yet; the caller is told that it rings (180) at once.
    pub async fn rings(&self, within: Duration) -> Result<Call, Silent> {
        let deadline = Instant::now() + within;
        loop {
            let rung = self.set.rung.notified();
            tokio::pin!(rung);
            rung.as_mut().enable();
            if let Some(call) = self.set.ringing().pop_front() {
                return Ok(call);
            }
            if timeout_at(deadline, rung).await.is_err() {
                return Err(Silent {
                    name: self.name().to_owned(),
                    within,
                    whereabouts: self.whereabouts(),
                });
            }
        }
    }

    /// Who called and was taken notice of by nobody, the first first.
    pub fn missed(&self) -> Vec<Party> {
        self.set.ringing().iter().map(|call| call.caller().clone()).collect()
    }

    pub(crate) fn whereabouts(&self) -> String {
        let registered = self.set.registered();
        match &*registered {
            Some(registered) => format!("registered as {}", registered.contact()),
            None => format!("not registered, it can be reached at {}", self.uri()),
        }
    }

    fn line(&self, user: &str) -> Arc<Line> {
        let settings = &self.set.desk.settings;
        let caller = Party {
            number: settings.number.clone().unwrap_or_else(|| settings.name.clone()),
            display: settings.display.clone(),
            host: None,
        };
        let called = Party { number: user.to_owned(), display: None, host: None };
        let peer = peer(user).unwrap_or(settings.server);
        let number = self.set.next_call();
        let desk = Arc::clone(&self.set.desk);
        Line::new(desk, number, (caller, called), (false, peer), (None, Vec::new()))
    }
}

impl Set {
    fn next_call(&self) -> u32 {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn take(&self, incoming: Incoming) {
        let parties = (Party::of(&incoming.from), Party::of(&incoming.to));
        let what = What::Rings { caller: parties.0.clone(), called: parties.1.clone() };
        let line = Line::new(
            Arc::clone(&self.desk),
            self.next_call(),
            parties,
            (true, incoming.source),
            (incoming.offer.clone(), incoming.headers.clone()),
        );
        line.note(what);
        let dialog = incoming.attach(line.sink());
        line.attach(&dialog);
        let mut ringing = self.ringing();
        if ringing.len() >= RINGING_MAX {
            drop(ringing);
            dialog.reject(486, None);
            return;
        }
        dialog.ringing();
        ringing.push_back(Call::new(line));
        drop(ringing);
        self.rung.notify_waiters();
    }

    fn registered(&self) -> MutexGuard<'_, Option<sip::Registered>> {
        self.registered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ringing(&self) -> MutexGuard<'_, VecDeque<Call>> {
        self.ringing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        let registered = self.registered().take();
        let (Some(registered), Ok(runtime)) = (registered, tokio::runtime::Handle::try_current())
        else {
            return;
        };
        // Best effort: the runtime may end before the answer comes.
        runtime.spawn(tokio::time::timeout(PUTTING_AWAY_TAKES, registered.end()));
    }
}

/// Rings for every call that comes, as long as the phone is there.
async fn take_calls(set: Weak<Set>, mut incoming: mpsc::Receiver<Incoming>) {
    while let Some(call) = incoming.recv().await {
        let Some(set) = set.upgrade() else { return };
        set.take(call);
    }
}

/// The request URI for what was dialled or texted.
pub(crate) fn target(user: &str, server: SocketAddr) -> String {
    if user.starts_with("sip:") {
        user.to_owned()
    } else {
        format!("sip:{}@{server}", escaped(user))
    }
}

/// The address in `sip:user@address:port`, if it is one.
fn peer(user: &str) -> Option<SocketAddr> {
    let host = user.strip_prefix("sip:")?.rsplit('@').next()?;
    let host = host.split(';').next()?;
    host.parse().ok()
}

/// A user part as it may stand in a URI (RFC 3261 §25.1, `user`).
fn escaped(user: &str) -> String {
    let mut text = String::with_capacity(user.len());
    for byte in user.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string never fails.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dialled_goes_to_the_server_unless_it_is_an_address() {
        let server = SocketAddr::from(([127, 0, 0, 1], 5060));
        assert_eq!(target("+15550100", server), "sip:+15550100@127.0.0.1:5060");
        assert_eq!(target("*9 #1", server), "sip:*9%20%231@127.0.0.1:5060");
        assert_eq!(target("sip:bob@127.0.0.1:7000", server), "sip:bob@127.0.0.1:7000");
        assert_eq!(peer("sip:bob@127.0.0.1:7000;x=y"), Some(([127, 0, 0, 1], 7000).into()));
        assert_eq!(peer("bob"), None);
    }
}
