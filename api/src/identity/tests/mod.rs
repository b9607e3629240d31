//! Tests of the identity slice on both database engines.

mod forged;
mod last_seen;
mod login;
mod money;
mod receipts;
mod sessions;

use domain::refusal::Code;

use crate::error::ApiResult;

/// Returns the code of an error, or `None` for success.
fn refused<T>(result: ApiResult<T>) -> Option<Code> {
    result.err().map(|error| error.refusal().code)
}
