//! Requests that were served: the same `requestId` twice has one effect and the same answer, for ever.
//!
//! The row is written in the business transaction, and only for what succeeded. Neither the caller nor the request id
//! is kept in plain.

use chrono::{DateTime, Utc};
use domain::refusal::Code;
use entity::request;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};

/// A request as it came: who asks, under which id, for what.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey {
    key: Vec<u8>,
    operation: &'static str,
    input_hash: Vec<u8>,
}

impl IdempotencyKey {
    /// A request by `caller` (its kind and id, as bytes that never leave this function).
    ///
    /// # Errors
    /// When the input has no canonical form, which would be an internal error.
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

    /// What this request was answered with before, if it was.
    ///
    /// # Errors
    /// `REQUEST_ID_TAKEN` when the id was used for something else.
    pub(crate) async fn previous_result<C: ConnectionTrait>(&self, txn: &C) -> ApiResult<Option<Uuid>> {
        let Some(row) = request::Entity::find_by_id(self.key.clone()).one(txn).await? else { return Ok(None) };
        if row.operation == self.operation && row.input_hash == self.input_hash {
            return Ok(Some(row.result_id));
        }
        Err(Code::RequestIdTaken.into())
    }

    /// Notes that the request was served with `result`.
    ///
    /// # Errors
    /// A unique violation when the same request is being served by somebody else: the caller tries again.
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
