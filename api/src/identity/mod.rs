//! Identity: who is who. The only slice that names the vault's tables; plaintext identity types have no `Debug`, no
//! `Display`, no `Serialize` and no GraphQL output.
//!
//! Other slices ask here, and get as little as they need: who wrote a report as a sealed [`PersonId`], whether a unit
//! is barred as a condition for their own finders, whether an award may be collected as yes or no.

mod access;
pub mod appointment;
pub mod authorship;
pub mod bars;
pub mod codes;
mod contact;
pub mod devices;
pub mod followup;
pub mod graphql;
pub mod key_copy;
mod key_folder;
pub mod keys;
pub mod officers;
pub mod payee;
pub mod people;
mod person;
pub mod receipt;
pub mod represented;
pub mod seal;
pub mod secrets;
pub mod sender;
pub mod session;
pub mod sweep;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod viewer;

pub use access::{caller_from_token, caller_of};
pub use authorship::{Authorship, Naming, WrittenBy};
pub use bars::not_barred;
pub use contact::Contact;
pub use keys::{BadKeys, Keys};
pub use person::{PersonId, PersonName, Phone};
pub use sweep::LOGIN_TABLES;

use domain::id::{OfficerId, ReportId};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::error::ApiResult;
use crate::policy::china_day;

/// Whether the officer is the person who wrote the report, on whose behalf it was written, or who collects its award:
/// nobody judges their own.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub async fn same_person<C: ConnectionTrait>(
    app: &App,
    db: &C,
    officer: OfficerId,
    report: ReportId,
) -> ApiResult<bool> {
    payee::same_person(db, &app.keys, officer, report).await
}

/// Whether the award of a report at `area_path` is excluded today because its reporter was doing their own duty. The
/// answer has no reason.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub async fn own_duty_excluded<C: ConnectionTrait>(
    app: &App,
    db: &C,
    report: ReportId,
    area_path: &str,
) -> ApiResult<bool> {
    payee::own_duty_excluded(db, &app.keys, report, area_path, china_day(app.now())).await
}
