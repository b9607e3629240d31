//! Submits reports: validates and drafts each submission independently, enqueues it, and responds after the commit.

use std::collections::HashMap;

use domain::time::china_day;
use futures::future::join_all;
use uuid::Uuid;

use super::draft::{Arrival, Item};
use super::limit;
use super::replay::{self, Accepted};
use super::submission::{Checked, Submission, check};
use super::write_queue::WriteQueues;
use crate::admission::Priority;
use crate::app::App;
use crate::caller::{Caller, Who};
use crate::error::ApiResult;
use crate::identity::devices::{self, DeviceKey, DeviceSigner};

/// Submits reports and returns one result per submission, in input order. A faulty submission does not affect the
/// others. Several submissions in one request must have waited on a phone, so they get the priority
/// [`Priority::Queued`].
///
/// # Errors
/// `TRY_LATER` if the rule book or the device keys cannot be read. The error of a single submission is its own result.
pub(crate) async fn submit(
    app: &App,
    queues: &WriteQueues,
    caller: &Caller,
    items: Vec<Submission>,
) -> ApiResult<Vec<ApiResult<Accepted>>> {
    let several = items.len() > 1;
    let priority = if several { Priority::Queued } else { Priority::Live };
    let rules = app.rules_at_hand().await?;
    let checked: Vec<ApiResult<Checked>> = items.into_iter().map(check).collect();
    let signers = signers(app, caller, &checked).await?;
    let mut items: Vec<ApiResult<Item>> = checked
        .into_iter()
        .map(|checked| {
            let checked = checked?;
            let signer = signers.get(&checked.submission.id).cloned();
            let arrival = Arrival { at: app.now(), later: if several { drawn() } else { 0 } };
            Ok(Item::new(app, &rules, caller.clone(), signer, checked, arrival))
        })
        .collect();
    limit::limit(app, &mut items).await?;
    // All submissions are enqueued before the first result is awaited, so that they can share a transaction.
    let under_way: Vec<_> = items
        .into_iter()
        .map(|item| {
            let item = item?;
            let (id, author) = (item.checked.submission.id, item.written_by().known_person().cloned());
            Ok((id, author, queues.enter(app, item, priority)?))
        })
        .collect();
    let answers = under_way.into_iter().map(async |entered: ApiResult<_>| {
        let (id, author, written) = entered?;
        let accepted = replay::accepted(app, written.await?, id)?;
        if let Some(author) = author {
            app.sightings.note(&author, china_day(app.now()));
        }
        Ok(accepted)
    });
    Ok(join_all(answers).await)
}

/// Draws one of the next four boundaries of the time veil, so that the reports of one phone do not appear together.
fn drawn() -> u8 {
    u8::try_from(Uuid::new_v4().as_u128() % 4).unwrap_or_default()
}

/// Looks up the owners of the device keys that signed these submissions, by submission id. The map is empty for a
/// caller who is logged in as a reporter, because the login already identifies the person.
async fn signers(app: &App, caller: &Caller, checked: &[ApiResult<Checked>]) -> ApiResult<HashMap<Uuid, DeviceSigner>> {
    if matches!(caller.who, Who::Reporter(_)) {
        return Ok(HashMap::new());
    }
    let sent = checked.iter().filter_map(|checked| Some(&checked.as_ref().ok()?.submission));
    let signed: Vec<(Uuid, &DeviceKey)> = sent.filter_map(|sent| Some((sent.id, &sent.signed.as_ref()?.key))).collect();
    let keys: Vec<&DeviceKey> = signed.iter().map(|(_, key)| *key).collect();
    let found = devices::signers(app.db(), &app.keys, &keys).await?;
    Ok(signed.into_iter().map(|(id, _)| id).zip(found).collect())
}
