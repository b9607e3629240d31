//! Fills a real disk: the scratch folder must be on a small separate file system, which a file fills repeatedly while
//! phones submit reports and photos. At the end the server is killed and restarted, and all rows are checked.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use fastrand::Rng;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    app::{Engine, Setup},
    disk::WHILE_FULL,
    photos::{PhonePhoto, finished},
    random::RngExt,
    scratch,
    world::SUBMIT,
};
use tokio::time::sleep;
use uuid::Uuid;

use super::crew::{Crew, MIX, compared};
use crate::load::{checker::Findings, outbox::Outbox, site::Site, wire::receipt, written::Written};

/// The number of concurrent phones.
const PHONES: usize = 20;
/// The maximum number of bytes left free on the full disk.
const LEFT: u64 = 256 * 1024;
/// The percentage of reports with a photo, which is uploaded with tus.
const WITH_PHOTO: f64 = 5.0;
/// The size in bytes of the photos of phones, and of a photo that certainly does not fit on the full disk.
const PHOTO: usize = 110_000;
const LARGE: usize = 600_000;
/// The number of bytes that the filler writes at once.
const CHUNK: usize = 4096;
/// The pause between two reports, that is between two polls.
const PAUSE: Duration = Duration::from_millis(20);
/// The number of receipts before the disk is filled, in each round.
const BEFORE: u64 = 100;
/// The number of `TRY_LATER` responses before the disk is freed, in each round.
const TURNED_AWAY: u64 = 20;
/// The generator number of this test, distinct from those of the phones.
const OWN: u64 = 1 << 32;
/// The time within which the server must notice the full disk. It notices late, because its existing files contain free
/// space.
const FULL_WITHIN: Duration = Duration::from_mins(1);
/// The time within which the server must accept reports again after the disk was freed.
const AGAIN_WITHIN: Duration = Duration::from_secs(10);

const STATUS: &str = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) { known photos { status } } }";
const PREPARE: &str = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) {
    plan { url fileField fields { name value } } } }";

/// The result of all rounds.
#[derive(Debug, Default)]
pub struct Shown {
    /// The number of rounds.
    pub rounds: u32,
    /// The number of receipts.
    pub receipts: u64,
    /// The number of photos of phones that were verified.
    pub photos: u64,
    /// Responses with `TRY_LATER`.
    pub told_later: u64,
    /// Queries that succeeded while the disk was full.
    pub read: u64,
    /// The time from freeing the disk to the next receipt, for each round.
    pub again: Vec<Duration>,
    /// The findings of the final check.
    pub at_the_end: Findings,
    /// Descriptions of other faults.
    pub wrong: Vec<String>,
}

impl Shown {
    /// Checks whether there were no faults.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.at_the_end.are_none() && self.read > 0
    }
}

/// Fills the disk `rounds` times. `outboxes` is a folder on another disk.
///
/// # Errors
/// Returns an error if the files of the phones, or the one that fills the disk, cannot be written or read.
pub async fn show(rounds: u32, outboxes: &Path, seed: u64) -> io::Result<Shown> {
    // Without a reserve: here photos, too, are to meet a full disk.
    let setup = Setup::on(Engine::Sqlite).set("CHUISHAO_PHOTO_RESERVE_MIB", "0");
    let mut site = Site::with(setup, None).await;
    for part in WHILE_FULL {
        site.app().expect_in_log(part);
    }
    let folder = scratch::folder();
    let filler = folder.path().join("filler");
    let (mut random, mut shown) = (Rng::with_seed(seed ^ OWN), Shown::default());
    let mut crew = Crew::start(PHONES, site.address(), outboxes, seed)?;
    let outbox = Outbox::open(outboxes, PHONES)?;
    for _ in 0..rounds {
        is_full(&site, &mut crew, &filler, (&mut random, &outbox), &mut shown).await?;
    }
    let tally = crew.ends().await;
    site.kill_server().await;
    let (found, wrong) = compared(&site, outboxes).await?;
    shown.at_the_end = found;
    shown.receipts = tally.acknowledged.now();
    shown.photos = tally.photos.now();
    shown.told_later = tally.told_later.now();
    shown.wrong.extend(tally.complaints().into_iter().chain(wrong));
    Ok(shown)
}

/// Executes one round: reports, a full disk, and reports again after the disk was freed.
async fn is_full(
    site: &Site,
    crew: &mut Crew,
    path: &Path,
    (random, outbox): (&mut Rng, &Outbox),
    shown: &mut Shown,
) -> io::Result<()> {
    let witness = Witness::announces(site, random, outbox).await?;
    let goes_on = crew.tally().acknowledged.now() + BEFORE;
    writing_until(crew, random, |crew| crew.tally().acknowledged.now() >= goes_on).await;
    let filled = Filler::fill(path, random.u64(..LEFT))?;
    let turned_away = crew.tally().told_later.now() + TURNED_AWAY;
    let begun = Instant::now();
    let mut says_so = false;
    while (!says_so || crew.tally().told_later.now() < turned_away) && begun.elapsed() < FULL_WITHIN {
        somebody_writes(crew, random).await;
        let ready = site.app().client().send(Method::GET, "/readyz", None, "").await;
        says_so |= ready.status == 200 && ready.json["writes"] == false;
    }
    if !says_so || crew.tally().told_later.now() < turned_away {
        shown
            .wrong
            .push(format!("{} were told to come later, /readyz said so: {says_so}", crew.tally().told_later.now()));
    }
    witness.looks_around(site, shown).await;

    drop(filled);
    let (begun, before) = (Instant::now(), crew.tally().acknowledged.now());
    let is_over = |crew: &Crew| crew.tally().acknowledged.now() > before || begun.elapsed() > AGAIN_WITHIN;
    writing_until(crew, random, is_over).await;
    if crew.tally().acknowledged.now() == before {
        shown.wrong.push(format!("no receipt within {AGAIN_WITHIN:?} after there was space"));
    }
    shown.again.push(begun.elapsed());
    witness.is_shown(site, shown).await;
    shown.rounds += 1;
    Ok(())
}

/// Writes a report after each pause until `is_over` returns true.
async fn writing_until(crew: &mut Crew, random: &mut Rng, is_over: impl Fn(&Crew) -> bool) {
    while !is_over(crew) {
        somebody_writes(crew, random).await;
    }
}

async fn somebody_writes(crew: &mut Crew, random: &mut Rng) {
    let phone = random.usize(..PHONES);
    let photo = random.percent(WITH_PHOTO).then_some(PHOTO);
    crew.writes(phone, photo);
    sleep(PAUSE).await;
}

/// A file that fills the disk. Dropping it frees the disk.
struct Filler(PathBuf);

impl Filler {
    /// Writes the file until the disk is full, then truncates it so that this many bytes are free.
    fn fill(path: &Path, left: u64) -> io::Result<Self> {
        let (mut file, filler) = (File::create(path)?, Self(path.to_owned()));
        loop {
            match file.write_all(&[7; CHUNK]) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::StorageFull => break,
                Err(error) => return Err(error),
            }
        }
        let bytes = file.metadata()?.len();
        file.set_len(bytes.saturating_sub(left))?;
        Ok(filler)
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok(); // a failure is noticed by the wait for the next receipt
    }
}

/// A report whose photo is uploaded while the disk is full.
struct Witness {
    submission: Uuid,
    photo: PhonePhoto,
    plan: Value,
}

impl Witness {
    async fn announces(site: &Site, random: &mut Rng, outbox: &Outbox) -> io::Result<Self> {
        let client = site.app().client();
        let written = Written::with_photo(random, MIX, LARGE);
        outbox.will_send(&written)?;
        let sent = client.post(SUBMIT, json!({ "i": written.input() })).await.ok();
        outbox.keep(receipt(Some(sent.data("submitReport.receipt"))).into_iter().collect()).await?;
        let bytes = written.photos[0].file().expect("it is a photo that comes");
        let (submission, photo) =
            (written.submission, PhonePhoto { id: written.photos[0].id, ..PhonePhoto::jpeg(bytes) });
        let input = json!({ "i": { "submissionId": submission, "photoId": photo.id } });
        let planned = client.post(PREPARE, input).await.ok();
        Ok(Self { submission, photo, plan: planned.data("preparePhoto.plan").clone() })
    }

    /// Checks, while the disk is full, that the upload is rejected with `TRY_LATER`, that the photo is not stored, and
    /// that the report can be read.
    async fn looks_around(&self, site: &Site, shown: &mut Shown) {
        let client = site.app().client();
        let sent = client.send_form(&self.plan, &self.photo.bytes, self.photo.media_type).await;
        if (sent.status.as_u16(), sent.code()) != (503, Some("TRY_LATER")) || !sent.headers.contains_key("retry-after")
        {
            shown.wrong.push(format!("a photo for which there is no space: {} {}", sent.status, sent.body));
        }
        let told = client.post(STATUS, json!({ "ids": [self.submission] })).await;
        let status = told.json.pointer("/data/submissionStatus/0/photos/0/status").and_then(Value::as_str);
        if told.code().is_some() || !matches!(status, Some("EXPECTED" | "RECEIVING")) {
            shown.wrong.push(format!("a report could not be read, or its photo is here: {}", told.body));
        } else {
            shown.read += 1;
        }
    }

    /// Checks, after the disk was freed, that the same upload plan still accepts the photo.
    async fn is_shown(&self, site: &Site, shown: &mut Shown) {
        let client = site.app().client();
        let sent = client.send_form(&self.plan, &self.photo.bytes, self.photo.media_type).await;
        let status = if sent.status == 204 {
            finished(client, self.submission, &self.photo).await.text("completePhoto.status").to_owned()
        } else {
            sent.body
        };
        if status != "VERIFIED" {
            shown.wrong.push(format!("a photo for which there is space: {status}"));
        }
    }
}
