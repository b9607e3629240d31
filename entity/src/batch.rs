//! Batch inserts: many rows in one statement. The SQL text hardly depends on the number of rows, so that a few prepared
//! statements serve every batch.
//!
//! PostgreSQL receives the rows as one JSON parameter, because a `VALUES` list would need another statement for each
//! length. SQLite receives a `VALUES` list that is padded to one of a few lengths, with a `LIMIT` for the real rows.

use chrono::SecondsFormat;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, Iterable, Statement,
    Value,
};
use serde::ser::{Error, Serialize, Serializer};

/// The list lengths for which statements exist, in ascending order. A longer batch is split into several statements.
const LENGTHS: [usize; 6] = [1, 4, 8, 16, 32, 64];

/// Inserts rows and returns their number. A column that the first row leaves unset gets its database default in all
/// rows, even if later rows set it.
///
/// # Errors
/// Any database error; [`DbErr::AttrNotSet`] if a later row leaves a column unset that the first row sets; on
/// PostgreSQL, [`DbErr::Custom`] if a value has a type that batches do not support.
pub async fn insert<A, C>(db: &C, rows: Vec<A>) -> Result<u64, DbErr>
where
    A: ActiveModelTrait,
    C: ConnectionTrait,
{
    write(db, rows, None).await
}

/// Inserts rows but skips those that conflict with an existing value of the unique column `key`. Returns the number of
/// inserted rows.
///
/// # Errors
/// As [`insert`].
pub async fn insert_new<A, C>(db: &C, rows: Vec<A>, key: <A::Entity as EntityTrait>::Column) -> Result<u64, DbErr>
where
    A: ActiveModelTrait,
    C: ConnectionTrait,
{
    write(db, rows, Some(key.as_str())).await
}

/// Pads the list to one of a few lengths by repeating its last value, so that `IN (…)` conditions have only a few SQL
/// texts. An empty list, and a list longer than 64 values, stay unchanged.
#[must_use]
pub fn padded<T: Clone>(mut values: Vec<T>) -> Vec<T> {
    let length = LENGTHS.into_iter().find(|length| *length >= values.len());
    if let (Some(length), Some(last)) = (length, values.last().cloned()) {
        values.resize(length, last);
    }
    values
}

/// Rows of several tables that are inserted together, in the order in which they were added, to save round trips to the
/// database. PostgreSQL receives one statement, SQLite several statements in one SQL text.
#[derive(Debug, Clone, Default)]
pub struct InsertSet {
    parts: Vec<Part>,
}

impl InsertSet {
    /// Adds rows of one table; the list may be empty. A column that the first row leaves unset gets its database
    /// default in all rows.
    ///
    /// # Errors
    /// [`DbErr::AttrNotSet`] if a later row leaves a column unset that the first row sets.
    pub fn add<A: ActiveModelTrait>(&mut self, rows: Vec<A>) -> Result<(), DbErr> {
        self.parts.extend(Part::of(rows, None)?);
        Ok(())
    }

    /// Appends the rows of another set, each after the rows of the same table.
    pub fn add_all(&mut self, other: &Self) {
        for part in &other.parts {
            match self.parts.iter_mut().find(|mine| mine.table == part.table) {
                Some(mine) => mine.rows.extend_from_slice(&part.rows),
                None => self.parts.push(part.clone()),
            }
        }
    }

    /// Returns the statement that inserts all rows, or `None` if the set is empty.
    ///
    /// # Errors
    /// On PostgreSQL, [`DbErr::Custom`] if a value has a type that batches do not support.
    pub fn into_statement(self, backend: DbBackend) -> Result<Option<Statement>, DbErr> {
        Ok(match backend {
            _ if self.parts.is_empty() => None,
            DbBackend::Postgres => Some(self.as_one()?),
            _ => Some(self.into_several()),
        })
    }

    /// Inserts all rows in one round trip.
    ///
    /// # Errors
    /// Any database error; on PostgreSQL, [`DbErr::Custom`] if a value has a type that batches do not support.
    pub async fn write<C: ConnectionTrait>(self, db: &C) -> Result<(), DbErr> {
        if let Some(statement) = self.into_statement(db.get_database_backend())? {
            db.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// Returns the SQLite form: all inserts in one SQL text, which is passed to the SQLite thread once.
    fn into_several(self) -> Statement {
        let (mut texts, mut all) = (Vec::new(), Vec::new());
        for Statement { sql, values, .. } in self.parts.into_iter().flat_map(Part::lists) {
            texts.push(sql);
            all.extend(values.into_iter().flat_map(|values| values.0));
        }
        Statement::from_sql_and_values(DbBackend::Sqlite, texts.join("; "), all)
    }

    /// Returns the PostgreSQL form: the last insert, with all preceding inserts as its common table expressions.
    /// PostgreSQL executes each data-modifying expression exactly once.
    fn as_one(&self) -> Result<Statement, DbErr> {
        let texts = self.parts.iter().map(|part| Ok(part.json()?.into())).collect::<Result<Vec<_>, DbErr>>()?;
        let mut inserts: Vec<String> =
            (1..).zip(&self.parts).map(|(number, part)| part.table.insert_json(number)).collect();
        let last = inserts.pop().unwrap_or_default();
        let named = self.parts.iter().zip(inserts).enumerate();
        let named: Vec<String> =
            named.map(|(at, (part, insert))| format!("\"{}_{at}\" AS ({insert})", part.table.name)).collect();
        let with = if named.is_empty() { String::new() } else { format!("WITH {} ", named.join(", ")) };
        Ok(Statement::from_sql_and_values(DbBackend::Postgres, with + &last, texts))
    }
}

async fn write<A, C>(db: &C, rows: Vec<A>, key: Option<&str>) -> Result<u64, DbErr>
where
    A: ActiveModelTrait,
    C: ConnectionTrait,
{
    match Part::of(rows, key)? {
        Some(part) => part.write(db).await,
        None => Ok(0),
    }
}

/// The rows of one table.
#[derive(Debug, Clone)]
struct Part {
    table: Table,
    rows: Vec<Vec<Value>>,
}

impl Part {
    /// Collects the column values of the rows. Returns `None` if there are no rows.
    fn of<A: ActiveModelTrait>(rows: Vec<A>, key: Option<&str>) -> Result<Option<Self>, DbErr> {
        let Some(first) = rows.first() else { return Ok(None) };
        let columns: Vec<_> =
            <A::Entity as EntityTrait>::Column::iter().filter(|column| !first.is_not_set(*column)).collect();
        let table = Table::of::<A::Entity>(&columns, key);
        let rows = rows.into_iter().map(|row| values(row, &columns)).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(Self { table, rows }))
    }

    async fn write<C: ConnectionTrait>(self, db: &C) -> Result<u64, DbErr> {
        if db.get_database_backend() == DbBackend::Postgres {
            let statement =
                Statement::from_sql_and_values(DbBackend::Postgres, self.table.insert_json(1), [self.json()?.into()]);
            return Ok(db.execute_raw(statement).await?.rows_affected());
        }
        let mut written = 0;
        for statement in self.lists() {
            written += db.execute_raw(statement).await?.rows_affected();
        }
        Ok(written)
    }

    /// Splits the rows into SQLite statements of at most as many rows as the longest of [`LENGTHS`].
    fn lists(mut self) -> Vec<Statement> {
        let mut lists = Vec::new();
        while !self.rows.is_empty() {
            let rest = self.rows.split_off(self.rows.len().min(LENGTHS.into_iter().max().unwrap_or(1)));
            lists.push(self.table.as_list(std::mem::replace(&mut self.rows, rest)));
        }
        lists
    }

    /// Serialises the rows as a JSON array of objects.
    fn json(&self) -> Result<String, DbErr> {
        let rows = self.rows.iter().map(|row| Row { columns: &self.table.columns, values: row });
        serde_json::to_string(&rows.collect::<Vec<_>>())
            .map_err(|cause| DbErr::Custom(format!("a batch cannot be written as JSON: {cause}")))
    }
}

/// Returns the values of a row in the order of `columns`. Rejects a row in which one of them is unset.
fn values<A: ActiveModelTrait>(
    mut row: A,
    columns: &[<A::Entity as EntityTrait>::Column],
) -> Result<Vec<Value>, DbErr> {
    let take = |column: &<A::Entity as EntityTrait>::Column| match row.take(*column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Ok(value),
        ActiveValue::NotSet => Err(DbErr::AttrNotSet(column.as_str().to_owned())),
    };
    columns.iter().map(take).collect()
}

/// The table name, the inserted columns, and the `ON CONFLICT` clause (empty if there is none).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Table {
    name: &'static str,
    columns: Vec<&'static str>,
    conflict: String,
}

impl Table {
    fn of<E: EntityTrait>(columns: &[E::Column], key: Option<&str>) -> Self {
        Self {
            name: E::default().table_name(),
            columns: columns.iter().map(IdenStatic::as_str).collect(),
            conflict: key.map(|key| format!(" ON CONFLICT (\"{key}\") DO NOTHING")).unwrap_or_default(),
        }
    }

    fn column_list(&self) -> String {
        format!("\"{}\"", self.columns.join("\", \""))
    }

    /// Returns the PostgreSQL insert that reads the rows from the JSON parameter with this number.
    fn insert_json(&self, number: usize) -> String {
        let (name, columns, conflict) = (self.name, self.column_list(), &self.conflict);
        format!(
            "INSERT INTO \"{name}\" ({columns}) SELECT {columns} \
             FROM json_populate_recordset(NULL::\"{name}\", ${number}::json){conflict}"
        )
    }

    /// Returns the SQLite insert. The `VALUES` list is padded with NULL rows to one of the [`LENGTHS`], and the `LIMIT`
    /// cuts them off. With `OR FAIL`, the rows before a failing row stay until the transaction is rolled back, which
    /// every caller does after an error; SQLite then needs no statement journal, which would copy every changed page.
    fn as_list(&self, mut rows: Vec<Vec<Value>>) -> Statement {
        let count = rows.len();
        let length = LENGTHS.into_iter().find(|length| *length >= count).unwrap_or(count);
        if let Some(last) = rows.last() {
            let empty = last.iter().map(Value::as_null).collect();
            rows.resize(length, empty);
        }
        let (name, columns, conflict) = (self.name, self.column_list(), &self.conflict);
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let list = vec![row.as_str(); length].join(", ");
        let sql = format!(
            "INSERT OR FAIL INTO \"{name}\" ({columns}) SELECT * FROM (VALUES {list}) WHERE true LIMIT ?{conflict}"
        );
        let limit = Value::from(i64::try_from(count).unwrap_or(i64::MAX));
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, rows.into_iter().flatten().chain([limit]))
    }
}

/// Serialises a row as a JSON object, with the column names as keys.
struct Row<'a> {
    columns: &'a [&'static str],
    values: &'a [Value],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.columns.iter().zip(self.values.iter().map(Cell)))
    }
}

/// Serialises a value in a JSON form that PostgreSQL parses without loss.
struct Cell<'a>(&'a Value);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool(Some(flag)) => serializer.serialize_bool(*flag),
            Value::Int(Some(number)) => serializer.serialize_i32(*number),
            Value::BigInt(Some(number)) => serializer.serialize_i64(*number),
            Value::String(Some(text)) => serializer.serialize_str(text),
            Value::Bytes(Some(bytes)) => serializer.serialize_str(&format!("\\x{}", hex::encode(bytes))),
            Value::Uuid(Some(id)) => id.serialize(serializer),
            Value::ChronoDateTimeUtc(Some(at)) => {
                serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Micros, true))
            }
            empty if *empty == empty.as_null() => serializer.serialize_unit(),
            other => Err(S::Error::custom(format!("no batch writes values of this type: {:?}", other.array_type()))),
        }
    }
}

#[cfg(test)]
mod tests;
