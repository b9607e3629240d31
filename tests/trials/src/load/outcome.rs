//! What a run has shown, as text and as JSON.

use std::{fmt, time::Duration};

use serde::Serialize;
use tests::{count::Count, proxy::Proxy};

use super::{checker::Findings, plan::Plan, tally::Tally, troubles::Recoveries};

/// What a run has shown.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Gives the same run again, as far as chance goes.
    pub seed: u64,
    /// Submissions written a second, as planned.
    pub rate: f64,
    /// Phones.
    pub phones: usize,
    /// Seconds from the first to the last receipt.
    pub seconds: f64,
    /// Seconds of these after the last submission was written.
    pub settled_in_seconds: f64,
    /// Submissions that were written.
    pub written: u64,
    /// Receipts a second, over the whole time.
    pub receipts_a_second: f64,
    /// Photos that were sent and verified.
    pub photos: u64,
    /// How often the server was killed.
    pub server_kills: u64,
    /// How often PostgreSQL was killed.
    pub database_kills: u64,
    /// What phones met.
    pub requests: Requests,
    /// Milliseconds from the first sending of a live submission to its receipt on the phone's disk.
    pub receipt_ms: Spread,
    /// The same of submissions that had waited in phones that came back.
    pub queued_receipt_ms: Spread,
    /// Milliseconds from the start of a killed server to the first receipt.
    pub after_server_kill_ms: Spread,
    /// Milliseconds from the first answer of a killed PostgreSQL to the first receipt.
    pub after_database_kill_ms: Spread,
    /// The longest time without any receipt, in milliseconds.
    pub longest_silence_ms: u64,
    /// What was found.
    pub found: Findings,
    /// How much came that must not be: refusals of what is right, accidents, nonsense.
    pub wrong: u64,
    /// The first of it, in words.
    pub complaints: Vec<String>,
}

/// What phones met, in numbers.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requests {
    /// That were sent.
    pub sent: u64,
    /// Of which no word came back.
    pub without_answer: u64,
    /// That were told to come back later.
    pub told_later: u64,
    /// Receipts for what was known before.
    pub replayed: u64,
    /// Logins that were renewed.
    pub renewed: u64,
    /// Connections.
    pub connections: u64,
    /// Connections that were reset.
    pub cut: u64,
    /// Answers that the network swallowed.
    pub swallowed: u64,
    /// Bytes that reached the server.
    pub bytes_to_server: u64,
}

/// Some times, in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Spread {
    /// How many there are.
    pub count: usize,
    /// Half of them are shorter.
    pub median: u64,
    /// 99 of a hundred are shorter.
    pub p99: u64,
    /// The longest.
    pub longest: u64,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |permille: usize| {
            let at = (times.len() * permille / 1_000).min(times.len().saturating_sub(1));
            times.get(at).copied().map_or(0, millis)
        };
        Self { count: times.len(), median: at(500), p99: at(990), longest: at(1_000) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return f.write_str("none");
        }
        write!(f, "median {} ms, p99 {} ms, longest {} ms ({})", self.median, self.p99, self.longest, self.count)
    }
}

impl Outcome {
    pub(super) fn new(plan: &Plan, tally: &Tally, network: &Proxy, found: Findings) -> Self {
        let (traffic, now) = (network.traffic(), Count::now);
        Self {
            seed: plan.seed,
            rate: plan.rate,
            phones: plan.phones,
            seconds: 0.0,
            settled_in_seconds: 0.0,
            written: now(&tally.written),
            receipts_a_second: 0.0,
            photos: now(&tally.photos),
            server_kills: now(&tally.server_kills),
            database_kills: now(&tally.database_kills),
            requests: Requests {
                sent: now(&tally.requests),
                without_answer: now(&tally.without_answer),
                told_later: now(&tally.told_later),
                replayed: now(&tally.replayed),
                renewed: now(&tally.renewed),
                connections: now(&traffic.connections),
                cut: now(&traffic.cut),
                swallowed: now(&traffic.swallowed),
                bytes_to_server: now(&traffic.to_server),
            },
            receipt_ms: Spread::of(tally.times()),
            queued_receipt_ms: Spread::of(tally.queued_times()),
            after_server_kill_ms: Spread::default(),
            after_database_kill_ms: Spread::default(),
            longest_silence_ms: millis(tally.longest_silence()),
            found,
            wrong: now(&tally.wrong),
            complaints: tally.complaints(),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "no run has 2⁵² submissions")]
    pub(super) fn timed(self, time: Duration, settled_in: Duration, recoveries: Recoveries) -> Self {
        Self {
            seconds: time.as_secs_f64(),
            settled_in_seconds: settled_in.as_secs_f64(),
            receipts_a_second: self.found.acknowledged as f64 / time.as_secs_f64(),
            after_server_kill_ms: Spread::of(recoveries.server),
            after_database_kill_ms: Spread::of(recoveries.database),
            ..self
        }
    }

    /// Returns whether everything that was written is there once, as it was written, and nothing else was answered.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.found.are_none() && self.wrong == 0 && self.found.acknowledged as u64 == self.written
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (requests, found) = (&self.requests, &self.found);
        writeln!(f, "seed {}, {} phones, {} submissions a second planned", self.seed, self.phones, self.rate)?;
        writeln!(
            f,
            "{} written in {:.0} s ({:.0} s of it to settle), {} acknowledged, {:.0} receipts/s",
            self.written, self.seconds, self.settled_in_seconds, found.acknowledged, self.receipts_a_second
        )?;
        writeln!(f, "photos verified: {}", self.photos)?;
        writeln!(f, "killed: server {} times, PostgreSQL {} times", self.server_kills, self.database_kills)?;
        writeln!(
            f,
            "requests: {} sent, {} without an answer, {} told to come later, {} receipts again, {} logins renewed",
            requests.sent, requests.without_answer, requests.told_later, requests.replayed, requests.renewed
        )?;
        writeln!(
            f,
            "network: {} connections, {} reset, {} answers swallowed, {} bytes to the server",
            requests.connections, requests.cut, requests.swallowed, requests.bytes_to_server
        )?;
        writeln!(f, "from sending to receipt: {}", self.receipt_ms)?;
        writeln!(f, "the same of phones that came back: {}", self.queued_receipt_ms)?;
        writeln!(f, "from a killed server's start to a receipt: {}", self.after_server_kill_ms)?;
        writeln!(f, "from PostgreSQL's first answer to a receipt: {}", self.after_database_kill_ms)?;
        writeln!(f, "longest silence: {} ms", self.longest_silence_ms)?;
        let reports = found.reports.map_or_else(|| "not looked at".to_owned(), |count| count.to_string());
        writeln!(f, "checked: {} asked for, {} sent again, reports {reports}", found.asked, found.sent_again)?;
        for (word, faults) in found.faults() {
            writeln!(f, "{word}: {} of {}", faults.count, found.sent)?;
            for example in &faults.examples {
                writeln!(f, "  {example}")?;
            }
        }
        for complaint in &self.complaints {
            writeln!(f, "wrong: {complaint}")?;
        }
        write!(f, "{}", if self.is_good() { "good" } else { "NOT GOOD" })
    }
}
