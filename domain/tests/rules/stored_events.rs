//! The stored form of every event: databases hold events of earlier builds, so it never changes.

use std::collections::BTreeSet;

use domain::event::DomainEvent;
use domain::{award, hazard, report};
use serde::de::DeserializeOwned;

/// The stored events of one stream.
fn stored(stream: &str) -> impl Iterator<Item = &'static str> {
    let lines = include_str!("../data/stored_events.txt").lines();
    lines.filter_map(move |line| line.strip_prefix(stream)?.strip_prefix(' '))
}

/// Every stored event of the stream is read and written again byte by byte, and every kind has one.
fn check<E: DomainEvent + DeserializeOwned>(stream: &str) {
    let mut kinds = BTreeSet::new();
    for text in stored(stream) {
        let event: E = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(serde_json_canonicalizer::to_string(&event).unwrap(), text);

        let fields: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(fields["kind"], event.kind());
        assert_eq!(fields["at"], serde_json::to_value(event.at()).unwrap());
        match fields.get("clocks") {
            Some(clocks) => assert_eq!(*clocks, serde_json::to_value(event.clocks()).unwrap()),
            None => assert!(event.clocks().is_empty()),
        }
        assert!(!text.contains("[]"), "an empty list proves little: {text}");
        kinds.insert(event.kind());
    }
    assert_eq!(kinds, E::KINDS.iter().copied().collect(), "{stream}: one line for every kind of event");
}

#[test]
fn events_of_reports_are_stored_as_ever() {
    check::<report::Event>("report");
}

#[test]
fn events_of_hazards_are_stored_as_ever() {
    check::<hazard::Event>("hazard");
}

#[test]
fn events_of_awards_are_stored_as_ever() {
    check::<award::Event>("award");
}
