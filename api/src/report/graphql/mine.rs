//! GraphQL types of the author's own report.

use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::callback::Satisfaction;
use domain::id::ReportId;
use domain::refusal::Language;
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
use crate::report::loader::{NewestCallback, ReadBy};
use crate::report::rows;
use crate::reward::graphql::MyAward;
use crate::reward::loader::AwardsOfReport;

/// The GraphQL object for the author that wraps a row of table `report`.
#[derive(Debug)]
pub(crate) struct MyReport(pub report::Model);

/// A report 报告, as its author sees it: its full content and its progress.
#[Object]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl MyReport {
    /// The id of the report.
    async fn id(&self) -> ReportId {
        self.0.id
    }

    /// The status of the report.
    async fn status(&self) -> ReportStatus {
        self.0.status
    }

    /// Whether the author submitted the report on behalf of another person 代报. The award belongs to that person, unless
    /// `giveIdentity` names another recipient.
    async fn on_behalf(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(load::<IsOnBehalf>(ctx, self.0.id).await?.unwrap_or_default())
    }

    /// The text of the report.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The code of the category, as it was sent.
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// Whether people are in danger now.
    async fn emergency(&self) -> bool {
        self.0.emergency
    }

    /// The place of the report.
    async fn place(&self) -> Result<Place, ApiError> {
        Ok(Place::of(rows::point_of(self.0.lng_e7, self.0.lat_e7)?, self.0.address.clone()))
    }

    /// The exact time at which the server received the report.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.received_at
    }

    /// The reason, in one sentence, why the report was assigned to the unit that reviews it.
    async fn why_here(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let routing: Routing = serde_json::from_str(&self.0.routing).map_err(ApiError::internal)?;
        let language = caller(ctx).language;
        if routing.review_unit != self.0.review_unit {
            return Ok(moved_on(language).to_owned());
        }
        Ok(routing.why.text(language).to_owned())
    }

    /// The photos of the report, at most 9.
    async fn photos(&self, ctx: &Context<'_>) -> Result<Vec<Photo>, ApiError> {
        Ok(photos(ctx, self.0.id).await?.into_iter().map(Photo::own).collect())
    }

    /// The additions to the report, newest first, at most 20.
    ///
    /// Refusals: `INVALID_INPUT` (`first`, `after`).
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn amendments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Amendment>, ApiError> {
        amendments(ctx, self.0.id, Page::of(first, after.as_deref())?, ReadBy::Author).await
    }

    /// The award of the report; null unless it was the first true report of a hazard and the award was approved.
    async fn award(&self, ctx: &Context<'_>) -> Result<Option<MyAward>, ApiError> {
        let rows = load::<AwardsOfReport>(ctx, self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().find(MyAward::is_notified).map(MyAward))
    }

    /// The latest callback 回访, which `answerCallback` answers; null until the hazard is closed.
    async fn callback(&self, ctx: &Context<'_>) -> Result<Option<Callback>, ApiError> {
        Ok(load::<NewestCallback>(ctx, self.0.id).await?.map(Callback))
    }

    /// The notices 通知 about the report, its hazard and its award, newest first. A notice appears a moment after the
    /// event that it describes.
    ///
    /// Refusals: `INVALID_INPUT` (`first`, `after`).
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Notice>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let entries = load::<NoticesOfReport>(ctx, (self.0.id, page)).await?;
        Ok(connection(&page, entries.unwrap_or_default()))
    }

    /// The number of notices that have not been marked as read by `markNoticesRead`.
    async fn unread_notices(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(load::<UnreadOfReport>(ctx, self.0.id).await?.unwrap_or_default())
    }
}

/// The GraphQL object that wraps a row of table `callback`.
#[derive(Debug)]
pub(crate) struct Callback(pub callback::Model);

/// A callback 回访: the questions that the reporter is asked after the hazard was closed, and the answers.
#[Object]
impl Callback {
    /// The round of the hazard that was closed.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// The time at which the reporter was asked.
    async fn asked_at(&self) -> DateTime<Utc> {
        self.0.asked_at
    }

    /// The time at which the reporter answered; null until then.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// Whether an officer contacted the reporter 是否联系.
    async fn contacted(&self) -> Option<bool> {
        self.0.contacted
    }

    /// Whether the problem is solved 是否解决.
    async fn solved(&self) -> Option<bool> {
        self.0.solved
    }

    /// How satisfied the reporter is with the result 是否满意.
    async fn satisfaction(&self) -> Option<Satisfaction> {
        self.0.satisfaction
    }

    /// Whether this answer reopened the hazard.
    async fn reopened(&self) -> bool {
        self.0.reopened
    }
}

/// Returns what an author reads of a report that was referred to another unit 转办.
const fn moved_on(language: Language) -> &'static str {
    match language {
        Language::Chinese => "您的报告已转交另一单位继续审核。",
        Language::English => "Your report has been passed to another unit, which reviews it now.",
    }
}
