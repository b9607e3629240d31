//! GraphQL inputs of the changes of the duty roster.

use async_graphql::InputObject;
use chrono::{DateTime, SubsecRound, Utc};
use domain::id::{PostId, ShiftId, UnitId};
use domain::time::without_leap_second;
use uuid::Uuid;

use super::service::{RosterStep, Wanted};

/// Defines an input object with the fields shared by all changes of the roster, and the method `step` that returns them.
macro_rules! roster_input {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $ty:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, InputObject)]
        pub(crate) struct $name {
            $($(#[$fmeta])* pub(super) $field: $ty,)+
            /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect
            /// only once.
            request_id: Uuid,
            /// The id of the post 岗位 under which the caller acts. If omitted, the server uses the caller's first post
            /// that may act.
            as_post: Option<PostId>,
            /// The version of the shift that the caller last saw. If it is no longer current, the request is refused with
            /// `CHANGED_MEANWHILE`. It has no effect on a new shift.
            expected_version: Option<i64>,
        }

        impl $name {
            /// Returns what all changes have in common.
            pub(super) const fn step(&self) -> RosterStep {
                RosterStep {
                    request_id: self.request_id,
                    as_post: self.as_post,
                    expected_version: self.expected_version,
                }
            }
        }
    };
}

roster_input! {
    /// The input of `enterShift` 排班.
    EnterShiftInput {
        /// The id of the unit.
        unit_id: UnitId,
        /// The first moment of the shift, with a time zone.
        starts_at: DateTime<Utc>,
        /// The first moment after the shift, at most 31 days later.
        ends_at: DateTime<Utc>,
        /// The id of the post on duty A岗: a post of this unit, of a unit above it, or of the command centre of its place.
        post_id: PostId,
        /// The id of the deputy's post B岗. Its officer is on duty while the first post is not in force.
        deputy_post_id: Option<PostId>,
    }
}

roster_input! {
    /// The input of `changeShift` 调班: the shift as it should be from now on.
    ChangeShiftInput {
        /// The id of the shift.
        shift_id: ShiftId,
        /// The first moment of the shift, with a time zone.
        starts_at: DateTime<Utc>,
        /// The first moment after the shift, at most 31 days later.
        ends_at: DateTime<Utc>,
        /// The id of the post on duty A岗.
        post_id: PostId,
        /// The id of the deputy's post B岗; null removes the deputy.
        deputy_post_id: Option<PostId>,
    }
}

roster_input! {
    /// The input of `takeBackShift` 撤班.
    TakeBackShiftInput {
        /// The id of the shift.
        shift_id: ShiftId,
    }
}

impl EnterShiftInput {
    /// Returns the span and the posts.
    pub(super) fn wanted(&self) -> Wanted {
        let (start, end) = (whole(self.starts_at), whole(self.ends_at));
        Wanted { start, end, post: self.post_id, deputy: self.deputy_post_id }
    }
}

impl ChangeShiftInput {
    /// Returns the span and the posts.
    pub(super) fn wanted(&self) -> Wanted {
        let (start, end) = (whole(self.starts_at), whole(self.ends_at));
        Wanted { start, end, post: self.post_id, deputy: self.deputy_post_id }
    }
}

/// Returns the time in whole seconds: a roster is not kept more exactly, and both engines store it as it is.
fn whole(at: DateTime<Utc>) -> DateTime<Utc> {
    without_leap_second(at).trunc_subsecs(0)
}
