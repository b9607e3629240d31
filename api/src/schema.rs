//! The published schema: one root per slice, merged once; and its limits.

use async_graphql::{EmptySubscription, MergedObject, Schema};
use domain::limits::{COMPLEXITY_MAX, DEPTH_MAX, DIRECTIVES_MAX};

use crate::app::App;
use crate::intake::write_queue::WriteQueues;
use crate::mask::Mask;
use crate::{area, hazard, identity, intake, notice, policy, report, reward, staff};

/// What can be read.
///
/// Send JSON `{"query": …, "variables": …}` to `POST /graphql`. Log in by `requestCode` and `login`, and send the token in
/// the header `Authorization: Bearer …`. What you may not see is not found.
///
/// Lists are pages: ask for `first` rows, then for the same with `after: pageInfo.endCursor` while
/// `pageInfo.hasNextPage`. Times are RFC 3339 in UTC.
///
/// A refusal stands in `errors`. Its `extensions` have `code` (such as `FORBIDDEN`), `retryable` (whether the same may
/// succeed later), and where they apply `field` (the input to blame) and `rule` (why a step is not possible now). Its
/// `message` is Chinese, or English with the header `Accept-Language: en`.
#[derive(Debug, MergedObject, Default)]
pub struct Query(
    area::graphql::AreaQuery,
    policy::graphql::PolicyQuery,
    staff::graphql::StaffQuery,
    identity::graphql::IdentityQuery,
    intake::graphql::IntakeQuery,
    report::graphql::query::ReportQuery,
    hazard::graphql::HazardQuery,
    reward::graphql::RewardQuery,
);

/// What can be done: one mutation a request.
///
/// From a photo to a paid award. The reporter: `submitReport`; for each photo `preparePhoto`, the upload,
/// `completePhoto`. The township's clerk: `confirmReport`, which registers a hazard. Its leader: `blowWhistle`, or
/// `dispatchHazard`. A worker of each unit that was asked: `signAssignment`, `claimAssignment`, `checkIn`; for each photo
/// `prepareWorkPhoto`, the upload, `completeWorkPhoto`; `finishAssignment`. The township: `acceptWork` for each
/// assignment, or `sendToRework`; its leader: `closeHazard`. The reporter: `answerCallback`. Two reward officers:
/// `reviewAward`, `approveAward`. The reporter: `giveIdentity`, `collectAward`. A finance officer: `payAward`.
///
/// `requestId` is a UUID that the client makes anew for each press of a button. The same request again, however often, has
/// no second effect and is answered with the thing as it is now.
#[derive(Debug, MergedObject, Default)]
pub struct Mutation(
    identity::graphql::IdentityMutation,
    intake::graphql::IntakeMutation,
    hazard::graphql::mutation::HazardMutation,
    reward::graphql::mutation::RewardMutation,
    notice::graphql::NoticeMutation,
);

/// The schema of the server.
pub type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// Builds the schema around the app.
#[must_use]
pub fn build(app: App) -> ApiSchema {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .limit_depth(DEPTH_MAX)
        .limit_complexity(COMPLEXITY_MAX)
        .limit_directives(DIRECTIVES_MAX)
        .disable_suggestions()
        .extension(Mask::default())
        .data(WriteQueues::new(&app.config))
        .data(app)
        .finish()
}

/// The schema as text, sorted, with its descriptions.
#[must_use]
pub fn sdl() -> String {
    let schema = Schema::build(Query::default(), Mutation::default(), EmptySubscription).finish();
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    let mut text = schema.sdl_with_options(options);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
