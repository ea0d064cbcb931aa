//! `[[carriers]]`: who takes texts, one table each, with settings by their kind.
//!
//! Secrets and files that a carrier needs are looked up when it is read, and missed only by those that would start it: a
//! command that asks the running server needs none of them.

pub(super) mod kinds;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

use engine::{CarrierKind, CarrierSettings};
use model::Secret;

use super::Effective;
use super::file::Item;
use super::gateway::Gateway;
use super::item::ItemReader;
use super::layers::{Layers, Reader};
use super::problem::Problem;
use super::secret::{Hidden, read_file};
use super::section::{Row, section};
use super::smpp::Smpp;
use super::upstream::Upstream;
use super::value::{Needed, Value, choice};
use kinds::kinds;
use words::{Name, Prefixes, Price};

/// The head of each.
pub(crate) const HEAD: &str = "carriers";

choice! {
    /// How a carrier is spoken to.
    Kind {
        /// Handsets on this server.
        Virtual = "virtual",
        /// SMPP.
        Smpp = "smpp",
        /// As Twilio is spoken to.
        Twilio = "twilio",
        /// As a description says.
        Http = "http",
        /// SIP MESSAGE.
        Sip = "sip",
    }
}

section! {
    /// Who takes texts, and who brings them: one table for each, with two brackets around its head. The carrier with the
    /// longest prefix of a number gets its messages; among equals the one with the lowest priority, and the next one
    /// while that is down. Without any, one called `virtual` reaches the numbers of `numbers.ranges`, and with `alo serve
    /// --dev` every number: on handsets that exist on this server alone, see `alo inbox`.
    Common = "carriers" {
        /// A name of your choice: letters, digits, `-` and `_`.
        name: Needed<Name> = Needed(None),
        /// How it is spoken to.
        kind: Needed<Kind> = Needed(None),
        /// Numbers it reaches, by prefix: `["+55"]`.
        prefixes: Prefixes = Prefixes::all(),
        /// Senders it serves, written out, or the beginning before a `*`. Empty: all.
        senders: Vec<String> = Vec::new(),
        /// Among carriers with the same longest prefix the lowest goes first.
        priority: u32 = 10; 0..=1_000,
        /// Segments a second that it is given at most. Without it: as many as it takes.
        per_second: Option<u32> = None; Some(1)..=Some(1_000_000),
        /// Price of a segment with its currency, `"0.0075 USD"`. Without it: not known.
        price: Option<Price> = None,
    }
}

section! {
    /// SIP MESSAGE (RFC 3428) over a trunk.
    Sip = "carriers" {
        /// The trunk, as `alo trunks` lists it.
        trunk: Needed<String> = Needed(None),
    }
}

/// All carriers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carriers {
    /// Each with the place to show if it can't be started.
    settings: Vec<(CarrierSettings, Option<Problem>)>,
    shown: Vec<Vec<Effective>>,
    missing: Vec<Problem>,
}

impl Carriers {
    /// Reads all. `folder` is where paths of theirs begin; `otherwise` are prefixes of the virtual carrier that there is
    /// when the file has none.
    pub(crate) fn read(
        layers: &mut Layers,
        folder: &Path,
        otherwise: impl FnOnce() -> Vec<String>,
    ) -> Carriers {
        let mut carriers = Carriers::default();
        let mut names = BTreeSet::new();
        for item in layers.items(HEAD) {
            carriers.read_one(layers, item, folder, &mut names);
        }
        if layers.items(HEAD).is_empty() {
            carriers.stand_in(otherwise());
        }
        carriers
    }

    fn read_one(
        &mut self,
        layers: &mut Layers,
        item: Item,
        folder: &Path,
        names: &mut BTreeSet<String>,
    ) {
        let mut reader = ItemReader::new(layers, HEAD, item);
        let common = Common::read(&mut reader);
        // Which settings it may have isn't known without its kind; that it has none was told.
        let Some(kind) = common.kind.0 else { return };
        let name = common.name.0.clone().map_or_else(String::new, |name| name.0);
        if !name.is_empty() && !names.insert(name.clone()) {
            reader.wrong_value("name", format!("there is a carrier '{name}' already"));
        }
        let mut here = Needs { reader: &mut reader, folder, missing: &mut self.missing };
        let (settings, values) = read_kind(kind, &name, &mut here);
        let rows = [Common::rows(), rows_of(kind)].concat();
        let others: Vec<(&str, Vec<Row>)> =
            kinds().into_iter().map(|chapter| (chapter.kind, chapter.rows)).collect();
        reader.unknown(word(kind), &rows, &others);
        self.shown.push(reader.effective(rows, [common.shown(), values].concat()));
        let place = reader.problem(telling(kind), String::new());
        self.settings.extend(settings.map(|kind| (common.settings(&name, kind), place)));
    }

    /// The carrier that there is when nobody wrote one down.
    fn stand_in(&mut self, prefixes: Vec<String>) {
        let name = "virtual";
        let common = Common {
            name: Needed(Some(Name(name.to_owned()))),
            kind: Needed(Some(Kind::Virtual)),
            prefixes: Prefixes(prefixes),
            ..Common::read(&mut Unwritten)
        };
        let values = common.shown().into_iter().zip(Common::rows());
        let shown = values.map(|(value, row)| Effective::unwritten(row, value));
        self.shown.push(shown.collect());
        self.settings.push((common.settings(name, CarrierKind::Virtual), None));
    }

    /// As the engine takes them; what is missing or wrong if one can't be started.
    pub(crate) fn settings(&self) -> Result<Vec<CarrierSettings>, Vec<Problem>> {
        let mut problems = self.missing.clone();
        problems.extend(self.settings.iter().filter_map(|(carrier, place)| {
            let message = unstartable(&carrier.kind)?;
            let place = place.clone()?;
            Some(Problem { message, ..place })
        }));
        if problems.is_empty() { Ok(self.known().cloned().collect()) } else { Err(problems) }
    }

    /// Those of which nothing is missing.
    pub(crate) fn known(&self) -> impl Iterator<Item = &CarrierSettings> {
        self.settings.iter().map(|(carrier, _)| carrier)
    }

    /// Each with its settings, their values and where they came from.
    pub(crate) fn shown(&self) -> &[Vec<Effective>] {
        &self.shown
    }

    /// Whether no message leaves this server.
    pub(crate) fn are_virtual(&self) -> bool {
        self.missing.is_empty()
            && self.known().all(|carrier| matches!(carrier.kind, CarrierKind::Virtual))
    }
}

/// What reading a carrier takes besides its table.
pub(crate) struct Needs<'r, 'l> {
    /// Its table.
    pub(crate) reader: &'r mut ItemReader<'l>,
    /// Where paths begin.
    pub(crate) folder: &'r Path,
    /// What it lacks to be started.
    missing: &'r mut Vec<Problem>,
}

impl Needs<'_, '_> {
    /// The secret, or `None` and a note that it is missing.
    pub(crate) fn secret(&mut self, name: &str, hidden: Option<&Hidden>) -> Option<Secret> {
        let revealed = self.reader.reveal(hidden?, self.folder);
        revealed.map_err(|message| self.lacks(name, message)).ok()
    }

    /// The text of a file; the error says why there is none.
    pub(crate) fn read_text(&self, path: &str, largest: u64) -> Result<String, String> {
        read_file(&self.folder.join(path), largest)
    }

    /// Notes that something of `name` is missing.
    pub(crate) fn lacks(&mut self, name: &str, message: String) {
        self.missing.extend(self.reader.problem(name, message));
    }
}

impl Common {
    fn settings(&self, name: &str, kind: CarrierKind) -> CarrierSettings {
        CarrierSettings {
            name: name.to_owned(),
            kind,
            prefixes: self.prefixes.0.clone(),
            senders: self.senders.clone(),
            priority: self.priority,
            per_second: self.per_second,
            price: self.price.map(Price::money),
        }
    }
}

/// The settings of a kind, where they suffice to start it, and their values as they are shown.
fn read_kind(
    kind: Kind,
    name: &str,
    needs: &mut Needs<'_, '_>,
) -> (Option<CarrierKind>, Vec<String>) {
    match kind {
        Kind::Virtual => (Some(CarrierKind::Virtual), Vec::new()),
        Kind::Sip => {
            let own = Sip::read(needs.reader);
            let trunk = own.trunk.0.clone();
            (trunk.map(|trunk| CarrierKind::Sip { trunk }), own.shown())
        }
        Kind::Smpp => {
            let own = Smpp::read(needs.reader);
            (own.settings(name, needs).map(CarrierKind::Smpp), own.shown())
        }
        Kind::Twilio => {
            let own = Upstream::read(needs.reader);
            (own.settings(name, needs).map(CarrierKind::Upstream), own.shown())
        }
        Kind::Http => {
            let own = Gateway::read(needs.reader);
            (own.settings(name, needs).map(|own| CarrierKind::Gateway(Box::new(own))), own.shown())
        }
    }
}

/// The setting that is shown when a carrier can't be started.
fn telling(kind: Kind) -> &'static str {
    match kind {
        Kind::Virtual | Kind::Smpp | Kind::Sip => "name",
        Kind::Twilio => "account_sid",
        Kind::Http => "description",
    }
}

/// Why a carrier could not be started, which is found out by making one that nobody uses.
fn unstartable(kind: &CarrierKind) -> Option<String> {
    let (events, _) = tokio::sync::mpsc::channel(1);
    match kind.clone() {
        CarrierKind::Upstream(upstream) => {
            sms::web::Upstream::new(upstream, events).err().map(|error| error.to_string())
        }
        CarrierKind::Gateway(gateway) => {
            sms::web::Gateway::new(*gateway, events).err().map(|error| error.to_string())
        }
        CarrierKind::Virtual | CarrierKind::Smpp(_) | CarrierKind::Sip { .. } => None,
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Virtual => "virtual",
        Kind::Smpp => "smpp",
        Kind::Twilio => "twilio",
        Kind::Http => "http",
        Kind::Sip => "sip",
    }
}

fn rows_of(kind: Kind) -> Vec<Row> {
    match kind {
        Kind::Virtual => Vec::new(),
        Kind::Smpp => Smpp::rows(),
        Kind::Twilio => Upstream::rows(),
        Kind::Http => Gateway::rows(),
        Kind::Sip => Sip::rows(),
    }
}

/// A table that nobody wrote.
struct Unwritten;

impl Reader for Unwritten {
    fn read<T: Value>(
        &mut self,
        _section: &'static str,
        _name: &'static str,
        default: T,
        _bounds: Option<&std::ops::RangeInclusive<T>>,
    ) -> T {
        default
    }
}
