//! What a backup does not overwrite, and where nothing is restored.

use std::fs;

use rstest::rstest;
use tests::app::Engine;

use super::{BackupKind, ON_POSTGRES, ON_S3, ON_SQLITE, Safe, done, phones, refused, text};

#[tokio::test]
async fn a_backup_overwrites_nothing_and_makes_no_database() {
    let (app, safe) = (ON_SQLITE.world().await, Safe::new(ON_SQLITE));
    safe.fill(&app).await;
    let before = super::damage::files(&safe.backup());

    for target in [safe.backup(), safe.path("keys")] {
        let why = refused(&app.run(&["backup", text(&target)]).await);
        assert!(why.contains("never overwrites"), "{why}");
    }
    let (keys, phrase) = (safe.path("keys"), safe.path("passphrase"));
    let why = refused(&app.run(&["backup", "--keys", text(&keys), "--passphrase-file", text(&phrase)]).await);
    assert!(why.contains("never overwrites"), "{why}");
    assert!(super::damage::files(&safe.backup()) == before);

    let place = ON_SQLITE.setup().empty_place().await;
    safe.bring_keys(&place).await;
    let seen = place.look().await;
    let why = refused(&place.run(&["backup", text(&safe.path("new"))]).await);
    assert!(why.contains("contains no database"), "{why}");
    assert!(place.look().await == seen && !safe.path("new").exists());
}

#[tokio::test]
async fn short_passphrases_and_missing_tools_are_named() {
    let (app, safe) =
        (ON_POSTGRES.setup().set("CHUISHAO_PG_TOOLS_DIR", "/nowhere").start().await, Safe::new(ON_POSTGRES));

    let why = refused(&app.run(&["backup", text(&safe.backup())]).await);
    assert!(why.contains("/nowhere/pg_dump was not found") && why.contains("CHUISHAO_PG_TOOLS_DIR"), "{why}");
    assert!(!safe.backup().exists());

    let (keys, phrase) = (safe.path("keys"), safe.path("short"));
    fs::write(&phrase, "too short\n").unwrap();
    let why = refused(&app.run(&["backup", "--keys", text(&keys), "--passphrase-file", text(&phrase)]).await);
    assert!(why.contains("12 characters"), "{why}");
    let left: Vec<_> = fs::read_dir(safe.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "two passphrases and nothing else: {left:?}");
}

/// Whatever lies there already stays as it is.
#[rstest]
#[case::sqlite(ON_SQLITE)]
#[case::postgres_and_s3(ON_S3)]
#[tokio::test]
async fn a_place_that_holds_something_is_refused(#[case] kind: BackupKind) {
    let (app, safe) = (kind.world().await, Safe::new(kind));
    phones::photos(&app, 1).await;
    safe.fill(&app).await;

    // The very place that was backed up, with its server running.
    let why = refused(&app.run(&["restore", text(&safe.backup())]).await);
    assert!(why.contains("not empty") || why.contains("contains tables of this program"), "{why}");
    done(&app.run(&["restore", "--dry-run", text(&safe.backup())]).await);

    let place = kind.setup().empty_place().await;
    let why = refused(&place.run(&["restore", text(&safe.backup())]).await);
    assert!(why.contains("contains no keys") && why.contains("restore --keys"), "{why}");
    safe.bring_keys(&place).await;
    if kind.engine == Engine::Postgres {
        done(&place.run(&["migrate"]).await);
    } else {
        fs::write(place.data().join("chuishao.db"), b"").unwrap();
    }
    let before = place.look().await;
    let why = refused(&place.run(&["restore", text(&safe.backup())]).await);
    assert!(why.contains("into an empty one"), "{why}");
    assert!(place.look().await == before);
}

/// A bucket that holds a photo is no empty place, whatever the database is.
#[tokio::test]
async fn a_bucket_that_holds_photos_is_refused() {
    let (app, safe) = (ON_S3.world().await, Safe::new(ON_S3));
    phones::photos(&app, 1).await;
    safe.fill(&app).await;
    let place = ON_S3.setup().empty_place().await;
    safe.bring_keys(&place).await;
    let left = place.store().unwrap().file(tests::store::Store::BUCKET, "shown/ab/ab12");
    fs::create_dir_all(left.parent().unwrap()).unwrap();
    fs::write(left, b"a photo of somebody else").unwrap();
    let before = place.look().await;

    let why = refused(&place.run(&["restore", text(&safe.backup())]).await);

    assert!(why.contains("not empty, it contains shown/ab/ab12"), "{why}");
    assert!(place.look().await == before);
}

#[tokio::test]
async fn rows_do_not_change_their_engine() {
    let (app, safe) = (ON_SQLITE.world().await, Safe::new(ON_SQLITE));
    safe.fill(&app).await;
    let place = ON_POSTGRES.setup().empty_place().await;
    safe.bring_keys(&place).await;
    let before = place.look().await;

    let why = refused(&place.run(&["restore", text(&safe.backup())]).await);

    assert!(why.contains("this is a backup of SQLite"), "{why}");
    assert!(place.look().await == before);
}
