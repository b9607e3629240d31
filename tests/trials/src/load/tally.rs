//! The counters that all phones of a run share.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tests::count::Count;

/// The maximum number of fault descriptions that are kept.
const SENTENCES: usize = 20;

/// The shared counters of a run, with the first descriptions of what went wrong.
#[derive(Debug, Default)]
pub struct Tally {
    /// Submissions that were written.
    pub written: Count,
    /// Submissions that have a receipt.
    pub acknowledged: Count,
    /// Requests that were sent.
    pub requests: Count,
    /// Requests without a response.
    pub without_answer: Count,
    /// Responses with `TRY_LATER`.
    pub told_later: Count,
    /// Receipts that were replayed for submissions received earlier.
    pub replayed: Count,
    /// Access tokens that were refreshed.
    pub renewed: Count,
    /// Kills of the server.
    pub server_kills: Count,
    /// Kills of PostgreSQL.
    pub database_kills: Count,
    /// Responses that must not occur: refusals of valid submissions, internal errors, malformed responses.
    pub wrong: Count,
    sentences: Mutex<Vec<String>>,
    /// Photos that were verified.
    pub photos: Count,
    /// Phones that came back online and have delivered everything.
    pub returned: Count,
    times: Mutex<Vec<Duration>>,
    queued_times: Mutex<Vec<Duration>>,
    acks: Mutex<Silences>,
}

/// The times of receipts, from which the longest silence is derived.
#[derive(Debug, Default)]
struct Silences {
    last: Option<Instant>,
    longest: Duration,
}

impl Tally {
    /// Records a receipt, with the time since the submission was first sent. `is_queued` tells whether the submission
    /// had waited in an offline phone.
    pub fn acknowledge(&self, after: Duration, is_queued: bool) {
        self.acknowledged.one();
        lock(if is_queued { &self.queued_times } else { &self.times }).push(after);
        let (mut acks, now) = (lock(&self.acks), Instant::now());
        if let Some(last) = acks.last.replace(now) {
            acks.longest = acks.longest.max(now - last);
        }
    }

    /// Records a response that must not occur.
    pub fn complain(&self, sentence: String) {
        self.wrong.one();
        let mut sentences = lock(&self.sentences);
        if sentences.len() < SENTENCES {
            sentences.push(sentence);
        }
    }

    /// Returns the first twenty descriptions of such responses.
    pub fn complaints(&self) -> Vec<String> {
        lock(&self.sentences).clone()
    }

    /// Returns the times from the first sending of live submissions to their receipts.
    pub fn times(&self) -> Vec<Duration> {
        lock(&self.times).clone()
    }

    /// Returns the same times for queued submissions.
    pub fn queued_times(&self) -> Vec<Duration> {
        lock(&self.queued_times).clone()
    }

    /// Returns the longest time without any receipt.
    pub fn longest_silence(&self) -> Duration {
        lock(&self.acks).longest
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
