//! Whom an award is paid to, in random histories: the identity that was given for a report, and who may not collect.
//!
//! Who a person is, and whether a report was their duty, is known to the vault alone, so `api` asks these two questions
//! when an award is collected (`reward/collecting.rs`; the tests `nobody_collects_what_they_decided_on` and
//! `only_the_collector_learns_that_a_report_was_their_duty` go through the server). This model answers them in its place.
//! Everything else is decided by `domain`: until when an identity may be replaced ([`AwardStatus::is_collected`]), who took
//! part in the decisions ([`Award::deciders`]), that nobody decides on an award of their own, and that nobody collects
//! without an identity.
//!
//! [`AwardStatus::is_collected`]: domain::award::AwardStatus::is_collected

use domain::access::By;
use domain::award::{Award, Event, PayeeDigest};
use domain::id::OfficerId;
use domain::{Code, Refusal};
use proptest::prelude::*;

use crate::scene::person_of;

/// The payee of a report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Payee {
    /// Whose identity was given last; `None` before the first time.
    pub(crate) person: Option<u8>,
    /// Whether it was the author's duty to report this.
    pub(crate) on_duty: bool,
}

impl Payee {
    /// Replaces the identity, unless one of the awards of the report was collected.
    pub(crate) fn is_replaced<'a>(
        &mut self,
        person: u8,
        mut awards: impl Iterator<Item = &'a Award>,
    ) -> Result<(), Refusal> {
        if awards.any(is_collected) {
            return Err(Refusal::illegal("award.payee_frozen"));
        }
        self.person = Some(person);
        Ok(())
    }

    pub(crate) fn digest(self) -> PayeeDigest {
        PayeeDigest([self.person.unwrap_or(u8::MAX); 32])
    }

    /// Whether the award would be paid to this officer.
    pub(crate) fn is(self, officer: OfficerId) -> bool {
        self.person.is_some_and(|person| person_of(person) == officer)
    }

    /// Whether the officer who acts would be paid.
    pub(crate) fn acts(self, by: By) -> bool {
        matches!(by, By::Officer(actor) if self.is(actor.officer))
    }

    /// Refuses a collection that the vault excludes. The award then has none of the events.
    pub(crate) fn may_collect(self, award: &Award, events: &[Event]) -> Result<(), Refusal> {
        let collects = events.iter().any(|event| matches!(event, Event::Collected { .. }));
        if collects && award.deciders().into_iter().any(|officer| self.is(officer)) {
            return Err(Refusal::new(Code::NotYourOwn).with_rule("award.decided_by_collector"));
        }
        if collects && self.on_duty {
            return Err(Refusal::new(Code::DutyExcluded).with_rule("award.own_duty"));
        }
        Ok(())
    }
}

/// Whether the award was collected, on hold or not.
pub(crate) fn is_collected(award: &Award) -> bool {
    award.status_beneath().is_collected()
}

/// The payees of the collection and of each payment of one award.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Orders {
    collected: Option<PayeeDigest>,
    pub(crate) payments: Vec<PayeeDigest>,
}

impl Orders {
    pub(crate) fn note(&mut self, event: &Event, payee: Payee) {
        match event {
            Event::Collected { .. } => self.collected = Some(payee.digest()),
            Event::PaymentStarted { payee, .. } => self.payments.extend(*payee),
            _ => {}
        }
    }

    /// Checks that whoever collected the award, and nobody else, is paid, and neither decided on it nor was on duty.
    pub(crate) fn check(&self, award: &Award, payee: Payee) -> Result<(), TestCaseError> {
        let attempts = usize::try_from(award.attempt).unwrap();
        prop_assert_eq!(self.payments.len(), attempts, "a payment names nobody");
        prop_assert!(self.payments.iter().all(|paid| Some(*paid) == self.collected), "paid to another one: {self:?}");
        if !is_collected(award) {
            return Ok(());
        }
        prop_assert_eq!(self.collected, Some(payee.digest()), "the payee changed after the collection");
        prop_assert!(payee.person.is_some() && !payee.on_duty, "collected by nobody, or on duty");
        let steps = [award.proposed_by, award.reviewed_by, award.approved_by, award.paid_by];
        let mut took_part = steps.iter().flatten().chain(&award.verifiers);
        prop_assert!(!took_part.any(|officer| payee.is(*officer)), "who decided is paid");
        Ok(())
    }
}
