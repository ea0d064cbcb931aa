//! Where clocks, tasks, HTTP client and jobs meet the pure crates.
