//! The interface to the vault through which this slice stores officers' phone numbers.

use async_trait::async_trait;
use domain::id::OfficerId;
use sea_orm::DatabaseTransaction;

use crate::error::ApiResult;

/// Stores the phone numbers with which officers log in. The vault implements it.
#[async_trait]
pub(crate) trait Phones: Send + Sync {
    /// Checks whether the vault already stores this phone number for the officer.
    async fn is_kept(&self, txn: &DatabaseTransaction, officer: OfficerId, phone: &str) -> ApiResult<bool>;

    /// Stores the officer's phone number, replacing an earlier one.
    ///
    /// # Errors
    /// `INVALID_INPUT` if it is not a mobile number or another officer has it.
    async fn keep(&self, txn: &DatabaseTransaction, officer: OfficerId, phone: &str) -> ApiResult<()>;
}

/// Checks whether the text has the format of a mainland mobile number: 11 digits, the first of which is 1.
#[must_use]
pub(crate) fn is_mobile(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|byte| byte.is_ascii_digit())
}
