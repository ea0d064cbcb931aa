//! The built binary against programs of others: sipp, baresip, Monit, an SMSC, a mail relay, a recogniser, the official SDKs, what reads OpenAPI; and against power cuts and signals.
//!
//! What they need is installed by `./test --install`. Everything is on loopback.

#[path = "."]
mod peers {
    mod callees;
    mod callers;
    mod carriers;
    mod crash;
    mod drain;
    mod hearing;
    mod house;
    mod letters;
    mod load;
    mod monit;
    mod openapi;
    mod sdks;
    mod softphone;
    mod text_crash;
}
