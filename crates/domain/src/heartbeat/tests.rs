//! Tests of hearts: the contract's tables, second by second.

use super::*;
use crate::words::HeartbeatCullStrategy::{self, *};
use HeartbeatResurrectionStrategy::*;
use HeartbeatStatus::{Alive, Dead, NotStarted};

/// The instant so many seconds after the test began.
fn t(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_700_000_000 + seconds)
}

/// A heart with a window of 300 s, created at 0.
fn heart(required: bool, last_at: Option<i64>) -> Heart {
    Heart {
        window: TimeDelta::seconds(300),
        required,
        created: t(0),
        last_at: last_at.map(t),
        excused_until: None,
    }
}

#[test]
fn status_follows_the_last_beat_the_window_and_the_policy() {
    #[rustfmt::skip]
    let table = [
        // required, last beat,  now,      status
        (false,      None,       0,        NotStarted),
        (false,      None,       99_999,   NotStarted),
        (true,       None,       300,      NotStarted),
        (true,       None,       301,      Dead),
        (true,       Some(0),    300,      Alive),
        (true,       Some(0),    301,      Dead),
        (false,      Some(50),   350,      Alive),
        (false,      Some(50),   351,      Dead),
        (true,       Some(900),  901,      Alive),
    ];
    for (required, last_at, now, status) in table {
        assert_eq!(
            heart(required, last_at).status(t(now)),
            status,
            "required {required}, last beat {last_at:?}, now {now}"
        );
    }
}

#[test]
fn the_next_beat_is_shown_only_after_a_first_one() {
    assert_eq!(heart(true, None).next_beat(), None);
    assert_eq!(heart(true, None).deadline(), Some(t(300)));
    assert_eq!(heart(false, None).deadline(), None);
    assert_eq!(heart(false, Some(10)).next_beat(), Some(t(310)));
    assert!(heart(false, Some(10)).expected());
    assert!(heart(true, None).expected());
    assert!(!heart(false, None).expected());
}

#[test]
fn a_window_is_the_policys_or_ten_minutes() {
    assert_eq!(window(None), TimeDelta::seconds(600));
    assert_eq!(window(Some(60)), TimeDelta::seconds(60));
    assert_eq!(
        window(Some(i64::MAX)),
        TimeDelta::seconds(i64::from(i32::MAX))
    );
}

#[test]
fn activation_is_the_first_beat_when_the_basis_says_so() {
    assert_eq!(first_beat(HeartbeatBasis::FromCreation, t(5)), Some(t(5)));
    assert_eq!(first_beat(HeartbeatBasis::FromFirstPing, t(5)), None);
}

#[test]
fn a_ping_revives_the_dead_within_their_window_only() {
    #[rustfmt::skip]
    let table = [
        // required, last beat, strategy,        now,     what it does
        (false,      None,      NoRevive,        99_999,  Ping::Beats),
        (true,       Some(0),   NoRevive,        300,     Ping::Beats),
        (true,       Some(0),   NoRevive,        301,     Ping::Dead),
        (true,       Some(0),   Revive1Minute,   360,     Ping::Revives),
        (true,       Some(0),   Revive1Minute,   361,     Ping::Dead),
        (true,       Some(0),   Revive2Minutes,  420,     Ping::Revives),
        (true,       Some(0),   Revive2Minutes,  421,     Ping::Dead),
        (true,       Some(0),   Revive5Minutes,  7 * 60,  Ping::Revives),
        (true,       Some(0),   Revive5Minutes,  600,     Ping::Revives),
        (true,       Some(0),   Revive5Minutes,  11 * 60, Ping::Dead),
        (true,       Some(0),   Revive10Minutes, 900,     Ping::Revives),
        (true,       Some(0),   Revive10Minutes, 901,     Ping::Dead),
        (true,       Some(0),   Revive15Minutes, 1_200,   Ping::Revives),
        (true,       Some(0),   Revive15Minutes, 1_201,   Ping::Dead),
        (true,       Some(0),   AlwaysRevive,    99_999,  Ping::Revives),
        // Required, but never pinged: there is no life to come back to.
        (true,       None,      Revive15Minutes, 301,     Ping::Dead),
        (true,       None,      AlwaysRevive,    301,     Ping::Revives),
        (true,       None,      Revive15Minutes, 300,     Ping::Beats),
    ];
    for (required, last_at, strategy, now, does) in table {
        assert_eq!(
            ping(&heart(required, last_at), strategy, t(now)),
            does,
            "required {required}, last beat {last_at:?}, {strategy}, now {now}"
        );
    }
}

#[test]
fn a_ping_of_the_dead_is_refused_without_a_place() {
    let refused = dead(Code::MachineHeartbeatDead);

    let problem = &refused.problems[0];
    assert_eq!(
        (problem.kind, problem.detail.as_ref()),
        (Kind::UnprocessableEntity, "is dead")
    );
    assert_eq!(problem.code, Some(Code::MachineHeartbeatDead));
}

#[test]
fn the_dead_go_wait_or_stay_as_their_policy_says() {
    #[rustfmt::skip]
    let table = [
        // cull,         resurrection,    now,     fate
        (DeactivateDead, NoRevive,        300,     Fate::Lives(Some(t(300)))),
        (DeactivateDead, NoRevive,        301,     Fate::Goes),
        (DeactivateDead, Revive1Minute,   301,     Fate::Waits(t(360))),
        (DeactivateDead, Revive1Minute,   360,     Fate::Waits(t(360))),
        (DeactivateDead, Revive1Minute,   361,     Fate::Goes),
        (DeactivateDead, Revive15Minutes, 1_201,   Fate::Goes),
        (KeepDead,       NoRevive,        301,     Fate::Stays),
        (KeepDead,       Revive5Minutes,  301,     Fate::Waits(t(600))),
        (KeepDead,       Revive5Minutes,  601,     Fate::Stays),
        (KeepDead,       AlwaysRevive,    99_999,  Fate::Stays),
        (DeactivateDead, AlwaysRevive,    99_999,  Fate::Stays),
    ];
    for (cull, resurrection, now, fate) in table {
        let heart = heart(true, Some(0));
        let fresh = judge(&heart, cull, resurrection, false, t(now));
        let marked = judge(&heart, cull, resurrection, true, t(now));

        assert_eq!(fresh.fate, fate, "{cull} × {resurrection} at {now}");
        assert_eq!(
            marked.fate, fate,
            "{cull} × {resurrection} at {now}, marked"
        );
        assert_eq!(fresh.announce, now > 300, "a death is told");
        assert!(!marked.announce, "a death is told once");
    }
}

#[test]
fn a_sweep_agrees_with_pings_about_who_can_be_revived() {
    for &resurrection in HeartbeatResurrectionStrategy::ALL {
        for &cull in HeartbeatCullStrategy::ALL {
            for last_at in [None, Some(0)] {
                for now in 0..2_000 {
                    let heart = heart(true, last_at);
                    let judged = judge(&heart, cull, resurrection, false, t(now));
                    if ping(&heart, resurrection, t(now)) != Ping::Dead {
                        assert_ne!(judged.fate, Fate::Goes, "{cull} × {resurrection} at {now}");
                    }
                }
            }
        }
    }
}

#[test]
fn hearts_that_need_not_beat_are_never_dead() {
    let reset = heart(false, None);

    let judged = judge(&reset, DeactivateDead, NoRevive, true, t(99_999));

    assert_eq!(
        judged,
        Judgement {
            fate: Fate::Lives(None),
            announce: false
        }
    );
}

#[test]
fn the_due_time_moves_when_less_than_two_fifths_of_the_window_are_left() {
    let window = TimeDelta::seconds(100);

    #[rustfmt::skip]
    let table = [
        // due,      now,  moves to
        (None,       0,    Some(100)),
        (Some(100),  0,    None),
        (Some(100),  60,   None),
        (Some(100),  61,   Some(161)),
        (Some(100),  100,  Some(200)),
        (Some(100),  500,  Some(600)),
        // A window that was shortened, or an amnesty: never later than the deadline.
        (Some(500),  0,    Some(100)),
    ];
    for (due, now, moved) in table {
        assert_eq!(
            moved_due(due.map(t), window, t(now)),
            moved.map(t),
            "due {due:?}, now {now}"
        );
    }
}

#[test]
fn pings_in_time_never_leave_the_due_time_after_the_deadline() {
    let window = TimeDelta::seconds(100);
    for every in [1, 7, 30, 59, 60, 61, 99, 100] {
        let (mut due, mut moves) = (None, 0);
        for beat in 0..1_000 {
            let now = t(beat * every);
            if let Some(moved) = moved_due(due, window, now) {
                due = Some(moved);
                moves += 1;
            }
            let due = due.expect("the first ping sets it");
            assert!(due <= now + window, "every {every} s");
            assert!(
                due > now,
                "every {every} s: the sweep would look at the living"
            );
        }
        // One move per three fifths of a window, or one per ping if those are rarer.
        let expected = (1_000 * every) / 60_i64.max(every) + 1;
        assert!(moves <= expected, "every {every} s: {moves} moves");
    }
}

#[test]
fn a_gap_is_several_missing_pulses() {
    let five = TimeDelta::seconds(5);

    assert_eq!(Gap::between(t(0), t(15), five), None);
    assert_eq!(
        Gap::between(t(0), t(16), five),
        Some(Gap {
            from: t(0),
            until: t(16)
        })
    );
    assert_eq!(
        Gap::between(t(20), t(16), five),
        None,
        "a pulse from the future is no gap"
    );
}

#[test]
fn an_outage_excuses_whoever_lived_when_it_began_for_a_full_window() {
    let window = TimeDelta::seconds(300);
    let gap = Gap {
        from: t(1_000),
        until: t(22_600),
    };
    let back = Some(t(22_900));

    #[rustfmt::skip]
    let table = [
        // last beat,  excused until
        (699,          None),
        (700,          back),
        (999,          back),
        (1_000,        back),
        (22_599,       back),
        (22_600,       None),
    ];
    for (last_at, excused) in table {
        let mut heart = heart(true, Some(last_at));
        let deadline = heart.deadline().unwrap();
        let excuse = gap.excuse(deadline, window);
        assert_eq!(excuse, excused, "last beat {last_at}");

        heart.excused_until = excuse;
        if let Some(until) = excused {
            assert_eq!(heart.status(until), Alive);
            assert_eq!(heart.status(until + TimeDelta::seconds(1)), Dead);
            assert_eq!(ping(&heart, NoRevive, until), Ping::Beats);
            assert_eq!(
                heart.next_beat(),
                Some(deadline),
                "what clients see does not change"
            );
        }
    }
}

#[test]
fn whoever_pings_within_a_window_after_an_outage_of_any_length_survives() {
    let window = TimeDelta::seconds(300);
    for length in [16, 60, 299, 300, 301, 600, 21_600, 86_400] {
        let gap = Gap {
            from: t(0),
            until: t(length),
        };
        for last_at in -300..=0 {
            let mut heart = heart(true, Some(last_at));
            heart.excused_until = gap.excuse(heart.deadline().unwrap(), window);
            for after in [0, 1, 150, 300] {
                let now = t(length + after);
                assert_eq!(
                    ping(&heart, NoRevive, now),
                    Ping::Beats,
                    "{last_at} {length} {after}"
                );
                let judged = judge(&heart, DeactivateDead, NoRevive, false, now);
                assert!(
                    matches!(judged.fate, Fate::Lives(_)),
                    "{last_at} {length} {after}"
                );
            }
        }
    }
}

#[test]
fn a_stored_due_time_excuses_nothing_unless_an_amnesty_moved_it() {
    let mut heart = heart(true, Some(100));
    heart.excused_until = Some(t(300));

    assert_eq!(heart.deadline(), Some(t(400)));
}

#[test]
fn other_deadlines_are_postponed_by_the_length_of_the_outage() {
    let gap = Gap {
        from: t(100),
        until: t(400),
    };

    #[rustfmt::skip]
    let table = [
        (99,  None),
        (100, Some(400)),
        (250, Some(550)),
        (400, Some(700)),
        (401, None),
    ];
    for (deadline, postponed) in table {
        assert_eq!(gap.postpone(t(deadline)), postponed.map(t), "{deadline}");
    }
    assert_eq!(gap.length(), TimeDelta::seconds(300));
}

#[test]
fn the_brake_holds_beyond_both_the_share_and_the_minimum() {
    let brake = Brake {
        share_percent: 10,
        minimum: 20,
    };

    #[rustfmt::skip]
    let table = [
        // culls,     machines,   holds
        (0,           0,          false),
        (20,          20,         false),
        (21,          21,         true),
        (21,          209,        true),
        (21,          210,        false),
        (100,         1_000,      false),
        (101,         1_000,      true),
        (u64::MAX,    u64::MAX,   true),
    ];
    for (culls, machines, holds) in table {
        assert_eq!(
            brake.holds(Pressure { culls, machines }),
            holds,
            "{culls} of {machines}"
        );
    }
}
