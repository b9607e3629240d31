//! A phone: writes submissions whenever somebody sees something, and sends each until it has its receipt.

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

/// The pauses of a phone that gets no receipt: from the first, doubling, to the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3));
/// Submissions that one request hands in, at most: the server's limit.
const TOGETHER: usize = 20;
/// Of a hundred submissions of which no word came, how many are asked for before they are sent again.
const ASKED_FOR: f64 = 25.0;
/// Of a hundred receipts, how many are fetched again: the phone was switched off before it could write.
const FETCHED_AGAIN: f64 = 3.0;

const SUBMIT: &str = "mutation($i: SubmitReportInput!) { submitReport(input: $i) {
    receipt { reportId submissionId contentHash receivedAt signature } replayed } }";
const SUBMIT_MANY: &str = "mutation($i: [SubmitReportInput!]!) { submitReports(inputs: $i) { submissionId
    accepted { receipt { reportId submissionId contentHash receivedAt signature } replayed } refusal { code } } }";
const STATUS: &str = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) {
    known receipt { reportId submissionId contentHash receivedAt signature } } }";
const REFRESH: &str = "mutation($t: String!) { refresh(refreshToken: $t) { accessToken refreshToken } }";

/// How a phone empties a full outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// One submission a request.
    OneByOne,
    /// Up to twenty a request.
    Together,
}

/// A phone.
#[derive(Debug)]
pub struct Phone {
    /// Its file.
    pub outbox: Outbox,
    /// What its owner writes; it ends when all is acknowledged after the last.
    pub writes: mpsc::UnboundedReceiver<Written>,
    /// Its way to the server.
    pub wire: Wire,
    /// The same for the bytes of photos.
    pub client: Client,
    /// Its login, where its owner wants to be named.
    pub session: Option<Session>,
    /// How it empties a full outbox.
    pub habit: Habit,
    /// Whether it was away for long: its submissions are no live ones.
    pub is_returning: bool,
    /// Its chances.
    pub random: Rng,
    /// Where it counts.
    pub tally: Arc<Tally>,
}

/// A submission that has no receipt yet.
struct Open {
    written: Written,
    first_sent: Instant,
    /// Whether it was sent and no word came back.
    is_unknown: bool,
    is_acknowledged: bool,
}

/// Returns the photos that come after a submission.
fn photos_of(written: &Written) -> Vec<(Uuid, Announced)> {
    let coming = written.photos.iter().filter(|photo| photo.number.is_some());
    coming.map(|photo| (written.submission, photo.clone())).collect()
}

impl Phone {
    /// Sends all that is written, until nothing more is.
    ///
    /// # Panics
    /// Panics if the outbox cannot be written: then nothing can be shown.
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

    /// Sends or asks once; answers receipts, and the time after which the server wants to be asked again.
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
                open.clear(); // sent again it would be refused again
            }
            Reply::Nonsense(words) => self.tally.complain(words),
        }
        (Vec::new(), None)
    }

    /// Returns the receipts in an answer. What it refuses for good is told and sent no more.
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

    /// Writes receipts down; only then they count.
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

    /// Renews its login, which ended in ten minutes. An answer that is lost is given again.
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
