//! What every store must do, checked over the trait; and what SQLite's file must do besides.

mod crash;
mod folder;
mod incidents;
mod line_calls;
mod lists;
mod messages;
mod oncall;
mod oncall_file;
mod oncall_rows;
mod outbox;
mod outcomes;
mod queue;
mod records;
mod rows;
mod services;
mod text_rows;
mod transcripts;
mod watch;
mod watch_file;
mod watch_rows;

use store::{Sqlite, Store};
use tempfile::TempDir;

/// A fresh store, with what it lives in.
struct Opened {
    store: Box<dyn Store>,
    _folder: Option<TempDir>,
}

fn in_memory() -> Opened {
    let store = Sqlite::in_memory().expect("memory is there");
    Opened { store: Box::new(store), _folder: None }
}

fn on_disk() -> Opened {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Sqlite::open(folder.path().join("alo.db")).expect("a new database");
    Opened { store: Box::new(store), _folder: Some(folder) }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(future)
}

/// Runs each scenario over each kind of store.
macro_rules! over_every_store {
    ($($module:ident :: $scenario:ident),* $(,)?) => {
        over_every_store!(in_memory; $($module::$scenario),*);
        over_every_store!(on_disk; $($module::$scenario),*);
    };
    ($kind:ident; $($module:ident :: $scenario:ident),*) => {
        mod $kind {
            $(
                #[test]
                fn $scenario() {
                    let opened = crate::$kind();
                    crate::block_on(crate::$module::$scenario(&*opened.store));
                }
            )*

            #[test]
            fn every_call_comes_back_as_it_was_saved() {
                crate::records::every_call_comes_back_as_it_was_saved(crate::$kind);
            }

            #[test]
            fn pages_show_every_row_once_in_order() {
                crate::lists::pages_show_every_row_once_in_order(crate::$kind);
            }

            #[test]
            fn callbacks_leave_in_the_order_of_their_lane() {
                crate::outbox::callbacks_leave_in_the_order_of_their_lane(crate::$kind);
            }

            #[test]
            fn every_message_comes_back_as_it_was_made_and_changed() {
                crate::messages::every_message_comes_back_as_it_was_made_and_changed(crate::$kind);
            }

            #[test]
            fn the_queue_is_what_waits_whatever_happened() {
                crate::queue::the_queue_is_what_waits_whatever_happened(crate::$kind);
            }

            #[test]
            fn hours_and_outcomes_agree_whatever_came() {
                crate::outcomes::hours_and_outcomes_agree_whatever_came(crate::$kind);
            }
        }
    };
}

over_every_store![
    records::accounts_come_back_and_change,
    records::numbers_come_back_change_and_are_released,
    records::a_number_belongs_to_one_record,
    records::phones_come_back_change_and_are_removed,
    records::a_phones_name_is_unique,
    records::trunks_come_back_and_are_removed,
    records::recordings_come_back_as_they_were_saved,
    records::alerts_come_back_as_they_were_raised,
    records::what_belongs_to_no_account_is_refused,
    records::a_bad_row_among_good_ones_fails_alone,
    records::a_deleted_call_stays_deleted_and_its_recording_stays,
    records::unfinished_calls_come_with_their_latest_subscription,
    records::odd_texts_come_back_unharmed,
    records::a_ping_is_answered,
    lists::numbers_are_found_by_part_and_name,
    lists::calls_are_filtered,
    lists::recordings_are_filtered,
    lists::alerts_are_filtered,
    lists::a_page_after_a_deleted_row_goes_on_there,
    lists::a_token_of_nobodys_row_is_refused,
    lists::a_pages_size_is_kept_in_bounds,
    outbox::a_lane_waits_for_its_first_and_others_do_not,
    outbox::busy_lanes_are_left_out,
    outbox::a_callback_that_was_put_off_is_due_later,
    outbox::callbacks_come_with_their_recording,
    messages::a_repetition_is_answered_with_the_first,
    messages::who_opted_out_gets_nothing_until_they_opt_in,
    messages::a_message_comes_with_all_that_follows,
    messages::a_message_that_is_refused_leaves_nothing,
    messages::a_receipt_finds_its_message_by_the_carriers_name,
    messages::a_deleted_message_stays_deleted,
    messages::deleted_media_is_counted_off_and_stays_deleted,
    messages::messages_are_filtered,
    messages::a_page_of_messages_goes_on_after_a_deleted_one,
    messages::fragments_gather_by_set_until_they_are_stale,
    messages::a_message_that_came_in_is_asked_about_until_it_is_received,
    queue::a_sender_with_many_holds_up_no_other,
    queue::messages_of_one_moment_go_out_in_the_order_they_were_made,
    queue::the_next_due_is_the_first_that_is_not_busy,
    queue::what_waited_too_long_is_found_behind_whatever_waits_longer,
    queue::a_message_that_is_put_off_waits,
    services::services_come_back_change_and_are_closed,
    services::a_sender_is_in_one_service_at_most,
    services::senders_are_listed_by_kind,
    services::a_number_that_is_given_up_leaves_its_service,
    services::a_closed_service_forgets_who_got_which_sender,
    services::short_codes_come_back_change_and_are_removed,
    services::numbers_of_an_application_that_is_removed_use_their_own,
    services::a_handset_shows_each_message_once_in_order,
    oncall::people_come_back_change_and_are_removed,
    oncall::lines_come_back_change_and_are_removed,
    oncall::rotas_come_back_and_take_what_is_theirs_along,
    oncall::every_accounts_rotas_are_listed_together,
    oncall::handoffs_told_are_kept_by_rota,
    oncall::overrides_are_found_where_they_touch,
    oncall::swaps_are_asked_accepted_and_taken_back,
    oncall::swaps_are_listed_by_state_newest_first,
    oncall::overrides_swaps_and_missed_calls_share_one_sequence,
    oncall::what_belongs_to_no_account_or_rota_is_refused,
    line_calls::calls_of_lines_come_back_as_they_were_saved,
    line_calls::a_missed_call_keeps_its_ticket_and_who_saw_to_it_first,
    line_calls::calls_of_lines_are_listed_by_filter_and_page,
    line_calls::unfinished_calls_of_lines_come_oldest_first,
    line_calls::mails_leave_longest_due_first,
    line_calls::a_mail_that_was_put_off_is_due_later,
    line_calls::a_mails_key_is_known_for_ever,
    transcripts::transcriptions_are_owed_oldest_first_until_they_are_done,
    transcripts::a_transcription_is_ordered_once,
    transcripts::a_recording_is_kept_with_its_transcription_or_not_at_all,
    transcripts::a_deleted_recording_takes_its_transcriptions_along,
    transcripts::transcriptions_are_listed_and_deleted_by_their_account,
    watch::checks_come_back_change_and_are_removed,
    watch::a_heartbeat_is_found_by_its_token,
    watch::policies_and_maintenance_come_back_and_are_removed,
    watch::a_status_pages_name_is_unique_on_the_server,
    watch::alert_tokens_are_found_by_their_hash,
    watch::a_file_replaces_what_stood_in_it_and_nothing_else,
    watch::a_file_is_taken_as_a_whole_or_not_at_all,
    watch::states_are_kept_by_check_and_go_with_it,
    watch::what_of_the_watch_belongs_to_no_account_is_refused,
    outcomes::outcomes_come_back_newest_first,
    outcomes::a_reason_is_kept_up_to_a_thousand_bytes,
    outcomes::an_hour_is_the_sum_of_its_outcomes,
    outcomes::an_outcome_that_is_kept_twice_counts_once,
    outcomes::a_removed_check_takes_what_came_of_it_along,
    outcomes::what_is_old_is_forgotten_in_bounded_steps,
    incidents::an_incident_is_opened_once_until_it_ends,
    incidents::incidents_share_the_sequence_of_missed_calls,
    incidents::accounts_have_incidents_of_their_own,
    incidents::incidents_are_listed_by_filter_and_page,
    incidents::incidents_that_ended_are_forgotten_in_time,
];
