//! Lets what turns up at a unit after its end follow to its successor 承接单位: what another transaction was writing during
//! the import, a report that was still behind the time veil, a hazard that is opened again long afterwards. Any process can
//! do it at any time, because each piece moves only if its unit still has it.

use std::collections::BTreeMap;

use domain::id::{ReportId, UnitId};
use domain::time::china_day;
use entity::{report, unit, unit_successor};
use futures::FutureExt;
use sea_orm::EntityTrait;

use super::fitness::Fitness;
use super::open_work::{OpenItem, OpenWork, WorkKind};
use super::streams::Recording;
use super::taking_over::take_over;
use crate::app::App;
use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;
use crate::policy::units::is_on;
use crate::report::unassigned::{self, Unreviewed};
use crate::retry::retry;

/// Moves all open work of units that have ended, and for which one successor was named, to that successor. Posts stay: an
/// operator has put them there afterwards.
pub(crate) async fn run(app: &App) -> ApiResult<()> {
    let named = unit_successor::Entity::find().all(app.db()).await?;
    if named.is_empty() {
        return Ok(());
    }
    let (rules, now) = (app.rules_to_read().await?, app.now());
    let today = china_day(now);
    let ended = named.iter().filter_map(|row| rules.unit(row.unit_id)).filter(|unit| unit.valid_to.is_some());
    let ended: BTreeMap<UnitId, String> = ended.map(|unit| (unit.id, unit.code.clone())).collect();
    let successors: BTreeMap<UnitId, &unit::Model> = named
        .iter()
        .filter_map(|row| Some((row.unit_id, rules.unit(row.successor_id)?)))
        .filter(|(_, to)| is_on(to, today))
        .collect();
    let open = OpenWork::of(app.db(), ended, now, today).await?;
    for item in open.items.iter().filter(|item| item.kind != WorkKind::Post) {
        let Some(to) = successors.get(&item.unit) else { continue };
        if let Err(error) = follow(app, &rules, *item, to).await {
            tracing::error!(what = item.kind.word(), id = %item.id, cause = ?error, "a successor did not take over");
        }
    }
    Ok(())
}

async fn follow(app: &App, rules: &RuleBook, item: OpenItem, to: &unit::Model) -> ApiResult<()> {
    let fitness = Fitness { db: app.db(), keys: &app.keys, rules, day: china_day(app.now()) };
    if let Some(why) = fitness.flaw(item, to).await? {
        return stay(app, item, &why).await;
    }
    retry(|| attempt(app, rules, item, to.id).boxed()).await
}

async fn attempt(app: &App, rules: &RuleBook, item: OpenItem, to: UnitId) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    take_over(&txn, Recording { at: app.now(), rules: rules.version }, item, to).await?;
    app.commit(txn).await
}

/// A report from which the successor is recused waits for another unit. Anything else is for the operator to see.
async fn stay(app: &App, item: OpenItem, why: &str) -> ApiResult<()> {
    if item.kind != WorkKind::Report {
        tracing::warn!(what = item.kind.word(), id = %item.id, "open work of a unit that has ended stays: {why}");
        return Ok(());
    }
    let Some(row) = report::Entity::find_by_id(ReportId(item.id)).one(app.db()).await? else { return Ok(()) };
    if unassigned::is_waiting(app.db(), row.id).await? {
        return Ok(());
    }
    let txn = app.begin_write().await?;
    let report = Unreviewed { id: row.id, review_unit: row.review_unit, visible_from: row.visible_from };
    unassigned::wait(&txn, &[report]).await?;
    app.commit(txn).await
}
