//! Hides which rows were written together. PostgreSQL writes new versions of rows next to one another, and a table shows
//! their order. So rows that belong together are written in a random order, mixed with rows of others.

use aws_lc_rs::rand;

use crate::error::{ApiError, ApiResult};

/// The number of other rows that are written again at least.
pub(super) const MIXED_MIN: usize = 64;

/// Returns the rows in a random order.
pub(super) fn shuffled<T>(rows: Vec<T>) -> ApiResult<Vec<T>> {
    let mut drawn = Vec::with_capacity(rows.len());
    for row in rows {
        let mut place = [0; 8];
        rand::fill(&mut place).map_err(ApiError::internal)?;
        drawn.push((place, row));
    }
    drawn.sort_by_key(|(place, _)| *place);
    Ok(drawn.into_iter().map(|(_, row)| row).collect())
}
