//! The parameters of a run.

use std::time::Duration;

use tests::proxy;

use super::written::Mix;

/// The plan of a run. All random choices follow from the seed, except for ids and for the timing of the machine.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The seed of all random choices.
    pub seed: u64,
    /// The rate of new submissions per second, at random times and independent of responses (open loop).
    pub rate: f64,
    /// The number of phones.
    pub phones: usize,
    /// The number of phones that are logged in. Logins are rate-limited.
    pub logged_in: usize,
    /// The mix of submissions.
    pub mix: Mix,
    /// Additional phones that come back online at the start of the run.
    pub returning: Returning,
    /// The photos that phones upload with their first submission.
    pub files: Files,
    /// The faults of their network.
    pub network: proxy::Faults,
    /// The kills of the server and its database.
    pub troubles: Troubles,
    /// The conditions for the end of the writing phase. All of them must be met.
    pub until: Until,
    /// The time that phones have afterwards to deliver what is left in their outboxes.
    pub settle: Duration,
}

/// The recurring kills of the server and its database.
#[derive(Debug, Clone, Copy, Default)]
pub struct Troubles {
    /// The mean interval between kills of the server. Each interval is between a tenth and nearly twice of it.
    pub kill_server_every: Option<Duration>,
    /// The mean interval between kills of PostgreSQL.
    pub kill_database_every: Option<Duration>,
    /// The shortest and the longest time for which PostgreSQL stays down.
    pub database_away: (Duration, Duration),
}

/// The resumable uploads: one photo per phone, with a submission at the start of the run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Files {
    /// The size of a photo in bytes; 0 for no photos.
    pub bytes: usize,
    /// The number of phones with a large photo.
    pub large: usize,
    /// The size of a large photo in bytes.
    pub large_bytes: usize,
}

impl Files {
    /// Returns the size of the photo of this phone, or `None` if it sends none.
    #[must_use]
    pub fn of(&self, phone: usize) -> Option<usize> {
        let bytes = if phone < self.large { self.large_bytes } else { self.bytes };
        Some(bytes).filter(|bytes| *bytes > 0)
    }
}

/// Phones that were offline for up to a month, and send their queued submissions as fast as the server accepts them. A
/// run does not end before they have finished.
#[derive(Debug, Clone, Copy, Default)]
pub struct Returning {
    /// The number of such phones.
    pub phones: usize,
    /// The number of queued submissions of each.
    pub queued: usize,
}

/// The conditions for the end of the writing phase of a run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Until {
    /// The minimum duration.
    pub time: Duration,
    /// The minimum number of submissions.
    pub written: u64,
    /// The minimum number of kills of the server.
    pub server_kills: u64,
    /// The minimum number of kills of PostgreSQL.
    pub database_kills: u64,
}

impl Default for Plan {
    /// Twenty phones, two of them logged in, with a faultless network and no kills.
    fn default() -> Self {
        Self {
            seed: 1,
            rate: 20.0,
            phones: 20,
            logged_in: 2,
            mix: Mix { emergency: 5.0, photos: 2 },
            returning: Returning::default(),
            files: Files::default(),
            network: proxy::Faults::default(),
            troubles: Troubles::default(),
            until: Until::default(),
            settle: Duration::from_mins(2),
        }
    }
}
