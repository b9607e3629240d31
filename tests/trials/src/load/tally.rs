//! What the phones have counted together.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tests::count::Count;

/// Sentences kept of things that must not happen; there is no need for a thousand of a kind.
const SENTENCES: usize = 20;

/// What the phones have counted together.
#[derive(Debug, Default)]
pub struct Tally {
    /// Submissions that were written.
    pub written: Count,
    /// Submissions that have their receipt.
    pub acknowledged: Count,
    /// Requests that were sent.
    pub requests: Count,
    /// Requests of which no word came back.
    pub without_answer: Count,
    /// Answers that said to come back later.
    pub told_later: Count,
    /// Receipts for what was known before.
    pub replayed: Count,
    /// Access tokens that were renewed.
    pub renewed: Count,
    /// How often the server was killed.
    pub server_kills: Count,
    /// How often PostgreSQL was killed.
    pub database_kills: Count,
    /// Answers that must not be: refusals of what is right, accidents, nonsense.
    pub wrong: Count,
    sentences: Mutex<Vec<String>>,
    /// Photos that were verified.
    pub photos: Count,
    /// Phones that came back and have nothing left.
    pub returned: Count,
    times: Mutex<Vec<Duration>>,
    queued_times: Mutex<Vec<Duration>>,
    acks: Mutex<Silences>,
}

/// The moments at which receipts came, as far as they matter.
#[derive(Debug, Default)]
struct Silences {
    last: Option<Instant>,
    longest: Duration,
}

impl Tally {
    /// A submission has its receipt, so long after it was first sent; `is_queued` where it had waited in a phone that came
    /// back.
    pub fn acknowledge(&self, after: Duration, is_queued: bool) {
        self.acknowledged.one();
        lock(if is_queued { &self.queued_times } else { &self.times }).push(after);
        let (mut acks, now) = (lock(&self.acks), Instant::now());
        if let Some(last) = acks.last.replace(now) {
            acks.longest = acks.longest.max(now - last);
        }
    }

    /// Something came that must not be.
    pub fn complain(&self, sentence: String) {
        self.wrong.one();
        let mut sentences = lock(&self.sentences);
        if sentences.len() < SENTENCES {
            sentences.push(sentence);
        }
    }

    /// Returns what came that must not be; the first twenty.
    pub fn complaints(&self) -> Vec<String> {
        lock(&self.sentences).clone()
    }

    /// Returns how long live submissions waited for their receipt, from their first sending.
    pub fn times(&self) -> Vec<Duration> {
        lock(&self.times).clone()
    }

    /// Returns the same of those that had waited in phones that came back.
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
