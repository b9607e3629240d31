//! The published schema: one root per slice, merged once; its limits; and what happens to errors on their way out.

use std::any::TypeId;
use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest, NextRequest};
use async_graphql::{
    Context, EmptySubscription, MergedObject, Request, Response, Schema, ServerError, ServerResult, Value,
};
use domain::limits::{COMPLEXITY_MAX, DEPTH_MAX, DIRECTIVES_MAX};
use domain::refusal::{Code, Language, Refusal};

use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::said::without_values;
use crate::{area, hazard, identity, intake, notice, policy, reward, staff};

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
    hazard::mutation::HazardMutation,
    reward::mutation::RewardMutation,
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

/// The app.
#[must_use]
pub fn app<'a>(ctx: &Context<'a>) -> &'a App {
    ctx.data_unchecked()
}

/// The caller.
#[must_use]
pub fn caller<'a>(ctx: &Context<'a>) -> &'a Caller {
    ctx.data_unchecked()
}

/// Lets no error out without a code, and gives each its text in the caller's language. One for each request.
#[derive(Default)]
struct Mask {
    /// The caller is known only once the request is prepared; the errors are dressed after all else.
    language: OnceLock<Language>,
}

impl ExtensionFactory for Mask {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self::default())
    }
}

#[async_trait::async_trait]
impl Extension for Mask {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let caller = request.data.get(&TypeId::of::<Caller>()).and_then(|value| value.downcast_ref::<Caller>());
        if let Some(caller) = caller {
            self.language.get_or_init(|| caller.language);
        }
        next.run(ctx, request).await
    }

    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        let language = self.language.get().copied().unwrap_or_default();
        for error in &mut response.errors {
            dress(error, language);
        }
        response
    }
}

fn dress(error: &mut ServerError, language: Language) {
    let refusal = match error.source::<ApiError>() {
        Some(ApiError::Refused(refusal)) => (**refusal).clone(),
        Some(ApiError::Accident(cause)) => {
            tracing::error!(%cause, path = ?error.path, "a request failed");
            Refusal::new(Code::Internal)
        }
        None => unnamed(error),
    };
    metrics::counter!("graphql_refusals_total", "code" => refusal.code.as_str()).increment(1);
    refusal.text(language).clone_into(&mut error.message);
    let mut extensions = async_graphql::ErrorExtensionValues::default();
    if let serde_json::Value::Object(table) = crate::server::extensions(&refusal) {
        for (key, value) in table {
            extensions.set(key, Value::from_json(value).unwrap_or_default());
        }
    }
    error.extensions = Some(extensions);
}

/// Errors of the library itself: of the document before execution, of an input value during it.
fn unnamed(error: &ServerError) -> Refusal {
    let said = without_values(&error.message);
    if error.path.is_empty() {
        let code =
            if said.contains("too complex") || said.contains("too deep") { Code::TooComplex } else { Code::BadQuery };
        return Refusal::new(code).saying(format!("查询语句有误：{said}"), format!("The query does not fit: {said}"));
    }
    let of_an_input = ["Failed to parse", "Invalid value", "expected type", "Expected input type"];
    if of_an_input.iter().any(|words| said.contains(words)) {
        return Refusal::new(Code::InvalidInput);
    }
    tracing::error!(path = ?error.path, "an error without a code was masked");
    Refusal::new(Code::Internal)
}
