//! Who asks: nobody, a member of the public, the holder of a follow-up code, or an officer with posts.

use domain::access::Actor;
use domain::area;
use domain::id::{AreaId, OfficerId, PostId, ReportId, UnitId};
use domain::refusal::{Code, Language};
use domain::staff::{Role, UnitKind};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};
use crate::identity::person::PersonId;

/// A post that the caller holds today, with what scoping needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PostHeld {
    /// The post.
    pub id: PostId,
    /// Its role.
    pub role: Role,
    /// Its unit.
    pub unit: UnitId,
    /// What kind of unit that is.
    pub unit_kind: UnitKind,
    /// Its area.
    pub area: AreaId,
    /// The path of that area: what lies below begins with it.
    pub area_path: String,
}

/// An officer who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfficerCaller {
    /// The officer.
    pub id: OfficerId,
    /// The posts held today, in a fixed order; with `asPost`, that one alone.
    pub posts: Vec<PostHeld>,
}

/// Who asks.
#[derive(Clone)]
pub(crate) enum Who {
    /// Nobody is logged in.
    Nobody,
    /// A member of the public. Their id never leaves the process.
    Reporter(PersonId),
    /// Whoever has the follow-up code of this report.
    FollowUp(ReportId),
    /// An officer.
    Officer(OfficerCaller),
}

/// The caller of one request.
#[derive(Clone)]
pub(crate) struct Caller {
    /// Who asks.
    pub who: Who,
    /// Their session, where they have one.
    pub session: Option<Uuid>,
    /// The language they read.
    pub language: Language,
}

impl Caller {
    /// A caller without a login.
    #[must_use]
    pub(crate) const fn nobody(language: Language) -> Self {
        Self { who: Who::Nobody, session: None, language }
    }

    /// The officer who asks.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for nobody, `FORBIDDEN` for a member of the public.
    pub(crate) fn officer(&self) -> ApiResult<&OfficerCaller> {
        match &self.who {
            Who::Officer(officer) => Ok(officer),
            Who::Nobody => Err(Code::Unauthenticated.into()),
            Who::Reporter(_) | Who::FollowUp(_) => Err(Code::Forbidden.into()),
        }
    }

    /// The person who asks.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for nobody, `FORBIDDEN` for others.
    pub(crate) fn person(&self) -> ApiResult<&PersonId> {
        match &self.who {
            Who::Reporter(person) => Ok(person),
            Who::Nobody => Err(Code::Unauthenticated.into()),
            Who::Officer(_) | Who::FollowUp(_) => Err(Code::Forbidden.into()),
        }
    }

    /// What names this caller in the key of a request; hashed there, never kept.
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
    /// The post as the rules know it.
    #[must_use]
    pub(crate) const fn actor(&self, officer: OfficerId) -> Actor {
        Actor { officer, post: self.id, role: self.role, unit: self.unit }
    }

    /// Whether what lies at this path of areas lies in the area of the post or below it.
    #[must_use]
    pub(crate) fn covers(&self, area_path: &str) -> bool {
        area::covers(&self.area_path, area_path)
    }
}

impl OfficerCaller {
    /// The first post in which `may` holds.
    ///
    /// # Errors
    /// `FORBIDDEN` when it holds in none.
    pub(crate) fn acting(&self, may: impl Fn(&PostHeld) -> bool) -> ApiResult<&PostHeld> {
        self.posts.iter().find(|post| may(post)).ok_or_else(|| Code::Forbidden.into())
    }

    /// The first post by which `decide` says yes, `as_post` alone where it is named; else the first refusal that says
    /// more than "not by this post".
    ///
    /// # Errors
    /// Why none may: `FORBIDDEN` without such a post, or what `decide` answered.
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
