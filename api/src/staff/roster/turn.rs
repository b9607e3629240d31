//! The turn of one change of the roster: it makes the next revision of the rules first, so that changes and imports come one
//! after the other, and what one of them has judged still holds when it commits.

use chrono::{DateTime, Utc};
use domain::access::{Action, By};
use domain::id::{PostId, ShiftId, UnitId};
use domain::policy::RuleVersion;
use domain::roster::{self, Establishment, Shift};
use domain::time::china_day;
use domain::{Code, Refusal};
use entity::{post, revision, shift};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde::Serialize;
use std::sync::Arc;

use super::reading::may_read;
use crate::app::App;
use crate::caller::{OfficerCaller, PostHeld};
use crate::error::{ApiError, ApiResult};
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};
use crate::policy::import::write::revise;
use crate::policy::roster::{days_of, terms};
use crate::policy::rulebook::RuleBook;

/// The kind of the revisions and of the imports.
pub(super) const KIND: &str = "roster";

/// A change of the roster that has its turn.
pub(super) struct Turn<'a> {
    txn: &'a DatabaseTransaction,
    rules: Arc<RuleBook>,
    version: RuleVersion,
    /// When the change takes place.
    pub(super) now: DateTime<Utc>,
}

/// What the journal says about a change: the shift as it is from now on.
#[derive(Serialize)]
struct Changed {
    shift: ShiftId,
    unit: UnitId,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    post: PostId,
    deputy: Option<PostId>,
    revision: i64,
}

impl<'a> Turn<'a> {
    /// Takes the turn.
    ///
    /// # Errors
    /// A unique violation if another change or import commits first. The caller then retries.
    pub(super) async fn take(app: &App, txn: &'a DatabaseTransaction) -> ApiResult<Self> {
        let rules = app.rules(txn).await?;
        let (version, now) = (RuleVersion(rules.version.0 + 1), app.now());
        let row = revision::Model { number: version.0, kind: KIND.to_owned(), summary: "{}".to_owned(), at: now };
        revise(txn, row).await?;
        Ok(Self { txn, rules, version, now })
    }

    /// Returns the post in which the officer may change the roster of the unit.
    ///
    /// # Errors
    /// `NOT_FOUND` for a unit whose roster the officer may not read, otherwise `FORBIDDEN`.
    pub(super) fn permit<'o>(
        &self,
        officer: &'o OfficerCaller,
        as_post: Option<PostId>,
        unit: UnitId,
    ) -> ApiResult<&'o PostHeld> {
        let row = self.rules.unit(unit).filter(|_| may_read(&self.rules, officer, unit, self.now));
        let area = row.and_then(|unit| self.rules.areas.get(unit.area_id)).ok_or(Code::NotFound)?;
        let may = |post: &PostHeld| {
            let by = By::Officer(post.actor(officer.id));
            Ok(by.permit(Action::ManageRoster, unit, post.covers(&area.path))?)
        };
        Ok(officer.choose(as_post, may)?.0)
    }

    /// Returns the row of a shift that stands in the roster.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(super) async fn row(&self, id: ShiftId) -> ApiResult<shift::Model> {
        let row = shift::Entity::find_by_id(id).filter(shift::kept()).one(self.txn).await?;
        Ok(row.ok_or(Code::NotFound)?)
    }

    /// Checks whether the shift can stand in the roster, with the posts and the other shifts of the unit as they are now.
    ///
    /// # Errors
    /// The refusals of [`roster::judge`].
    pub(super) async fn judge(&self, shift: &Shift) -> ApiResult<()> {
        let named = post::COLUMN.id.is_in(std::iter::once(shift.post).chain(shift.deputy));
        let posts = terms(self.txn, Condition::all().add(named)).await?;
        let others = shift::Entity::find()
            .filter(shift::kept().add(shift::COLUMN.unit_id.eq(shift.unit)))
            .filter(shift::after(shift.start).add(shift::before(shift.end)))
            .all(self.txn)
            .await?;
        let others: Vec<Shift> = others.iter().map(shift::Model::shift).collect();
        let covering = self.rules.covering(shift.unit, china_day(shift.start));
        let unit = self.rules.unit(shift.unit).map(days_of);
        let staff = Establishment { unit, covering: &covering, posts: &posts };
        Ok(roster::judge(shift, &others, &staff)?)
    }

    /// Records the change in the journal, and the request with its result.
    pub(super) async fn record(
        &self,
        kind: &'static str,
        row: &shift::Model,
        author: Author,
        request: &IdempotencyKey,
    ) -> ApiResult<()> {
        let changed = Changed {
            shift: row.id,
            unit: row.unit_id,
            start: row.starts_at,
            end: row.ends_at,
            post: row.post_id,
            deputy: row.deputy_id,
            revision: self.version.0,
        };
        let (stream, after) = (Stream::Rules, self.version.0 - 1);
        let heading = AppendContext { stream, after, author, at: self.now, rules: self.version };
        append(self.txn, heading, vec![NewEvent::encode(kind, &changed)?]).await?;
        request.record(self.txn, row.id.0, self.now).await
    }
}

/// Returns the shift that an earlier execution of this request has changed, as it is now; `None` for a new request.
///
/// # Errors
/// `REQUEST_ID_TAKEN` if the caller has used the request id for something else.
pub(super) async fn earlier<C: ConnectionTrait>(txn: &C, request: &IdempotencyKey) -> ApiResult<Option<shift::Model>> {
    let Some(id) = request.previous_result(txn).await? else { return Ok(None) };
    let row = shift::Entity::find_by_id(ShiftId(id)).one(txn).await?;
    row.map(Some).ok_or_else(|| ApiError::from(Refusal::new(Code::NotFound)))
}
