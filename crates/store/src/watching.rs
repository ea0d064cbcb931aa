//! The verbs for the watch: checks and what came of them, policies, maintenance, status pages, alert tokens and
//! incidents. They keep the promises of [`crate::Store`], whose part they are.
//!
//! All but incidents are named, uniquely in their account, and status pages on the whole server. Incidents are numbered
//! from the sequence of missed calls, so that `ack 12` can mean but one thing. A list leaves out what can't be read, and
//! logs it by its row; asked for alone it is [`StoreError::Corrupt`].

use async_trait::async_trait;
use model::oncall::Name;
use model::watch::{Check, CheckState, Hour, Incident, Maintenance, Outcome, Policy, StatusPage};
use model::{Moment, Sid};

use crate::errors::StoreError;

/// What one probe found, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRow {
    /// Whose check.
    pub account: Sid,
    /// Which.
    pub check: Name,
    /// What was found.
    pub outcome: Outcome,
    /// It was in maintenance then: in its hour it counts as a probe, and for nothing else.
    pub maintenance: bool,
    /// Into which place of [`Hour::times`] its duration falls, 0 to 255; more is 255.
    pub bucket: usize,
}

/// What one probe found, as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptOutcome {
    /// What was found.
    pub outcome: Outcome,
    /// It was in maintenance then.
    pub maintenance: bool,
}

/// The incident that is open for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// With its id.
    pub incident: Incident,
    /// It is the one that was handed in, rather than one that was open before.
    pub new: bool,
}

/// Which incidents are wanted; `None` is any.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct IncidentFilter {
    /// That go on, or that ended.
    pub open: Option<bool>,
    /// Of this check.
    pub check: Option<Name>,
    /// That began then or later.
    pub from: Option<Moment>,
    /// That began before.
    pub until: Option<Moment>,
    /// Only those after this one in the list (for the next page).
    pub before: Option<i64>,
    /// At most so many, 1 to 1,000.
    pub limit: u32,
}

/// By which another watch may send alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertToken {
    /// What it is for: `grafana`.
    pub name: Name,
    /// Of the token, which itself isn't kept: SHA-256 in lower-case hex.
    pub hash: String,
    /// When it was drawn.
    pub created_at: Moment,
}

/// What must not be lost of the watch.
#[async_trait]
pub trait Watching: Send + Sync {
    /// Every check of an account, by name.
    async fn checks(&self, account: Sid) -> Result<Vec<Check>, StoreError>;

    /// Every check on this server, with its account, by account and name.
    async fn all_checks(&self) -> Result<Vec<(Sid, Check)>, StoreError>;

    /// The check of this name.
    async fn check(&self, account: Sid, name: &Name) -> Result<Option<Check>, StoreError>;

    /// Keeps a check, in place of the one of the same name, whose state and outcomes stay. [`StoreError::Taken`] if
    /// another check on this server has the token of its heartbeat; an empty token is none.
    async fn save_check(&self, account: Sid, check: Check) -> Result<(), StoreError>;

    /// Forgets a check with its state and its outcomes, but not its incidents; `false` if there was none. What takes
    /// long of that is left to [`Watching::forget_outcomes`], but nobody sees it any more.
    async fn remove_check(&self, account: Sid, name: &Name) -> Result<bool, StoreError>;

    /// Whose heartbeat has this token.
    async fn check_by_token(&self, token: &str) -> Result<Option<(Sid, Name)>, StoreError>;

    /// Keeps what stands in the account's `checks.toml`, in place of what has the same name, and forgets what stood
    /// there before and doesn't now; all of it or nothing. What is handed in is kept as from the file, whatever it says.
    /// Errors as those of [`Watching::save_check`] and [`Watching::save_status_page`].
    async fn replace_from_file(
        &self,
        account: Sid,
        checks: Vec<Check>,
        policies: Vec<Policy>,
        maintenances: Vec<Maintenance>,
        pages: Vec<StatusPage>,
    ) -> Result<(), StoreError>;

    /// Every policy of an account, by name.
    async fn policies(&self, account: Sid) -> Result<Vec<Policy>, StoreError>;

    /// The policy of this name.
    async fn policy(&self, account: Sid, name: &Name) -> Result<Option<Policy>, StoreError>;

    /// Keeps a policy, in place of the one of the same name.
    async fn save_policy(&self, account: Sid, policy: Policy) -> Result<(), StoreError>;

    /// Forgets a policy; `false` if there was none. Checks keep the name.
    async fn remove_policy(&self, account: Sid, name: &Name) -> Result<bool, StoreError>;

    /// Every maintenance of an account, by name, past ones too.
    async fn maintenances(&self, account: Sid) -> Result<Vec<Maintenance>, StoreError>;

    /// Every maintenance on this server, with its account, by account and name.
    async fn all_maintenances(&self) -> Result<Vec<(Sid, Maintenance)>, StoreError>;

    /// The maintenance of this name.
    async fn maintenance(
        &self,
        account: Sid,
        name: &Name,
    ) -> Result<Option<Maintenance>, StoreError>;

    /// Keeps a maintenance, in place of the one of the same name.
    async fn save_maintenance(
        &self,
        account: Sid,
        maintenance: Maintenance,
    ) -> Result<(), StoreError>;

    /// Forgets a maintenance; `false` if there was none.
    async fn remove_maintenance(&self, account: Sid, name: &Name) -> Result<bool, StoreError>;

    /// Every status page of an account, by name.
    async fn status_pages(&self, account: Sid) -> Result<Vec<StatusPage>, StoreError>;

    /// The account's status page of this name.
    async fn status_page(
        &self,
        account: Sid,
        name: &Name,
    ) -> Result<Option<StatusPage>, StoreError>;

    /// The status page of this name, whosever it is.
    async fn status_page_by_name(
        &self,
        name: &Name,
    ) -> Result<Option<(Sid, StatusPage)>, StoreError>;

    /// Keeps a status page, in place of the account's of the same name. [`StoreError::Taken`] if another account has one
    /// of that name.
    async fn save_status_page(&self, account: Sid, page: StatusPage) -> Result<(), StoreError>;

    /// Forgets a status page; `false` if there was none.
    async fn remove_status_page(&self, account: Sid, name: &Name) -> Result<bool, StoreError>;

    /// Every alert token of an account, by name.
    async fn alert_tokens(&self, account: Sid) -> Result<Vec<AlertToken>, StoreError>;

    /// The alert token with this hash, and whose it is.
    async fn alert_token(&self, hash: &str) -> Result<Option<(Sid, AlertToken)>, StoreError>;

    /// Keeps an alert token, in place of the one of the same name. [`StoreError::Taken`] if its hash is known already.
    async fn save_alert_token(&self, account: Sid, token: AlertToken) -> Result<(), StoreError>;

    /// Forgets an alert token; `false` if there was none.
    async fn remove_alert_token(&self, account: Sid, name: &Name) -> Result<bool, StoreError>;

    /// Where the checks of an account stand, by name; those of which nothing was kept yet are left out.
    async fn check_states(&self, account: Sid) -> Result<Vec<CheckState>, StoreError>;

    /// Where every check on this server stands, with its account, by account and name.
    async fn all_check_states(&self) -> Result<Vec<(Sid, CheckState)>, StoreError>;

    /// Keeps what probes found, adds it to the hours, and keeps where the checks stand now; all of it or nothing. What
    /// belongs to a check that there isn't (any more) is left out. A second outcome of a check at the same moment is a
    /// repetition: nothing of it is kept or counted. Of a reason at most 1,000 bytes are kept.
    async fn keep_outcomes(
        &self,
        outcomes: Vec<OutcomeRow>,
        states: Vec<(Sid, CheckState)>,
    ) -> Result<(), StoreError>;

    /// Outcomes of a check from `from` on and before `until`, newest first, at most `limit` (1 to 10,000). The next page
    /// is that until the moment of the last.
    async fn outcomes(
        &self,
        account: Sid,
        check: &Name,
        from: Moment,
        until: Moment,
        limit: u32,
    ) -> Result<Vec<KeptOutcome>, StoreError>;

    /// Hours of a check that begin at `from` or later and before `until`, oldest first; of more than 20,000 the newest.
    /// Hours without an outcome are left out, as are the places of [`Hour::times`] after the last that isn't 0.
    async fn hours(
        &self,
        account: Sid,
        check: &Name,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<Hour>, StoreError>;

    /// Forgets outcomes of before `raw_before`, hours of before `hours_before`, and what is left of removed checks, but
    /// at most `limit` rows (1 to 10,000; other verbs wait some 20 ms for 1,000): how many it were. Whoever wants all
    /// gone asks again until it is 0. Once an hour costs far less than once a minute: rows of a check lie side by side. The newest
    /// hour of a check stays, however old it is.
    async fn forget_outcomes(
        &self,
        raw_before: Moment,
        hours_before: Moment,
        limit: u32,
    ) -> Result<u64, StoreError>;

    /// Keeps a new incident and gives its id; or gives the one that is open for its key, unchanged.
    async fn open_incident(&self, account: Sid, incident: Incident) -> Result<Opened, StoreError>;

    /// Keeps an incident as it is now, in place of the one of the same id. [`StoreError::Refused`] if there is none,
    /// [`StoreError::Taken`] if it would go on again while another is open for its key.
    async fn save_incident(&self, account: Sid, incident: Incident) -> Result<(), StoreError>;

    /// The incident of this id.
    async fn incident(&self, account: Sid, id: i64) -> Result<Option<Incident>, StoreError>;

    /// Incidents that go on, with their accounts, oldest first: after a start, what is to be gone on with.
    async fn open_incidents(&self) -> Result<Vec<(Sid, Incident)>, StoreError>;

    /// Incidents of an account, newest first.
    async fn incidents(
        &self,
        account: Sid,
        filter: IncidentFilter,
    ) -> Result<Vec<Incident>, StoreError>;

    /// Forgets incidents that began before then and ended, at most `limit` (1 to 10,000): how many it were.
    async fn forget_incidents(&self, before: Moment, limit: u32) -> Result<u64, StoreError>;
}
