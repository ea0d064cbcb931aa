//! The verbs for text messages and what they are sent through. They keep the promises of [`crate::Store`], whose part
//! they are.

use async_trait::async_trait;
use model::{
    Application, Callback, Correspondent, Fragment, InboxEntry, MediaRecord, MessagePart,
    MessagePlan, MessageRecord, Moment, PhoneNumber, Sender, Service, ShortCode, Sid, SidKind,
};

use crate::errors::StoreError;
use crate::lists::{DateRange, Listing, MessageFilter, Page};

/// A message, and what is still to be done for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where it stands.
    pub record: MessageRecord,
    /// How it goes on.
    pub plan: MessagePlan,
}

/// A message to be kept, with what follows from it: all of it is kept, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// The message.
    pub message: Message,
    /// Its media.
    pub media: Vec<MediaRecord>,
    /// Callbacks that follow, in order. Their `id` is ignored.
    pub callbacks: Vec<Callback>,
    /// A word by which its maker recognises a repetition; unique in its account. `None`: none.
    pub idempotency_key: Option<String>,
    /// What its carrier calls a message that came in, with the carrier's name; unique. `None`: none.
    pub came_as: Option<(String, String)>,
    /// It isn't kept if the receiver has opted out of this scope (a sender as on the wire, or `MG…`).
    pub unless_barred_by: Option<String>,
    /// Whether its receiver gets the same sender of its service from now on.
    pub sticky: bool,
    /// The fragments that it was put together from; they are forgotten.
    pub fragments: Option<FragmentSet>,
}

impl NewMessage {
    /// Nothing but the message.
    pub const fn plain(record: MessageRecord, plan: MessagePlan) -> NewMessage {
        NewMessage {
            message: Message { record, plan },
            media: Vec::new(),
            callbacks: Vec::new(),
            idempotency_key: None,
            came_as: None,
            unless_barred_by: None,
            sticky: false,
            fragments: None,
        }
    }
}

/// What came of keeping a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one for each message, and gone as soon as it is read"
)]
pub enum Creation {
    /// It is on disk.
    Kept,
    /// It was kept before, by its idempotency key or by its carrier's name for it: this one. Nothing was changed.
    Repeated(MessageRecord),
    /// The receiver has opted out. Nothing was kept.
    Barred,
}

/// A message's new state, with what follows from it: all of it is kept, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageChange {
    /// The message as it is now; it replaces the one of the same SID.
    pub message: Message,
    /// Parts that are new or changed, by carrier and id.
    pub parts: Vec<MessagePart>,
    /// Media that is new or changed.
    pub media: Vec<MediaRecord>,
    /// Callbacks that follow, in order. Their `id` is ignored.
    pub callbacks: Vec<Callback>,
}

impl MessageChange {
    /// A change that nobody needs to be told of.
    pub const fn quiet(message: Message) -> MessageChange {
        MessageChange { message, parts: Vec::new(), media: Vec::new(), callbacks: Vec::new() }
    }
}

/// Which messages that are due are wanted.
///
/// They stand in lanes: one for each sender (`from`, or the service while that has not chosen) through each carrier that
/// is named in their record. If all that are due are not more than `limit`, they come in the order of time; else each
/// lane has its turn, beginning behind the one where the last look ended.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Look {
    /// The time.
    pub now: Moment,
    /// Of one lane at most.
    pub per_lane: u32,
    /// In all at most.
    pub limit: u32,
    /// Those that are in hand already.
    pub busy: Vec<Sid>,
    /// Carriers whose messages are not wanted.
    pub except: Vec<String>,
    /// [`Due::lane`] of the last look; empty at the first.
    pub lane: String,
}

/// What a look found.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Due {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether there may be more.
    pub more: bool,
    /// Where the next look goes on.
    pub lane: String,
}

/// A part that a carrier names in a receipt, with the message it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartFound {
    /// The part.
    pub part: MessagePart,
    /// Its message.
    pub message: Message,
    /// All parts of that message, by index.
    pub all: Vec<MessagePart>,
}

/// What the fragments of one long message have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FragmentSet {
    /// Name of the carrier.
    pub carrier: String,
    /// Who sent it, as on the wire.
    pub from: String,
    /// Who it is for, as on the wire.
    pub to: String,
    /// The reference.
    pub reference: u32,
    /// How many parts.
    pub total: u32,
}

impl FragmentSet {
    /// The set that a fragment belongs to.
    pub fn of(fragment: &Fragment) -> FragmentSet {
        FragmentSet {
            carrier: fragment.carrier.clone(),
            from: fragment.from.clone(),
            to: fragment.to.clone(),
            reference: fragment.reference,
            total: fragment.total,
        }
    }
}

/// A handset of the virtual carrier that has messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handset {
    /// Its number.
    pub number: PhoneNumber,
    /// How many messages it has or wrote.
    pub entries: u64,
    /// When the last came.
    pub last_at: Moment,
}

/// What must not be lost of text messages.
#[async_trait]
pub trait Texts: Send + Sync {
    /// Keeps a new message. [`StoreError::Taken`] if its SID exists.
    async fn create_message(&self, new: NewMessage) -> Result<Creation, StoreError>;

    /// The message of this SID.
    async fn message(&self, sid: Sid) -> Result<Option<Message>, StoreError>;

    /// Messages of an account, newest first by when they were made. [`StoreError::Missing`] if the page's token never was
    /// one of its rows.
    async fn messages(
        &self,
        account: Sid,
        filter: MessageFilter,
        page: Page,
    ) -> Result<Listing<MessageRecord>, StoreError>;

    /// Replaces a message. One that was deleted stays deleted; its callbacks are still sent. Media that was deleted stays
    /// so, too, and stays uncounted where the change brings none. [`StoreError::Missing`] if there never was one.
    async fn change_message(&self, change: MessageChange) -> Result<(), StoreError>;

    /// Forgets the message, its parts and the rows of its media (not their files); `false` if there was none.
    async fn delete_message(&self, sid: Sid) -> Result<bool, StoreError>;

    /// Messages that a carrier is to be given now: their status is waiting, and they are due. Nothing is claimed: the one
    /// that sends keeps them in [`Look::busy`].
    async fn due_messages(&self, look: Look) -> Result<Due, StoreError>;

    /// When [`Texts::due_messages`] next has something, those in `busy` and those of the carriers in `except` left out; it
    /// may lie in the past.
    async fn next_message_due(
        &self,
        busy: &[Sid],
        except: &[String],
    ) -> Result<Option<Moment>, StoreError>;

    /// Messages that wait to be given to a carrier and are due, but whose time is over, longest due first, at most `limit`,
    /// those in `busy` left out. It walks everything that waits, in an index that holds nothing else.
    async fn expired_messages(
        &self,
        now: Moment,
        limit: u32,
        busy: &[Sid],
    ) -> Result<Vec<Message>, StoreError>;

    /// Messages that a carrier still has to be given.
    async fn waiting_messages(&self) -> Result<u64, StoreError>;

    /// Messages that came in and of which the application is to be asked now (status `receiving`, due), longest due
    /// first, at most `limit`, those in `busy` left out.
    async fn unasked_messages(
        &self,
        now: Moment,
        limit: u32,
        busy: &[Sid],
    ) -> Result<Vec<Message>, StoreError>;

    /// When [`Texts::unasked_messages`] next has something, those in `busy` left out; it may lie in the past.
    async fn next_unasked_due(&self, busy: &[Sid]) -> Result<Option<Moment>, StoreError>;

    /// The part that this carrier calls `id`, with its message.
    async fn part(&self, carrier: &str, id: &str) -> Result<Option<PartFound>, StoreError>;

    /// Parts of a message, by index.
    async fn parts(&self, message: Sid) -> Result<Vec<MessagePart>, StoreError>;

    /// Keeps a fragment and gives all of its set, by number. A repetition of one changes nothing.
    async fn keep_fragment(&self, fragment: Fragment) -> Result<Vec<Fragment>, StoreError>;

    /// The fragments, by number, of one set whose first arrived before this moment: what is missing won't come.
    async fn stale_fragments(&self, before: Moment) -> Result<Vec<Fragment>, StoreError>;

    /// When the longest waiting fragment arrived.
    async fn oldest_fragment(&self) -> Result<Option<Moment>, StoreError>;

    /// Media of this SID.
    async fn media(&self, sid: Sid) -> Result<Option<MediaRecord>, StoreError>;

    /// Media of a message, newest first. [`StoreError::Missing`] if the page's token never was one of its rows.
    async fn media_of(
        &self,
        account: Sid,
        message: Sid,
        created: DateRange,
        page: Page,
    ) -> Result<Listing<MediaRecord>, StoreError>;

    /// Forgets media (not its file), and counts one less at its message; `false` if there was none.
    async fn delete_media(&self, sid: Sid) -> Result<bool, StoreError>;

    /// Keeps a new service. [`StoreError::Taken`] if its SID exists.
    async fn open_service(&self, service: Service) -> Result<(), StoreError>;

    /// The service of this SID.
    async fn service(&self, sid: Sid) -> Result<Option<Service>, StoreError>;

    /// Services of an account, newest first. [`StoreError::Missing`] if the page's token never was one of its rows.
    async fn services(&self, account: Sid, page: Page) -> Result<Listing<Service>, StoreError>;

    /// Replaces a service. [`StoreError::Missing`] if there is none.
    async fn change_service(&self, service: Service) -> Result<(), StoreError>;

    /// Forgets a service and whom its senders were; `false` if there was none.
    async fn close_service(&self, sid: Sid) -> Result<bool, StoreError>;

    /// Adds a sender to its service. [`StoreError::Taken`] if its SID is in a service already,
    /// [`StoreError::Missing`] if there is no such service.
    async fn add_sender(&self, sender: Sender) -> Result<(), StoreError>;

    /// The sender of this SID, whatever service it is in.
    async fn sender(&self, sid: Sid) -> Result<Option<Sender>, StoreError>;

    /// Senders of one kind of a service, newest first. [`StoreError::Missing`] if the page's token never was one.
    async fn senders(
        &self,
        account: Sid,
        service: Sid,
        kind: SidKind,
        page: Page,
    ) -> Result<Listing<Sender>, StoreError>;

    /// Every sender of a service, oldest first.
    async fn all_senders(&self, service: Sid) -> Result<Vec<Sender>, StoreError>;

    /// Takes a sender out of its service; `false` if it was in none.
    async fn remove_sender(&self, sid: Sid) -> Result<bool, StoreError>;

    /// The sender that this receiver got from a service before.
    async fn sticky_sender(
        &self,
        service: Sid,
        to: &Correspondent,
    ) -> Result<Option<Correspondent>, StoreError>;

    /// The receiver wants nothing more from this scope (a sender as on the wire, or `MG…`).
    async fn opt_out(
        &self,
        account: Sid,
        scope: &str,
        who: &Correspondent,
        at: Moment,
    ) -> Result<(), StoreError>;

    /// The receiver wants it again; `false` if it hadn't opted out.
    async fn opt_in(
        &self,
        account: Sid,
        scope: &str,
        who: &Correspondent,
    ) -> Result<bool, StoreError>;

    /// Whether the receiver has opted out.
    async fn opted_out(
        &self,
        account: Sid,
        scope: &str,
        who: &Correspondent,
    ) -> Result<bool, StoreError>;

    /// Keeps a new short code. [`StoreError::Taken`] if anybody on this server has it.
    async fn add_short_code(&self, code: ShortCode) -> Result<(), StoreError>;

    /// The short code of this SID.
    async fn short_code(&self, sid: Sid) -> Result<Option<ShortCode>, StoreError>;

    /// The record of a short code that is texted, whosever it is.
    async fn short_code_texted(&self, code: &str) -> Result<Option<ShortCode>, StoreError>;

    /// Short codes of an account, newest first, with this code or friendly name where asked.
    /// [`StoreError::Missing`] if the page's token never was one of its rows.
    async fn short_codes(
        &self,
        account: Sid,
        code: Option<String>,
        friendly_name: Option<String>,
        page: Page,
    ) -> Result<Listing<ShortCode>, StoreError>;

    /// Replaces a short code. [`StoreError::Missing`] if there is none.
    async fn change_short_code(&self, code: ShortCode) -> Result<(), StoreError>;

    /// Gives a short code up, and with it its place in a service; `false` if there was none.
    async fn remove_short_code(&self, sid: Sid) -> Result<bool, StoreError>;

    /// Keeps a new application. [`StoreError::Taken`] if its SID exists.
    async fn add_application(&self, application: Application) -> Result<(), StoreError>;

    /// The application of this SID.
    async fn application(&self, sid: Sid) -> Result<Option<Application>, StoreError>;

    /// Applications of an account, newest first, with this friendly name where asked. [`StoreError::Missing`] if the
    /// page's token never was one of its rows.
    async fn applications(
        &self,
        account: Sid,
        friendly_name: Option<String>,
        page: Page,
    ) -> Result<Listing<Application>, StoreError>;

    /// Replaces an application. [`StoreError::Missing`] if there is none.
    async fn change_application(&self, application: Application) -> Result<(), StoreError>;

    /// Forgets an application; numbers that used it fall back to their own routing. `false` if there was none.
    async fn remove_application(&self, sid: Sid) -> Result<bool, StoreError>;

    /// Keeps a message on a handset of the virtual carrier and gives its id; that of the same message there before, if
    /// it is a repetition.
    async fn add_to_inbox(&self, entry: InboxEntry) -> Result<i64, StoreError>;

    /// The last `limit` messages of a handset with an id above `after`, oldest first.
    async fn inbox(
        &self,
        handset: &PhoneNumber,
        after: i64,
        limit: u32,
    ) -> Result<Vec<InboxEntry>, StoreError>;

    /// Handsets that have messages, the one with the newest first, at most `limit`.
    async fn handsets(&self, limit: u32) -> Result<Vec<Handset>, StoreError>;
}
