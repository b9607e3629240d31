//! Notices, as the published schema shows them to the author of a report.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::id::ReportId;
use uuid::Uuid;

use super::kind::NoticeKind;
use super::service::{self, Entry};
use super::texts;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::page::{Cursor, Page};
use crate::report::graphql::mine::MyReport;
use crate::report::reading;

/// A notice, as the published schema shows it.
#[derive(Debug)]
pub struct Notice(pub Entry);

/// A notice 通知 to the author of a report: what happened to the report, to its hazard or to its award.
#[Object]
impl Notice {
    /// Its id.
    async fn id(&self) -> Uuid {
        self.0.row.id
    }

    /// What it tells.
    async fn kind(&self) -> NoticeKind {
        self.0.kind
    }

    /// The sentence for people, in the caller's language.
    async fn text(&self, ctx: &Context<'_>) -> String {
        texts::text(self.0.kind, &self.0.facts, caller(ctx).language)
    }

    /// What the office wrote for the author to read, as it was written; null with most notices.
    async fn said(&self) -> Option<&str> {
        self.0.said.as_deref()
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.row.at
    }

    /// When it was marked as read; null before.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.read_at
    }
}

/// The connection of entries that [`super::service::entries`] found for this page.
#[must_use]
pub fn connection(page: &Page, entries: Vec<Entry>) -> Connection<Cursor, Notice> {
    page.connection(entries, |entry| Cursor { at: entry.row.at, id: entry.row.id }, Notice)
}

/// Which notices of a report its author has read.
#[derive(Debug, InputObject)]
pub struct MarkNoticesReadInput {
    /// The report.
    pub report_id: ReportId,
    /// The notices, at most 100. Ids that are not of this report change nothing.
    pub notice_ids: Vec<Uuid>,
    /// Made by the client, where it wants to be sure that a retry is taken for one. Marking twice has one effect with it
    /// and without.
    pub request_id: Option<Uuid>,
}

/// What an author does with notices.
#[derive(Debug, Default)]
pub struct NoticeMutation;

/// What can be done with notices.
#[Object]
impl NoticeMutation {
    /// Marks notices 通知 as read. For the author of the report, or the holder of its follow-up code.
    ///
    /// Refusals: `UNAUTHENTICATED`; `NOT_FOUND` for a report of others; `INVALID_INPUT` for more than 100 notices;
    /// `REQUEST_ID_TAKEN`.
    async fn mark_notices_read(&self, ctx: &Context<'_>, input: MarkNoticesReadInput) -> Result<MyReport, ApiError> {
        let (id, notices) = (input.report_id, &input.notice_ids);
        service::mark_read(app(ctx), caller(ctx), id, notices, input.request_id).await?;
        Ok(MyReport(reading::author(app(ctx), caller(ctx), id).await?))
    }
}
