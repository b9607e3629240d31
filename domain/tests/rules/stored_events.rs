//! The stored form of every event: databases hold events of earlier builds, so it never changes.

use std::collections::BTreeSet;

use domain::event::{DomainEvent, EventKind};
use domain::note::NOTE_FIELDS;
use domain::refusal::Language;
use domain::{award, hazard, incident, report};
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

#[test]
fn events_of_incidents_are_stored_as_ever() {
    check::<incident::Event>("incident");
}

/// The fields of a type in the definition of an event: the names before `: Type`, `: Option<Type>` and the like.
fn fields_of(ty: &str, source: &'static str) -> Vec<&'static str> {
    let code = source.lines().map(|line| line.split("//").next().unwrap());
    let pieces = code.flat_map(|line| line.match_indices(ty).map(move |(at, _)| &line[..at]));
    pieces
        .filter_map(|before| {
            before.trim_end_matches(|part: char| part.is_alphanumeric() || part == '<').strip_suffix(": ")
        })
        .map(|before| before.rsplit([' ', '{', '(']).next().unwrap())
        .collect()
}

/// A text under another name would be neither bound to the journal nor shown in the history. Other words of an event are
/// codes.
#[test]
fn each_text_of_an_event_is_in_a_field_for_notes() {
    let sources = [
        include_str!("../../src/report/event.rs"),
        include_str!("../../src/hazard/event.rs"),
        include_str!("../../src/award/event.rs"),
        include_str!("../../src/hazard/major/act.rs").split_once("pub enum MajorAct").unwrap().1,
        include_str!("../../src/hazard/major/mod.rs")
            .split_once("pub struct Plan ")
            .unwrap()
            .1
            .split_once("}\n")
            .unwrap()
            .0,
        include_str!("../../src/incident/event.rs"),
    ];
    let of = |ty| -> BTreeSet<&str> { sources.iter().flat_map(|source| fields_of(ty, source)).collect() };
    assert_eq!(of("NoteId"), NOTE_FIELDS.into_iter().collect());
    assert_eq!(of("String"), ["category", "standard", "type_code"].into_iter().collect(), "codes; a text is a note");
}

/// The kinds that the history publishes are those of the events, and one for events that cannot be read.
#[test]
fn every_kind_of_a_shown_event_is_published() {
    let stored = report::Event::KINDS.iter().chain(hazard::Event::KINDS).chain(incident::Event::KINDS).copied();
    let published = EventKind::ALL.iter().map(|kind| kind.code());
    assert_eq!(stored.chain(["OTHER"]).collect::<BTreeSet<_>>(), published.collect());
    assert_eq!(EventKind::of_stored("A_LATER_KIND"), EventKind::Other);
    for language in [Language::Chinese, Language::English] {
        let sentences: BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.sentence(language)).collect();
        assert_eq!(sentences.len(), EventKind::ALL.len(), "each kind has a sentence of its own");
    }
}
