//! Accessors for the values in the GraphQL context of a request: the app and the caller.

use async_graphql::Context;

use crate::app::App;
use crate::caller::Caller;

/// Returns the app. Panics if the schema was built without one.
#[must_use]
pub(crate) fn app<'a>(ctx: &Context<'a>) -> &'a App {
    ctx.data_unchecked()
}

/// Returns the caller. Panics if the request was executed without one.
#[must_use]
pub(crate) fn caller<'a>(ctx: &Context<'a>) -> &'a Caller {
    ctx.data_unchecked()
}
