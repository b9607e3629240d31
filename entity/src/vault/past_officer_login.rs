//! A phone number with which an officer logged in before, as a keyed hash.

use domain::id::OfficerId;
use sea_orm::entity::prelude::*;

/// A phone number with which an officer logged in before, as a keyed hash. Whoever had a number once must not decide on
/// the reports of its other holders.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "past_officer_login")]
pub struct Model {
    /// The officer who had the number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub officer_id: OfficerId,
    /// HMAC-SHA-256 of the phone number, for lookups.
    #[sea_orm(primary_key, auto_increment = false)]
    pub phone_index: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
