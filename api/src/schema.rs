//! The published schema, and what every resolver asks of its context.

use async_graphql::Context;

use crate::app::App;
use crate::caller::Caller;

/// The running server.
#[must_use]
pub fn app<'a>(ctx: &Context<'a>) -> &'a App {
    ctx.data_unchecked()
}

/// Who asks.
#[must_use]
pub fn caller<'a>(ctx: &Context<'a>) -> &'a Caller {
    ctx.data_unchecked()
}
