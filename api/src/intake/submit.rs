//! Submitting: each submission is checked and drafted alone, goes by its lane, and is answered after its commit.

use futures::future::join_all;

use super::draft::Item;
use super::replay::{self, Accepted};
use super::submission::{Submission, check};
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;

/// Takes submissions and answers each, in their order: what is good is kept, whatever its neighbours are.
///
/// # Errors
/// Only when none could be looked at: `TRY_LATER`. What is wrong with one is its own answer.
pub async fn submit(app: &App, caller: &Caller, items: Vec<Submission>) -> ApiResult<Vec<ApiResult<Accepted>>> {
    let rules = app.rules_at_hand().await?;
    // All are in their lanes before the first is waited for: they share a transaction.
    let under_way: Vec<_> = items
        .into_iter()
        .map(|sent| {
            let id = sent.id;
            let item = Item::new(app, &rules, caller.clone(), check(sent)?, app.now());
            Ok((id, app.lanes.enter(app, item)?))
        })
        .collect();
    let answers = under_way.into_iter().map(async |entered: ApiResult<_>| {
        let (id, written) = entered?;
        replay::accepted(app, written.await?, id)
    });
    Ok(join_all(answers).await)
}
