//! A report 报告: what one person saw. Its content never changes; no column names who.

use domain::id::{AreaId, HazardId, OfficerId, ReportId, UnitId};
use domain::place::Crs;
use domain::policy::RuleVersion;
use domain::report::{ReportSource, ReportStatus};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;

/// A report 报告: what one person saw. Its content never changes; no column names who.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    /// Random: the only pseudonym.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReportId,
    /// SHA-256 of the submission id: kept for ever.
    pub submission_key: Vec<u8>,
    /// SHA-256 of the content as the phone sent it.
    pub content_hash: Vec<u8>,
    /// PUBLIC or PATROL.
    pub source: ReportSource,
    /// Where it stands.
    pub status: ReportStatus,
    /// Version of its last event.
    pub version: i64,
    /// What was written.
    pub text: String,
    /// Code of the category as the phone sent it.
    pub category: Option<String>,
    /// Whether the catalogue of that day has it.
    pub category_known: bool,
    /// The system of the given coordinates.
    pub crs: Crs,
    /// Longitude as given, 1e-7 degree.
    pub given_lng_e7: i64,
    /// Latitude as given, 1e-7 degree.
    pub given_lat_e7: i64,
    /// Longitude, WGS84, 1e-7 degree.
    pub lng_e7: i64,
    /// Latitude, WGS84, 1e-7 degree.
    pub lat_e7: i64,
    /// Morton code of the place.
    pub cell: i64,
    /// Accuracy as the phone said.
    pub accuracy_metres: Option<i32>,
    /// Where the place came from.
    pub place_source: Option<String>,
    /// The place in words.
    pub address: Option<String>,
    /// People are in danger now.
    pub emergency: bool,
    /// May be contacted through the system.
    pub contact_consent: bool,
    /// JSON list of what was odd: clock, category, place.
    pub flags: String,
    /// Exact receipt: for ordering only, never shown to a handler.
    pub received_at: DateTimeUtc,
    /// End of the hour of receipt (an emergency: of the minute).
    pub shown_at: DateTimeUtc,
    /// End of the hour (an emergency: of the minute) in which it was seen, as the phone's clock said.
    pub captured_at: Option<DateTimeUtc>,
    /// The smallest area that contains it.
    pub area_id: Option<AreaId>,
    /// Its path; empty outside every area.
    pub area_path: String,
    /// Who reviews it.
    pub review_unit: UnitId,
    /// How it was routed, as JSON: the rule, the areas, the duty.
    pub routing: String,
    /// Who reviewed it.
    pub reviewed_by: Option<OfficerId>,
    /// The hazard it points to.
    pub hazard_id: Option<HazardId>,
    /// Key of the receipt's signature.
    pub receipt_kid: String,
    /// The 64 bytes of the receipt's signature.
    pub receipt_sig: Vec<u8>,
    /// The rules in force at receipt.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

/// Reports in the subtree of an area: a range of paths, by an index on both engines.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}
