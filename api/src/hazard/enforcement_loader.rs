//! Dataloaders for the inspections, orders and penalties 行政执法 of hazards, and for how often a subject 责任单位 has hazards.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::access::Action;
use domain::hazard::End;
use domain::id::{HazardId, SubjectId};
use domain::time::{china_day, earlier};
use entity::{correction_order, hazard, inspection, penalty, subject};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::grouping::grouped_by;
use crate::hazard::scope;

macro_rules! of_hazard {
    ($($(#[$meta:meta])* $name:ident: $table:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl Loader for $name {
            type Key = HazardId;
            type Value = Vec<$table::Model>;

            async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
                let rows = $table::Entity::find()
                    .filter($table::COLUMN.hazard_id.is_in(ids.iter().copied()))
                    .order_by_asc($table::COLUMN.at)
                    .order_by_asc($table::COLUMN.id)
                    .all(reader.app.db())
                    .await?;
                Ok(grouped_by(rows, |row| row.hazard_id))
            }
        }
    )+};
}

of_hazard! {
    /// Loads the inspections of a hazard, in order of creation.
    InspectionsOfHazard: inspection,
    /// Loads the orders of a hazard, in order of creation.
    OrdersOfHazard: correction_order,
    /// Loads the penalties of a hazard, in order of creation.
    PenaltiesOfHazard: penalty,
}

/// Counts the hazards of a subject that the calling officer may see, within the window of the policy. Subjects with the same
/// code are one, however often earlier builds wrote them.
#[derive(Debug)]
pub(crate) struct RepeatsOfSubject;

impl Loader for RepeatsOfSubject {
    type Key = SubjectId;
    type Value = i64;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let (app, officer) = (&reader.app, reader.caller.officer()?);
        let handling = reader.rules().await?.handling(None, china_day(app.now()))?;
        let since = earlier(app.now(), TimeDelta::days(handling.enforcement.repeat_days.into()));
        let asked = subject::Entity::find().filter(subject::COLUMN.id.is_in(ids.iter().copied())).all(app.db()).await?;
        let codes: Vec<&str> = asked.iter().filter_map(|row| row.uscc.as_deref()).collect();
        let same =
            Condition::any().add(subject::COLUMN.id.is_in(ids.iter().copied())).add(subject::COLUMN.uscc.is_in(codes));
        let all = subject::Entity::find().filter(same).all(app.db()).await?;
        let counts: Vec<(SubjectId, i64)> = hazard::Entity::find()
            .filter(scope::visible(app, officer, Action::ReadHazard))
            .filter(hazard::COLUMN.subject_id.is_in(all.iter().map(|row| row.id)))
            .filter(hazard::COLUMN.registered_at.gte(since))
            .filter(
                Condition::any().add(hazard::COLUMN.end_kind.is_null()).add(hazard::COLUMN.end_kind.ne(End::Cancelled)),
            )
            .select_only()
            .column(hazard::Column::SubjectId)
            .column_as(hazard::Column::Id.count(), "hazards")
            .group_by(hazard::Column::SubjectId)
            .into_tuple()
            .all(app.db())
            .await?;
        let is_same = |one: &subject::Model, other: &subject::Model| {
            one.id == other.id || (one.uscc.is_some() && one.uscc == other.uscc)
        };
        let of = |one: &subject::Model| {
            let rows = all.iter().filter(|other| is_same(one, other)).map(|other| other.id);
            let of_row = |id: SubjectId| counts.iter().filter(move |(of, _)| *of == id).map(|(_, count)| *count);
            rows.flat_map(of_row).sum()
        };
        Ok(asked.iter().map(|one| (one.id, of(one))).collect())
    }
}
