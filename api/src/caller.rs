//! The caller of a request: an anonymous client, a member of the public, the holder of a follow-up code, or an officer
//! with posts.

use std::collections::BTreeSet;

use domain::access::Actor;
use domain::area;
use domain::id::{AreaId, OfficerId, PostId, ReportId, UnitId};
use domain::refusal::{Code, Language};
use domain::staff::{Role, UnitKind};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};
use crate::identity::person::PersonId;

/// A post that the caller holds today, with the attributes that decide which rows it may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PostHeld {
    /// The post.
    pub id: PostId,
    /// The role of the post.
    pub role: Role,
    /// The unit of the post.
    pub unit: UnitId,
    /// That unit and all units above it, nearest first. A report that accuses one of them is hidden from the officer.
    pub line: Vec<UnitId>,
    /// The kind of that unit.
    pub unit_kind: UnitKind,
    /// The area of the post.
    pub area: AreaId,
    /// The materialised path of that area. It is a prefix of the paths of all areas below it.
    pub area_path: String,
}

/// An officer who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfficerCaller {
    /// The officer's id.
    pub id: OfficerId,
    /// All posts held today, in a fixed order, whichever of them the request names as `asPost`: a report that accuses
    /// the unit of one post is hidden from all of them.
    pub posts: Vec<PostHeld>,
}

/// The identity of a caller.
#[derive(Clone)]
pub(crate) enum Who {
    /// The caller is not logged in.
    Nobody,
    /// A member of the public. The person id never leaves the process.
    Reporter(PersonId),
    /// The caller logged in with the follow-up code of this report.
    FollowUp(ReportId),
    /// An officer who is logged in.
    Officer(OfficerCaller),
}

/// The caller of one request.
#[derive(Clone)]
pub(crate) struct Caller {
    /// The identity of the caller.
    pub who: Who,
    /// The id of the login session, if the caller has one.
    pub session: Option<Uuid>,
    /// The language of texts in the response.
    pub language: Language,
}

impl Caller {
    /// Creates an anonymous caller.
    #[must_use]
    pub(crate) const fn nobody(language: Language) -> Self {
        Self { who: Who::Nobody, session: None, language }
    }

    /// Returns the calling officer.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a login, `FORBIDDEN` for other callers.
    pub(crate) fn officer(&self) -> ApiResult<&OfficerCaller> {
        match &self.who {
            Who::Officer(officer) => Ok(officer),
            Who::Nobody => Err(Code::Unauthenticated.into()),
            Who::Reporter(_) | Who::FollowUp(_) => Err(Code::Forbidden.into()),
        }
    }

    /// Returns the id of the calling member of the public.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a login, `FORBIDDEN` for other callers.
    pub(crate) fn person(&self) -> ApiResult<&PersonId> {
        match &self.who {
            Who::Reporter(person) => Ok(person),
            Who::Nobody => Err(Code::Unauthenticated.into()),
            Who::Officer(_) | Who::FollowUp(_) => Err(Code::Forbidden.into()),
        }
    }

    /// Returns the bytes that identify this caller in an idempotency key. Only their hash is stored.
    #[must_use]
    pub(crate) fn request_name(&self) -> Vec<u8> {
        let (kind, id): (&[u8], Vec<u8>) = match &self.who {
            Who::Nobody => (b"nobody", Vec::new()),
            Who::Reporter(person) => (b"reporter", person.bytes().to_vec()),
            Who::FollowUp(report) => (b"followup", report.0.as_bytes().to_vec()),
            Who::Officer(officer) => (b"officer", officer.id.0.as_bytes().to_vec()),
        };
        [kind, &id].concat()
    }
}

impl PostHeld {
    /// Returns the actor whose permissions the domain rules check.
    #[must_use]
    pub(crate) const fn actor(&self, officer: OfficerId) -> Actor {
        Actor { officer, post: self.id, role: self.role, unit: self.unit }
    }

    /// Checks whether the area with this path is the area of the post or lies below it.
    #[must_use]
    pub(crate) fn covers(&self, area_path: &str) -> bool {
        area::covers(&self.area_path, area_path)
    }
}

impl OfficerCaller {
    /// Returns the units of all posts together with the units above them. A report that accuses one of these units is
    /// hidden from the officer.
    #[must_use]
    pub(crate) fn lines(&self) -> Vec<UnitId> {
        let units: BTreeSet<UnitId> = self.posts.iter().flat_map(|post| post.line.iter().copied()).collect();
        units.into_iter().collect()
    }

    /// Returns the first post for which `may` is true.
    ///
    /// # Errors
    /// `FORBIDDEN` if there is no such post.
    pub(crate) fn acting(&self, may: impl Fn(&PostHeld) -> bool) -> ApiResult<&PostHeld> {
        self.posts.iter().find(|post| may(post)).ok_or_else(|| Code::Forbidden.into())
    }

    /// Returns the first post for which `decide` succeeds, with its result. Tries only `as_post` if it is given.
    ///
    /// # Errors
    /// The first error of `decide` other than `FORBIDDEN`, because it is more specific. Otherwise `FORBIDDEN`, also if
    /// the officer does not hold `as_post`.
    pub(crate) fn choose<T>(
        &self,
        as_post: Option<PostId>,
        mut decide: impl FnMut(&PostHeld) -> ApiResult<T>,
    ) -> ApiResult<(&PostHeld, T)> {
        let mut refused = ApiError::from(Code::Forbidden);
        for post in self.posts.iter().filter(|post| as_post.is_none_or(|wanted| wanted == post.id)) {
            match decide(post) {
                Ok(decided) => return Ok((post, decided)),
                Err(error) if refused.refusal().code == Code::Forbidden => refused = error,
                Err(_) => {}
            }
        }
        Err(refused)
    }
}
