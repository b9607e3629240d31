//! GraphQL types and mutations of notices, for the author of a report.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::id::ReportId;
use uuid::Uuid;

use super::kind::NoticeKind;
use super::service::{self, InboxEntry};
use super::texts;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::page::{Cursor, Page};
use crate::report::graphql::mine::MyReport;
use crate::report::reading;

/// The GraphQL object that wraps a notice.
#[derive(Debug)]
pub(crate) struct Notice(pub InboxEntry);

/// A notice 通知 to the author of a report about an event in the report, its hazard or its award.
#[Object]
impl Notice {
    /// The id of the notice.
    async fn id(&self) -> Uuid {
        self.0.row.id
    }

    /// The kind of notice.
    async fn kind(&self) -> NoticeKind {
        self.0.kind
    }

    /// The sentence to show to the user, in the language of the request.
    async fn text(&self, ctx: &Context<'_>) -> String {
        texts::text(self.0.kind, &self.0.facts, caller(ctx).language)
    }

    /// The text that the office wrote for the author, unchanged; null for most notices.
    async fn said(&self) -> Option<&str> {
        self.0.said.as_deref()
    }

    /// The time of the event.
    async fn at(&self) -> DateTime<Utc> {
        self.0.row.at
    }

    /// The time at which the notice was marked as read; null until then.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.read_at
    }
}

/// Builds the Relay connection from the rows that [`super::service::entries`] returned for this page.
#[must_use]
pub(crate) fn connection(page: &Page, entries: Vec<InboxEntry>) -> Connection<Cursor, Notice> {
    page.connection(entries, |entry| Cursor { at: entry.row.at, id: entry.row.id }, Notice)
}

/// The input of `markNoticesRead`.
#[derive(Debug, InputObject)]
pub(crate) struct MarkNoticesReadInput {
    /// The id of the report.
    pub report_id: ReportId,
    /// The ids of the notices, at most 100. Ids that do not belong to the report have no effect.
    pub notice_ids: Vec<Uuid>,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    pub request_id: Option<Uuid>,
}

/// The mutation root for notices.
#[derive(Debug, Default)]
pub(crate) struct NoticeMutation;

/// What can be done with notices.
#[Object]
impl NoticeMutation {
    /// Marks notices 通知 as read. Marking them again has no further effect, with or without `requestId`. Only the author
    /// of the report and the holder of its follow-up code may do this.
    ///
    /// Refusals: `UNAUTHENTICATED`; `NOT_FOUND` for another person's report; `INVALID_INPUT` for more than 100 notices;
    /// `REQUEST_ID_TAKEN`.
    async fn mark_notices_read(&self, ctx: &Context<'_>, input: MarkNoticesReadInput) -> Result<MyReport, ApiError> {
        let (id, notices) = (input.report_id, &input.notice_ids);
        service::mark_read(app(ctx), caller(ctx), id, notices, input.request_id).await?;
        Ok(MyReport(reading::author(app(ctx), caller(ctx), id).await?))
    }
}
