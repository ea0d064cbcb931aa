//! TLS: the server shows a chain that is trusted and for its name. When that ends is told with the outcome; how long
//! before somebody is woken is the check's.

use crate::Probes;
use crate::connect::Place;
use crate::progress::{Progress, Verdict};
use crate::tls::Wish;

/// Connects and shakes hands.
pub(crate) async fn probe(
    probes: &Probes,
    place: &Place<'_>,
    server_name: Option<&str>,
    progress: &Progress,
) -> Verdict {
    let stream = probes.connect(place, progress).await?;
    let name = server_name.unwrap_or(place.host);
    let said = place.to_string();
    probes.trust.handshake(stream, name, &said, &Wish::default(), progress).await?;
    Ok(())
}
