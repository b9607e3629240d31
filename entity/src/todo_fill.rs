//! How far the todos of an earlier build's reports, hazards and awards have been written. The row is deleted when all have.

use sea_orm::entity::prelude::*;

/// How far the todos of an earlier build's reports, hazards or awards have been written.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "todo_fill")]
pub struct Model {
    /// The name of the table of reports, hazards or awards.
    #[sea_orm(primary_key, auto_increment = false)]
    pub matter: String,
    /// The id up to which they have been written; NULL at first.
    pub done_to: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
