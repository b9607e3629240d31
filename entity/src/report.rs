//! A report 报告: what one person saw. The content never changes, and no column names the reporter.
#![allow(clippy::struct_excessive_bools, reason = "a row, not a state; the model has a twin that only the macro knows")]

use domain::id::{AreaId, HazardId, OfficerId, ReportId, UnitId};
use domain::place::Crs;
use domain::policy::RuleVersion;
use domain::report::{ReportSource, ReportStatus};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;

use crate::JsonList;

/// A report 报告: what one person saw. The content never changes, and no column names the reporter.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    /// The id, which is random and the only pseudonym of the reporter.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReportId,
    /// The deduplication key: the SHA-256 hash of the submission id. It is never deleted.
    pub submission_key: Vec<u8>,
    /// The content hash of the submission (see [`domain::content`]).
    pub content_hash: Vec<u8>,
    /// The source: the public or a patrol.
    pub source: ReportSource,
    /// The current status.
    pub status: ReportStatus,
    /// The stream version of the last event, which serves as the optimistic lock.
    pub version: i64,
    /// The report text, exactly as sent.
    pub text: String,
    /// The category code as sent.
    pub category: Option<String>,
    /// Whether the category catalogue contained this code on the day of receipt.
    pub category_known: bool,
    /// The coordinate system in which the place was sent.
    pub crs: Crs,
    /// The longitude as sent, in units of 10⁻⁷ degree.
    pub given_lng_e7: i64,
    /// The latitude as sent, in units of 10⁻⁷ degree.
    pub given_lat_e7: i64,
    /// The WGS84 longitude in units of 10⁻⁷ degree.
    pub lng_e7: i64,
    /// The WGS84 latitude in units of 10⁻⁷ degree.
    pub lat_e7: i64,
    /// The Morton code of the place, for proximity queries (see [`domain::place::cell`]).
    pub cell: i64,
    /// The accuracy of the place in metres, as sent.
    pub accuracy_metres: Option<i32>,
    /// The source of the place, as sent.
    pub place_source: Option<String>,
    /// The address: the place in words.
    pub address: Option<String>,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// Whether the reporter may be contacted through the system.
    pub contact_consent: bool,
    /// The codes of anomalies in the phone's clock, the category or the place.
    pub flags: JsonList<Vec<String>>,
    /// The exact time of receipt. It decides which true report was the first, and officers never see it.
    pub received_at: DateTimeUtc,
    /// The time of receipt as officers see it: a boundary of the veil, or the end of the minute for an emergency.
    pub shown_at: DateTimeUtc,
    /// The time from which officers see the report (see [`visible`]): the boundary `shown_at`, or the time of receipt
    /// for a report without a veil. No officer sees this column.
    pub visible_from: DateTimeUtc,
    /// The time of the observation by the phone's clock: the boundary of the veil that followed it.
    pub captured_at: Option<DateTimeUtc>,
    /// The smallest area that contains the place; NULL if it lies outside every area.
    pub area_id: Option<AreaId>,
    /// The path of this area; empty if the place lies outside every area.
    pub area_path: String,
    /// The unit that reviews the report.
    pub review_unit: UnitId,
    /// The number of amendments 补充.
    pub amendments: i32,
    /// The routing decision as JSON: the rule, the areas and the duty.
    pub routing: String,
    /// The officer who reviewed the report; NULL before the review.
    pub reviewed_by: Option<OfficerId>,
    /// The hazard for which the report was confirmed or into which it was merged, or which the emergency brought.
    pub hazard_id: Option<HazardId>,
    /// The id of the key that signed the receipt.
    pub receipt_kid: String,
    /// The receipt signature, 64 bytes.
    pub receipt_sig: Vec<u8>,
    /// The rule version in force at receipt.
    pub rule_version: RuleVersion,
    /// Whether the author has a follow-up code 查询码, whether or not the report names them. Of the reports of earlier
    /// builds, for which this is false, only anonymous ones have a code.
    pub has_code: bool,
}

impl ActiveModelBehavior for ActiveModel {}

/// Returns the condition for reports that have come out from behind the time veil. Whatever an officer asks for or acts
/// on is restricted by it; before `visible_from`, the report does not exist for officers.
#[must_use]
pub fn visible(now: DateTimeUtc) -> Condition {
    Condition::all().add(COLUMN.visible_from.lte(now))
}

/// Returns the condition for reports in the subtree of an area. It is a range of paths, so that both engines can use an
/// index.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}
