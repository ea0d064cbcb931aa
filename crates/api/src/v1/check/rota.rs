//! Rotas: what `oncall` says of them, and who takes part that nobody knows.

use std::collections::BTreeSet;

use model::oncall::{Name, Rota};

use super::{display, refused};
use crate::errors::ApiError;

/// Longest notice before a handoff, in minutes: a week.
const LONGEST_NOTICE: u32 = 7 * 24 * 60;

/// 400 with the field that can't be kept.
pub(crate) fn rota(rota: &Rota) -> Result<(), ApiError> {
    display("display", &rota.display)?;
    for (at, layer) in rota.layers.iter().enumerate() {
        display(format_args!("layers[{at}].name"), &layer.name)?;
    }
    if let Some(minutes) = rota.tell_before_minutes
        && !(1..=LONGEST_NOTICE).contains(&minutes)
    {
        let why = format!("{minutes} minutes: write 1 to {LONGEST_NOTICE}");
        return refused("tell_before_minutes", why);
    }
    oncall::check_rota(rota).map_err(|error| ApiError::invalid(format!("layers: {error}")))
}

/// Who takes part and did not before: those must be there. Those who were removed meanwhile may stay in earlier crews.
pub(crate) fn newcomers(rota: &Rota, before: Option<&Rota>) -> BTreeSet<Name> {
    let known = before.map(members).unwrap_or_default();
    members(rota).difference(&known).cloned().collect()
}

fn members(rota: &Rota) -> BTreeSet<Name> {
    let crews = rota.layers.iter().flat_map(|layer| &layer.crews);
    crews.flat_map(|crew| crew.people.iter().cloned()).collect()
}
