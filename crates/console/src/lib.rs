//! Web pages of alo: status pages, badges and feeds.
