//! Tests of the slice on both engines.

mod forged;
mod login;
mod money;
mod receipts;
mod sessions;

use domain::refusal::Code;

use crate::error::ApiResult;

/// Returns the code of a refusal, or `None` for a success.
fn refused<T>(result: ApiResult<T>) -> Option<Code> {
    result.err().map(|error| error.refusal().code)
}
