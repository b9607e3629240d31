//! A consent of a person, with the version of the text that they saw.

use sea_orm::entity::prelude::*;

/// A consent of a person, with the version of the text that they saw.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who, sealed.
    pub person_ct: Vec<u8>,
    /// The key that seals it.
    pub key_id: String,
    /// For what.
    pub purpose: String,
    /// Which text.
    pub text_version: String,
    /// Given, or taken back.
    pub given: bool,
    /// When.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
