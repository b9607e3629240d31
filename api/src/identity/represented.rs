//! On whose behalf 代报 a report was handed in: somebody without a phone of their own, or who cannot write. Who handles the
//! report learns neither of the two; the award is for the one who was represented.

use std::collections::HashMap;

use domain::id::ReportId;
use sea_orm::ConnectionTrait;
use serde::Deserialize;

use super::contact::ContactRecord;
use super::keys::Keys;
use super::secrets;
use crate::app::App;
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;

/// What of a report's secrets tells it.
#[derive(Deserialize)]
struct RepresentedSecret {
    on_behalf_of: Option<ContactRecord>,
}

/// On whose behalf a report was handed in.
pub(super) async fn of<C: ConnectionTrait>(db: &C, keys: &Keys, report: ReportId) -> ApiResult<Option<ContactRecord>> {
    let secret: Option<RepresentedSecret> = secrets::read_secret(db, keys, report).await?;
    Ok(secret.and_then(|secret| secret.on_behalf_of))
}

/// Which of these reports were handed in on behalf of somebody.
async fn among(app: &App, reports: &[ReportId]) -> ApiResult<HashMap<ReportId, bool>> {
    let found: HashMap<_, RepresentedSecret> = secrets::read_secrets(app.db(), &app.keys, reports.to_vec()).await?;
    Ok(found.into_iter().map(|(report, secret)| (report, secret.on_behalf_of.is_some())).collect())
}

/// Whether a report was handed in on behalf of somebody; only for its author to see.
#[derive(Debug)]
pub(crate) struct IsOnBehalf;

impl Loader for IsOnBehalf {
    type Key = ReportId;
    type Value = bool;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        among(&reader.app, ids).await
    }
}
