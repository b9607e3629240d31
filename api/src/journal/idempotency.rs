//! Requests that were served: a repeated `requestId` has no second effect and gets the same answer, without a time
//! limit.
//!
//! The row is written in the transaction of the step, and only if the step succeeds. The table holds the caller and the
//! request id as a hash only.

use chrono::{DateTime, Utc};
use domain::refusal::Code;
use entity::request;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};

/// The key of a request: the caller, the request id and the hash of the input.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey {
    key: Vec<u8>,
    operation: &'static str,
    input_hash: Vec<u8>,
}

impl IdempotencyKey {
    /// Returns the key of a request by `caller` (its kind and id, as bytes, which never leave this function).
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

    /// Returns the result with which this request was answered before, or `None` for a new request.
    ///
    /// # Errors
    /// `REQUEST_ID_TAKEN` if the caller has used the id for another operation or input.
    pub(crate) async fn previous_result<C: ConnectionTrait>(&self, txn: &C) -> ApiResult<Option<Uuid>> {
        let Some(row) = request::Entity::find_by_id(self.key.clone()).one(txn).await? else { return Ok(None) };
        if row.operation == self.operation && row.input_hash == self.input_hash {
            return Ok(Some(row.result_id));
        }
        Err(Code::RequestIdTaken.into())
    }

    /// Records that the request was served with `result`.
    ///
    /// # Errors
    /// A unique violation if another transaction serves the same request at the same time. The caller then retries.
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
