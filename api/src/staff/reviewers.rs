//! Tells who may act in which unit today, and whether a report that accuses a unit can be reviewed there at all: a report
//! that accuses the unit of one of an officer's posts, or a unit above it, is hidden from all posts of the officer.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::access::{Action, Relation, may};
use domain::id::{OfficerId, UnitId};
use domain::staff::Role;
use entity::{officer, post};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::ApiResult;
use crate::policy::units::Units;

/// The posts of all active officers on one day.
#[derive(Debug, Default)]
pub(crate) struct Staffing {
    /// The roles in each unit, with who holds them.
    posts: BTreeMap<UnitId, Vec<(OfficerId, Role)>>,
    /// For each officer, the units of all posts together with the units above them.
    lines: BTreeMap<OfficerId, BTreeSet<UnitId>>,
    /// For each unit, the unit with the units above it.
    above: BTreeMap<UnitId, Vec<UnitId>>,
}

impl Staffing {
    /// Loads the posts that active officers hold on `day`.
    pub(crate) async fn load<C: ConnectionTrait>(db: &C, units: &Units, day: NaiveDate) -> ApiResult<Self> {
        let active = Query::select()
            .column((officer::Entity, officer::Column::Id))
            .from(officer::Entity)
            .and_where(officer::COLUMN.active.eq(true))
            .take();
        let not_over = Condition::any().add(post::COLUMN.valid_to.is_null()).add(post::COLUMN.valid_to.gt(day));
        let held = post::Entity::find()
            .filter(post::COLUMN.valid_from.lte(day))
            .filter(not_over)
            .filter(post::Column::OfficerId.in_subquery(active));
        let mut staffing = Self::default();
        for post in held.all(db).await? {
            let line = units.line(post.unit_id);
            staffing.lines.entry(post.officer_id).or_default().extend(line.iter().copied());
            staffing.posts.entry(post.unit_id).or_default().push((post.officer_id, post.role));
            staffing.above.insert(post.unit_id, line);
        }
        Ok(staffing)
    }

    /// Checks whether somebody in the unit may review a report that accuses these units: an officer with such a post, none
    /// of whose posts is recused.
    #[must_use]
    pub(crate) fn may_review(&self, unit: UnitId, accused: &[UnitId]) -> bool {
        self.acting(unit, Action::ReviewReport).any(|officer| self.is_free(officer, accused))
    }

    /// Checks whether somebody in the unit may dispatch the hazard of a report that accuses these units, if the unit holds
    /// the hazard. A unit that is itself accused still sees what it holds; an officer who is recused by another post does
    /// not.
    #[must_use]
    pub(crate) fn may_dispatch(&self, unit: UnitId, accused: &[UnitId]) -> bool {
        let above = self.above.get(&unit).map(Vec::as_slice).unwrap_or_default();
        let is_accused = above.iter().any(|unit| accused.contains(unit));
        self.acting(unit, Action::Dispatch).any(|officer| is_accused || self.is_free(officer, accused))
    }

    fn acting(&self, unit: UnitId, action: Action) -> impl Iterator<Item = OfficerId> {
        let posts = self.posts.get(&unit).map(Vec::as_slice).unwrap_or_default();
        posts.iter().filter(move |(_, role)| may(*role, action, Relation::OwnUnit)).map(|(officer, _)| *officer)
    }

    fn is_free(&self, officer: OfficerId, accused: &[UnitId]) -> bool {
        self.lines.get(&officer).is_none_or(|line| accused.iter().all(|unit| !line.contains(unit)))
    }
}
