//! Representation 代报: the person on whose behalf a report was submitted, for example because they have no phone or
//! cannot write. Officers who handle the report learn neither the author nor that person, to whom the award belongs.

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

/// The field of a report's secrets that names the represented person.
#[derive(Deserialize)]
struct RepresentedSecret {
    on_behalf_of: Option<ContactRecord>,
}

/// Returns the person on whose behalf a report was submitted, or `None` if the author reported for themself.
pub(super) async fn of<C: ConnectionTrait>(db: &C, keys: &Keys, report: ReportId) -> ApiResult<Option<ContactRecord>> {
    let secret: Option<RepresentedSecret> = secrets::read_secret(db, keys, report).await?;
    Ok(secret.and_then(|secret| secret.on_behalf_of))
}

/// Returns for each of these reports whether it was submitted on behalf of another person.
async fn among(app: &App, reports: &[ReportId]) -> ApiResult<HashMap<ReportId, bool>> {
    let found: HashMap<_, RepresentedSecret> = secrets::read_secrets(app.db(), &app.keys, reports.to_vec()).await?;
    Ok(found.into_iter().map(|(report, secret)| (report, secret.on_behalf_of.is_some())).collect())
}

/// A dataloader that tells whether reports were submitted on behalf of another person. Only a report's author may learn
/// this.
#[derive(Debug)]
pub(crate) struct IsOnBehalf;

impl Loader for IsOnBehalf {
    type Key = ReportId;
    type Value = bool;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        among(&reader.app, ids).await
    }
}
