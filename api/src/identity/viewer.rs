//! What a caller may know of themself.

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

/// A caller, as they are told.
#[derive(Debug)]
pub(crate) struct ViewerFacts {
    /// As whom.
    pub kind: ViewerKind,
    /// Name of an officer.
    pub name: Option<String>,
    /// Staff number of an officer.
    pub staff_no: Option<String>,
    /// Posts of an officer.
    pub posts: Vec<PostHeld>,
    /// The report that a follow-up code has opened.
    pub report: Option<ReportId>,
}

/// The caller, as they are told.
///
/// # Errors
/// `UNAUTHENTICATED` for an officer who is no longer there.
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
