//! Hazard registration 登记 in the ledger, and the award for the first true report. A true report is a confirmed or
//! merged one.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::award::Slot;
use domain::event::DomainEvent;
use domain::hazard::{Case, Classification, End, Registration, register};
use domain::id::{HazardId, UnitId};
use domain::policy::ProposeAt;
use domain::report::ReportSource;
use domain::todo::of_case;
use entity::batch::InsertSet;
use entity::todo::Matter;
use entity::{hazard, todo};
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::error::ApiResult;
use crate::hazard::rows::{self, HazardSite};
use crate::identity::bars;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append_to};
use crate::policy::clocks;
use crate::policy::rulebook::RuleBook;
use crate::policy::todos;
use crate::policy::units::is_on;
use crate::reward::service::{AwardFacts, Standing};
use crate::{report, reward};
use domain::time::{Moment, china_day};

/// The report from which a hazard is registered, and its classification.
pub(crate) struct HazardOrigin<'a> {
    /// The report that supplies the place, the area and the responsible unit.
    pub report: &'a entity::report::Model,
    /// The initial classification of the hazard.
    pub filed: Classification,
    /// Whether whoever is on duty 值班 may own the dispatch clock: for an emergency that accuses no unit, when it arrives.
    pub for_duty: bool,
}

impl std::fmt::Debug for HazardOrigin<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HazardOrigin").field("report", &self.report.id).finish_non_exhaustive()
    }
}

/// A decided registration that has not been inserted yet.
#[derive(Debug, Clone)]
pub(crate) struct HazardEntry {
    case: Case,
    row: hazard::ActiveModel,
    todos: Vec<todo::ActiveModel>,
    context: AppendContext,
    event: NewEvent,
}

/// Registers a hazard in the ledger and inserts its rows. The review unit of the report becomes the territorial unit of
/// the hazard.
pub(crate) async fn enter(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    origin: HazardOrigin<'_>,
    id: HazardId,
    author: Author,
) -> ApiResult<Case> {
    enter_at(txn, rules, origin, id, author, app.now()).await
}

/// Registers a hazard as [`enter`] does, at a time that what the registration follows from may tell.
pub(super) async fn enter_at(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    origin: HazardOrigin<'_>,
    id: HazardId,
    author: Author,
    at: DateTime<Utc>,
) -> ApiResult<Case> {
    let entry = decide(rules, origin, id, author, at)?;
    let case = entry.case.clone();
    let mut inserts = InsertSet::default();
    add(&mut inserts, vec![entry])?;
    inserts.write(txn).await?;
    Ok(case)
}

/// Adds the hazard rows, initial clocks and events to a batch insert.
pub(crate) fn add(inserts: &mut InsertSet, entries: Vec<HazardEntry>) -> ApiResult<()> {
    let (mut rows, mut clock_rows, mut todo_rows, mut streams) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for HazardEntry { case, row, todos, context, event } in entries {
        rows.push(row);
        todo_rows.extend(todos);
        clock_rows.extend(case.clocks.iter().map(|clock| clocks::to_row(Stream::Hazard(case.id), clock)));
        streams.push((context, vec![event]));
    }
    inserts.add(rows)?;
    inserts.add(clock_rows)?;
    inserts.add(todo_rows)?;
    append_to(inserts, streams)?;
    Ok(())
}

/// Registers a hazard that no report brings, and inserts its rows.
pub(super) async fn enter_as(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    registration: Registration,
    site: HazardSite,
    author: Author,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let mut inserts = InsertSet::default();
    add(&mut inserts, vec![entry(rules, registration, site, author, now)?])?;
    inserts.write(txn).await?;
    Ok(())
}

/// Decides on a registration without inserting it.
pub(crate) fn decide(
    rules: &RuleBook,
    origin: HazardOrigin<'_>,
    id: HazardId,
    author: Author,
    now: DateTime<Utc>,
) -> ApiResult<HazardEntry> {
    let row = origin.report;
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
        for_duty: origin.for_duty,
        emergency: row.emergency,
        recurrence_of: filed.recurrence_of,
    };
    let site = HazardSite {
        point: report::rows::point_of(row.lng_e7, row.lat_e7)?,
        address: row.address.clone(),
        area_path: row.area_path.clone(),
    };
    entry(rules, registration, site, author, now)
}

fn entry(
    rules: &RuleBook,
    registration: Registration,
    site: HazardSite,
    author: Author,
    now: DateTime<Utc>,
) -> ApiResult<HazardEntry> {
    let (id, area) = (registration.id, registration.area);
    let policy = rules.handling(Some(area), china_day(now))?;
    let (case, event) = register(registration, now, policy, &rules.timing(area, now)?);
    let todos = todos::new_rows(Matter::Hazard(id), &site.area_path, &of_case(&case));
    let row = rows::new_row(&case, site, event.at(), rules.version);
    let at = if author.officer.is_some() { now } else { event.at() };
    let context = AppendContext { stream: Stream::Hazard(id), after: 0, author, at, rules: rules.version };
    Ok(HazardEntry { case, row, todos, context, event: NewEvent::from_domain(&event)? })
}

/// Proposes the award of a hazard if the award policy sets `occasion` as the time of proposal. Once the hazard is closed, both
/// occasions have come, whichever policy was in force at the first. An existing award that is
/// not approved yet is updated on every occasion to match the first true report and the hazard level. It is voided if no
/// report earns it, because the hazard was cancelled or the first true report is a patrol's. It never passes to the
/// second true report.
///
/// One matter has one award 一事一奖: if hazards were merged into this one, the rules first say which of their awards stands.
///
/// Whether the author may have it is not asked here, but when they collect it: an award that is missing or ends early
/// would tell the officers who the author is.
pub(crate) async fn settle_award(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    occasion: ProposeAt,
    moment: Moment,
) -> ApiResult<()> {
    let hazard = match reward::service::settle_rivals(txn, rules, case.id, moment).await? {
        Slot::Of(hazard) => hazard,
        Slot::Decided => return Ok(()),
    };
    let standing = reward::service::standing(txn, hazard).await?;
    let closed = case.end == Some(End::Closed);
    if standing.is_none() && !closed && rules.award(Some(case.area), china_day(app.now()))?.propose_at != occasion {
        return Ok(());
    }
    let first = match case.end {
        Some(End::Cancelled) => None,
        Some(End::Closed) | None => report::rows::first_true_report(txn, case.id).await?,
    };
    let earns_elsewhere = match &first {
        Some(first) if standing.is_none() => reward::service::earns_elsewhere(txn, first.id, hazard).await?,
        Some(_) | None => false,
    };
    let earning = match first {
        Some(_) if earns_elsewhere => None,
        Some(first) if first.source == ReportSource::Public => {
            Some(AwardFacts { hazard, ..earned(app, txn, rules, case, &first, standing).await? })
        }
        Some(_) | None => None,
    };
    match earning {
        Some(facts) => reward::service::propose(txn, rules, facts, moment).await,
        None if standing.is_some() => reward::service::void(txn, rules, hazard, moment).await,
        None => Ok(()),
    }
}

/// Computes the award of the first true report.
async fn earned(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    first: &entity::report::Model,
    standing: Option<Standing>,
) -> ApiResult<AwardFacts> {
    let day = china_day(standing.map_or_else(|| app.now(), |award| award.proposed_at));
    let policy = rules.award(Some(case.area), day)?;
    Ok(AwardFacts {
        hazard: case.id,
        report: first.id,
        unit: managing_unit(app, txn, rules, case, first, standing).await?,
        area: case.area,
        amount: policy.amount(case.level, case.enforcement.fines_paid()),
        follows_fines: !case.enforcement.penalties.is_empty(),
        proposed_by: first.reviewed_by,
        verifiers: first.reviewed_by.into_iter().collect(),
        basis: policy.basis.clone(),
    })
}

/// Returns the unit that manages the award 谁受理、谁奖励: the one that has it already, as long as its report stays the same,
/// otherwise the one that reviewed the report. Where that unit has ended, its successor does: the unit that holds the hazard
/// today, unless the report accuses it.
async fn managing_unit(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    first: &entity::report::Model,
    standing: Option<Standing>,
) -> ApiResult<UnitId> {
    let today = china_day(app.now());
    let is_there = |unit: &UnitId| rules.unit(*unit).is_some_and(|unit| is_on(unit, today));
    let has_it = standing.filter(|award| award.report == first.id).map(|award| award.unit);
    if let Some(unit) = has_it.into_iter().chain([first.review_unit]).find(is_there) {
        return Ok(unit);
    }
    let barred = bars::barred_units(txn, &app.keys, first.id, &[rules.units.line(case.township)]).await?;
    let takes_over = is_there(&case.township) && barred.is_empty();
    Ok(if takes_over { case.township } else { has_it.unwrap_or(first.review_unit) })
}
