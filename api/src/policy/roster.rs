//! The duty roster 值班 of a rule book: the shifts that had not ended long before its revision, with the posts that they name.
//!
//! Each change of the roster, and each import of officers or posts, makes a revision. So the rule book of a decision holds the
//! roster of the same transaction, and a submission needs no statement of its own for it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::id::{OfficerId, PostId, UnitId};
use domain::roster::{Days, Roster, Term};
use domain::time::earlier;
use entity::{officer, post, revision, shift, unit};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    QueryTrait, RelationDef,
};

use super::units::Units;
use crate::error::ApiResult;

/// How long before its revision a shift may have ended to be in a rule book: nobody asks for an earlier moment.
const PAST: TimeDelta = TimeDelta::days(1);

/// The rows from which the roster is built.
#[derive(Debug, Default)]
pub struct RosterRows {
    /// The shifts that stand in the roster.
    pub shifts: Vec<shift::Model>,
    /// The posts that they name.
    pub posts: BTreeMap<PostId, Term>,
}

impl RosterRows {
    /// Loads the roster for the revision with this number.
    pub(super) async fn load<C: ConnectionTrait>(db: &C, number: i64) -> ApiResult<Self> {
        let made: Option<DateTime<Utc>> = revision::Entity::find_by_id(number).one(db).await?.map(|row| row.at);
        let since = made.map_or(DateTime::UNIX_EPOCH, |at| earlier(at, PAST));
        let asked = || shift::Entity::find().filter(shift::kept()).filter(shift::after(since));
        let shifts = asked().all(db).await?;
        if shifts.is_empty() {
            return Ok(Self::default());
        }
        let of_shifts = |column| asked().select_only().column(column).into_query();
        let named = Condition::any()
            .add(post::Column::Id.in_subquery(of_shifts(shift::Column::PostId)))
            .add(post::Column::Id.in_subquery(of_shifts(shift::Column::DeputyId)));
        Ok(Self { shifts, posts: terms(db, named).await? })
    }

    /// Builds the roster.
    #[must_use]
    pub(super) fn build(self, units: &Units) -> Roster {
        let days = |row: &shift::Model| Some((row.unit_id, days_of(units.get(row.unit_id)?)));
        let units: BTreeMap<UnitId, Days> = self.shifts.iter().filter_map(days).collect();
        Roster::new(self.shifts.iter().map(shift::Model::shift), units, self.posts)
    }
}

/// Returns the days of a unit.
#[must_use]
pub(crate) const fn days_of(unit: &unit::Model) -> Days {
    Days { from: unit.valid_from, to: unit.valid_to }
}

/// A post row joined with its officer's state.
#[derive(FromQueryResult)]
struct NamedPost {
    id: PostId,
    officer_id: OfficerId,
    unit_id: UnitId,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    active: bool,
}

/// Loads what the roster has to know of the posts that match the condition.
pub(crate) async fn terms<C: ConnectionTrait>(db: &C, named: Condition) -> ApiResult<BTreeMap<PostId, Term>> {
    let to_officer: RelationDef =
        post::Entity::belongs_to(officer::Entity).from(post::Column::OfficerId).to(officer::Column::Id).into();
    let rows: Vec<NamedPost> = post::Entity::find()
        .select_only()
        .columns([
            post::Column::Id,
            post::Column::OfficerId,
            post::Column::UnitId,
            post::Column::ValidFrom,
            post::Column::ValidTo,
        ])
        .column_as(officer::Column::Active, "active")
        .join(JoinType::InnerJoin, to_officer)
        .filter(named)
        .into_model()
        .all(db)
        .await?;
    let term = |row: NamedPost| {
        let days = Days { from: row.valid_from, to: row.valid_to };
        (row.id, Term { officer: row.officer_id, unit: row.unit_id, days, is_active: row.active })
    };
    Ok(rows.into_iter().map(term).collect())
}
