//! What the server tells callers about themselves.

use domain::id::ReportId;
use domain::refusal::Code;
use entity::officer;
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::caller::{Caller, PostHeld, Who};
use crate::error::ApiResult;

/// The capacity in which a caller is logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, async_graphql::Enum)]
pub enum ViewerKind {
    /// The caller is not logged in.
    Nobody,
    /// 报告人: a member of the public.
    Reporter,
    /// 查询码: the holder of a follow-up code.
    FollowUp,
    /// 工作人员: an officer.
    Officer,
}

/// The facts that a caller learns about themself.
#[derive(Debug)]
pub(crate) struct ViewerFacts {
    /// The capacity in which the caller is logged in.
    pub kind: ViewerKind,
    /// The name of an officer; `None` for other callers.
    pub name: Option<String>,
    /// The staff number of an officer; `None` for other callers.
    pub staff_no: Option<String>,
    /// The posts that an officer holds today; empty for other callers.
    pub posts: Vec<PostHeld>,
    /// The report that a follow-up code has opened; `None` for other callers.
    pub report: Option<ReportId>,
}

/// Looks up the facts that the caller learns about themself.
///
/// # Errors
/// `UNAUTHENTICATED` if an officer's row no longer exists.
pub(crate) async fn viewer<C: ConnectionTrait>(db: &C, caller: &Caller) -> ApiResult<ViewerFacts> {
    let plain = |kind| ViewerFacts { kind, name: None, staff_no: None, posts: Vec::new(), report: None };
    match &caller.who {
        Who::Nobody => Ok(plain(ViewerKind::Nobody)),
        Who::Reporter(_) => Ok(plain(ViewerKind::Reporter)),
        Who::FollowUp(report) => Ok(ViewerFacts { report: Some(*report), ..plain(ViewerKind::FollowUp) }),
        Who::Officer(held) => {
            let row = officer::Entity::find_by_id(held.id).one(db).await?.ok_or(Code::Unauthenticated)?;
            let (name, staff_no) = (Some(row.name), Some(row.staff_no));
            Ok(ViewerFacts { name, staff_no, posts: held.posts.clone(), ..plain(ViewerKind::Officer) })
        }
    }
}
