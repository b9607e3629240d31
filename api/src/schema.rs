//! The GraphQL schema: merges the query and mutation roots of all slices, and sets the execution limits.

use async_graphql::{EmptySubscription, MergedObject, Schema};
use domain::limits::{COMPLEXITY_MAX, DEPTH_MAX, DIRECTIVES_MAX};

use crate::app::App;
use crate::inputs::InputCheck;
use crate::intake::write_queue::WriteQueues;
use crate::mask::Mask;
use crate::{area, hazard, identity, incident, intake, notice, policy, report, reward, staff, todo};

/// All data that can be read.
///
/// Clients send JSON `{"query": …, "variables": …}` to `POST /graphql`. They log in by `requestCode` and `login`, and
/// send the token in the header `Authorization: Bearer …`. An object that the caller may not see is reported as not
/// found.
///
/// Lists are paged: request `first` entries, then repeat the request with `after: pageInfo.endCursor` while
/// `pageInfo.hasNextPage` is true. Times are in UTC, in the format of RFC 3339.
///
/// A refusal appears in `errors`. Its `extensions` contain `code` (such as `FORBIDDEN`), `retryable` (whether the same
/// request may succeed later) and, if they apply, `field` (the input at fault), `rule` (why a step is not possible now)
/// and `basis` (where the rule comes from: a regulation with its article, a field of the local policy, or the process).
/// Its `message` and `basis` are in Chinese, or in English with the header `Accept-Language: en`.
#[derive(Debug, MergedObject, Default)]
pub(crate) struct Query(
    area::graphql::AreaQuery,
    policy::graphql::PolicyQuery,
    staff::graphql::StaffQuery,
    staff::roster::graphql::RosterQuery,
    identity::graphql::IdentityQuery,
    intake::graphql::IntakeQuery,
    report::graphql::query::ReportQuery,
    hazard::graphql::HazardQuery,
    hazard::graphql::supervising::SupervisionQuery,
    hazard::graphql::penalties::EnforcementQuery,
    reward::graphql::RewardQuery,
    incident::graphql::IncidentQuery,
    todo::graphql::TodoQuery,
);

/// All changes. A request may contain one mutation.
///
/// From a photo to a paid award: the reporter calls `submitReport` and, for each photo, `preparePhoto`, uploads the
/// file and calls `completePhoto`. The township's clerk calls `confirmReport`, which registers a hazard. The township's
/// leader calls `blowWhistle`, or a clerk or leader calls `dispatchHazard`. A worker of each unit that was asked calls
/// `signAssignment`, `claimAssignment` and `checkIn`; for each photo `prepareWorkPhoto`, uploads the file and calls
/// `completeWorkPhoto`; then `finishAssignment`. A unit whose duty it is not calls `sendBackAssignment` instead. The township calls `acceptWork` for each assignment, or
/// `sendToRework`, and its leader calls `closeHazard`. Later the township calls
/// `recordFollowUp`. The reporter calls `answerCallback`. Two reward officers call
/// `reviewAward` and `approveAward`. The reporter calls `giveIdentity` and `collectAward`. A finance officer calls
/// `payAward`.
///
/// `requestId` is a random UUID (version 4) that the client creates for each action; other versions are refused. A
/// repetition of the same request has no second effect, however often it is sent, and returns the current state of the
/// object.
///
/// A text with control characters, or without any visible character, is refused as an invalid input, with its path.
#[derive(Debug, MergedObject, Default)]
pub(crate) struct Mutation(
    identity::graphql::IdentityMutation,
    staff::roster::graphql::RosterMutation,
    intake::graphql::IntakeMutation,
    hazard::graphql::mutation::HazardMutation,
    hazard::graphql::merging_hazards::MergingMutation,
    hazard::graphql::sending_back::SendBackMutation,
    hazard::graphql::whistles::WhistleMutation,
    hazard::graphql::rating::RatingMutation,
    hazard::graphql::suspending::SuspensionMutation,
    hazard::graphql::supervising::SupervisionMutation,
    hazard::graphql::enforcing::EnforcementMutation,
    hazard::graphql::governing::MajorMutation,
    reward::graphql::mutation::RewardMutation,
    notice::graphql::NoticeMutation,
    incident::graphql::mutation::IncidentMutation,
);

/// The executable schema.
pub(crate) type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// Builds the schema, with the app and the write queues in its context.
#[must_use]
pub(crate) fn build(app: App) -> ApiSchema {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .limit_depth(DEPTH_MAX)
        .limit_complexity(COMPLEXITY_MAX)
        .limit_directives(DIRECTIVES_MAX)
        .disable_suggestions()
        .extension(Mask::default())
        .extension(InputCheck)
        .data(WriteQueues::new(&app.config))
        .data(app)
        .finish()
}

/// Returns the schema in the schema definition language (SDL), sorted, with its descriptions.
#[must_use]
pub(crate) fn sdl() -> String {
    let schema = Schema::build(Query::default(), Mutation::default(), EmptySubscription).finish();
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    let mut text = schema.sdl_with_options(options);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
