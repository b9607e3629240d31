//! Entering the ledger 登记, and the award that a true report is worth.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::event::DomainEvent;
use domain::hazard::{Case, Classification, End, Registration, register};
use domain::id::HazardId;
use domain::policy::ProposeAt;
use entity::batch::InsertSet;
use entity::hazard;
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::error::ApiResult;
use crate::hazard::rows::{self, Site};
use crate::identity::payee;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append_to};
use crate::policy::clocks;
use crate::policy::rulebook::RuleBook;
use crate::reward::service::{Facts, Standing};
use crate::{report, reward};
use domain::time::china_day;

/// What a new entry of the ledger rests on.
pub(crate) struct Origin<'a> {
    /// The report.
    pub report: &'a entity::report::Model,
    /// How the ledger files it.
    pub filed: Classification,
}

impl std::fmt::Debug for Origin<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin").field("report", &self.report.id).finish_non_exhaustive()
    }
}

/// A hazard that is decided and not yet written.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    case: Case,
    row: hazard::ActiveModel,
    heading: AppendContext,
    event: NewEvent,
}

/// Enters a hazard into the ledger. The unit that reviews the report answers for it.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn enter(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    origin: Origin<'_>,
    (id, author): (HazardId, Author),
) -> ApiResult<Case> {
    let entry = decide(rules, origin, (id, author), app.now())?;
    let case = entry.case.clone();
    let mut sheet = InsertSet::default();
    add(&mut sheet, vec![entry])?;
    sheet.write(txn).await?;
    Ok(case)
}

/// Adds hazards with their first clocks and events to what is written together.
///
/// # Errors
/// An internal error when one has no row.
pub(crate) fn add(sheet: &mut InsertSet, entries: Vec<Entry>) -> ApiResult<()> {
    let (mut rows, mut clock_rows, mut streams) = (Vec::new(), Vec::new(), Vec::new());
    for Entry { case, row, heading, event } in entries {
        rows.push(row);
        clock_rows.extend(case.clocks.iter().map(|clock| clocks::to_row(Stream::Hazard(case.id), clock)));
        streams.push((heading, vec![event]));
    }
    sheet.add(rows)?;
    sheet.add(clock_rows)?;
    append_to(sheet, streams)?;
    Ok(())
}

/// Decides on a new entry of the ledger, and writes nothing.
///
/// # Errors
/// As [`enter`].
pub(crate) fn decide(
    rules: &RuleBook,
    origin: Origin<'_>,
    (id, author): (HazardId, Author),
    now: DateTime<Utc>,
) -> ApiResult<Entry> {
    let row = origin.report;
    let day = china_day(now);
    let area = row.area_id.or_else(|| rules.unit(row.review_unit).map(|unit| unit.area_id)).ok_or(Code::NotFound)?;
    let filed = origin.filed;
    let registration = Registration {
        id,
        suspected_major: filed.suspected_major,
        category: filed.category,
        axes: filed.axes,
        subject: filed.subject,
        area,
        township: row.review_unit,
        duty_post: None,
        emergency: row.emergency,
        recurrence_of: filed.recurrence_of,
    };
    let policy = rules.handling(Some(area), day)?;
    let (case, event) = register(registration, now, policy, &rules.timing(area, now)?);
    let site = Site {
        point: report::rows::point_of(row.lng_e7, row.lat_e7)?,
        address: row.address.clone(),
        area_path: row.area_path.clone(),
    };
    let row = rows::new_row(&case, site, (event.at(), rules.version));
    let at = if author.officer.is_some() { now } else { event.at() };
    let heading = AppendContext { stream: Stream::Hazard(id), after: 0, author, at, rules: rules.version };
    Ok(Entry { case, row, heading, event: NewEvent::from_domain(&event)? })
}

/// Proposes the award of a hazard where the policy says that it is time. One that is there already follows the first true
/// report, and how grave the hazard is, at any time while it is not approved; it ends where no report earns it: the hazard
/// was struck, or the first true report is excluded. It never passes to the second.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn settle_award(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    moment: ProposeAt,
) -> ApiResult<()> {
    let standing = reward::service::standing(txn, case.id).await?;
    if standing.is_none() && rules.award(Some(case.area), china_day(app.now()))?.propose_at != moment {
        return Ok(());
    }
    let reports = match case.end {
        Some(End::Cancelled) => Vec::new(),
        Some(End::Closed) | None => report::rows::true_reports(txn, case.id).await?,
    };
    let earning = match reports.first() {
        Some(first) => earned(app, txn, rules, (case, first), standing).await?,
        None => None,
    };
    match earning {
        Some(facts) => reward::service::propose(app, txn, rules, facts).await,
        None if standing.is_some() => reward::service::void(app, txn, rules, case.id).await,
        None => Ok(()),
    }
}

/// What the first true report earns; nothing where its author was doing their own duty. That is asked once: an award that
/// belongs to the report already is not taken away by a duty that began later.
async fn earned(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    (case, first): (&Case, &entity::report::Model),
    standing: Option<Standing>,
) -> ApiResult<Option<Facts>> {
    let day = china_day(standing.map_or_else(|| app.now(), |award| award.proposed_at));
    let policy = rules.award(Some(case.area), day)?;
    let is_asked = policy.exclude_own_duty && standing.is_none_or(|award| award.report != first.id);
    if is_asked && payee::own_duty_excluded(txn, &app.keys, first.id, &first.area_path, china_day(app.now())).await? {
        return Ok(None);
    }
    Ok(Some(Facts {
        hazard: case.id,
        report: first.id,
        unit: first.review_unit,
        area: case.area,
        amount: policy.amount(case.level),
        proposed_by: first.reviewed_by,
        verifiers: first.reviewed_by.into_iter().collect(),
        basis: policy.basis.clone(),
    }))
}
