//! What this slice asks about people, and gets as yes or no: never who.

use async_trait::async_trait;
use domain::id::{OfficerId, ReportId};
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::caller::{Caller, Who};
use crate::error::ApiResult;
use crate::identity::authorship;

/// Answers about people. Asked inside the transaction that decides.
#[async_trait]
pub trait People: Send + Sync {
    /// Whether this officer is, as a member of the public, the author of the report.
    async fn wrote(&self, txn: &DatabaseTransaction, officer: OfficerId, report: ReportId) -> ApiResult<bool>;

    /// Whether the caller is the author of the report, by login or by its follow-up code.
    async fn is_author(&self, txn: &DatabaseTransaction, caller: &Caller, report: ReportId) -> ApiResult<bool>;

    /// Whether the author of the report has an identity that money can be paid to. `anonymous_may`: whether the policy
    /// lets an anonymous author give one now.
    async fn may_be_paid(&self, txn: &DatabaseTransaction, report: ReportId, anonymous_may: bool) -> ApiResult<bool>;
}

/// The answers of the vault.
#[derive(Debug, Clone, Copy)]
pub struct Vault<'a>(pub &'a App);
