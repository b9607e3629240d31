//! The position up to which a follower (a consumer of the journal) has processed it.

use sea_orm::entity::prelude::*;

/// The position up to which a follower (a consumer of the journal) has processed it.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follower")]
pub struct Model {
    /// The name of the follower, such as `notice`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The last processed journal position; 0 before the first.
    pub position: i64,
}

impl ActiveModelBehavior for ActiveModel {}
