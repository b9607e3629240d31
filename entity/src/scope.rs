//! Query conditions that several tables share to restrict rows to what a post may see.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition};

/// Returns the condition for rows whose area path lies in the subtree of `area`. It is a range, so that both engines
/// can use an index: `~` sorts after the letters, digits and slashes of a path. An empty path names no area and matches
/// no row, as in [`domain::area::covers`].
#[must_use]
pub fn below(column: impl ColumnTrait, area: &str) -> Condition {
    if area.is_empty() {
        return never();
    }
    Condition::all().add(column.gte(area)).add(column.lt(format!("{area}~")))
}

/// Returns a condition that no row matches.
#[must_use]
pub fn never() -> Condition {
    Condition::all().add(Expr::cust("1 = 0"))
}
