//! The GraphQL types, queries and mutations for login, sessions and the caller.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::{AreaId, PostId, ReportId, UnitId};
use domain::staff::Role;
use uuid::Uuid;

use super::codes::{CodeWanted, LoginKind};
use super::devices::{self, DeviceKey};
use super::known::{DeviceProof, FollowUpProof, LoginProof, Proof};
use super::login::{self, Entered};
use super::session::Tokens;
use super::viewer::{self, ViewerKind};
use super::{codes, followup, known, session};
use crate::caller::PostHeld;
use crate::context::{app, caller};
use crate::error::ApiResult;
use crate::identity::Phone;

/// The caller.
#[derive(Debug, SimpleObject)]
pub(crate) struct Viewer {
    /// The capacity in which the caller is logged in.
    kind: ViewerKind,
    /// The name of an officer; null for other callers.
    name: Option<String>,
    /// The staff number of an officer; null for other callers.
    staff_no: Option<String>,
    /// The posts 岗位 that an officer holds today; empty for other callers.
    posts: Vec<ViewerPost>,
    /// The id of the report that a follow-up code has opened; null for other callers.
    report_id: Option<ReportId>,
}

/// A post 岗位 that the caller holds today.
#[derive(Debug, SimpleObject)]
pub(crate) struct ViewerPost {
    /// The id of the post.
    id: PostId,
    /// The role of the post.
    role: Role,
    /// The id of the unit.
    unit_id: UnitId,
    /// The id of the area. The post covers this area and all areas below it.
    area_id: AreaId,
}

/// The input of `requestCode`: the number to which a one-time code 验证码 is sent.
#[derive(InputObject)]
pub(crate) struct RequestCodeInput {
    /// A Chinese mobile number: eleven digits, with or without +86. Blanks, dashes and invisible characters are ignored,
    /// and full-width digits are accepted.
    phone: String,
    /// The capacity in which the person logs in.
    kind: LoginKind,
    /// A refresh token of an earlier session of this person, which may have ended. It need not be sent. A request that
    /// shows one is not limited by the requests of strangers. A token that does not fit is ignored.
    refresh_token: Option<String>,
    /// A signature by the registered key of a phone of this person, which serves the same purpose.
    device: Option<CodeDeviceInput>,
}

/// A phone's signature, which shows that the phone belongs to the owner of a number. For `requestCode` the phone signs three
/// lines without a trailing line break: `chuishao/code/1`, the `kind`, and the number as `+86` and eleven digits. For
/// `login` it signs two lines: `chuishao/login/1`, and the `requestId` in lower case.
#[derive(InputObject)]
pub(crate) struct CodeDeviceInput {
    /// The public Ed25519 key of the phone: 32 bytes in base64.
    public_key: String,
    /// The signature: 64 bytes in base64.
    signature: String,
}

/// A one-time code 验证码 that was requested.
#[derive(Debug, SimpleObject)]
pub(crate) struct CodeRequested {
    /// The id of the code request. Pass it to `login` together with the code.
    request_id: Uuid,
    /// The time at which the code expires, five minutes after it was sent.
    ends_at: DateTime<Utc>,
}

/// The input of `login`: a one-time code 验证码 and the request to which it belongs.
#[derive(InputObject)]
pub(crate) struct LoginInput {
    /// The id of the code request, as `requestCode` returned it; null for a code of the operator.
    request_id: Option<Uuid>,
    /// The six digits of the code, or the sixteen digits of a code of the operator. Blanks, dashes and invisible
    /// characters are ignored, and full-width digits are accepted.
    code: String,
    /// A refresh token of an earlier session of this person, which may have ended. A mobile number that nobody has used here
    /// for long (180 days, unless the policy differs) begins a new person 二次放号, who does not see the reports of the former
    /// one. A person who shows this, `device` or `followUp` stays, or becomes again, its owner. It need not be
    /// sent, and a token that does not fit is ignored; officers need none.
    refresh_token: Option<String>,
    /// A signature by the registered key of a phone of this person, which serves the same purpose.
    device: Option<CodeDeviceInput>,
    /// A named or confidential report of this person and its follow-up code 查询码, which serves the same purpose. It counts
    /// before the others.
    follow_up: Option<OpenReportInput>,
}

impl LoginInput {
    fn entered(self) -> Entered {
        let device = self.device.map(DeviceProof::from);
        let follow_up = self.follow_up.map(|shown| FollowUpProof { report: shown.report_id, code: shown.code });
        let proof = LoginProof { earlier: Proof { refresh_token: self.refresh_token, device }, follow_up };
        Entered { request: self.request_id, code: self.code, proof }
    }
}

impl From<CodeDeviceInput> for DeviceProof {
    fn from(CodeDeviceInput { public_key, signature }: CodeDeviceInput) -> Self {
        Self { public_key, signature }
    }
}

/// The input of `registerDevice`: the key of a phone.
#[derive(InputObject)]
pub(crate) struct RegisterDeviceInput {
    /// The public half of an Ed25519 key pair that the phone created for this person: 32 bytes in base64.
    public_key: String,
    /// The signature by that key, 64 bytes in base64, over two lines without a trailing line break:
    /// `chuishao/register/1`, and the `id` of the session (`login`, `refresh`) in lower case.
    signature: String,
}

/// A phone that has been registered.
#[derive(Debug, SimpleObject)]
pub(crate) struct DeviceRegistered {
    /// The number of reports that the phone signed without a login and that belong to the caller from now on.
    adopted_reports: i32,
}

/// The tokens of a session.
#[derive(SimpleObject)]
pub(crate) struct Session {
    /// The id of the session, which a phone signs for `registerDevice`.
    id: Uuid,
    /// The access token, for the header `Authorization: Bearer …`.
    access_token: String,
    /// The time at which the access token expires, ten minutes from now.
    access_token_ends_at: DateTime<Utc>,
    /// The refresh token, which `refresh` exchanges once for new tokens.
    refresh_token: String,
    /// The time at which the session ends at the latest, 90 days after the login.
    ends_at: DateTime<Utc>,
}

/// A report and its follow-up code 查询码.
#[derive(InputObject)]
pub(crate) struct OpenReportInput {
    /// The id of the report, as in the receipt.
    report_id: ReportId,
    /// The sixteen digits of the follow-up code. Blanks, dashes and invisible characters are ignored, and full-width digits
    /// are accepted.
    code: String,
}

/// A token that gives access to one report.
#[derive(SimpleObject)]
pub(crate) struct FollowUpToken {
    /// The access token, for the header `Authorization: Bearer …`.
    access_token: String,
    /// The time at which the token expires, ten minutes from now. The follow-up code opens the report again.
    ends_at: DateTime<Utc>,
}

impl From<Tokens> for Session {
    fn from(tokens: Tokens) -> Self {
        Self {
            id: tokens.session,
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

/// The query about the caller.
#[derive(Debug, Default)]
pub(crate) struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The caller, as far as the server knows. Of a reporter it reveals only that they are one.
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

/// The mutations of logins and sessions.
#[derive(Debug, Default)]
pub(crate) struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Sends a one-time code 验证码 of six digits to a phone. The code works once, with this `requestId` until `endsAt`. The
    /// answer is the same whether the number is known or not, and whether or not a message was sent. A development server
    /// sends no message and prints the code on its standard output.
    ///
    /// For five minutes after a message no second one is sent: the code that was sent works with each of the answers. Nor is
    /// a message sent above the limits: 1 a minute, 5 an hour, 10 a day. They hold for each number and `kind`, apart for
    /// requests that show an earlier login (`refreshToken`, `device`). An officer whose message does not arrive can ask
    /// the operator for a code, and logs in without a `requestId`.
    ///
    /// Refusals: `INVALID_INPUT` (`input.phone`); `RATE_LIMITED` above the limits, for a request that shows an earlier login.
    async fn request_code(&self, ctx: &Context<'_>, input: RequestCodeInput) -> ApiResult<CodeRequested> {
        let app = app(ctx);
        let phone = Phone::parse(&input.phone, "input.phone")?;
        let proof = Proof { refresh_token: input.refresh_token, device: input.device.map(DeviceProof::from) };
        let asker = known::asker(app.db(), &app.keys, &phone, input.kind, &proof).await?;
        let wanted = CodeWanted { phone, kind: input.kind, asker };
        let asked = codes::ask(&app.database, &app.keys, app.sender.clone(), wanted, app.now()).await?;
        Ok(CodeRequested { request_id: asked.request, ends_at: asked.ends_at })
    }

    /// Logs in with a one-time code 验证码. Each code request allows five attempts, including the successful one. The answer
    /// does not tell whether the number belonged to somebody else before.
    ///
    /// Refusals: `INVALID_INPUT` (`input.code`) for a code that is wrong, used, expired or tried too often, and
    /// (`input.followUp.code`) for a wrong follow-up code, which leaves the one-time code unused; `RATE_LIMITED` for a wrong
    /// follow-up code after five wrong ones within an hour.
    async fn login(&self, ctx: &Context<'_>, input: LoginInput) -> ApiResult<Session> {
        let app = app(ctx);
        Ok(login::login(app, &input.entered(), app.now()).await?.into())
    }

    /// Exchanges a refresh token, which can be used once, for new tokens. For one minute the server repeats the same
    /// answer, for a phone that lost the first one, until the new refresh token is used; after that minute, a second use
    /// ends the session. The client sends this request without the expired access token.
    ///
    /// Refusals: `UNAUTHENTICATED`: the user has to log in again.
    async fn refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The `refreshToken` of the session.")] refresh_token: String,
    ) -> ApiResult<Session> {
        let app = app(ctx);
        Ok(session::refresh(&app.database, &app.keys, &app.sightings, &refresh_token, app.now()).await?.into())
    }

    /// Ends the caller's session and all its tokens. Returns `true`, even if the session has already ended.
    ///
    /// Refusals: `UNAUTHENTICATED` for a caller who is not logged in.
    async fn logout(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        let app = app(ctx);
        session::logout(&app.database, caller(ctx), app.now()).await?;
        Ok(true)
    }

    /// Registers the key of the phone from which the caller is logged in; a phone does so after each login. Reports
    /// that it signed without a login before (`device` of `submitReport`) belong to the caller from now on. Only
    /// members of the public may do this. The phone signs the session, because public keys are no secret.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN`; `INVALID_INPUT` (`input.publicKey`) for a key that belongs to another
    /// person, and (`input.signature`) for a signature that is not one by this key over this session.
    async fn register_device(&self, ctx: &Context<'_>, input: RegisterDeviceInput) -> ApiResult<DeviceRegistered> {
        let key = DeviceKey::parse(&input.public_key, "input.publicKey")?;
        let adopted = devices::register(app(ctx), caller(ctx), &key, &input.signature).await?;
        Ok(DeviceRegistered { adopted_reports: i32::try_from(adopted).unwrap_or(i32::MAX) })
    }

    /// Opens one report with its follow-up code 查询码, without a login.
    ///
    /// The right code always opens the report, however many wrong ones came before.
    ///
    /// Refusals: `NOT_FOUND` for a wrong code, `RATE_LIMITED` for a wrong code after five wrong ones within an hour.
    async fn open_report(&self, ctx: &Context<'_>, input: OpenReportInput) -> ApiResult<FollowUpToken> {
        let app = app(ctx);
        let (report, code) = (input.report_id, &input.code);
        let token = followup::open_report(app.db(), &app.keys, &app.wrong_codes, report, code, app.now()).await?;
        Ok(FollowUpToken { access_token: token.text, ends_at: token.ends_at })
    }
}
