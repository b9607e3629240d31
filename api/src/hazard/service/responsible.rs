//! The departments that can judge whether a hazard is a major one 重大事故隐患.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::clock::{Clock, ClockKind};
use domain::hazard::{Case, Command, Level, Part};
use domain::id::UnitId;
use domain::staff::{Role, UnitKind};
use entity::{officer, post};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use crate::app::App;
use crate::area::node::holds;
use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;
use crate::policy::units::is_on;
use crate::report::bars;

/// Returns the departments that can judge, the first one that should: the one that does already, that of the duty list
/// 履职事项清单, and those that lead the work. A department can if somebody there holds a post in a role that the policy names and
/// no report of the hazard accuses it 回避. Empty for a step that no judgement can follow.
pub(super) async fn departments(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    case: &Case,
    command: &Command,
    day: NaiveDate,
) -> ApiResult<Vec<UnitId>> {
    let is_needed =
        matches!(command, Command::Major(_)) || case.level == Level::Major || case.major.suspicion.is_some();
    if !is_needed {
        return Ok(Vec::new());
    }
    let named = candidates(rules, case, day);
    let accused = bars::accused_at(app, txn, rules, case.id, &named).await?;
    let judging = &rules.handling(Some(case.area), day)?.major.judged_by;
    let able = staffed(txn, &named, judging, day).await?;
    Ok(named.into_iter().filter(|unit| able.contains(unit) && !accused.contains(unit)).collect())
}

fn candidates(rules: &RuleBook, case: &Case, day: NaiveDate) -> Vec<UnitId> {
    let is_judging =
        |clock: &&Clock| clock.is_open() && matches!(clock.key.kind, ClockKind::JudgeMajor | ClockKind::ConsentMajor);
    let judging = case.clocks.iter().filter(is_judging).map(|clock| clock.key.owner_unit);
    let duty = rules.duty_for(case.area, case.category.as_deref(), day).map(|duty| duty.lead);
    let leading = case.live().filter(|one| one.part == Part::Lead).map(|one| one.unit);
    let all = case.major.department.into_iter().chain(judging).chain(duty).chain(leading);
    let mut found = Vec::new();
    for unit in all {
        let is_department = rules.unit(unit).is_some_and(|row| is_on(row, day) && row.kind == UnitKind::Department);
        if is_department && !found.contains(&unit) {
            found.push(unit);
        }
    }
    found
}

/// Returns the units among these in which an active officer holds a post in one of these roles.
async fn staffed(
    txn: &DatabaseTransaction,
    units: &[UnitId],
    roles: &[Role],
    day: NaiveDate,
) -> ApiResult<BTreeSet<UnitId>> {
    if units.is_empty() || roles.is_empty() {
        return Ok(BTreeSet::new());
    }
    let posts = post::Entity::find()
        .filter(post::COLUMN.unit_id.is_in(units.to_vec()))
        .filter(post::COLUMN.role.is_in(roles.to_vec()))
        .all(txn)
        .await?;
    let in_force = |post: &&post::Model| holds(post.valid_from, post.valid_to, day);
    let posts: Vec<post::Model> = posts.iter().filter(in_force).cloned().collect();
    let active: BTreeSet<_> = officer::Entity::find()
        .filter(officer::COLUMN.id.is_in(posts.iter().map(|post| post.officer_id)))
        .filter(officer::COLUMN.active.eq(true))
        .all(txn)
        .await?
        .into_iter()
        .map(|officer| officer.id)
        .collect();
    Ok(posts.into_iter().filter(|post| active.contains(&post.officer_id)).map(|post| post.unit_id).collect())
}
