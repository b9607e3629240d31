//! The inbox of an officer: what the units of their posts have to do, as far as the roles of these posts may do it, and what is
//! urgent in the units in which one of their posts is on duty 值班.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::access::{Action, Relation, may};
use domain::id::{PostId, UnitId};
use domain::todo::TodoKind;
use entity::report;
use entity::todo::{self, Scope, Shown};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Select};

use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld};
use crate::error::ApiResult;
use crate::identity::bars;
use crate::page::Page;
use crate::policy::rulebook::RuleBook;
use crate::{hazard, incident, reward};

/// The filter of an inbox.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Whether only todos are listed that are past their due time.
    pub overdue: bool,
    /// The kinds; an empty list means all.
    pub kinds: Vec<TodoKind>,
    /// Whether only todos are listed that fall to the officer's duty.
    pub on_duty: bool,
}

/// Returns one page of the todos that are the officer's to do, soonest due first, plus one extra row that tells whether a
/// next page exists.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for a caller who is not an officer.
pub(crate) async fn list(
    app: &App,
    rules: &RuleBook,
    caller: &Caller,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Vec<todo::Model>> {
    let rows = inbox(app, rules, caller.officer()?, filter);
    Ok(page.soonest_first(rows, todo::Column::Due, todo::Column::Id).all(app.db()).await?)
}

/// The number of todos of one kind in an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    /// The kind.
    pub kind: TodoKind,
    /// How many there are.
    pub open: i64,
    /// How many of them are past their due time.
    pub overdue: i64,
}

/// Counts what is the officer's to do, by kind. Kinds of which there are none are left out.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for a caller who is not an officer.
pub(crate) async fn counts(app: &App, rules: &RuleBook, caller: &Caller, on_duty: bool) -> ApiResult<Vec<Count>> {
    let officer = caller.officer()?;
    let filter = Filter { on_duty, ..Filter::default() };
    let open = by_kind(app, rules, officer, &filter).await?;
    let overdue = by_kind(app, rules, officer, &Filter { overdue: true, ..filter }).await?;
    let count = |(kind, open): (TodoKind, i64)| Count { kind, open, overdue: overdue.get(&kind).copied().unwrap_or(0) };
    Ok(open.into_iter().map(count).collect())
}

async fn by_kind(
    app: &App,
    rules: &RuleBook,
    officer: &OfficerCaller,
    filter: &Filter,
) -> ApiResult<BTreeMap<TodoKind, i64>> {
    let rows = inbox(app, rules, officer, filter);
    let rows = rows.select_only().column(todo::Column::Kind).column_as(todo::Column::Id.count(), "number");
    let rows: Vec<(TodoKind, i64)> = rows.group_by(todo::Column::Kind).into_tuple().all(app.db()).await?;
    Ok(rows.into_iter().collect())
}

fn inbox(app: &App, rules: &RuleBook, officer: &OfficerCaller, filter: &Filter) -> Select<todo::Entity> {
    let now = app.now();
    let own = officer.posts.iter().filter(|_| !filter.on_duty).map(|post| scope(post, filter));
    let on_duty = officer.posts.iter().flat_map(|post| {
        let units = duty_units(rules, std::slice::from_ref(&post.id), now);
        // What the unit of the post has to do is in the inbox already.
        let units = units.into_iter().filter(|unit| filter.on_duty || *unit != post.unit);
        units.map(|unit| duty_scope(rules, post, unit, filter)).collect::<Vec<_>>()
    });
    let scopes: Vec<Scope> = own.chain(on_duty).collect();
    todo::Entity::find()
        .filter(todo::inbox(&scopes))
        .filter(todo::visible(now))
        .filter(Condition::all().add_option(filter.overdue.then(|| todo::overdue(now))))
        .filter(todo::shown(shown(app, officer)))
}

/// Returns the steps that are the daily work of a post: those of its own unit, and in its area those that belong to an area
/// ([`TodoKind::is_work_of_an_area`]).
fn scope(post: &PostHeld, filter: &Filter) -> Scope {
    let of_area = steps(post, filter, Relation::OwnArea).filter(|kind| kind.is_work_of_an_area());
    Scope {
        unit: post.unit,
        of_unit: steps(post, filter, Relation::OwnUnit).collect(),
        only_urgent: false,
        area_path: post.area_path.clone(),
        of_area: of_area.collect(),
    }
}

/// Returns what falls to a post while it is on duty in a unit: what is urgent there, as far as the role of the post may do it. To
/// be on duty gives no other role.
fn duty_scope(rules: &RuleBook, post: &PostHeld, unit: UnitId, filter: &Filter) -> Scope {
    let area = rules.unit(unit).and_then(|unit| rules.areas.get(unit.area_id));
    let relation = match area {
        _ if unit == post.unit => Relation::OwnUnit,
        Some(area) if post.covers(&area.path) => Relation::OwnArea,
        Some(_) | None => Relation::Elsewhere,
    };
    Scope {
        unit,
        of_unit: steps(post, filter, relation).collect(),
        only_urgent: true,
        area_path: post.area_path.clone(),
        of_area: Vec::new(),
    }
}

/// Returns the steps for which the caller asks, and which the role of the post may take.
fn steps(post: &PostHeld, filter: &Filter, relation: Relation) -> impl Iterator<Item = TodoKind> {
    let asked =
        TodoKind::ALL.iter().copied().filter(move |kind| filter.kinds.is_empty() || filter.kinds.contains(kind));
    asked.filter(move |kind| kind.action().is_some_and(|action| may(post.role, action, relation)))
}

/// Returns the units in which one of these posts is on duty now.
#[must_use]
pub(crate) fn duty_units(rules: &RuleBook, posts: &[PostId], now: DateTime<Utc>) -> Vec<UnitId> {
    rules.roster.units_of(posts, now).collect()
}

/// Returns whether the todo falls to the officer's duty: it is urgent, and one of their posts is on duty in its unit now.
#[must_use]
pub(crate) fn is_on_duty(rules: &RuleBook, officer: &OfficerCaller, row: &todo::Model, now: DateTime<Utc>) -> bool {
    let on_duty = rules.roster.on_duty(row.owner_unit, now);
    row.urgent && on_duty.is_some_and(|duty| officer.posts.iter().any(|post| post.id == duty.post))
}

/// Returns the conditions under which an officer may know of a report, hazard, award or incident, as in the lists of these.
fn shown(app: &App, officer: &OfficerCaller) -> Shown {
    Shown {
        reports: report::visible(app.now()).add(bars::not_barred(&app.keys, &officer.lines())),
        hazards: hazard::scope::visible(app, officer, Action::ReadHazard),
        awards: reward::reading::visible(app, officer),
        incidents: incident::reading::visible(app, officer),
    }
}
