//! Carriers against programs of others: the SMPP carrier against the npm package `smpp`, the
//! described gateway against Kannel.
//!
//! What they need is installed by `./test --install`. Everything is on loopback.

#[path = "."]
mod peers {
    mod kannel;
    mod rig;
    mod smpp_inbound;
    mod smpp_outbound;
}
