//! The whole story, as a newcomer starts it: from the photo to the paid award, through the public API.
//!
//! The same story with nothing but settings changed: SQLite and a folder, or PostgreSQL and S3.

use std::process::Output;

use tests::app::{Settings, run};
use tests::postgres::Database;
use tests::store::Store;

/// Plays the story to its end with these settings.
async fn demo(settings: &Settings, more: &[&str]) -> (Output, String) {
    let mut arguments = vec!["demo", "--once"];
    arguments.extend(more);
    let output = run(&arguments, settings).await;
    let told = String::from_utf8(output.stdout.clone()).expect("the story is UTF-8");
    (output, told)
}

#[track_caller]
fn is_told_in_full(output: &Output, told: &str) {
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{log}");
    assert!(!told.contains('✗'), "{told}");
    let of_the_day = "the calendar is complete until "; // it depends on the day on which the test runs
    let warnings: Vec<&str> = log.lines().filter(|line| !line.contains(of_the_day)).collect();
    assert!(warnings.is_empty(), "nothing is to be warned of: {log}");
}

#[tokio::test]
async fn the_whole_story_is_played_on_sqlite_and_a_folder() {
    let (output, told) = demo(&Settings::new(), &[]).await;

    is_told_in_full(&output, &told);
    assert!(told.contains("Database: SQLite; photos: folder"), "{told}");
    for step in [
        "ALREADY_CLAIMED",
        "sends it back for rework",
        "closes the hazard",
        "finance-1 pays the award",
        "the scene ends here",
    ] {
        assert!(told.contains(step), "{step} is missing:\n{told}");
    }
}

#[tokio::test]
async fn the_whole_story_is_played_on_postgresql_and_s3_by_settings_alone() {
    let (database, store) = (Database::empty().await, Store::start());
    let settings = Settings::new().database(&database).store(&store);

    let (output, told) = demo(&settings, &["--language", "zh-CN"]).await;

    is_told_in_full(&output, &told);
    assert!(told.contains("数据库：PostgreSQL；照片：S3"), "{told}");
    assert!(told.contains("发放成功"), "{told}");
}

/// A world that lives is no stage.
#[tokio::test]
async fn a_database_with_tables_of_ours_is_refused() {
    let database = Database::empty().await;
    let settings = Settings::new().database(&database);
    assert!(run(&["migrate"], &settings).await.status.success());

    let (output, told) = demo(&settings, &[]).await;

    assert_eq!(output.status.code(), Some(2));
    assert_eq!(told, "");
    assert!(String::from_utf8_lossy(&output.stderr).contains("already contains tables of this program"));
}
