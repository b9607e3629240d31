//! A record of a person giving or withdrawing consent, with the version of the text that the person saw.

use sea_orm::entity::prelude::*;

/// A record of a person giving or withdrawing consent, with the version of the text that the person saw.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The id of the person, as ciphertext.
    pub person_ct: Vec<u8>,
    /// The id of the encryption key.
    pub key_id: String,
    /// The purpose of the data processing, as a code.
    pub purpose: String,
    /// The version of the consent text.
    pub text_version: String,
    /// `true` if the person gave consent, `false` if the person withdrew it.
    pub given: bool,
    /// When the consent was given or withdrawn.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
