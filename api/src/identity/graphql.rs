//! Logging in, as the published schema has it.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::{AreaId, PostId, ReportId, UnitId};
use domain::staff::Role;
use uuid::Uuid;

use super::codes::LoginKind;
use super::devices::{self, DeviceKey};
use super::session::Tokens;
use super::viewer::{self, ViewerKind};
use super::{codes, followup, session};
use crate::caller::PostHeld;
use crate::context::{app, caller};
use crate::error::ApiResult;
use crate::identity::Phone;

/// Whoever asks.
#[derive(Debug, SimpleObject)]
pub struct Viewer {
    /// As whom they are logged in.
    kind: ViewerKind,
    /// The name of an officer; null for others.
    name: Option<String>,
    /// The staff number of an officer; null for others.
    staff_no: Option<String>,
    /// The posts that an officer holds today; empty for others.
    posts: Vec<ViewerPost>,
    /// The report that a follow-up code has opened; null for others.
    report_id: Option<ReportId>,
}

/// A post 岗位 that the viewer holds today.
#[derive(Debug, SimpleObject)]
pub struct ViewerPost {
    /// The post.
    id: PostId,
    /// Its role.
    role: Role,
    /// Its unit.
    unit_id: UnitId,
    /// Its area: the post covers it and all below.
    area_id: AreaId,
}

/// For which number and as whom a one-time code 验证码 is asked for.
#[derive(InputObject)]
pub struct RequestCodeInput {
    /// A Chinese mobile number: eleven digits, with or without +86.
    phone: String,
    /// As whom to log in.
    kind: LoginKind,
}

/// A one-time code that has been asked for.
#[derive(Debug, SimpleObject)]
pub struct CodeRequested {
    /// Names the request: `login` takes it with the code.
    request_id: Uuid,
    /// When the code ends: five minutes from now.
    ends_at: DateTime<Utc>,
}

/// A one-time code with its request.
#[derive(InputObject)]
pub struct LoginInput {
    /// What `requestCode` answered.
    request_id: Uuid,
    /// The six digits.
    code: String,
}

/// The key of a phone.
#[derive(InputObject)]
pub struct RegisterDeviceInput {
    /// The public half of an Ed25519 key that the phone made for this person: 32 bytes in base64.
    public_key: String,
}

/// A phone that is registered.
#[derive(Debug, SimpleObject)]
pub struct DeviceRegistered {
    /// How many reports that it signed without a login belong to the caller from now on.
    adopted_reports: i32,
}

/// The tokens of a session.
#[derive(SimpleObject)]
pub struct Session {
    /// Goes into the header `Authorization: Bearer …`.
    access_token: String,
    /// When the access token ends: ten minutes from now.
    access_token_ends_at: DateTime<Utc>,
    /// Gives the next tokens, once: see `refresh`.
    refresh_token: String,
    /// When the session ends at the latest: 90 days after the login.
    ends_at: DateTime<Utc>,
}

/// A report with its follow-up code.
#[derive(InputObject)]
pub struct OpenReportInput {
    /// The report, as the receipt names it.
    report_id: ReportId,
    /// The sixteen digits; blanks and dashes do not count.
    code: String,
}

/// A token for one report.
#[derive(SimpleObject)]
pub struct FollowUpToken {
    /// Goes into the header `Authorization: Bearer …`.
    access_token: String,
    /// When it ends: ten minutes from now. The code opens the report again.
    ends_at: DateTime<Utc>,
}

impl From<Tokens> for Session {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access.text,
            access_token_ends_at: tokens.access.ends_at,
            refresh_token: tokens.refresh,
            ends_at: tokens.ends_at,
        }
    }
}

impl From<&PostHeld> for ViewerPost {
    fn from(post: &PostHeld) -> Self {
        Self { id: post.id, role: post.role, unit_id: post.unit, area_id: post.area }
    }
}

/// Reading: who asks.
#[derive(Debug, Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// Whoever asks, as far as the server knows. Of a reporter it tells that they are one, and nothing else.
    async fn viewer(&self, ctx: &Context<'_>) -> ApiResult<Viewer> {
        let seen = viewer::viewer(app(ctx).db(), caller(ctx)).await?;
        Ok(Viewer {
            kind: seen.kind,
            name: seen.name,
            staff_no: seen.staff_no,
            posts: seen.posts.iter().map(ViewerPost::from).collect(),
            report_id: seen.report,
        })
    }
}

/// Logging in and out.
#[derive(Debug, Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Sends a one-time code 验证码 of six digits to a phone; it works once within five minutes. The answer is the same
    /// whether the number is known or not. A development server sends nothing: it prints the code on its standard output.
    ///
    /// Refusals: `INVALID_INPUT` (`input.phone`), `RATE_LIMITED` (more than 1 a minute, 5 an hour, 10 a day).
    async fn request_code(&self, ctx: &Context<'_>, input: RequestCodeInput) -> ApiResult<CodeRequested> {
        let app = app(ctx);
        let phone = Phone::parse(&input.phone, "input.phone")?;
        let asked = codes::ask(&app.database, &app.keys, app.sender.clone(), (phone, input.kind), app.now()).await?;
        Ok(CodeRequested { request_id: asked.request, ends_at: asked.ends_at })
    }

    /// Logs in with a one-time code. Five guesses, the right one included.
    ///
    /// Refusals: `INVALID_INPUT` (`input.code`) for a code that is wrong, used, ended or guessed too often.
    async fn login(&self, ctx: &Context<'_>, input: LoginInput) -> ApiResult<Session> {
        let app = app(ctx);
        let guess = (input.request_id, input.code.as_str());
        Ok(session::login(&app.database, &app.keys, guess, app.now()).await?.into())
    }

    /// New tokens for a refresh token, which works once. For a minute it gives the same answer again, for a phone that
    /// lost the first; after that a second use ends the session. Send it without the access token that has ended.
    ///
    /// Refusals: `UNAUTHENTICATED`: log in again.
    async fn refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`refreshToken` of the session.")] refresh_token: String,
    ) -> ApiResult<Session> {
        let app = app(ctx);
        Ok(session::refresh(&app.database, &app.keys, &refresh_token, app.now()).await?.into())
    }

    /// Ends the session of the caller, with all its tokens. True, also when it has ended already.
    ///
    /// Refusals: `UNAUTHENTICATED` for nobody.
    async fn logout(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        let app = app(ctx);
        session::logout(&app.database, caller(ctx), app.now()).await?;
        Ok(true)
    }

    /// Registers the key of the phone from which the caller is logged in; a phone does so after each login. What it signed
    /// without a login before (`device` of `submitReport`) belongs to the caller from now on. For members of the public.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN`; `INVALID_INPUT` (`input.publicKey`) for a key that belongs to somebody else.
    async fn register_device(&self, ctx: &Context<'_>, input: RegisterDeviceInput) -> ApiResult<DeviceRegistered> {
        let key = DeviceKey::parse(&input.public_key, "input.publicKey")?;
        let adopted = devices::register(app(ctx), caller(ctx), &key).await?;
        Ok(DeviceRegistered { adopted_reports: i32::try_from(adopted).unwrap_or(i32::MAX) })
    }

    /// Opens one report with its follow-up code 查询码, without a login.
    ///
    /// Refusals: `NOT_FOUND` for a wrong code, `RATE_LIMITED` after five wrong codes within an hour.
    async fn open_report(&self, ctx: &Context<'_>, input: OpenReportInput) -> ApiResult<FollowUpToken> {
        let app = app(ctx);
        let opened = (input.report_id, input.code.as_str());
        let token = followup::open_report(&app.database, &app.keys, opened, app.now()).await?;
        Ok(FollowUpToken { access_token: token.text, ends_at: token.ends_at })
    }
}
