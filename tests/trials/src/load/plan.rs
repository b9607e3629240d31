//! What is done in a run.

use std::time::Duration;

use tests::proxy;

use super::written::Mix;

/// A run. All that is left to chance follows from the seed, but for ids and for what the machine does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Of everything that is left to chance.
    pub seed: u64,
    /// Submissions written a second, at random moments, whether or not others have been answered.
    pub rate: f64,
    /// Phones.
    pub phones: usize,
    /// How many of them are logged in: each takes a login, which has its limits.
    pub logged_in: usize,
    /// What they write.
    pub mix: Mix,
    /// Who comes back at the start of the run, beside them.
    pub returning: Returning,
    /// Photos that phones send, with their first submission.
    pub files: Files,
    /// What is bad about their network.
    pub network: proxy::Faults,
    /// What is done to the server.
    pub troubles: Troubles,
    /// When nothing more is written: all of it must have come.
    pub until: Until,
    /// How long phones may then take for what they still have.
    pub settle: Duration,
}

/// What is done to the server, again and again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Troubles {
    /// It is killed so often, on average; from a tenth of the time to nearly twice it passes in between.
    pub kill_server_every: Option<Duration>,
    /// Its PostgreSQL is killed so often, on average.
    pub kill_database_every: Option<Duration>,
    /// How long its PostgreSQL stays away: each time between these.
    pub database_away: (Duration, Duration),
}

/// Photos that phones send piece by piece: one each, with a submission at the start of the run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Files {
    /// Of one photo; 0 where none are sent.
    pub bytes: usize,
    /// Phones whose photo is large.
    pub large: usize,
    /// Of a large photo.
    pub large_bytes: usize,
}

impl Files {
    /// Returns the size of the photo of this phone, where it sends one.
    #[must_use]
    pub fn of(&self, phone: usize) -> Option<usize> {
        let bytes = if phone < self.large { self.large_bytes } else { self.bytes };
        Some(bytes).filter(|bytes| *bytes > 0)
    }
}

/// Phones that were without a network for up to a month, and send all that they have written since as fast as the server
/// takes it. A run does not end before they have.
#[derive(Debug, Clone, Copy, Default)]
pub struct Returning {
    /// How many.
    pub phones: usize,
    /// Submissions that each of them has.
    pub queued: usize,
}

/// When a run ends.
#[derive(Debug, Clone, Copy, Default)]
pub struct Until {
    /// Time has passed.
    pub time: Duration,
    /// Submissions are written.
    pub written: u64,
    /// The server was killed so often.
    pub server_kills: u64,
    /// PostgreSQL was killed so often.
    pub database_kills: u64,
}

impl Default for Plan {
    /// Twenty phones, of which two are logged in, with a good network and a server that nobody harms.
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
