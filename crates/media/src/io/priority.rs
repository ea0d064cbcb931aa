//! The media threads go before everything else on the machine, where the system lets them.
//!
//! A scheduler that is fair lets who runs finish its slice of a millisecond or more, whoever else is due: a caller hears
//! that as jitter. Real-time threads (`SCHED_RR`, sched(7)) are not kept waiting. It takes `CAP_SYS_NICE` or a limit
//! `RLIMIT_RTPRIO` of 1 (`LimitRTPRIO=` of systemd); without it the threads are as all others, and audio as good as the
//! machine is idle. The lowest real-time priority will do; the kernel leaves others 5 % of each second in any case.

/// Whether media threads would get it here; tried on a thread of its own.
pub fn goes_first() -> bool {
    std::thread::spawn(raise).join().unwrap_or(false)
}

/// Gives this thread real-time priority; whether it could be had.
#[cfg(target_os = "linux")]
pub(super) fn raise() -> bool {
    use thread_priority::unix::{set_thread_priority_and_policy, thread_native_id};
    use thread_priority::{RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy};
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy).is_ok()
}

/// Elsewhere the threads stay as they are.
#[cfg(not(target_os = "linux"))]
pub(super) fn raise() -> bool {
    false
}
