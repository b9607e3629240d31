//! The inbox of an officer: what the units of their posts have to do, as far as the roles of these posts may do it.

use std::collections::BTreeMap;

use domain::access::{Action, Relation, may};
use domain::todo::TodoKind;
use entity::report;
use entity::todo::{self, Scope, Shown};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Select};

use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld};
use crate::error::ApiResult;
use crate::identity::bars;
use crate::page::Page;
use crate::{hazard, reward};

/// The filter of an inbox.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Whether only todos are listed that are past their due time.
    pub overdue: bool,
    /// The kinds; an empty list means all.
    pub kinds: Vec<TodoKind>,
}

/// Returns one page of the todos that are the officer's to do, soonest due first, plus one extra row that tells whether a
/// next page exists.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for a caller who is not an officer.
pub(crate) async fn list(app: &App, caller: &Caller, filter: &Filter, page: &Page) -> ApiResult<Vec<todo::Model>> {
    let rows = inbox(app, caller.officer()?, filter);
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
pub(crate) async fn counts(app: &App, caller: &Caller) -> ApiResult<Vec<Count>> {
    let officer = caller.officer()?;
    let open = by_kind(app, officer, false).await?;
    let overdue = by_kind(app, officer, true).await?;
    let count = |(kind, open): (TodoKind, i64)| Count { kind, open, overdue: overdue.get(&kind).copied().unwrap_or(0) };
    Ok(open.into_iter().map(count).collect())
}

async fn by_kind(app: &App, officer: &OfficerCaller, overdue: bool) -> ApiResult<BTreeMap<TodoKind, i64>> {
    let rows = inbox(app, officer, &Filter { overdue, kinds: Vec::new() });
    let rows = rows.select_only().column(todo::Column::Kind).column_as(todo::Column::Id.count(), "number");
    let rows: Vec<(TodoKind, i64)> = rows.group_by(todo::Column::Kind).into_tuple().all(app.db()).await?;
    Ok(rows.into_iter().collect())
}

fn inbox(app: &App, officer: &OfficerCaller, filter: &Filter) -> Select<todo::Entity> {
    let (now, scopes) = (app.now(), officer.posts.iter().map(|post| scope(post, filter)).collect::<Vec<Scope>>());
    todo::Entity::find()
        .filter(todo::inbox(&scopes))
        .filter(todo::visible(now))
        .filter(Condition::all().add_option(filter.overdue.then(|| todo::overdue(now))))
        .filter(todo::shown(shown(app, officer)))
}

/// Returns the steps that are the daily work of a post: those of its own unit, and in its area those that belong to an area
/// ([`TodoKind::is_work_of_an_area`]).
fn scope(post: &PostHeld, filter: &Filter) -> Scope {
    let may_take = |kind: &TodoKind, relation| kind.action().is_some_and(|action| may(post.role, action, relation));
    let asked = || TodoKind::ALL.iter().copied().filter(|kind| filter.kinds.is_empty() || filter.kinds.contains(kind));
    let of_area = asked().filter(|kind| kind.is_work_of_an_area() && may_take(kind, Relation::OwnArea));
    Scope {
        unit: post.unit,
        of_unit: asked().filter(|kind| may_take(kind, Relation::OwnUnit)).collect(),
        area_path: post.area_path.clone(),
        of_area: of_area.collect(),
    }
}

/// Returns the conditions under which an officer may know of a report, hazard or award, as in the lists of these.
fn shown(app: &App, officer: &OfficerCaller) -> Shown {
    Shown {
        reports: report::visible(app.now()).add(bars::not_barred(&app.keys, &officer.lines())),
        hazards: hazard::scope::visible(app, officer, Action::ReadHazard),
        awards: reward::reading::visible(app, officer),
    }
}
