//! Signs of people: logins, refreshed sessions and submissions. They are collected in memory for some seconds, so that
//! no transaction writes the row of a person together with a session or a report ([`super::last_seen`]).

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use uuid::Uuid;

use super::person::PersonId;

/// The signs that this process has seen and not written yet.
#[derive(Default)]
pub(crate) struct Sightings {
    noted: Mutex<Noted>,
    /// Whether every person has a recorded day. Earlier builds recorded none.
    is_complete: AtomicBool,
}

#[derive(Default)]
struct Noted {
    /// The last day on which each of these people was seen.
    waiting: HashMap<Uuid, NaiveDate>,
    /// The people whose row already has the day `written_on`.
    written: HashSet<Uuid>,
    written_on: Option<NaiveDate>,
}

impl Sightings {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a person was seen on this day. Only the first sign of a day needs to be written.
    pub(crate) fn note(&self, person: &PersonId, day: NaiveDate) {
        let mut noted = self.noted();
        if noted.written_on != Some(day) || !noted.written.contains(&person.uuid()) {
            noted.waiting.insert(person.uuid(), day);
        }
    }

    /// Returns the day of a sign that waits to be written.
    pub(super) fn waiting_for(&self, person: Uuid) -> Option<NaiveDate> {
        self.noted().waiting.get(&person).copied()
    }

    /// Returns all signs that wait to be written.
    pub(super) fn waiting(&self) -> Vec<Sighting> {
        self.noted().waiting.iter().map(|(person, day)| Sighting { person: *person, day: *day }).collect()
    }

    /// Marks these signs as written. A person who was seen on a later day meanwhile still waits.
    pub(super) fn wrote(&self, signs: &[Sighting], today: NaiveDate) {
        let mut noted = self.noted();
        if noted.written_on != Some(today) {
            noted.written_on = Some(today);
            noted.written.clear();
        }
        for Sighting { person, day } in signs {
            if noted.waiting.get(person) == Some(day) {
                noted.waiting.remove(person);
            }
            if *day == today {
                noted.written.insert(*person);
            }
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.is_complete.load(Ordering::Relaxed)
    }

    pub(super) fn set_complete(&self) {
        self.is_complete.store(true, Ordering::Relaxed);
    }
}

/// A person and a day on which they were seen.
#[derive(Clone, Copy)]
pub(super) struct Sighting {
    pub(super) person: Uuid,
    pub(super) day: NaiveDate,
}
