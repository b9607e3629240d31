//! The position up to which a follower has read the journal.

use sea_orm::entity::prelude::*;

/// The position up to which a follower has read the journal.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follower")]
pub struct Model {
    /// The name of the follower, such as `notice`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The last position that it has processed; 0 before the first.
    pub position: i64,
}

impl ActiveModelBehavior for ActiveModel {}
