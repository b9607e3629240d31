//! The interface to the vault through which this slice stores officers' phone numbers.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::id::OfficerId;
use sea_orm::DatabaseTransaction;

use crate::error::ApiResult;

/// The number with which an officer logs in. It cannot be printed.
#[derive(Clone)]
pub(crate) struct OfficerNumber {
    /// The officer.
    pub officer: OfficerId,
    /// The eleven digits of a mobile number, as [`domain::written::mobile`] reads them.
    pub digits: String,
}

/// What storing a number would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberChange {
    /// The officer already has this number.
    Kept,
    /// The officer has no number yet.
    First,
    /// The officer has another number, which this one replaces.
    Changed,
    /// An officer who is not among those whose numbers are stored has this number.
    Taken,
}

/// Stores the phone numbers with which officers log in. The vault implements it.
#[async_trait]
pub(crate) trait Phones: Send + Sync {
    /// Returns the keyed form of a hash of a file that contains numbers. The hash itself, stored in the journal, would
    /// let somebody without the keys try out the numbers of a short file.
    fn keyed_hash(&self, sha256: &str) -> String;

    /// Says for each of these numbers what storing all of them would do, in the same order.
    async fn compare(&self, txn: &DatabaseTransaction, numbers: &[OfficerNumber]) -> ApiResult<Vec<NumberChange>>;

    /// Stores these numbers, replacing earlier ones. Officers may exchange their numbers. The sessions of an officer
    /// whose number changes end, with an event that does not contain the number.
    ///
    /// # Errors
    /// `INVALID_INPUT` naming `phone` if an officer who is not among these has one of the numbers.
    async fn keep(&self, txn: &DatabaseTransaction, numbers: &[OfficerNumber], at: DateTime<Utc>) -> ApiResult<()>;

    /// Ends the sessions and the login codes of officers who leave or come back, each with an event: who comes back logs
    /// in again.
    async fn end_logins(&self, txn: &DatabaseTransaction, officers: &[OfficerId], at: DateTime<Utc>) -> ApiResult<()>;
}
