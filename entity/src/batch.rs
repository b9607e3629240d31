//! Many rows of one table by one statement whose text does not depend on how many there are, so that it is prepared once
//! and serves every batch.
//!
//! PostgreSQL takes the rows as one JSON text: a list of values would be another statement for each length.
//! SQLite takes a list of values of one of a few lengths, and reads as many of it as there are rows.

use std::fmt::Write;

use chrono::SecondsFormat;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, Iterable, Statement,
    Value,
};

/// Lengths of lists that a statement may have. Longer ones go in parts.
const LENGTHS: [usize; 6] = [1, 4, 8, 16, 32, 64];

/// Inserts rows; answers how many. A column that the first row does not set is left to the database in all.
///
/// # Errors
/// Whatever the database says; a custom error for a column that some rows set and others do not, or of a type that no
/// table of a batch has.
pub async fn insert<A, C>(db: &C, rows: Vec<A>) -> Result<u64, DbErr>
where
    A: ActiveModelTrait,
    C: ConnectionTrait,
{
    write(db, rows, None).await
}

/// As [`insert`], passing over rows whose value of the unique column `key` is there already. Answers how many are new.
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

/// The same values, the last of them repeated up to one of a few lengths: lists `IN (…)` then have few texts. Longer
/// lists than the longest stay as they are.
#[must_use]
pub fn padded<T: Clone>(mut values: Vec<T>) -> Vec<T> {
    let length = LENGTHS.into_iter().find(|length| *length >= values.len());
    if let (Some(length), Some(last)) = (length, values.last().cloned()) {
        values.resize(length, last);
    }
    values
}

/// Rows of several tables that are written together, in the order in which they were added, since each way to the
/// database costs: on PostgreSQL by one statement, on SQLite by several in one text.
#[derive(Debug, Clone, Default)]
pub struct InsertSet {
    parts: Vec<Part>,
}

impl InsertSet {
    /// Adds rows of one table; none is fine. A column that the first row does not set is left to the database in all.
    ///
    /// # Errors
    /// A custom error for a column that some rows set and others do not.
    pub fn add<A: ActiveModelTrait>(&mut self, rows: Vec<A>) -> Result<(), DbErr> {
        self.parts.extend(Part::of(rows, None)?);
        Ok(())
    }

    /// Adds what stands on another sheet, its rows behind those of the same table.
    pub fn add_all(&mut self, other: &Self) {
        for part in &other.parts {
            match self.parts.iter_mut().find(|mine| mine.table == part.table) {
                Some(mine) => mine.rows.extend_from_slice(&part.rows),
                None => self.parts.push(part.clone()),
            }
        }
    }

    /// The statement that writes all; none where there is nothing to write.
    ///
    /// # Errors
    /// A custom error for a type that no table of a batch has.
    pub fn into_statement(self, backend: DbBackend) -> Result<Option<Statement>, DbErr> {
        Ok(match backend {
            _ if self.parts.is_empty() => None,
            DbBackend::Postgres => Some(self.as_one()?),
            _ => Some(self.into_several()),
        })
    }

    /// Writes all.
    ///
    /// # Errors
    /// Whatever the database says; a custom error for a type that no table of a batch has.
    pub async fn write<C: ConnectionTrait>(self, db: &C) -> Result<(), DbErr> {
        if let Some(statement) = self.into_statement(db.get_database_backend())? {
            db.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// The inserts one after another, handed to SQLite's thread at once.
    fn into_several(self) -> Statement {
        let (mut texts, mut all) = (Vec::new(), Vec::new());
        for Statement { sql, values, .. } in self.parts.into_iter().flat_map(Part::lists) {
            texts.push(sql);
            all.extend(values.into_iter().flat_map(|values| values.0));
        }
        Statement::from_sql_and_values(DbBackend::Sqlite, texts.join("; "), all)
    }

    /// The last insert, with those before it as its common table expressions: PostgreSQL carries out each of them once.
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

/// Rows of one table.
#[derive(Debug, Clone)]
struct Part {
    table: Table,
    rows: Vec<Vec<Value>>,
}

impl Part {
    /// Nothing where there are no rows.
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

    /// The statements of SQLite: one for as many rows as the longest list has.
    fn lists(mut self) -> Vec<Statement> {
        let mut lists = Vec::new();
        while !self.rows.is_empty() {
            let rest = self.rows.split_off(self.rows.len().min(LENGTHS.into_iter().max().unwrap_or(1)));
            lists.push(self.table.as_list(std::mem::replace(&mut self.rows, rest)));
        }
        lists
    }

    /// The rows as one JSON text.
    fn json(&self) -> Result<String, DbErr> {
        let mut json = String::with_capacity(self.rows.len() * 1_024);
        for row in &self.rows {
            json.push_str(if json.is_empty() { "[{" } else { "}, {" });
            for (column, value) in self.table.columns.iter().zip(row) {
                json.push_str(if json.ends_with('{') { "\"" } else { ", \"" });
                json.push_str(column);
                json.push_str("\": ");
                push_json(&mut json, value)?;
            }
        }
        json.push_str("}]");
        Ok(json)
    }
}

/// The values of a row, in the order of the columns.
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

/// A table by its names.
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

    /// The statement that takes rows as its parameter of this number.
    fn insert_json(&self, number: usize) -> String {
        let (name, columns, conflict) = (self.name, self.column_list(), &self.conflict);
        format!(
            "INSERT INTO \"{name}\" ({columns}) SELECT {columns} \
             FROM json_populate_recordset(NULL::\"{name}\", ${number}::json){conflict}"
        )
    }

    /// As long as one of [`LENGTHS`]; what is too much is empty, and cut off by the limit. OR FAIL: rows before one that is
    /// refused stay until the transaction is rolled back, as whoever meets an error does, so that SQLite need not copy every
    /// page to be able to take the statement back by itself.
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

/// Writes a value as JSON in a form from which PostgreSQL reads it without loss.
fn push_json(json: &mut String, value: &Value) -> Result<(), DbErr> {
    let written = match value {
        Value::Bool(Some(flag)) => write!(json, "{flag}"),
        Value::Int(Some(number)) => write!(json, "{number}"),
        Value::BigInt(Some(number)) => write!(json, "{number}"),
        Value::String(Some(text)) => push_text(json, text),
        Value::Bytes(Some(bytes)) => push_bytes(json, bytes),
        Value::Uuid(Some(id)) => write!(json, "\"{id}\""),
        Value::ChronoDateTimeUtc(Some(at)) => write!(json, "\"{}\"", at.to_rfc3339_opts(SecondsFormat::Micros, true)),
        empty if *empty == empty.as_null() => write!(json, "null"),
        other => return Err(DbErr::Custom(format!("no batch writes values of this type: {:?}", other.array_type()))),
    };
    written.map_err(|cause| DbErr::Custom(format!("a value cannot be written as JSON: {cause}")))
}

fn push_bytes(json: &mut String, bytes: &[u8]) -> std::fmt::Result {
    write!(json, "\"\\\\x{}\"", hex::encode(bytes))
}

fn push_text(json: &mut String, text: &str) -> std::fmt::Result {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            '\0'..'\u{20}' => write!(json, "\\u{:04x}", u32::from(letter))?,
            _ => json.push(letter),
        }
    }
    json.push('"');
    Ok(())
}

#[cfg(test)]
mod tests;
