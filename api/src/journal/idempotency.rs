//! Idempotency keys: a repeated `requestId` has no second effect and receives the original result, without an expiry
//! time.
//!
//! The row of table `request` is inserted in the transaction of the step, so it exists only if the step commits. The
//! table stores the caller and the request id only as a SHA-256 hash.

use chrono::{DateTime, Utc};
use domain::refusal::Code;
use entity::request;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};

/// The idempotency key of a request: a hash of the caller and the request id, the operation, and a hash of the input.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey {
    key: Vec<u8>,
    operation: &'static str,
    input_hash: Vec<u8>,
}

impl IdempotencyKey {
    /// Computes the key of a request by `caller`, the kind and id of the caller as bytes; only their hash leaves this
    /// function. The length prefix keeps the concatenation of caller and request id unambiguous.
    pub(crate) fn new<I: Serialize>(
        caller: &[u8],
        request_id: Uuid,
        operation: &'static str,
        input: &I,
    ) -> ApiResult<Self> {
        let mut key = Sha256::new();
        key.update((caller.len() as u64).to_be_bytes());
        key.update(caller);
        key.update(request_id.as_bytes());
        let input = serde_json_canonicalizer::to_vec(input).map_err(ApiError::internal)?;
        Ok(Self { key: key.finalize().to_vec(), operation, input_hash: Sha256::digest(&input).to_vec() })
    }

    /// Looks up the result id of an earlier execution of this request; `None` for a new request.
    ///
    /// # Errors
    /// `REQUEST_ID_TAKEN` if the caller has already used the request id for another operation or input.
    pub(crate) async fn previous_result<C: ConnectionTrait>(&self, txn: &C) -> ApiResult<Option<Uuid>> {
        let Some(row) = request::Entity::find_by_id(self.key.clone()).one(txn).await? else { return Ok(None) };
        if row.operation == self.operation && row.input_hash == self.input_hash {
            return Ok(Some(row.result_id));
        }
        Err(Code::RequestIdTaken.into())
    }

    /// Records that the request was executed and that `result` is the id of the row it created or changed.
    ///
    /// # Errors
    /// A unique violation if a concurrent transaction records the same request. The caller then retries and finds the
    /// recorded result.
    pub(crate) async fn record<C: ConnectionTrait>(&self, txn: &C, result: Uuid, at: DateTime<Utc>) -> ApiResult<()> {
        let row = request::ActiveModel {
            request_key: Set(self.key.clone()),
            operation: Set(self.operation.to_owned()),
            input_hash: Set(self.input_hash.clone()),
            result_id: Set(result),
            at: Set(at),
        };
        request::Entity::insert(row).exec_without_returning(txn).await?;
        Ok(())
    }
}
