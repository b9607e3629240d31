//! Conditions that several tables share to say what a post may see.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition};

/// Rows whose path of areas lies in the subtree of `area`: a range, so that an index serves it on both engines. An empty
/// path names no area, so that it covers no row, as in [`domain::area::covers`].
#[must_use]
pub fn below(column: impl ColumnTrait, area: &str) -> Condition {
    if area.is_empty() {
        return never();
    }
    Condition::all().add(column.gte(area)).add(column.lt(format!("{area}~")))
}

/// The condition that no row meets.
#[must_use]
pub fn never() -> Condition {
    Condition::all().add(Expr::cust("1 = 0"))
}
