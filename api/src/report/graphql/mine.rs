//! A report, as its author sees it in the published schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::callback::Satisfaction;
use domain::id::ReportId;
use domain::report::ReportStatus;
use entity::{callback, report};

use super::{Amendment, Place, amendments, photos};
use crate::context::caller;
use crate::dataloader::load;
use crate::error::ApiError;
use crate::identity::represented::IsOnBehalf;
use crate::notice::graphql::{Notice, connection};
use crate::notice::loader::{NoticesOfReport, UnreadOfReport};
use crate::page::{self, Cursor, Page};
use crate::photo::graphql::Photo;
use crate::policy::routing::Routing;
use crate::report::loader::NewestCallback;
use crate::report::rows;
use crate::reward::graphql::MyAward;
use crate::reward::loader::AwardsOfReport;

/// A report, for its author.
#[derive(Debug)]
pub struct MyReport(pub report::Model);

/// A report 报告, as its author sees it: everything that was said, and what became of it.
#[Object]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl MyReport {
    /// The report.
    async fn id(&self) -> ReportId {
        self.0.id
    }

    /// Where it stands.
    async fn status(&self) -> ReportStatus {
        self.0.status
    }

    /// Whether you handed it in on behalf of somebody 代报. Its award is theirs, unless `giveIdentity` names another.
    async fn on_behalf(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(load::<IsOnBehalf>(ctx, self.0.id).await?.unwrap_or_default())
    }

    /// What was written.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Code of the category, as it was sent.
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// Whether people are in danger now.
    async fn emergency(&self) -> bool {
        self.0.emergency
    }

    /// Where.
    async fn place(&self) -> Result<Place, ApiError> {
        Ok(Place::of(rows::point_of(self.0.lng_e7, self.0.lat_e7)?, self.0.address.clone()))
    }

    /// When it came, exactly.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.received_at
    }

    /// Why it came to the unit that reviews it, in a sentence.
    async fn why_here(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let routing: Routing = serde_json::from_str(&self.0.routing).map_err(ApiError::internal)?;
        Ok(routing.why.text(caller(ctx).language).to_owned())
    }

    /// Its photos, at most 9.
    async fn photos(&self, ctx: &Context<'_>) -> Result<Vec<Photo>, ApiError> {
        photos(ctx, self.0.id).await
    }

    /// What was added later, oldest first.
    async fn amendments(&self, ctx: &Context<'_>) -> Result<Vec<Amendment>, ApiError> {
        amendments(ctx, self.0.id).await
    }

    /// Its award, if it was the first true report of a hazard and the award was approved.
    async fn award(&self, ctx: &Context<'_>) -> Result<Option<MyAward>, ApiError> {
        let rows = load::<AwardsOfReport>(ctx, self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().find(MyAward::is_told).map(MyAward))
    }

    /// The newest question about the result 回访: answer it by `answerCallback`. Null until the hazard is closed.
    async fn callback(&self, ctx: &Context<'_>) -> Result<Option<Callback>, ApiError> {
        Ok(load::<NewestCallback>(ctx, self.0.id).await?.map(Callback))
    }

    /// What you were told of it 通知, newest first: of the report, of its hazard, of its award. A notice comes a moment
    /// after what it tells of.
    ///
    /// Refusals: `INVALID_INPUT` for the page.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows of the page, 1 to 100; 20 without it.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<Connection<Cursor, Notice>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let entries = load::<NoticesOfReport>(ctx, (self.0.id, page)).await?;
        Ok(connection(&page, entries.unwrap_or_default()))
    }

    /// How many of its notices you have not marked as read: see `markNoticesRead`.
    async fn unread_notices(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(load::<UnreadOfReport>(ctx, self.0.id).await?.unwrap_or_default())
    }
}

/// A callback.
#[derive(Debug)]
pub struct Callback(pub callback::Model);

/// A callback 回访: what the reporter is asked when a hazard was closed, and what was answered.
#[Object]
impl Callback {
    /// The round of the hazard that was closed.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// When it was asked.
    async fn asked_at(&self) -> DateTime<Utc> {
        self.0.asked_at
    }

    /// When it was answered; null while it waits.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// Whether anybody was in contact 是否联系.
    async fn contacted(&self) -> Option<bool> {
        self.0.contacted
    }

    /// Whether it is solved 是否解决.
    async fn solved(&self) -> Option<bool> {
        self.0.solved
    }

    /// Whether the reporter is satisfied 是否满意.
    async fn satisfaction(&self) -> Option<Satisfaction> {
        self.0.satisfaction
    }

    /// Whether this answer opened the hazard again.
    async fn reopened(&self) -> bool {
        self.0.reopened
    }
}
