//! Which turns of a feed's health are told to others: that it fails for good as it seems, that it is
//! gone, that it is back. Each once: what was told last stands in the feed's state.

use super::failing::patience;
use super::settings::Settings;
use super::time::seconds;
use crate::model::{FeedState, Health, Timestamp, Turn, Turned};

/// Failures in a row before anything is told: one or two are a restart.
const FAILURES: u32 = 3;
/// Days that they must have lasted: most outages are over within one.
const DAYS: f64 = 1.0;

/// Notes in `next` the turn that the poll from `before` to it shows, where it shows one.
pub(super) fn note(settings: &Settings, before: &FeedState, next: &mut FeedState, now: Timestamp) {
    let told = before.turned.as_ref().filter(|turned| turned.to != Turn::Recovered);
    let since = next.failing_since.or(told.map(|turned| turned.since)).unwrap_or(now);
    let lasting = next.failures >= FAILURES && seconds(since, now) >= patience(settings, DAYS);
    let to = match (next.health, told.map(|turned| turned.to)) {
        (Health::Gone, Some(Turn::Gone)) => return,
        (Health::Gone, _) => Turn::Gone,
        (Health::Failing | Health::Dead, None) if lasting => Turn::Failing,
        (Health::Ok, Some(_)) => Turn::Recovered,
        _ => return,
    };
    let ended = to == Turn::Recovered;
    next.turned = Some(Turned {
        to,
        at: now,
        since: told.filter(|_| ended).map_or(since, |turned| turned.since),
        failures: if ended { before.failures } else { next.failures },
        error: if ended { before.last_error.clone() } else { next.last_error.clone() },
    });
}

#[cfg(test)]
mod tests {
    use super::super::{Answer, Failure, Outcome, Pace, Unchanged, next};
    use super::*;

    const HOUR: i64 = 3600;

    fn failed() -> Answer {
        Answer::Failed { class: Failure::Status(500), message: "the server answers 500".into() }
    }

    fn well() -> Answer {
        Answer::Unchanged(Unchanged::NotModified)
    }

    /// Polls that bring these answers at these hours tell these turns.
    #[track_caller]
    fn check(polls: &[(i64, Answer)], expect: &[(i64, Turn)]) {
        let mut state = FeedState::default();
        let mut told = Vec::new();
        for (hour, answer) in polls {
            let now = Timestamp::from_second(hour * HOUR).unwrap();
            let pace = Pace { jitter: 0.0, threshold: 1.0 };
            let outcome = Outcome::new(answer.clone());
            let after = next(&Settings::default(), &state, &outcome, now, pace);
            if after.turned != state.turned {
                told.push((*hour, after.turned.as_ref().unwrap().to));
            }
            // As a restart would read it.
            state = serde_json::from_slice(&serde_json::to_vec(&after).unwrap()).unwrap();
        }
        assert_eq!(told, expect, "{polls:?}");
    }

    #[test]
    fn a_long_failure_is_told_once_and_so_is_its_end() {
        let polls = [(0, failed()), (1, failed()), (2, failed()), (23, failed())];
        check(&polls, &[]);
        let more =
            [(24, failed()), (48, failed()), (1000, failed()), (1001, well()), (1002, well())];
        let turns = [(24, Turn::Failing), (1001, Turn::Recovered)];
        check(&[&polls[..], &more].concat(), &turns);
    }

    #[test]
    fn neither_a_long_pause_nor_a_short_outage_is_told() {
        check(&[(0, failed()), (30, failed()), (31, well())], &[]);
        check(&[(0, failed()), (1, failed()), (2, failed()), (3, failed()), (4, well())], &[]);
        let offline = [(0, failed()), (1, failed()), (2, failed()), (50, Answer::Offline)];
        check(&offline, &[]);
    }

    #[test]
    fn gone_is_told_once_confirmed() {
        let gone = || Answer::Gone;
        check(&[(0, gone()), (25, gone())], &[(25, Turn::Gone)]);
        let long = [(0, failed()), (12, failed()), (24, failed()), (25, gone()), (50, gone())];
        check(&long, &[(24, Turn::Failing), (50, Turn::Gone)]);
    }

    #[test]
    fn a_feed_that_is_begun_anew_is_told_to_be_back() {
        let now = Timestamp::from_second(9 * HOUR).unwrap();
        let error = Some("gone".to_owned());
        let turned = Turned { to: Turn::Gone, at: now, since: now, failures: 2, error };
        let mut state = FeedState {
            health: Health::Gone,
            failures: 2,
            turned: Some(turned),
            body_hash: Some(1),
            title: Some("kept".into()),
            ..FeedState::default()
        };
        super::super::forget(&mut state);
        assert_eq!((state.failures, state.body_hash, state.health), (0, None, Health::New));
        assert_eq!(state.title.as_deref(), Some("kept"));
        let pace = Pace { jitter: 0.0, threshold: 1.0 };
        let after = next(&Settings::default(), &state, &Outcome::new(well()), now, pace);
        assert_eq!(after.turned.unwrap().to, Turn::Recovered);
    }
}
