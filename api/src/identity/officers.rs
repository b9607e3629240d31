//! Officer logins, and the posts that officers hold on a given day.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::id::{AreaId, OfficerId, PostId, UnitId};
use domain::staff::{Role, UnitKind};
use entity::vault::officer_login::{Column, Entity, Model};
use entity::vault::past_officer_login as past;
use entity::{area, officer, post, unit};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef,
};

use super::keys::Keys;
use super::person::Phone;
use super::seal::SealAad;
use crate::caller::PostHeld;
use crate::error::ApiResult;

/// Returns the active officer whose phone number has this blind index, or `None`.
pub(super) async fn with_index<C: ConnectionTrait>(db: &C, index: &[u8]) -> ApiResult<Option<OfficerId>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::OfficerId)
        .join(JoinType::InnerJoin, to_officer())
        .filter(Column::PhoneIndex.eq(index))
        .filter(officer::Column::Active.eq(true))
        .into_tuple()
        .one(db)
        .await?)
}

fn to_officer() -> RelationDef {
    Entity::belongs_to(officer::Entity).from(Column::OfficerId).to(officer::Column::Id).into()
}

/// Checks whether an officer has left; `None` stands for a member of the public.
pub(super) async fn has_left<C: ConnectionTrait>(db: &C, officer: Option<OfficerId>) -> ApiResult<bool> {
    let Some(officer) = officer else { return Ok(false) };
    Ok(officer::Entity::find_by_id(officer).one(db).await?.is_none_or(|officer| !officer.active))
}

/// Returns the blind index of an officer's phone number, or `None` if the officer has no login.
pub(super) async fn index_of<C: ConnectionTrait>(db: &C, officer: OfficerId) -> ApiResult<Option<Vec<u8>>> {
    Ok(Entity::find_by_id(officer).one(db).await?.map(|row| row.phone_index))
}

/// Returns the logins of the officers whose phone numbers have these blind indexes, whether active or not.
pub(super) async fn with_indexes<C: ConnectionTrait>(db: &C, indexes: &[Vec<u8>]) -> ApiResult<Vec<Model>> {
    Ok(Entity::find().filter(Column::PhoneIndex.is_in(indexes.iter().cloned())).all(db).await?)
}

/// Returns the blind indexes of all numbers with which an officer logs in or logged in before.
pub(super) async fn all_indexes_of<C: ConnectionTrait>(db: &C, officer: OfficerId) -> ApiResult<Vec<Vec<u8>>> {
    let mut indexes: Vec<Vec<u8>> = index_of(db, officer).await?.into_iter().collect();
    let before = past::Entity::find().filter(past::Column::OfficerId.eq(officer)).all(db).await?;
    indexes.extend(before.into_iter().map(|row| row.phone_index));
    Ok(indexes)
}

/// Returns the officers who log in with a number with one of these blind indexes, or logged in with it before.
pub(super) async fn who_ever_had<C: ConnectionTrait>(db: &C, indexes: &[Vec<u8>]) -> ApiResult<Vec<OfficerId>> {
    let mut officers: Vec<OfficerId> =
        with_indexes(db, indexes).await?.into_iter().map(|login| login.officer_id).collect();
    let before = past::Column::PhoneIndex.is_in(indexes.iter().cloned());
    let before = past::Entity::find().filter(before).all(db).await?;
    officers.extend(before.into_iter().map(|row| row.officer_id));
    Ok(officers)
}

/// Keeps the numbers of these logins, which the officers are about to lose.
pub(super) async fn keep_as_past<C: ConnectionTrait>(txn: &C, logins: &[Model]) -> ApiResult<()> {
    let row = |login: &Model| past::ActiveModel {
        officer_id: Set(login.officer_id),
        phone_index: Set(login.phone_index.clone()),
    };
    if logins.is_empty() {
        return Ok(());
    }
    let there = OnConflict::columns([past::Column::OfficerId, past::Column::PhoneIndex]).do_nothing().to_owned();
    past::Entity::insert_many(logins.iter().map(row)).on_conflict(there).exec_without_returning(txn).await?;
    Ok(())
}

pub(super) fn number_place(officer: &OfficerId) -> SealAad<'_> {
    SealAad::new("officer_login", "phone_ct", officer.0.as_bytes())
}

/// Decrypts the number of an officer's login.
pub(super) fn number_of(keys: &Keys, login: &Model) -> ApiResult<Option<Phone>> {
    Ok(Phone::opened(&keys.open(number_place(&login.officer_id), &login.phone_ct, &login.key_id)?))
}

/// A post row joined with its unit's kind and its area's path.
#[derive(FromQueryResult)]
struct HeldPostRow {
    id: PostId,
    role: Role,
    unit_id: UnitId,
    unit_kind: UnitKind,
    area_id: AreaId,
    area_path: String,
}

/// Returns the posts that these officers hold on `day` (China time), without the units above theirs, by role in the order of [`Role::ALL`], then by id.
pub(super) async fn posts_on<C: ConnectionTrait>(
    db: &C,
    officers: &[OfficerId],
    day: NaiveDate,
) -> ApiResult<Vec<PostHeld>> {
    let to_unit: RelationDef =
        post::Entity::belongs_to(unit::Entity).from(post::Column::UnitId).to(unit::Column::Id).into();
    let to_area: RelationDef =
        post::Entity::belongs_to(area::Entity).from(post::Column::AreaId).to(area::Column::Id).into();
    let ended = Condition::any().add(post::Column::ValidTo.is_null()).add(post::Column::ValidTo.gt(day));
    let rows: Vec<HeldPostRow> = post::Entity::find()
        .select_only()
        .columns([post::Column::Id, post::Column::Role, post::Column::UnitId, post::Column::AreaId])
        .column_as(unit::Column::Kind, "unit_kind")
        .column_as(area::Column::Path, "area_path")
        .join(JoinType::InnerJoin, to_unit)
        .join(JoinType::InnerJoin, to_area)
        .filter(post::Column::OfficerId.is_in(officers.iter().copied()))
        .filter(post::Column::ValidFrom.lte(day))
        .filter(ended)
        .order_by_asc(post::Column::Id)
        .into_model()
        .all(db)
        .await?;
    let mut posts: Vec<PostHeld> = rows.into_iter().map(held).collect();
    posts.sort_by_key(|post| (post.role, post.id));
    Ok(posts)
}

/// Adds to each post the units above its unit, with one statement for each level of the tree of units.
pub(super) async fn add_lines<C: ConnectionTrait>(db: &C, posts: &mut [PostHeld]) -> ApiResult<()> {
    let mut parents: HashMap<UnitId, Option<UnitId>> = HashMap::new();
    let mut asked: Vec<UnitId> = posts.iter().map(|post| post.unit).collect();
    while !asked.is_empty() {
        let rows: Vec<(UnitId, Option<UnitId>)> = unit::Entity::find()
            .select_only()
            .columns([unit::Column::Id, unit::Column::ParentId])
            .filter(unit::Column::Id.is_in(asked.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        parents.extend(rows.iter().copied());
        // A unit that is known already is not asked for again, so that even a circle of parents ends.
        asked = rows.into_iter().filter_map(|(_, parent)| parent.filter(|unit| !parents.contains_key(unit))).collect();
    }
    for post in posts {
        while let Some(above) = post.line.last().and_then(|unit| parents.get(unit).copied().flatten()) {
            if post.line.contains(&above) {
                break;
            }
            post.line.push(above);
        }
    }
    Ok(())
}

fn held(row: HeldPostRow) -> PostHeld {
    PostHeld {
        id: row.id,
        role: row.role,
        unit: row.unit_id,
        line: vec![row.unit_id],
        unit_kind: row.unit_kind,
        area: row.area_id,
        area_path: row.area_path,
    }
}
