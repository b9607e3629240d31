//! The load generator: phones that submit reports, each over its own connection. They do as little work per report as
//! possible, because they share the machine with the server.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use fastrand::Rng;
use futures::future::join_all;
use tests::random::RngExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::sleep_until;
use uuid::Uuid;

use super::times::Times;

/// The parameters of the phones.
#[derive(Debug, Clone, Copy)]
pub struct Phones {
    /// The address of the server.
    pub address: SocketAddr,
    /// The number of phones, that is of connections.
    pub count: usize,
    /// The number of photos that each report announces.
    pub photos: usize,
}

/// The mutation, in the form in which an app sends it.
const SUBMIT: &str = "mutation($i: SubmitReportInput!) { submitReport(input: $i) { \
    receipt { reportId submissionId contentHash receivedAt signature } replayed followUpCode } }";

impl Phones {
    /// Submits one report.
    pub async fn one_report(self) {
        Phone::connect(self).await.reports().await;
    }

    /// Runs a closed loop for this time: each phone sends its next report when it has the response to the last one.
    pub async fn one_after_another(self, time: Duration) -> Times {
        let begun = Instant::now();
        let phones = (0..self.count).map(async |_| {
            let mut phone = Phone::connect(self).await;
            let mut times = Vec::new();
            while begun.elapsed() < time {
                let sent = Instant::now();
                phone.reports().await;
                times.push(sent.elapsed());
            }
            times
        });
        let times = join_all(phones).await.concat();
        Times::new(times, begun.elapsed())
    }

    /// Runs an open loop for this time: reports are due at random times at this rate per second, independent of
    /// responses, and any idle phone sends the next one. Latencies are measured from the time at which a report was
    /// due, so that waiting for an idle phone counts.
    pub async fn at_rate(self, a_second: f64, time: Duration, seed: u64) -> Times {
        let (give, due) = mpsc::unbounded_channel();
        let due = Mutex::new(due);
        let phones = (0..self.count).map(async |_| {
            let mut phone = Phone::connect(self).await;
            let mut times = Vec::new();
            while let Some(due) = next(&due).await {
                phone.reports().await;
                times.push(due.elapsed());
            }
            times
        });
        let (times, ()) = tokio::join!(join_all(phones), moments(give, a_second, time, seed));
        Times::new(times.concat(), time)
    }
}

/// Waits for the next report that is due, and returns its due time, or `None` after the last one.
async fn next(due: &Mutex<UnboundedReceiver<Instant>>) -> Option<Instant> {
    due.lock().await.recv().await
}

/// Sends each due time at that time. The intervals are exponentially distributed.
async fn moments(give: UnboundedSender<Instant>, a_second: f64, time: Duration, seed: u64) {
    let (begun, mut random) = (Instant::now(), Rng::with_seed(seed));
    let mut due = begun;
    loop {
        due += random.time_until_next(Duration::from_secs_f64(1.0 / a_second));
        if due.duration_since(begun) > time {
            return;
        }
        sleep_until(due.into()).await;
        give.send(due).ok();
    }
}

struct Phone {
    connection: TcpStream,
    photos: usize,
    answer: Vec<u8>,
    sent: u32,
}

impl Phone {
    async fn connect(phones: Phones) -> Self {
        let connection = TcpStream::connect(phones.address).await.expect("the server listens");
        connection.set_nodelay(true).expect("a socket takes its options");
        Self { connection, photos: phones.photos, answer: Vec::new(), sent: 0 }
    }

    /// Submits a report and waits for its receipt.
    async fn reports(&mut self) {
        self.sent += 1;
        let body = self.body();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.connection.write_all((head + &body).as_bytes()).await.expect("the server reads");
        self.read().await;
        let answer = String::from_utf8_lossy(&self.answer);
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains("\"replayed\":false"),
            "a report was not taken: {answer}"
        );
    }

    /// Reads one complete response.
    async fn read(&mut self) {
        self.answer.clear();
        loop {
            let read = self.connection.read_buf(&mut self.answer).await.expect("the server answers");
            assert!(read > 0, "the server hung up");
            let Some(end) = self.answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&self.answer[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.and_then(|text| text.parse().ok()).expect("the answer has a length");
            if self.answer.len() >= end + 4 + length {
                return;
            }
        }
    }

    fn body(&self) -> String {
        let (id, step) = (Uuid::new_v4(), f64::from(self.sent % 1_000) * 1e-6);
        let photos: Vec<String> = (0..self.photos)
            .map(|_| {
                let (photo, hash) = (Uuid::new_v4(), format!("{}{}", id.simple(), Uuid::new_v4().simple()));
                format!(r#"{{"id":"{photo}","sha256":"{hash}","bytes":1500000,"mediaType":"image/jpeg"}}"#)
            })
            .collect();
        let (lng, lat, photos) = (106.475 + step, 26.6115 + step / 2.0, photos.join(","));
        format!(
            r#"{{"query":"{SUBMIT}","variables":{{"i":{{"submissionId":"{id}","text":"小区北侧围墙裂缝贯通，墙体外倾，下面是学生上学的必经之路，昨夜大雨之后又掉下几块砖。","category":"self_built_house","place":{{"lng":{lng:.6},"lat":{lat:.6},"crs":"WGS84","accuracyMetres":12,"source":"device","address":"碧雅社区北门"}},"devicePlace":{{"lng":{lng:.6},"lat":{lat:.6},"crs":"WGS84"}},"capturedAt":"2026-11-24T08:00:00Z","queuedAt":"2026-11-24T08:01:00Z","contactConsent":true,"naming":"ANONYMOUS","photos":[{photos}]}}}}}}"#
        )
    }
}
