//! Authenticates callers by access token. The session decides whether a caller is logged in, and the `post` table
//! decides which posts an officer holds today. This takes two queries, and one
//! for each level of units above those of the posts.

use chrono::{DateTime, Utc};
use domain::id::{OfficerId, ReportId};
use domain::refusal::{Code, Language};
use entity::officer;
use entity::vault::session::{Column, Entity, Model};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QuerySelect, RelationDef};
use uuid::Uuid;

use super::codes::LoginKind;
use super::keys::Keys;
use super::tokens::{self, Audience};
use super::{officers, people, session};
use crate::app::App;
use crate::caller::{Caller, OfficerCaller, Who};
use crate::error::ApiResult;
use domain::time::china_day;

/// Returns the caller to whom the bearer token of an `Authorization` header belongs.
///
/// # Errors
/// `UNAUTHENTICATED` if the token is invalid, if its session has ended, if its officer is no longer active, or if its
/// person was erased.
pub(crate) async fn caller_from_token(app: &App, token: &str, language: Language) -> ApiResult<Caller> {
    caller_of(app.db(), &app.keys, token, language, app.now()).await
}

/// Does the work of [`caller_from_token`] without an [`App`], for tests that control the clock.
pub(crate) async fn caller_of<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    token: &str,
    language: Language,
    now: DateTime<Utc>,
) -> ApiResult<Caller> {
    let (audience, subject) = tokens::read(keys, token, now)?;
    let who = match audience {
        Audience::FollowUp => {
            return Ok(Caller { who: Who::FollowUp(ReportId(subject)), session: None, language });
        }
        Audience::Reporter => reporter(db, keys, &open_session(db, subject, LoginKind::Reporter, now).await?).await?,
        Audience::Officer => officer(db, &open_session(db, subject, LoginKind::Officer, now).await?, now).await?,
    };
    Ok(Caller { who, session: Some(subject), language })
}

/// A session with the `active` flag of its officer, which is `None` for a member of the public.
#[derive(FromQueryResult)]
struct SessionRow {
    #[sea_orm(nested)]
    session: Model,
    active: Option<bool>,
}

async fn open_session<C: ConnectionTrait>(
    db: &C,
    id: Uuid,
    kind: LoginKind,
    now: DateTime<Utc>,
) -> ApiResult<SessionRow> {
    let to_officer: RelationDef =
        Entity::belongs_to(officer::Entity).from(Column::OfficerId).to(officer::Column::Id).into();
    let row: Option<SessionRow> = Entity::find_by_id(id)
        .column(officer::Column::Active)
        .join(JoinType::LeftJoin, to_officer)
        .into_model()
        .one(db)
        .await?;
    let good = |row: &SessionRow| {
        row.session.ended_at.is_none() && row.session.ends_at > now && row.session.kind == kind.code()
    };
    row.filter(good).ok_or_else(|| Code::Unauthenticated.into())
}

async fn reporter<C: ConnectionTrait>(db: &C, keys: &Keys, row: &SessionRow) -> ApiResult<Who> {
    let person = session::person_of(keys, &row.session)?.ok_or(Code::Unauthenticated)?;
    match people::living(db, &person).await? {
        Some(_) => Ok(Who::Reporter(person)),
        None => Err(Code::Unauthenticated.into()),
    }
}

async fn officer<C: ConnectionTrait>(db: &C, row: &SessionRow, now: DateTime<Utc>) -> ApiResult<Who> {
    let id: OfficerId = match (row.session.officer_id, row.active) {
        (Some(id), Some(true)) => id,
        _ => return Err(Code::Unauthenticated.into()),
    };
    let mut posts = officers::posts_on(db, &[id], china_day(now)).await?;
    officers::add_lines(db, &mut posts).await?;
    Ok(Who::Officer(OfficerCaller { id, posts }))
}
