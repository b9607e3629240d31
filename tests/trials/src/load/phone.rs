//! A phone: stores the submissions that its owner writes, and sends each one until it has a receipt.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fastrand::Rng;
use serde_json::{Value, json};
use tests::{client::Client, random::RngExt, world::Session};
use tokio::{sync::mpsc, task::JoinSet, time::sleep};
use uuid::Uuid;

use super::{
    outbox::{Outbox, Receipt},
    sending::Sending,
    tally::Tally,
    wire::{Reply, Wire, receipt},
    written::{Announced, Written},
};

/// The exponential back-off of a phone that gets no receipt: the first and the longest pause. It doubles in between.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3));
/// The maximum number of submissions per request: the server's limit.
const TOGETHER: usize = 20;
/// The percentage of submissions without a response whose status is queried before they are sent again.
const ASKED_FOR: f64 = 25.0;
/// The percentage of responses whose receipts are discarded, as if the phone was switched off before storing them. The
/// same percentage of stored receipts is requested again.
const FETCHED_AGAIN: f64 = 3.0;

const SUBMIT: &str = "mutation($i: SubmitReportInput!) { submitReport(input: $i) {
    receipt { reportId submissionId contentHash receivedAt signature } replayed } }";
const SUBMIT_MANY: &str = "mutation($i: [SubmitReportInput!]!) { submitReports(inputs: $i) { submissionId
    accepted { receipt { reportId submissionId contentHash receivedAt signature } replayed } refusal { code } } }";
const STATUS: &str = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) {
    known receipt { reportId submissionId contentHash receivedAt signature } } }";
const REFRESH: &str = "mutation($t: String!) { refresh(refreshToken: $t) { accessToken refreshToken } }";

/// How a phone sends a full outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// One submission per request.
    OneByOne,
    /// Up to twenty submissions per request.
    Together,
}

/// A simulated phone.
#[derive(Debug)]
pub struct Phone {
    /// Its outbox.
    pub outbox: Outbox,
    /// The submissions of its owner. The phone stops when the channel is closed and all of them are acknowledged.
    pub writes: mpsc::UnboundedReceiver<Written>,
    /// Its connection to the server for GraphQL.
    pub wire: Wire,
    /// Its connection to the server for photo uploads.
    pub client: Client,
    /// Its login session, if the owner reports by name.
    pub session: Option<Session>,
    /// How it sends a full outbox.
    pub habit: Habit,
    /// Whether it was offline for long, so that its submissions do not count as live.
    pub is_returning: bool,
    /// Its random generator.
    pub random: Rng,
    /// The shared counters.
    pub tally: Arc<Tally>,
}

/// A submission that has no receipt yet, and when it was first sent.
struct Open {
    written: Written,
    first_sent: Instant,
    /// Whether it was sent without a response, so that its outcome is unknown.
    is_unknown: bool,
    is_acknowledged: bool,
}

/// Returns the photos of a submission that will be uploaded.
fn photos_of(written: &Written) -> Vec<(Uuid, Announced)> {
    let coming = written.photos.iter().filter(|photo| photo.number.is_some());
    coming.map(|photo| (written.submission, photo.clone())).collect()
}

impl Phone {
    /// Sends all submissions until the channel is closed and nothing is left.
    ///
    /// # Panics
    /// Panics if the outbox cannot be written, because the run then proves nothing.
    pub async fn run(mut self) {
        let mut sendings = JoinSet::new();
        while let Some(first) = self.writes.recv().await {
            let mut open = vec![self.take(first)];
            while self.habit == Habit::Together && open.len() < TOGETHER {
                let Ok(next) = self.writes.try_recv() else { break };
                open.push(self.take(next));
            }
            let coming: Vec<_> = open.iter().flat_map(|one| photos_of(&one.written)).collect();
            self.deliver(open).await;
            for (submission, photo) in coming {
                sendings.spawn(self.sending(submission, photo).run());
            }
        }
        sendings.join_all().await;
    }

    fn sending(&mut self, submission: Uuid, photo: Announced) -> Sending {
        let random = Rng::with_seed(self.random.u64(..));
        let (client, wire, tally) = (self.client.clone(), self.wire.clone(), Arc::clone(&self.tally));
        Sending { client, wire, submission, photo, random, tally }
    }

    fn take(&self, written: Written) -> Open {
        self.outbox.will_send(&written).expect("the outbox can be written");
        Open { written, first_sent: Instant::now(), is_unknown: false, is_acknowledged: false }
    }

    async fn deliver(&mut self, mut open: Vec<Open>) {
        let mut pause = PAUSES.0;
        while !open.is_empty() {
            self.tally.requests.one();
            let (kept, named) = self.send(&mut open).await;
            if !kept.is_empty() {
                self.keep(kept, &mut open).await;
            }
            if !open.is_empty() {
                let (half, whole) = (pause / 2, pause);
                let own = self.random.time_between(half, whole);
                sleep(named.map_or(own, |named| own.max(named))).await;
                pause = (pause * 2).min(PAUSES.1);
            }
        }
    }

    /// Sends submissions or queries their status once. Returns the receipts, and the `Retry-After` time if the server
    /// gave one.
    async fn send(&mut self, open: &mut Vec<Open>) -> (Vec<Receipt>, Option<Duration>) {
        let ask_first = open.iter().any(|one| one.is_unknown) && self.random.percent(ASKED_FOR);
        let token = self.session.as_ref().map(|session| session.access.as_str());
        let told = if ask_first {
            let ids: Vec<_> = open.iter().map(|one| one.written.submission).collect();
            self.wire.ask(None, STATUS, json!({ "ids": ids })).await
        } else if let [one] = open.as_slice() {
            self.wire.ask(token, SUBMIT, json!({ "i": one.written.input() })).await
        } else {
            let inputs: Vec<Value> = open.iter().map(|one| one.written.input()).collect();
            self.wire.ask(token, SUBMIT_MANY, json!({ "i": inputs })).await
        };
        match told {
            Reply::Data(data) => return (self.receipts(&data, open), None),
            Reply::TryLater(after) => {
                self.tally.told_later.one();
                return (Vec::new(), after);
            }
            Reply::NoAnswer => {
                self.tally.without_answer.one();
                for one in open.iter_mut() {
                    one.is_unknown = true;
                }
            }
            Reply::LoginEnded if self.session.is_some() => self.renew().await,
            Reply::LoginEnded => self.tally.complain("somebody without a login was told that it has ended".to_owned()),
            Reply::Refused(code) => {
                let texts: Vec<&str> = open.iter().map(|one| one.written.text.as_str()).collect();
                self.tally.complain(format!("{code} for {texts:?}"));
                open.clear(); // it would be refused again
            }
            Reply::Nonsense(words) => self.tally.complain(words),
        }
        (Vec::new(), None)
    }

    /// Returns the receipts in a response. Permanently refused submissions are recorded as faults and not sent again.
    fn receipts(&self, data: &Value, open: &mut Vec<Open>) -> Vec<Receipt> {
        if let Some(list) = data.get("submissionStatus").and_then(Value::as_array) {
            return list.iter().filter_map(|one| receipt(one.get("receipt"))).collect();
        }
        let single = data.get("submitReport").into_iter();
        let many = data.get("submitReports").and_then(Value::as_array).into_iter().flatten();
        for one in many.clone().filter(|one| one["refusal"].is_object()) {
            if one["refusal"]["code"] == "TRY_LATER" {
                self.tally.told_later.one();
            } else {
                self.tally.complain(format!("{} for one of many", one["refusal"]["code"]));
                open.retain(|kept| json!(kept.written.submission) != one["submissionId"]);
            }
        }
        let accepted: Vec<&Value> = single.chain(many.filter_map(|one| one.get("accepted"))).collect();
        let replayed = accepted.iter().filter(|one| one["replayed"] == json!(true)).count();
        self.tally.replayed.add(replayed as u64);
        accepted.into_iter().filter_map(|one| receipt(one.get("receipt"))).collect()
    }

    /// Stores receipts. They count only after that.
    async fn keep(&mut self, receipts: Vec<Receipt>, open: &mut Vec<Open>) {
        if self.random.percent(FETCHED_AGAIN) {
            return; // switched off before it could write: it knows nothing of them
        }
        self.outbox.keep(receipts.clone()).await.expect("the outbox can be written");
        let again = self.random.percent(FETCHED_AGAIN);
        open.retain_mut(|one| {
            let is_kept = receipts.iter().any(|receipt| receipt.submission_id == one.written.submission);
            if is_kept && !std::mem::replace(&mut one.is_acknowledged, true) {
                self.tally.acknowledge(one.first_sent.elapsed(), self.is_returning);
            }
            !is_kept || again
        });
    }

    /// Refreshes the access token, which expires after ten minutes. If the response is lost, the same request returns
    /// it again.
    async fn renew(&mut self) {
        let Some(session) = &mut self.session else { return };
        match self.wire.ask(None, REFRESH, json!({ "t": session.refresh })).await {
            Reply::Data(data) => {
                let text = |name: &str| data["refresh"][name].as_str().unwrap_or_default().to_owned();
                *session = Session { access: text("accessToken"), refresh: text("refreshToken") };
                self.tally.renewed.one();
            }
            Reply::NoAnswer | Reply::TryLater(_) => {}
            other => self.tally.complain(format!("a login could not be renewed: {other:?}")),
        }
    }
}
