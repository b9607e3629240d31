//! The current state of an incident and of its situation reports.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{IncidentStatus, Sent, SituationReportKind};
use crate::clock::{Clock, ClockKey, ClockKind};
use crate::id::{AreaId, HazardId, IncidentId, OfficerId, PostId, SituationReportId, UnitId};
use crate::policy::RuleVersion;

/// An incident 突发事件 with its situation reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The id of the incident.
    pub id: IncidentId,
    /// The stream version of the last event, counted from 1.
    pub version: i64,
    /// The hazard from which it came; `None` if it stands alone.
    pub hazard: Option<HazardId>,
    /// The unit that sends the reports.
    pub unit: UnitId,
    /// The unit that receives and acknowledges them.
    pub receiver: UnitId,
    /// The area of the hazard, or of the sending unit.
    pub area: AreaId,
    /// The time of the latest event.
    pub last_at: DateTime<Utc>,
    /// When the final report was sent; `None` while the incident is open.
    pub ended_at: Option<DateTime<Utc>>,
    /// The rule version under which it was opened.
    pub rule_version: RuleVersion,
    /// The situation reports with their corrections, in the order in which they were sent.
    pub reports: Vec<SituationReport>,
    /// The clocks, in the order in which they started.
    pub clocks: Vec<Clock>,
}

/// A situation report 信息报告.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SituationReport {
    /// What was sent. It never changes.
    pub sent: Sent,
    /// The number of the report within the incident, counted from 1.
    pub number: i32,
    /// When the server received it.
    pub sent_at: DateTime<Utc>,
    /// The report that it corrects.
    pub corrects: Option<SituationReportId>,
    /// The report that corrects it.
    pub corrected_by: Option<SituationReportId>,
    /// Who acknowledged it.
    pub acknowledged: Option<Acknowledged>,
}

/// The acknowledgement 签收 of a situation report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The unit.
    pub unit: UnitId,
    /// The officer.
    pub officer: OfficerId,
    /// The post in which the officer acted.
    pub post: PostId,
    /// When it was acknowledged.
    pub at: DateTime<Utc>,
}

impl SituationReport {
    /// Returns whether the report waits to be acknowledged: nobody has, and no correction has taken its place.
    #[must_use]
    pub const fn awaits(&self) -> bool {
        self.acknowledged.is_none() && self.corrected_by.is_none()
    }
}

impl Incident {
    /// Returns whether more reports are to come.
    #[must_use]
    pub const fn status(&self) -> IncidentStatus {
        if self.ended_at.is_some() { IncidentStatus::Ended } else { IncidentStatus::Open }
    }

    /// Returns the report with this id.
    #[must_use]
    pub fn report(&self, id: SituationReportId) -> Option<&SituationReport> {
        self.reports.iter().find(|one| one.sent.report == id)
    }

    /// Returns the reports that are no corrections.
    pub fn originals(&self) -> impl Iterator<Item = &SituationReport> {
        self.reports.iter().filter(|one| one.corrects.is_none())
    }

    /// Returns the reports from this one back to the one that was sent first, each of which the one before it corrects.
    pub fn chain(&self, id: SituationReportId) -> impl Iterator<Item = &SituationReport> {
        std::iter::successors(self.report(id), |one| self.report(one.corrects?))
    }

    /// Returns the initial report as it stands, with its corrections.
    #[must_use]
    pub fn initial(&self) -> Option<&SituationReport> {
        let initial = |one: &&SituationReport| one.sent.report_kind == SituationReportKind::Initial;
        self.reports.iter().filter(initial).find(|one| one.corrected_by.is_none())
    }

    /// Returns the latest report as it stands, with its corrections. The grade and the type of the incident are those of it.
    #[must_use]
    pub fn latest(&self) -> Option<&SituationReport> {
        let latest = self.originals().last()?;
        let stands = |one: &&SituationReport| self.chain(one.sent.report).any(|part| part.number == latest.number);
        self.reports.iter().filter(stands).find(|one| one.corrected_by.is_none())
    }

    /// Returns whether any report was late. A correction never changes that.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.reports.iter().any(|one| !one.sent.late.is_empty())
    }

    /// Returns the key of the clock for the acknowledgement of a report.
    #[must_use]
    pub const fn acknowledgement(number: i32, receiver: UnitId) -> ClockKey {
        ClockKey::of(ClockKind::AcknowledgeSituationReport, number, receiver)
    }

    /// Returns the key of the clock for the next update or final report.
    #[must_use]
    pub const fn next_report(number: i32, unit: UnitId) -> ClockKey {
        ClockKey::of(ClockKind::NextSituationReport, number, unit)
    }

    /// Returns the clock of the next update or final report, if one runs.
    #[must_use]
    pub fn next_clock(&self) -> Option<&Clock> {
        let is_it = |clock: &&Clock| clock.key.kind == ClockKind::NextSituationReport && clock.is_open();
        self.clocks.iter().find(is_it)
    }
}
