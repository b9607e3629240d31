//! Pagination of lists that grow: Relay connections with keyset pagination, newest first or soonest due first. A cursor encodes the
//! position of a row in its list, that is its time and its id. Clients treat it as opaque.

use async_graphql::OutputType;
use async_graphql::connection::{Connection, CursorType, Edge};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use domain::limits::PAGE_MAX;
use domain::refusal::Refusal;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement, WindowStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};

/// The page size if the client does not give `first`.
pub(crate) const PAGE_DEFAULT: u64 = 20;

/// The position of a row in a list that is ordered by a time and an id. The encoded cursor is not encrypted, so the
/// time must be one that the caller may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Cursor {
    /// The time by which the list is ordered. The cursor encodes it in milliseconds since 1970.
    pub at: DateTime<Utc>,
    /// The id of the row, which breaks ties between rows with the same time.
    pub id: Uuid,
}

impl CursorType for Cursor {
    type Error = ApiError;

    fn decode_cursor(text: &str) -> ApiResult<Self> {
        let bad = || {
            Refusal::invalid(
                "after",
                "分页位置无效，请从第一页重新查询。",
                "Invalid cursor. Start again from the first page.",
            )
        };
        Ok(decode(text).ok_or_else(bad)?)
    }

    fn encode_cursor(&self) -> String {
        URL_SAFE_NO_PAD.encode([&self.at.timestamp_millis().to_be_bytes()[..], self.id.as_bytes()].concat())
    }
}

fn decode(text: &str) -> Option<Cursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (at, id) = bytes.split_first_chunk::<8>()?;
    // A year that no row has is outside of what PostgreSQL can compare.
    let at = DateTime::from_timestamp_millis(i64::from_be_bytes(*at)).filter(|at| (1..=9_999).contains(&at.year()))?;
    Some(Cursor { at, id: Uuid::from_slice(id).ok()? })
}

/// The page that a client requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Page {
    first: u64,
    after: Option<Cursor>,
}

impl Page {
    /// Parses the paging arguments: `first` rows (1 to [`PAGE_MAX`], [`PAGE_DEFAULT`] if not given) after the row of
    /// the cursor.
    ///
    /// # Errors
    /// `INVALID_INPUT` with the field `first` or `after`.
    pub(crate) fn of(first: Option<i32>, after: Option<&str>) -> ApiResult<Self> {
        let first = match first {
            None => PAGE_DEFAULT,
            Some(first) => {
                u64::try_from(first).ok().filter(|first| (1..=PAGE_MAX).contains(first)).ok_or_else(|| {
                    Refusal::invalid(
                        "first",
                        format!("每页条数请填写1至{PAGE_MAX}。"),
                        format!("The page size must be 1 to {PAGE_MAX}."),
                    )
                })?
            }
        };
        Ok(Self { first, after: after.map(Cursor::decode_cursor).transpose()? })
    }

    /// Selects the rows of this page and one more row, which shows whether there is a next page. Newer rows come first;
    /// among rows with the same time, the larger id comes first.
    #[must_use]
    pub(crate) fn newest_first<E: EntityTrait, C: ColumnTrait>(&self, rows: Select<E>, time: C, id: C) -> Select<E> {
        rows.filter(self.after(time, id)).order_by_desc(time).order_by_desc(id).limit(self.rows())
    }

    /// Selects the rows of this page and one more row, as [`Page::newest_first`] does, but earlier times come first; among
    /// rows with the same time, the smaller id.
    #[must_use]
    pub(crate) fn soonest_first<E: EntityTrait, C: ColumnTrait>(&self, rows: Select<E>, time: C, id: C) -> Select<E> {
        let rows = match self.after {
            Some(Cursor { at, id: last }) => {
                let same_time = Condition::all().add(time.eq(at)).add(id.gt(last));
                rows.filter(Condition::any().add(time.gt(at)).add(same_time))
            }
            None => rows,
        };
        rows.order_by_asc(time).order_by_asc(id).limit(self.rows())
    }

    /// Returns the keyset condition: the row comes after the cursor of this page, newest first. Without a cursor, it
    /// matches every row.
    #[must_use]
    pub(crate) fn after<C: ColumnTrait>(&self, time: C, id: C) -> Condition {
        let Some(Cursor { at, id: last }) = self.after else { return Condition::all() };
        Condition::any().add(time.lt(at)).add(Condition::all().add(time.eq(at)).add(id.lt(last)))
    }

    /// Returns the number of rows to select: the page size and one more.
    #[must_use]
    pub(crate) const fn rows(&self) -> u64 {
        self.first + 1
    }

    /// Builds one statement that selects this page for every parent, including the one additional row: it numbers the
    /// rows of each parent with `ROW_NUMBER`, newest first, and keeps the first ones.
    #[must_use]
    pub(crate) fn of_each<E: EntityTrait<Column = C>, C: ColumnTrait + Iterable>(
        &self,
        rows: Select<E>,
        parent: C,
        time: C,
        id: C,
    ) -> SelectStatement {
        let mut order = WindowStatement::partition_by(parent);
        order.order_by(time, Order::Desc).order_by(id, Order::Desc);
        let mut numbered = rows.filter(self.after(time, id)).into_query();
        numbered.expr_window_as(Func::cust("ROW_NUMBER"), order, "place");
        Query::select()
            .columns(C::iter())
            .from_subquery(numbered, "numbered")
            .and_where(Expr::col("place").lte(self.rows()))
            .order_by("place", Order::Asc)
            .to_owned()
    }

    /// Builds the connection from the rows that [`Page::newest_first`] or [`Page::of_each`] selected.
    pub(crate) fn connection<R, N: OutputType>(
        &self,
        mut rows: Vec<R>,
        place: impl Fn(&R) -> Cursor,
        node: impl Fn(R) -> N,
    ) -> Connection<Cursor, N> {
        let first = usize::try_from(self.first).unwrap_or(usize::MAX);
        let mut connection = Connection::new(self.after.is_some(), rows.len() > first);
        rows.truncate(first);
        connection.edges.extend(rows.into_iter().map(|row| Edge::new(place(&row), node(row))));
        connection
    }
}

/// Returns the complexity of a page: the number of its rows times the complexity of one row, plus one for the field
/// itself. An invalid `first` is clamped, since the resolver rejects it later.
#[must_use]
pub(crate) fn cost(first: Option<i32>, child: usize) -> usize {
    let rows = first.and_then(|first| u64::try_from(first).ok()).unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
    usize::try_from(rows).unwrap_or(usize::MAX).saturating_mul(child).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use domain::Code;

    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let cursor = Cursor { at: "2026-11-24T01:02:03.004Z".parse().unwrap(), id: Uuid::new_v4() };
        assert_eq!(Cursor::decode_cursor(&cursor.encode_cursor()).unwrap(), cursor);
    }

    #[test]
    fn a_cursor_beyond_all_rows_is_refused() {
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, "0000-12-31T00:00:00Z".parse().unwrap()] {
            let cursor = Cursor { at, id: Uuid::new_v4() }.encode_cursor();
            assert_eq!(Cursor::decode_cursor(&cursor).unwrap_err().refusal().field, Some("after"), "{at}");
        }
    }

    #[test]
    fn bad_pages_are_refused_by_the_input_that_is_to_blame() {
        for (first, after, field) in [
            (Some(0), None, "first"),
            (Some(-1), None, "first"),
            (Some(101), None, "first"),
            (None, Some("MTI"), "after"),
            (None, Some("?"), "after"),
            (Some(1), Some(""), "after"),
        ] {
            let refusal = Page::of(first, after).unwrap_err().refusal();
            assert_eq!((refusal.code, refusal.field), (Code::InvalidInput, Some(field)), "{first:?} {after:?}");
        }
        assert_eq!(Page::of(None, None).unwrap(), Page { first: PAGE_DEFAULT, after: None });
        assert!(Page::of(Some(100), None).is_ok());
    }

    #[test]
    fn a_page_costs_its_rows() {
        assert_eq!([cost(None, 3), cost(Some(100), 3), cost(Some(-5), 3), cost(Some(1_000), 3)], [61, 301, 61, 301]);
    }
}
