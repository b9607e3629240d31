//! Entering the ledger 登记, and the award that a true report is worth.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::clock::Timing;
use domain::hazard::{Axes, Case, Registration, register};
use domain::id::{HazardId, SubjectId};
use domain::policy::ProposeAt;
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::error::ApiResult;
use crate::hazard::rows::{self, Site};
use crate::journal::{Author, Heading, NewEvent, Stream, append};
use crate::policy::rulebook::{RuleBook, china_day};
use crate::{identity, report, reward};

/// What a new entry of the ledger rests on.
pub struct Origin<'a> {
    /// The report.
    pub report: &'a entity::report::Model,
    /// Its category.
    pub category: Option<String>,
    /// Axes that differ from what the category presets.
    pub axes: Axes,
    /// 疑似重大.
    pub suspected_major: bool,
    /// 责任单位.
    pub subject: Option<SubjectId>,
    /// What came back.
    pub recurrence_of: Option<HazardId>,
}

impl std::fmt::Debug for Origin<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin").field("report", &self.report.id).finish_non_exhaustive()
    }
}

/// Enters a hazard into the ledger. The unit that reviews the report answers for it.
///
/// # Errors
/// `INVALID_INPUT` for a category or a code that the catalogue of today does not have.
pub async fn enter(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    origin: Origin<'_>,
    (id, author): (HazardId, Author),
) -> ApiResult<Case> {
    let (now, row) = (app.now(), origin.report);
    let day = china_day(now);
    let area = row.area_id.or_else(|| rules.unit(row.review_unit).map(|unit| unit.area_id)).ok_or(Code::NotFound)?;
    let registration = Registration {
        id,
        suspected_major: origin.suspected_major,
        axes: preset(rules, origin.category.as_deref(), origin.axes, now)?,
        category: origin.category.filter(|code| rules.category(code, day).is_some()),
        subject: origin.subject,
        area,
        township: row.review_unit,
        duty_post: None,
        emergency: row.emergency,
        recurrence_of: origin.recurrence_of,
    };
    let policy = rules.handling(Some(area), day)?;
    let timing = timing(rules, area, now)?;
    let (case, event) = register(registration, now, policy, &timing);
    let site = Site {
        point: report::rows::point_of(row.lng_e7, row.lat_e7)?,
        address: row.address.clone(),
        area_path: row.area_path.clone(),
    };
    rows::insert(txn, &case, site, (event.at(), rules.version)).await?;
    let mut new = NewEvent::of(event.kind(), &event)?;
    new.occurred_at = Some(event.at());
    let at = if author.officer.is_some() { now } else { event.at() };
    let heading = Heading { stream: Stream::Hazard(id), after: 0, author, at, rules: rules.version };
    append(txn, heading, vec![new]).await?;
    Ok(case)
}

/// How clocks are set at a place.
///
/// # Errors
/// When there is no policy for it.
pub fn timing(rules: &RuleBook, area: domain::id::AreaId, now: DateTime<Utc>) -> ApiResult<Timing<'_>> {
    let day = china_day(now);
    Ok(Timing {
        calendar: rules.calendar(Some(area), day),
        warn_percent: rules.handling(Some(area), day)?.warn_percent,
        rule_version: rules.version,
    })
}

/// The axes that the category presets, where the review says nothing else.
fn preset(rules: &RuleBook, category: Option<&str>, given: Axes, now: DateTime<Utc>) -> ApiResult<Axes> {
    let day = china_day(now);
    let known = category.and_then(|code| rules.category(code, day));
    let lists = [
        ("place_kind", &given.place_kind, "input.axes.placeKind"),
        ("industry", &given.industry, "input.axes.industry"),
        ("disaster_kind", &given.disaster_kind, "input.axes.disasterKind"),
    ];
    for (list, code, field) in lists {
        if code.as_ref().is_some_and(|code| !rules.has_code(list, code, day)) {
            let refusal = domain::Refusal::invalid(field, "代码表中没有这个代码。", "The code list has no such code.");
            return Err(refusal.into());
        }
    }
    Ok(Axes {
        place_kind: given.place_kind.or_else(|| known.and_then(|row| row.place_kind.clone())),
        industry: given.industry.or_else(|| known.and_then(|row| row.industry.clone())),
        disaster_kind: given.disaster_kind.or_else(|| known.and_then(|row| row.disaster_kind.clone())),
    })
}

/// Proposes the award of a hazard where the policy says that it is time. One that is there already follows the first true
/// report, at any time, while it is not approved.
///
/// # Errors
/// When the database is not answering.
pub async fn settle_award(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    moment: ProposeAt,
) -> ApiResult<()> {
    let day = china_day(app.now());
    let policy = rules.award(Some(case.area), day)?;
    let reports = report::rows::true_reports(txn, case.id).await?;
    let Some(first) = reports.first() else { return Ok(()) };
    if policy.exclude_own_duty && identity::own_duty_excluded(app, txn, first.id, &first.area_path).await? {
        return Ok(());
    }
    let verifiers = first.reviewed_by.into_iter().collect();
    let facts = reward::service::Facts {
        hazard: case.id,
        report: first.id,
        unit: first.review_unit,
        area: case.area,
        amount: policy.amount(case.level),
        proposed_by: first.reviewed_by,
        verifiers,
        basis: policy.basis.clone(),
    };
    if policy.propose_at == moment {
        return reward::service::propose(app, txn, rules, facts).await;
    }
    reward::service::follow(app, txn, rules, facts).await
}
