//! Swaps that were asked or decided over the API: those whom they concern are told, as if it had been done by text.

use model::Sid;
use model::oncall::Swap;
use oncall::commands::swap_news;
use store::StoreError;

use super::duty;
use super::tell::{self, Letter};
use crate::hub::Hub;

/// Tells whoever has to hear of a swap as it stands now; each state once.
pub(crate) async fn told(hub: &Hub, account: Sid, swap: &Swap) -> Result<(), StoreError> {
    let people = duty::people(hub, account).await?;
    let Some(rota) = hub.store.rota(account, &swap.rota).await? else { return Ok(()) };
    for (hears, other) in [(&swap.asked, &swap.asks), (&swap.asks, &swap.asked)] {
        let (Some(hears), Some(other)) = (people.get(hears), people.get(other)) else { continue };
        let Some(text) = swap_news(swap, &rota, other, hears) else { continue };
        let key = format!("swap/{}/{:?}", swap.id, swap.state);
        let letter = Letter { subject: text.clone(), text, key };
        tell::person(hub, account, rota.text_from.as_ref(), None, hears, letter).await?;
    }
    Ok(())
}
