//! The values that resolvers take out of the context of a request: the app and the caller.

use async_graphql::Context;

use crate::app::App;
use crate::caller::Caller;

/// Returns the app.
#[must_use]
pub(crate) fn app<'a>(ctx: &Context<'a>) -> &'a App {
    ctx.data_unchecked()
}

/// Returns the caller.
#[must_use]
pub(crate) fn caller<'a>(ctx: &Context<'a>) -> &'a Caller {
    ctx.data_unchecked()
}
