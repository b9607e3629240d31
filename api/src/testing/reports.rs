//! Rows of reports.

use chrono::{DateTime, Utc};
use domain::id::{ReportId, UnitId};
use domain::place::Crs;
use domain::policy::RuleVersion;
use domain::report::{ReportSource, ReportStatus};
use entity::{JsonList, report};
use uuid::Uuid;

use super::TOWNSHIP;

/// Returns the row of a report of the public in the township. `review_unit` reviews it, and it was received `at` that
/// time.
pub(crate) fn received_report(review_unit: UnitId, at: DateTime<Utc>) -> report::Model {
    let id = ReportId(Uuid::new_v4());
    report::Model {
        id,
        submission_key: id.0.as_bytes().to_vec(),
        content_hash: Vec::new(),
        source: ReportSource::Public,
        status: ReportStatus::Received,
        version: 1,
        text: "消防通道被堵".into(),
        category: None,
        category_known: false,
        crs: Crs::Wgs84,
        given_lng_e7: 0,
        given_lat_e7: 0,
        lng_e7: 0,
        lat_e7: 0,
        cell: 0,
        accuracy_metres: None,
        place_source: None,
        address: None,
        emergency: false,
        contact_consent: true,
        flags: JsonList::default(),
        received_at: at,
        shown_at: at,
        visible_from: at,
        captured_at: None,
        area_id: None,
        area_path: TOWNSHIP.into(),
        review_unit,
        routing: "{}".into(),
        reviewed_by: None,
        amendments: 0,
        hazard_id: None,
        receipt_kid: String::new(),
        receipt_sig: Vec::new(),
        rule_version: RuleVersion(0),
        has_code: true,
    }
}
