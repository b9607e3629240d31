//! A backup made while submissions go on is restored into an empty place: nothing that was acknowledged before it began
//! is missing. A backup that was cut, altered, or belongs to other keys is refused, and the place stays as it was.

mod arriving;
mod damage;
mod phones;
mod refusals;
mod rows;

use std::path::{Path, PathBuf};
use std::process::Output;

use rstest::rstest;
use serde_json::json;
use tempfile::TempDir;
use tests::app::{EmptyPlace, Engine, Setup, TestApp};
use tests::repeat::times;
use tests::scratch;
use tests::waiting::until;
use tests::world::{import, login, phone_of};

use phones::{Phones, announced_photo, receipt_of, shown};

/// Photos that are verified before a backup begins.
const PHOTOS: usize = 3;
/// How many submissions are acknowledged before a backup begins.
const BEFORE: &str = "CHUISHAO_TEST_BACKUP_AFTER";
/// The passphrase of the copy of the keys.
const PASSPHRASE: &str = "a passphrase that is long enough";

/// Where rows and photos lie, and what a backup of them is called.
#[derive(Debug, Clone, Copy)]
struct BackupKind {
    engine: Engine,
    bucket: bool,
    name: &'static str,
}

const ON_SQLITE: BackupKind = BackupKind { engine: Engine::Sqlite, bucket: false, name: "backup" };
const ON_POSTGRES: BackupKind = BackupKind { engine: Engine::Postgres, bucket: false, name: "backup.tar" };
const ON_S3: BackupKind = BackupKind { engine: Engine::Postgres, bucket: true, name: "backup.tar" };

impl BackupKind {
    fn setup(self) -> Setup {
        let setup = Setup::on(self.engine);
        if self.bucket { setup.with_store() } else { setup }
    }

    /// A running server with its district.
    async fn world(self) -> TestApp {
        let app = self.setup().start().await;
        import(&app).await;
        app
    }
}

/// What a run leaves outside of the server: the backup, and the copy of the keys with its passphrase.
struct Safe {
    folder: TempDir,
    name: &'static str,
}

impl Safe {
    fn new(kind: BackupKind) -> Self {
        let folder = scratch::folder();
        std::fs::write(folder.path().join("passphrase"), format!("{PASSPHRASE}\n")).unwrap();
        Self { folder, name: kind.name }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn backup(&self) -> PathBuf {
        self.path(self.name)
    }

    /// Makes the backup, and a copy of the keys apart from it.
    async fn fill(&self, app: &TestApp) {
        done(&app.run(&["backup", text(&self.backup())]).await);
        self.copy_keys(app).await;
    }

    async fn copy_keys(&self, app: &TestApp) {
        let (keys, phrase) = (self.path("keys"), self.path("passphrase"));
        done(&app.run(&["backup", "--keys", text(&keys), "--passphrase-file", text(&phrase)]).await);
    }

    /// Puts the keys into a place.
    async fn bring_keys(&self, place: &EmptyPlace) {
        let (keys, phrase) = (self.path("keys"), self.path("passphrase"));
        done(&place.run(&["restore", "--keys", text(&keys), "--passphrase-file", text(&phrase)]).await);
    }

    /// Restores into an empty place, and starts a server there.
    async fn restore(&self, kind: BackupKind) -> TestApp {
        let place = kind.setup().empty_place().await;
        self.bring_keys(&place).await;
        let told = done(&place.run(&["restore", text(&self.backup())]).await);
        assert!(told.contains("restored: "), "{told}");
        place.serve().await
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What a command said that succeeded.
#[track_caller]
fn done(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}: {said}{}", output.status, String::from_utf8_lossy(&output.stderr));
    said
}

/// Why a command was refused.
#[track_caller]
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(why.starts_with("chuishao: ") && !why.contains("panicked"), "{why}");
    why
}

/// The whole of it: load, backup, the end of the old place, restore, and every receipt asked for.
#[rstest]
#[case::sqlite(ON_SQLITE)]
#[case::postgres(ON_POSTGRES)]
#[case::postgres_and_s3(ON_S3)]
#[tokio::test]
async fn what_was_acknowledged_is_restored(#[case] kind: BackupKind) {
    let (app, safe) = (kind.world().await, Safe::new(kind));
    let clerk = login(&app, "OFFICER", &phone_of("binyang-clerk")).await;
    let photos = phones::photos(&app, PHOTOS).await;
    let phones = Phones::start(&app);
    phones.have_sent(times(BEFORE, 40)).await;

    let before = phones.acknowledged();
    done(&app.run(&["backup", text(&safe.backup())]).await);
    let meanwhile = phones.acknowledged().len() - before.len();
    let all = phones.stop().await;
    safe.copy_keys(&app).await;
    assert!(meanwhile > 0, "nothing was sent while the backup was made");
    drop(app);

    let restored = safe.restore(kind).await;
    let mut missing = 0;
    for sent in &all {
        match receipt_of(&restored, sent.submission).await {
            Some(receipt) => assert_eq!(receipt, sent.receipt, "the receipt is another one"),
            None => missing += 1,
        }
    }
    for sent in &before {
        assert!(receipt_of(&restored, sent.submission).await.is_some(), "{} was acknowledged before", sent.submission);
    }
    println!("{} before, {meanwhile} meanwhile, {} in all, {missing} of them after the copy", before.len(), all.len());
    for photo in &photos {
        assert!(shown(&restored, photo).await == photo.bytes, "another photo is shown");
    }
    let old = before.iter().find(|sent| !sent.has_photo).expect("phones send without photos too");
    its_life_goes_on(&restored, &old.submission.to_string()).await;
    let clerk = clerk.at(restored.client());
    assert_eq!(clerk.post("{ viewer { posts { id } } }", json!({})).await.code(), Some("UNAUTHENTICATED"));
}

/// A replay gets its old receipt, a new report comes in, and the journal goes on without a gap.
async fn its_life_goes_on(app: &TestApp, old: &str) {
    let known = receipt_of(app, old.parse().unwrap()).await.unwrap();
    let replayed = phones::submit(app.client(), old.parse().unwrap()).await;
    assert_eq!(replayed.data("submitReport.replayed"), &json!(true));
    assert_eq!(replayed.data("submitReport.receipt"), &known);
    let new = phones::submit(app.client(), uuid::Uuid::new_v4()).await;
    assert_eq!(new.data("submitReport.replayed"), &json!(false));
    until("the journal to go on", async || {
        let (last, count, waiting) = phones::journal(app).await;
        if last == count && waiting == 0 { Ok(()) } else { Err((last, count, waiting)) }
    })
    .await;
}

/// A photo whose bytes are here and that nobody looked at yet is in the backup, but not in the open; restored, it is
/// looked at.
#[rstest]
#[case::sqlite(BackupKind { name: "backup.tar", ..ON_SQLITE })]
#[case::postgres_and_s3(ON_S3)]
#[tokio::test]
async fn a_photo_that_waits_is_restored(#[case] kind: BackupKind) {
    let (mut app, safe) = (kind.world().await, Safe::new(kind));
    let photo = announced_photo(&app).await;
    app.stop(); // or it would be looked at meanwhile
    phones::wait_to_be_looked_at(&app).await;
    safe.fill(&app).await;
    drop(app);

    let original = phones::original();
    let part = &original[original.len() / 2..][..64];
    for bytes in damage::files(&safe.backup()) {
        assert!(!bytes.windows(part.len()).any(|window| window == part), "the photo is in the open");
    }
    let restored = safe.restore(kind).await;
    until("the photo to be looked at", async || match phones::status(&restored, &photo).await.as_str() {
        "VERIFIED" => Ok(()),
        other => Err(other.to_owned()),
    })
    .await;
    assert!(!shown(&restored, &photo).await.is_empty());
}

/// What was lost before is said, and does not keep the rest from being saved.
#[tokio::test]
async fn a_photo_that_was_lost_before_is_told() {
    let (app, safe) = (ON_SQLITE.world().await, Safe::new(ON_SQLITE));
    let photos = phones::photos(&app, 2).await;
    let display = phones::object_of(&app, &photos[0]).await;
    std::fs::remove_file(app.data().join("photos").join(display)).unwrap();

    let output = app.run(&["backup", text(&safe.backup())]).await;
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("WARNING: 1 photo objects"), "{said}");
    safe.copy_keys(&app).await;
    drop(app);

    let restored = safe.restore(ON_SQLITE).await;
    assert!(shown(&restored, &photos[1]).await == photos[1].bytes);
}

/// Photos may change their place: from a folder into a bucket.
#[tokio::test]
async fn photos_move_from_a_folder_into_a_bucket() {
    let (app, safe) = (ON_POSTGRES.world().await, Safe::new(ON_POSTGRES));
    let photos = phones::photos(&app, 1).await;
    safe.fill(&app).await;
    drop(app);

    let restored = safe.restore(ON_S3).await;

    assert!(shown(&restored, &photos[0]).await == photos[0].bytes);
}
