//! The subject 责任单位 of a hazard: the enterprise, owner or place that is responsible for it.

use domain::id::SubjectId;
use domain::refusal::Refusal;
use domain::subject::Uscc;
use domain::text::{self, TextFlaw};
use entity::{subject, subject_code};
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::Serialize;
use uuid::Uuid;

use crate::app::App;
use crate::error::ApiResult;
use crate::identity::seal::SealAad;

/// The maximum length of a subject name, in characters.
const NAME_MAX: usize = 100;
/// The maximum length of the contact details of a subject, in characters.
const CONTACT_MAX: usize = 500;

/// A subject as entered by the reviewer. The idempotency key hashes this struct as JSON, so renaming a field would
/// invalidate stored keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NewSubject {
    /// The name of the enterprise, owner or place, at most 100 characters.
    pub name: String,
    /// The unified social credit code 统一社会信用代码 (GB 32100-2015).
    pub uscc: Option<String>,
    /// The contact details in plaintext; only their ciphertext is stored.
    pub contact: Option<String>,
}

/// Validates a subject and returns its id: a subject with the same code is found again, and keeps its name; another one is
/// written, with its contact details encrypted.
///
/// # Errors
/// `INVALID_INPUT` for an empty or too long name, too long contact details, or an invalid social credit code.
pub(crate) async fn find_or_write<C: ConnectionTrait>(app: &App, txn: &C, new: &NewSubject) -> ApiResult<SubjectId> {
    let name = new.name.trim();
    text::check(name, 1, NAME_MAX).map_err(|flaw| match flaw {
        TextFlaw::Invisible => {
            Refusal::invalid("input.subject.name", "请填写责任单位名称。", "Enter the name of the responsible party.")
        }
        TextFlaw::Control | TextFlaw::Length { .. } => flaw.of("input.subject.name"),
    })?;
    let uscc = new.uscc.as_deref().map(Uscc::parse).transpose()?;
    if let Some(code) = &uscc
        && let Some(known) = subject_code::Entity::find_by_id(code.to_string()).one(txn).await?
    {
        return Ok(known.subject_id);
    }
    let id = SubjectId(Uuid::new_v4());
    let contact = match new.contact.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => {
            text::check(text, 1, CONTACT_MAX).map_err(|flaw| flaw.of("input.subject.contact"))?;
            Some(app.keys.seal(SealAad::new("subject", "contact_ct", id.0.as_bytes()), text.as_bytes())?)
        }
        None => None,
    };
    let row = subject::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        uscc: Set(uscc.as_ref().map(ToString::to_string)),
        contact_ct: Set(contact.as_ref().map(|sealed| sealed.bytes.clone())),
        key_id: Set(contact.map(|sealed| sealed.key_id)),
    };
    subject::Entity::insert(row).exec_without_returning(txn).await?;
    if let Some(code) = uscc {
        // If another request wrote the same code meanwhile, the key refuses this row, and the step is tried again.
        let row = subject_code::ActiveModel { uscc: Set(code.into()), subject_id: Set(id) };
        subject_code::Entity::insert(row).exec_without_returning(txn).await?;
    }
    Ok(id)
}
