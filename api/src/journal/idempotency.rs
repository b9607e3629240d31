//! Idempotency keys: a repeated `requestId` has no second effect and receives the original result, without an expiry
//! time.
//!
//! The row of table `request` is inserted in the transaction of the step, so it exists only if the step commits. The
//! table stores the caller, the request id and the input only as keyed hashes: somebody who has stolen the database
//! cannot test a guess, for example of a number that an input contains.
//!
//! Earlier builds stored hashes without a key. Their requests are still recognised by that form.

use chrono::{DateTime, Utc};
use domain::refusal::Code;
use entity::request;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::error::{ApiError, ApiResult};

/// The two hashes by which a request is recognised, in one of the stored forms.
#[derive(Debug, Clone)]
struct StoredForm {
    key: Vec<u8>,
    input_hash: Vec<u8>,
}

/// The idempotency key of a request: a hash of the caller and the request id, the operation, and a hash of the input.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey {
    operation: &'static str,
    /// The form that is stored: HMAC-SHA-256 over the hashes of the earlier form.
    keyed: StoredForm,
    /// The form of earlier builds: SHA-256.
    plain: StoredForm,
    /// What an earlier build stored for this request, if it hashed less of the input.
    earlier: Vec<StoredForm>,
}

impl IdempotencyKey {
    /// Computes the key of a request by `caller`, the kind and id of the caller as bytes; only their hash leaves this
    /// function. The length prefix keeps the concatenation of caller and request id unambiguous.
    pub(crate) fn new<I: Serialize>(
        app: &App,
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
        let plain = StoredForm { key: key.finalize().to_vec(), input_hash: Sha256::digest(&input).to_vec() };
        let keyed = StoredForm {
            key: app.keys.request_mac(b"key", &plain.key),
            input_hash: app.keys.request_mac(b"input", &plain.input_hash),
        };
        Ok(Self { operation, keyed, plain, earlier: Vec::new() })
    }

    /// Also recognises the request if an earlier build stored it with the hash of this input, which is only a part of the
    /// input of today.
    pub(crate) fn or_stored_with<I: Serialize>(mut self, app: &App, input: &I) -> ApiResult<Self> {
        let input = serde_json_canonicalizer::to_vec(input).map_err(ApiError::internal)?;
        let hash = Sha256::digest(&input).to_vec();
        let keyed = app.keys.request_mac(b"input", &hash);
        self.earlier = vec![
            StoredForm { key: self.keyed.key.clone(), input_hash: keyed },
            StoredForm { key: self.plain.key.clone(), input_hash: hash },
        ];
        Ok(self)
    }

    /// Looks up the result id of an earlier execution of this request; `None` for a new request.
    ///
    /// # Errors
    /// `REQUEST_ID_TAKEN` if the caller has already used the request id for another operation or input.
    pub(crate) async fn previous_result<C: ConnectionTrait>(&self, txn: &C) -> ApiResult<Option<Uuid>> {
        let forms = [&self.keyed, &self.plain];
        let keys = forms.map(|form| form.key.clone());
        let rows = request::Entity::find().filter(request::Column::RequestKey.is_in(keys)).all(txn).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let is_same = forms
            .into_iter()
            .chain(&self.earlier)
            .any(|form| row.request_key == form.key && row.input_hash == form.input_hash);
        if row.operation == self.operation && is_same {
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
            request_key: Set(self.keyed.key.clone()),
            operation: Set(self.operation.to_owned()),
            input_hash: Set(self.keyed.input_hash.clone()),
            result_id: Set(result),
            at: Set(at),
        };
        request::Entity::insert(row).exec_without_returning(txn).await?;
        Ok(())
    }
}
