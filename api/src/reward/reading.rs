//! Queries and access rules of awards.

use domain::Code;
use domain::access::{Action, Relation, may};
use domain::award::AwardStatus;
use domain::id::AwardId;
use entity::award::{self, Scope, seen_by};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld};
use crate::error::ApiResult;
use crate::identity::bars;
use crate::page::Page;

/// The actions that imply read access: an officer who may perform any of them on an award may see it.
const SEEING: [Action; 4] = [Action::ReadAward, Action::ReviewAward, Action::ApproveAward, Action::PayAward];

/// Builds the SQL condition that restricts a query to the awards that an officer may see. The award of a report
/// that accuses the unit of one of their posts, or a unit above it, is hidden from all their posts.
#[must_use]
pub(crate) fn visible(app: &App, officer: &OfficerCaller) -> Condition {
    let scope = |post: &PostHeld| Scope {
        unit: sees(post, Relation::OwnUnit).then_some(post.unit),
        area_path: sees(post, Relation::OwnArea).then(|| post.area_path.clone()),
        not_accusing: bars::not_barred(&app.keys, &officer.lines()),
    };
    seen_by(officer.posts.iter().map(scope).collect())
}

fn sees(post: &PostHeld, relation: Relation) -> bool {
    SEEING.iter().any(|action| may(post.role, *action, relation))
}

/// The filter of an award list; an absent condition does not restrict it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filter {
    /// The status.
    pub status: Option<AwardStatus>,
    /// `true` for double awards 重复 that were not rejected, `false` for all others.
    pub double: Option<bool>,
}

impl Filter {
    fn condition(self) -> Condition {
        let is_double = Condition::all()
            .add(award::COLUMN.double_of.is_not_null())
            .add(award::COLUMN.status.ne(AwardStatus::Rejected));
        let all = Condition::all().add_option(self.status.map(|status| award::COLUMN.status.eq(status)));
        all.add_option(self.double.map(|wanted| if wanted { is_double } else { is_double.not() }))
    }
}

/// Returns one page of the awards that an officer may see, latest proposal first, plus one extra row that tells whether
/// a next page exists.
///
/// # Errors
/// `UNAUTHENTICATED`; `FORBIDDEN` for an officer without a post that may see awards.
pub(crate) async fn awards(app: &App, caller: &Caller, filter: Filter, page: &Page) -> ApiResult<Vec<award::Model>> {
    let officer = caller.officer()?;
    officer.acting(|post| sees(post, Relation::OwnUnit) || sees(post, Relation::OwnArea))?;
    let rows = award::Entity::find().filter(visible(app, officer)).filter(filter.condition());
    Ok(page.newest_first(rows, award::Column::ProposedAt, award::Column::Id).all(app.db()).await?)
}

/// Loads one award for an officer.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for members of the public, `NOT_FOUND` for an award that the officer may not see.
pub(crate) async fn award(app: &App, caller: &Caller, id: AwardId) -> ApiResult<award::Model> {
    let officer = caller.officer()?;
    let row = award::Entity::find_by_id(id).filter(visible(app, officer)).one(app.db()).await?;
    Ok(row.ok_or(Code::NotFound)?)
}

/// Loads an award row without an access check, which the caller has already done.
///
/// # Errors
/// `NOT_FOUND` if the award does not exist.
pub(super) async fn row(app: &App, id: AwardId) -> ApiResult<award::Model> {
    Ok(award::Entity::find_by_id(id).one(app.db()).await?.ok_or(Code::NotFound)?)
}
