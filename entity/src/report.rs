//! A report 报告: what one person saw. The content never changes, and no column names the reporter.

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
    /// The SHA-256 hash of the submission id. It is never deleted.
    pub submission_key: Vec<u8>,
    /// The content hash of what the phone sent.
    pub content_hash: Vec<u8>,
    /// The source: the public or a patrol.
    pub source: ReportSource,
    /// The status.
    pub status: ReportStatus,
    /// The version of the last event.
    pub version: i64,
    /// The text.
    pub text: String,
    /// The code of the category as the phone sent it.
    pub category: Option<String>,
    /// Whether the catalogue of that day contains this code.
    pub category_known: bool,
    /// The coordinate system in which the place was sent.
    pub crs: Crs,
    /// The longitude as it was sent, in 10⁻⁷ degree.
    pub given_lng_e7: i64,
    /// The latitude as it was sent, in 10⁻⁷ degree.
    pub given_lat_e7: i64,
    /// The longitude in WGS84, in 10⁻⁷ degree.
    pub lng_e7: i64,
    /// The latitude in WGS84, in 10⁻⁷ degree.
    pub lat_e7: i64,
    /// The Morton code of the place.
    pub cell: i64,
    /// The accuracy in metres, as the phone sent it.
    pub accuracy_metres: Option<i32>,
    /// The source of the place, as the phone sent it.
    pub place_source: Option<String>,
    /// The place in words.
    pub address: Option<String>,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// Whether the reporter may be contacted through the system.
    pub contact_consent: bool,
    /// The codes of what was unusual about the clock, the category or the place.
    pub flags: JsonList<Vec<String>>,
    /// The exact time of receipt. It serves for ordering only, and officers never see it.
    pub received_at: DateTimeUtc,
    /// The end of the hour of receipt, or of the minute for an emergency.
    pub shown_at: DateTimeUtc,
    /// The end of the hour of the observation by the phone's clock, or of the minute for an emergency.
    pub captured_at: Option<DateTimeUtc>,
    /// The smallest area that contains it.
    pub area_id: Option<AreaId>,
    /// The path of this area; empty outside every area.
    pub area_path: String,
    /// The unit that reviews it.
    pub review_unit: UnitId,
    /// How it was routed, as JSON: the rule, the areas and the duty.
    pub routing: String,
    /// The officer who reviewed it.
    pub reviewed_by: Option<OfficerId>,
    /// The hazard to which it belongs.
    pub hazard_id: Option<HazardId>,
    /// The id of the key that signed the receipt.
    pub receipt_kid: String,
    /// The 64 bytes of the signature of the receipt.
    pub receipt_sig: Vec<u8>,
    /// The revision of the rules in force at receipt.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

/// Returns the condition for reports in the subtree of an area. It is a range of paths, for which both engines use an
/// index.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}
