//! Notices, as the published schema shows them to the author of a report.

use async_graphql::connection::Connection;
use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::kind::NoticeKind;
use super::service::Entry;
use super::texts;
use crate::page::{Cursor, Page};
use crate::schema::caller;

/// A notice 通知 to the author of a report: what happened to the report, to its hazard or to its award.
#[derive(Debug)]
pub struct Notice(pub Entry);

/// What the author reads.
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
