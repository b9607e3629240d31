//! Child processes.

use std::{path::Path, process::Command};

use tests::process::Process;

fn sh(script: &str) -> Process {
    Process::start(Command::new("sh").args(["-c", script]))
}

#[tokio::test]
async fn a_line_is_waited_for_and_the_rest_of_it_given() {
    let process = sh("echo warming up; echo listening on http://127.0.0.1:8080; echo '{}' >&2; cat");

    assert_eq!(process.output_after("listening on http://").await, "127.0.0.1:8080");
    assert_eq!(process.log_line("{").await, "{}");
}

#[tokio::test]
#[should_panic(expected = "no such table")]
async fn a_child_that_ends_too_early_is_reported_with_what_it_said() {
    sh("echo 'no such table' >&2; exit 1").output_after("listening").await;
}

#[tokio::test]
async fn stopping_waits_for_the_good_bye() {
    let mut process = sh("trap 'echo bye >&2; exit 7' TERM; echo ready; while :; do read -r _; done");
    process.output_after("ready").await;

    assert_eq!(process.stop().code(), Some(7));
    assert_eq!(process.log(), ["bye"]);
}

#[tokio::test]
async fn nothing_is_left_of_a_dropped_child() {
    let process = sh("trap '' TERM; echo ready; while :; do read -r _; done");
    process.output_after("ready").await;
    let entry = format!("/proc/{}", process.id());
    assert!(Path::new(&entry).exists());

    drop(process);

    assert!(!Path::new(&entry).exists());
}
