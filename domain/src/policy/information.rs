//! The rules of situation reports 信息报告, which every place sets for itself.

use serde::{Deserialize, Serialize};

use crate::incident::{IncidentGrade, IncidentType};
use crate::staff::Role;
use crate::time::{Span, SpanUnit};

/// The rules of situation reports 信息报告: who signs and acknowledges them, and in what time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InformationPolicy {
    /// The roles that sign a report 签发.
    pub signed_by: Vec<Role>,
    /// The roles among them that may sign what they wrote themselves.
    pub sign_own: Vec<Role>,
    /// The roles that acknowledge a report 签收; an empty list means all that may.
    pub acknowledged_by: Vec<Role>,
    /// The time limit for the acknowledgement.
    pub acknowledge: Span,
    /// The time limits for sending. The first row that fits an incident counts; an incident that no row fits has none.
    pub rows: Vec<ReportingRow>,
}

/// The time limits for the reports of some incidents. All of them are counted by the wall clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportingRow {
    /// The grades; an empty list means all.
    #[serde(default)]
    pub grades: Vec<IncidentGrade>,
    /// The types; an empty list means all.
    #[serde(default)]
    pub types: Vec<IncidentType>,
    /// How long the first word may take, by telephone or in writing, from when the unit learned of the incident.
    #[serde(default)]
    pub phone: Option<Span>,
    /// How long a written report may take, from when the unit learned of the incident or of the news.
    pub written: Span,
    /// How long the first word may take from when the incident happened.
    #[serde(default)]
    pub since_happening: Option<Span>,
    /// How often an update is due until the final report.
    #[serde(default)]
    pub update_every: Option<Span>,
}

impl InformationPolicy {
    /// Returns the time limits for an incident of this grade and type.
    #[must_use]
    pub fn row(&self, grade: IncidentGrade, incident_type: IncidentType) -> Option<&ReportingRow> {
        let fits = |row: &&ReportingRow| {
            (row.grades.is_empty() || row.grades.contains(&grade))
                && (row.types.is_empty() || row.types.contains(&incident_type))
        };
        self.rows.iter().find(fits)
    }
}

impl Default for InformationPolicy {
    /// The rules of policies that were stored before there were situation reports.
    fn default() -> Self {
        let span = |amount, unit| Some(Span { amount, unit });
        let severe = [IncidentGrade::Serious, IncidentGrade::Major, IncidentGrade::Extraordinary];
        let row = |grades: &[IncidentGrade], update_every| ReportingRow {
            grades: grades.to_vec(),
            types: Vec::new(),
            phone: span(30, SpanUnit::Minutes),
            written: Span { amount: 1, unit: SpanUnit::Hours },
            since_happening: span(2, SpanUnit::Hours),
            update_every,
        };
        Self {
            signed_by: vec![Role::TownshipLeader, Role::DepartmentLeader, Role::VillageOfficer, Role::CommandCentre],
            sign_own: vec![Role::VillageOfficer],
            acknowledged_by: Vec::new(),
            acknowledge: Span { amount: 10, unit: SpanUnit::Minutes },
            rows: vec![row(&severe, span(24, SpanUnit::Hours)), row(&[], span(3, SpanUnit::Days))],
        }
    }
}
