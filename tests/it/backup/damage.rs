//! Backups that were cut, altered, or lie beside other keys.

use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use rstest::rstest;
use tests::app::EmptyPlace;
use tests::random;
use tests::repeat::times;
use tests::scratch;

use super::{BackupKind, ON_POSTGRES, ON_S3, ON_SQLITE, Safe, done, phones, refused, text};

/// How many backups are cut, and as many altered; a quarter of them lie beside other keys.
const DAMAGED: &str = "CHUISHAO_TEST_BACKUPS";
/// The files of keys of which each alone makes the installation another one.
const SECRETS: [&str; 6] = ["kek", "k_index", "k_link", "k_follow", "k_accused", "k_upload"];

/// The paths of the files of a backup: one, or those of its folder.
fn paths(backup: &Path) -> Vec<PathBuf> {
    if backup.is_file() {
        return vec![backup.to_owned()];
    }
    let mut found: Vec<PathBuf> =
        fs::read_dir(backup).unwrap().flat_map(|entry| paths(&entry.unwrap().path())).collect();
    found.sort();
    found
}

/// The bytes of the files of a backup.
pub(super) fn files(backup: &Path) -> Vec<Vec<u8>> {
    paths(backup).iter().map(|path| fs::read(path).unwrap()).collect()
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        copy(&path, &to.join(path.file_name().unwrap()));
    }
}

/// What a file becomes, and what was done to it.
type Harm = fn(&[u8], &mut Rng) -> (Vec<u8>, String);

/// A copy of a backup, of which one file chosen at random was harmed.
fn damaged(backup: &Path, random: &mut Rng, harm: Harm) -> (PathBuf, String, tempfile::TempDir) {
    let folder = scratch::folder();
    let changed = folder.path().join(backup.file_name().unwrap());
    copy(backup, &changed);
    let paths = paths(&changed);
    let path = &paths[random.usize(..paths.len())];
    let whole = fs::read(path).unwrap();
    let (bytes, what) = harm(&whole, random);
    assert!(bytes != whole, "nothing was done to it");
    fs::write(path, bytes).unwrap();
    (changed, format!("{what} of {}", path.strip_prefix(folder.path()).unwrap().display()), folder)
}

fn cut(whole: &[u8], random: &mut Rng) -> (Vec<u8>, String) {
    let length = random.usize(..whole.len());
    (whole[..length].to_vec(), format!("cut after {length} of {} bytes", whole.len()))
}

fn flip(whole: &[u8], random: &mut Rng) -> (Vec<u8>, String) {
    let (mut bytes, bit) = (whole.to_vec(), random.usize(..whole.len() * 8));
    bytes[bit / 8] ^= 1 << (bit % 8);
    (bytes, format!("bit {bit} turned"))
}

/// Refused with a sentence that says what is wrong with the backup, and the place is as it was.
async fn is_refused(place: &EmptyPlace, backup: &Path, what: &str) {
    let before = place.look().await;
    for more in [&[][..], &["--dry-run"]] {
        let why = refused(&place.run(&[&["restore", text(backup)], more].concat()).await);
        println!("{what}: {}", why.trim_end());
        assert!(why.contains("cannot be used as a backup") || why.contains("was altered"), "{what}: {why}");
        assert!(place.look().await == before, "{what}: the place was touched");
    }
}

/// The right keys, but for one; or no one of them.
async fn wrong_keys(kind: BackupKind, safe: &Safe, number: usize) -> EmptyPlace {
    let place = kind.setup().empty_place().await;
    done(&place.run(&["keys", "make"]).await);
    if number > 0 {
        let (own, other) = (SECRETS[number % SECRETS.len()], place.keys());
        let strange = fs::read(other.join(own)).unwrap();
        fs::remove_dir_all(&other).unwrap();
        safe.bring_keys(&place).await;
        fs::write(other.join(own), strange).unwrap();
    }
    place
}

#[rstest]
#[case::sqlite(ON_SQLITE)]
#[case::postgres(ON_POSTGRES)]
#[case::postgres_and_s3(ON_S3)]
#[tokio::test]
async fn what_is_damaged_is_refused(#[case] kind: BackupKind) {
    let (tries, mut random) = (times(DAMAGED, 2), random::of_the_run());
    let (app, safe) = (kind.world().await, Safe::new(kind));
    phones::photos(&app, 2).await;
    phones::announced_photo(&app).await;
    safe.fill(&app).await;
    drop(app);
    let place = kind.setup().empty_place().await;
    safe.bring_keys(&place).await;

    for _ in 0..tries {
        for harm in [cut as Harm, flip] {
            let (changed, what, _folder) = damaged(&safe.backup(), &mut random, harm);
            is_refused(&place, &changed, &what).await;
        }
    }
    for number in 0..tries.div_ceil(4) {
        let place = wrong_keys(kind, &safe, number).await;
        is_refused(&place, &safe.backup(), &format!("other keys, {number}")).await;
    }
    // What refused them was not the place.
    done(&place.run(&["restore", text(&safe.backup())]).await);
    println!("{tries} cut, {tries} altered, {} beside other keys: all refused, twice each", tries.div_ceil(4));
}

/// A copy of the keys that was cut or altered, or whose passphrase is another, gives no key.
#[tokio::test]
async fn damaged_keys_are_refused() {
    let (app, safe, mut random) = (ON_SQLITE.world().await, Safe::new(ON_SQLITE), random::of_the_run());
    safe.copy_keys(&app).await;
    let place = ON_SQLITE.setup().empty_place().await;
    let before = place.look().await;
    let other = safe.path("other");
    fs::write(&other, "another passphrase that is long\n").unwrap();
    let mut tries = vec![(safe.path("keys"), other, "another passphrase".to_owned(), scratch::folder())];
    for harm in [cut as Harm, flip] {
        let (changed, what, folder) = damaged(&safe.path("keys"), &mut random, harm);
        tries.push((changed, safe.path("passphrase"), what, folder));
    }

    for (keys, phrase, what, _folder) in tries {
        let why = refused(&place.run(&["restore", "--keys", text(&keys), "--passphrase-file", text(&phrase)]).await);
        assert!(why.contains("passphrase") || why.contains("not a copy of keys"), "{what}: {why}");
        assert!(place.look().await == before, "{what}: the place was touched");
    }
}
