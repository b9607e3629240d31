use fastrand::Rng;

use super::*;
use crate::load::{
    checker::rows::Parts,
    written::{Announced, Mix},
};

/// Three submissions: one acknowledged, one kept and not acknowledged, one that never came.
struct ThreeSubmissions {
    lines: Vec<Line>,
    rows: Vec<Row>,
}

fn kept(written: &Written) -> Row {
    Row {
        report: Uuid::new_v4(),
        key: submission_key(written.submission),
        hash: written.hash(),
        text: written.text.clone(),
        lng_e7: written.lng_e7.into(),
        lat_e7: written.lat_e7.into(),
        emergency: written.emergency,
        received_at: "2026-11-24T08:00:00.123Z".parse().unwrap(),
        parts: Parts { received: 1, authors: 1, secrets: 1, clocks: 1, photos: written.photos.len(), hazards: 0 },
    }
}

fn promised(written: &Written, row: &Row) -> Receipt {
    Receipt {
        report_id: row.report,
        submission_id: written.submission,
        content_hash: written.hash(),
        received_at: "2026-11-24T08:00:00.123+00:00".to_owned(),
        signature: "signed".to_owned(),
    }
}

impl ThreeSubmissions {
    fn new() -> Self {
        let mut random = Rng::with_seed(1);
        let mut write = || {
            let mut written = Written::next(&mut random, Mix { emergency: 0.0, photos: 0 }, "ANONYMOUS");
            written.photos = vec![Announced { id: Uuid::new_v4(), sha256: "0".repeat(64), bytes: 5, number: None }];
            written
        };
        let (acknowledged, unknown, never) = (write(), write(), write());
        let rows = vec![kept(&acknowledged), kept(&unknown)];
        let receipt = promised(&acknowledged, &rows[0]);
        let lines = vec![
            Line::Sent(acknowledged),
            Line::Sent(unknown),
            Line::Acked(receipt.clone()),
            Line::Sent(never),
            Line::Acked(receipt),
        ];
        Self { lines, rows }
    }

    /// Returns how often each fault is found.
    fn found(self) -> Vec<(&'static str, usize)> {
        let history = History::of(self.lines);
        let mut found = history.findings();
        history.compare(&self.rows, &mut found);
        found.faults().into_iter().map(|(word, faults)| (word, faults.count)).filter(|(_, count)| *count > 0).collect()
    }

    fn receipt(&mut self) -> &mut Receipt {
        let Some(Line::Acked(receipt)) = self.lines.last_mut() else { panic!("the last line is a receipt") };
        receipt
    }
}

#[test]
fn what_is_right_is_found_right() {
    assert_eq!(ThreeSubmissions::new().found(), []);
}

#[test]
fn a_receipt_without_a_report_is_lost() {
    let mut scene = ThreeSubmissions::new();
    scene.rows.remove(0);
    assert_eq!(scene.found(), [("lost", 1)]);
}

#[test]
fn a_second_report_of_a_submission_is_doubled() {
    let mut scene = ThreeSubmissions::new();
    let mut second = scene.rows[1].clone();
    second.report = Uuid::new_v4();
    scene.rows.push(second);
    assert_eq!(scene.found(), [("doubled", 1)]);
}

#[test]
fn a_report_that_nobody_sent_is_a_ghost() {
    let mut scene = ThreeSubmissions::new();
    let foreign = Written::next(&mut Rng::with_seed(2), Mix { emergency: 0.0, photos: 0 }, "NAMED");
    scene.rows.push(kept(&foreign));
    assert_eq!(scene.found(), [("ghosts", 1)]);
}

#[test]
fn whatever_differs_from_what_was_sent_is_altered() {
    let changes: [fn(&mut Row); 5] = [
        |row| row.text.push('。'),
        |row| row.lat_e7 += 1,
        |row| row.emergency = true,
        |row| row.hash.replace_range(..1, "x"),
        |row| row.lng_e7 -= 1,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut scene = ThreeSubmissions::new();
        change(&mut scene.rows[1]);
        assert!(scene.found().contains(&("altered", 1)), "{number}");
    }
}

#[test]
fn whatever_differs_from_what_was_promised_is_altered() {
    let changes: [fn(&mut Row); 2] =
        [|row| row.report = Uuid::new_v4(), |row| row.received_at += chrono::TimeDelta::milliseconds(1)];
    for change in changes {
        let mut scene = ThreeSubmissions::new();
        change(&mut scene.rows[0]);
        assert_eq!(scene.found(), [("altered", 1)]);
    }
    let mut scene = ThreeSubmissions::new();
    scene.receipt().signature.push('x');
    assert_eq!(scene.found(), [("altered", 1)], "two receipts that differ");
}

#[test]
fn a_report_in_part_is_incomplete() {
    let changes: [fn(&mut Parts); 6] = [
        |parts| parts.received = 0,
        |parts| parts.received = 2,
        |parts| parts.authors = 0,
        |parts| parts.secrets = 0,
        |parts| parts.clocks = 0,
        |parts| parts.photos = 0,
    ];
    for change in changes {
        let mut scene = ThreeSubmissions::new();
        change(&mut scene.rows[1].parts);
        assert_eq!(scene.found(), [("incomplete", 1)]);
    }
}
