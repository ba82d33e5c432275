//! What every job store promises, shown on SQLite, PostgreSQL and Redis.
//!
//! Needs `KEYSTEAD_TEST_POSTGRES` and `KEYSTEAD_TEST_REDIS`; `cargo xtask test` brings both.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

#[path = "contract/carrying.rs"]
mod carrying;
#[path = "contract/crashes.rs"]
mod crashes;
#[path = "contract/draining.rs"]
mod draining;
#[path = "contract/failures.rs"]
mod failures;
#[path = "contract/outage.rs"]
mod outage;
#[path = "contract/queueing.rs"]
mod queueing;
#[path = "contract/schedules.rs"]
mod schedules;
#[path = "contract/stage.rs"]
mod stage;

/// Each promise becomes one test on each store.
macro_rules! on_every_store {
    ($($module:ident :: $promise:ident,)*) => {
        on_every_store!(@ sqlite   [$($module::$promise,)*]);
        on_every_store!(@ postgres [$($module::$promise,)*]);
        on_every_store!(@ redis    [$($module::$promise,)*]);
    };
    (@ $store:ident [$($module:ident :: $promise:ident,)*]) => {
        mod $store {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    crate::$module::$promise(crate::stage::Stage::$store().await).await;
                }
            )*
        }
    };
}

on_every_store! {
    queueing::a_job_is_done_once_and_forgotten,
    queueing::a_job_waits_for_its_time,
    queueing::a_duplicate_key_runs_once,
    queueing::a_duplicate_does_not_hold_up_its_batch,
    queueing::a_key_is_free_again_when_its_job_is_done,
    queueing::a_job_lives_and_dies_with_its_transaction,
    queueing::fifty_thousand_due_jobs_drain,
    queueing::the_state_of_a_queue_can_be_told,
    failures::a_failing_job_waits_longer_each_time_and_ends_in_the_dead_letters,
    failures::a_dead_letter_gets_a_new_life,
    failures::a_dead_letter_stays_dead_while_its_key_is_taken,
    failures::a_job_that_asks_for_time_gets_it,
    failures::a_discarded_job_is_not_tried_again,
    failures::a_panic_or_a_timeout_is_a_failure_like_any_other,
    failures::an_unknown_kind_waits_for_a_release_that_knows_it,
    failures::a_payload_that_can_not_be_read_is_a_dead_letter,
    failures::an_error_of_any_text_can_be_kept,
    failures::old_dead_letters_are_pruned_a_few_at_a_time,
    crashes::a_crashed_workers_job_goes_to_another,
    crashes::a_job_that_keeps_crashing_its_worker_is_buried,
    crashes::a_running_job_keeps_its_lease,
    crashes::a_late_report_changes_nothing,
    crashes::workers_may_share_a_name,
    draining::running_jobs_end_and_the_rest_is_handed_back,
    draining::a_job_that_does_not_end_is_left_to_another,
    outage::workers_outlast_their_store,
    schedules::one_of_all_callers_is_first,
    schedules::a_schedule_fires_once_per_tick,
    schedules::a_schedule_does_not_pile_up,
    schedules::a_failed_schedule_says_so_and_goes_on,
    schedules::a_clock_that_ran_ahead_does_not_stop_a_schedule,
}
