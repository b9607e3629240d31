//! A consent of a person, with the version of the text that they saw.

use sea_orm::entity::prelude::*;

/// A consent of a person, with the version of the text that they saw.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person, encrypted.
    pub person_ct: Vec<u8>,
    /// The id of the key that encrypts it.
    pub key_id: String,
    /// The purpose.
    pub purpose: String,
    /// The version of the text.
    pub text_version: String,
    /// Whether the consent was given or withdrawn.
    pub given: bool,
    /// The time.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
