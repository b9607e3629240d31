//! Access rules and queries of reports.
//!
//! Depending on its role, a post may read the reports that its unit reviews, the reports in its area, and the reports
//! of hazards in its area or for which its unit is responsible or has an assignment. A report that accuses the unit of one
//! of the officer's posts, or a unit above it, is hidden from all posts of the officer. An author may read their own
//! report.

use domain::Code;
use domain::access::{Action, Relation, may};
use domain::id::{AreaId, HazardId, ReportId, UnitId};
use domain::report::ReportStatus;
use entity::scope::never;
use entity::{batch, hazard, report};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::rows::Loaded;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld, Who};
use crate::error::ApiResult;
use crate::identity::{authorship, bars, payee};
use crate::page::Page;

/// Loads a report on behalf of its author or the holder of its follow-up code.
///
/// # Errors
/// `UNAUTHENTICATED` for a caller without a login or follow-up token, `NOT_FOUND` for any caller who is not the author.
pub(crate) async fn author(app: &App, caller: &Caller, id: ReportId) -> ApiResult<report::Model> {
    if matches!(caller.who, Who::Nobody) {
        return Err(Code::Unauthenticated.into());
    }
    let row = report::Entity::find_by_id(id).one(app.db()).await?.ok_or(Code::NotFound)?;
    if payee::wrote(app.db(), &app.keys, caller, id).await? { Ok(row) } else { Err(Code::NotFound.into()) }
}

/// The maximum number of ids in one statement: a person may have more reports than a statement has parameters.
const IDS_MAX: usize = 1_000;

/// Returns the reports of the calling person, newest first. Anonymous reports are not linked to a person and are opened
/// by follow-up code instead.
///
/// # Errors
/// `UNAUTHENTICATED` for a caller who is not logged in, `FORBIDDEN` for an officer.
pub(crate) async fn mine(app: &App, caller: &Caller, page: &Page) -> ApiResult<Vec<report::Model>> {
    let ids = authorship::reports_of(app.db(), &app.keys, caller.person()?).await?;
    let mut newest: Vec<report::Model> = Vec::new();
    for some in ids.chunks(IDS_MAX) {
        let rows = report::Entity::find().filter(report::COLUMN.id.is_in(batch::padded(some.to_vec())));
        let rows = page.newest_first(rows, report::Column::ReceivedAt, report::Column::Id);
        newest.extend(rows.all(app.db()).await?);
        newest.sort_unstable_by_key(|row| std::cmp::Reverse((row.received_at, row.id)));
        newest.truncate(usize::try_from(page.rows()).unwrap_or(usize::MAX));
    }
    Ok(newest)
}

/// The filter of a report list; an absent condition does not restrict it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// The statuses; an empty list means all.
    pub statuses: Vec<ReportStatus>,
    /// The area, which includes all its descendants.
    pub area: Option<AreaId>,
    /// `true` for emergencies only, `false` for all others only.
    pub emergency: Option<bool>,
}

/// Returns a report of the hazard that awaits its review, if there is one that the officer may read.
pub(crate) async fn unreviewed(
    app: &App,
    txn: &DatabaseTransaction,
    officer: &OfficerCaller,
    hazard: HazardId,
) -> ApiResult<Option<ReportId>> {
    let rows = report::Entity::find().filter(report::COLUMN.hazard_id.eq(hazard)).filter(visible(app, officer));
    let rows = rows.filter(report::COLUMN.status.eq(ReportStatus::Received)).order_by_asc(report::COLUMN.id);
    Ok(rows.limit(1).one(txn).await?.map(|row| row.id))
}

/// Returns one page of the reports that an officer may read, newest first, plus one extra row that tells whether a next
/// page exists.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for a caller who is not an officer, `OUTSIDE_AREA` for an area that no post of the
/// officer covers.
pub(crate) async fn list(app: &App, caller: &Caller, filter: &Filter, page: &Page) -> ApiResult<Vec<report::Model>> {
    let mut rows = report::Entity::find().filter(visible(app, caller.officer()?));
    if !filter.statuses.is_empty() {
        rows = rows.filter(report::COLUMN.status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(area) = filter.area {
        let path = area_path(app, caller.officer()?, area).await?;
        rows = rows.filter(report::below(&path));
    }
    if let Some(emergency) = filter.emergency {
        rows = rows.filter(report::COLUMN.emergency.eq(emergency));
    }
    Ok(page.newest_first(rows, report::Column::ShownAt, report::Column::Id).all(app.db()).await?)
}

/// Returns the materialized path of an area, after checking that one of the officer's posts covers it.
///
/// # Errors
/// `OUTSIDE_AREA` if the area is unknown or no post covers it.
pub(crate) async fn area_path(app: &App, officer: &OfficerCaller, area: AreaId) -> ApiResult<String> {
    let rules = app.rules_to_read().await?;
    let path = rules.areas.get(area).map(|node| node.path.clone()).ok_or(Code::OutsideArea)?;
    let inside = officer.posts.iter().any(|post| post.covers(&path));
    if inside { Ok(path) } else { Err(Code::OutsideArea.into()) }
}

/// Loads one report for an officer.
///
/// # Errors
/// `NOT_FOUND` if the officer may not read the report.
pub(crate) async fn one(app: &App, caller: &Caller, id: ReportId) -> ApiResult<report::Model> {
    Ok(readable(app, caller, id).await?.ok_or(Code::NotFound)?)
}

/// Builds the SQL condition that restricts a query to the reports that an officer may read. A report behind the time
/// veil does not exist for officers.
#[must_use]
pub(crate) fn visible(app: &App, officer: &OfficerCaller) -> Condition {
    let by_posts = officer.posts.iter().map(by_post).fold(Condition::any().add(never()), Condition::add);
    report::visible(app.now()).add(by_posts).add(bars::not_barred(&app.keys, &officer.lines()))
}

fn by_post(post: &PostHeld) -> Condition {
    let mut any = Condition::any().add(never());
    if may(post.role, Action::ReadReport, Relation::OwnUnit) {
        any = any.add(report::COLUMN.review_unit.eq(post.unit));
    }
    if may(post.role, Action::ReadReport, Relation::OwnArea) {
        any = any.add(report::below(&post.area_path));
    }
    if may(post.role, Action::ReadHazard, Relation::OwnUnit) {
        any = any.add(of_hazards(held_by(post.unit)));
    }
    if may(post.role, Action::ReadHazard, Relation::OwnArea) {
        any = any.add(of_hazards(hazard::below(&post.area_path)));
    }
    any
}

fn held_by(unit: UnitId) -> Condition {
    hazard::held_by(unit)
}

fn of_hazards(hazards: Condition) -> Expr {
    let ids =
        Query::select().column((hazard::Entity, hazard::Column::Id)).from(hazard::Entity).cond_where(hazards).take();
    Expr::col((report::Entity, report::Column::HazardId)).in_subquery(ids)
}

/// Checks that an officer may read a report, which this transaction has locked.
///
/// # Errors
/// `NOT_FOUND` if the officer may not read the report.
pub(crate) async fn check_visible(
    app: &App,
    txn: &DatabaseTransaction,
    officer: &OfficerCaller,
    loaded: &Loaded,
) -> ApiResult<()> {
    let rows = report::Entity::find_by_id(loaded.report.id).filter(visible(app, officer));
    rows.one(txn).await?.map(drop).ok_or_else(|| Code::NotFound.into())
}

/// Loads one report for an officer; `None` if the officer may not read it.
pub(crate) async fn readable(app: &App, caller: &Caller, id: ReportId) -> ApiResult<Option<report::Model>> {
    let rows = report::Entity::find_by_id(id).filter(visible(app, caller.officer()?));
    Ok(rows.one(app.db()).await?)
}

#[cfg(test)]
mod tests {
    use async_graphql::connection::CursorType;
    use chrono::TimeDelta;
    use domain::refusal::Language;
    use rstest::rstest;
    use sea_orm::IntoActiveModel;

    use super::*;
    use crate::database::Engine;
    use crate::identity::authorship::WrittenBy;
    use crate::identity::person::PersonId;
    use crate::page::Cursor;
    use crate::testing::{World, received_report};

    /// The ids of a person come in the order of submission and are read in parts, of which two are full. The times mix the
    /// parts, and three reports share each time.
    #[rstest]
    #[case::sqlite(Engine::Sqlite)]
    #[case::postgres(Engine::Postgres)]
    #[tokio::test]
    async fn the_pages_of_an_author_with_thousands_of_reports_have_each_of_them_once(#[case] engine: Engine) {
        let world = World::on(engine).await;
        let count = 2 * IDS_MAX + 500;
        let person = PersonId::random();
        let row = |number: usize| {
            let at = world.app.now() - TimeDelta::minutes(i64::try_from(number * 7_919 % count / 3).unwrap());
            received_report(world.township_unit, at)
        };
        let rows: Vec<report::Model> = (0..count).map(row).collect();
        let authors: Vec<_> = rows.iter().map(|row| (row.id, WrittenBy::Confidential(&person))).collect();
        world
            .write(async |txn| {
                batch::insert(txn, rows.iter().cloned().map(IntoActiveModel::into_active_model).collect())
                    .await
                    .unwrap();
                authorship::write(txn, &world.app.keys, &authors).await.unwrap();
            })
            .await;
        let caller = Caller { who: Who::Reporter(person.clone()), session: None, language: Language::Chinese };
        let mut expected: Vec<_> = rows.iter().map(|row| (row.received_at.timestamp_millis(), row.id)).collect();
        expected.sort_unstable_by_key(|place| std::cmp::Reverse(*place));

        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let page = Page::of(Some(100), after.as_deref()).unwrap();
            let mut some = mine(&world.app, &caller, &page).await.unwrap();
            let is_last = some.len() <= 100;
            some.truncate(100);
            let last = some.last().map(|row| Cursor { at: row.received_at, id: row.id.0 });
            after = last.map(|cursor| cursor.encode_cursor());
            read.extend(some.into_iter().map(|row| (row.received_at.timestamp_millis(), row.id)));
            if is_last {
                break;
            }
        }

        assert_eq!(read.len(), count);
        assert!(read == expected, "newest first, across the parts");
    }
}
