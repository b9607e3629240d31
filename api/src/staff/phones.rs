//! Where the phones of officers are kept.

use async_trait::async_trait;
use domain::id::OfficerId;
use sea_orm::DatabaseTransaction;

use crate::error::ApiResult;

/// Keeps the phones by which officers log in. The vault does; this slice only hands them over.
#[async_trait]
pub(crate) trait Phones: Send + Sync {
    /// Whether this is the phone that is kept for the officer.
    ///
    /// # Errors
    /// Whatever the database says.
    async fn is_kept(&self, txn: &DatabaseTransaction, officer: OfficerId, phone: &str) -> ApiResult<bool>;

    /// Keeps the phone for the officer, instead of any before.
    ///
    /// # Errors
    /// `INVALID_INPUT` when it is no phone number or another officer has it.
    async fn keep(&self, txn: &DatabaseTransaction, officer: OfficerId, phone: &str) -> ApiResult<()>;
}

/// Whether this can be a mobile number of the mainland: 11 digits, the first of them 1.
#[must_use]
pub(crate) fn is_mobile(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|byte| byte.is_ascii_digit())
}
