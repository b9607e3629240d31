//! How far a follower of the journal has read.

use sea_orm::entity::prelude::*;

/// How far a follower of the journal has read.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follower")]
pub struct Model {
    /// Its name, such as `notice`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The last position that it has dealt with; 0 before the first.
    pub position: i64,
}

impl ActiveModelBehavior for ActiveModel {}
