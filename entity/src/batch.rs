//! Many rows of one table by one statement whose text does not depend on how many there are, so that it is prepared once
//! and serves every batch.
//!
//! PostgreSQL takes the rows as one JSON text: a list of values would be another statement for each length.
//! SQLite takes a list of values of one of a few lengths, and reads as many of it as there are rows.

use std::fmt::Write;

use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, Iterable, Statement,
    Value,
};

/// Lengths of lists that a statement may have. Longer ones go in parts.
const LENGTHS: [usize; 4] = [1, 4, 16, 64];

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

async fn write<A, C>(db: &C, rows: Vec<A>, key: Option<&str>) -> Result<u64, DbErr>
where
    A: ActiveModelTrait,
    C: ConnectionTrait,
{
    let Some(first) = rows.first() else { return Ok(0) };
    let columns: Vec<_> =
        <A::Entity as EntityTrait>::Column::iter().filter(|column| !first.is_not_set(*column)).collect();
    let table = Table::of::<A::Entity>(&columns, key);
    let mut waiting = rows.into_iter().map(|row| values(row, &columns)).collect::<Result<Vec<_>, _>>()?;
    let mut written = 0;
    while !waiting.is_empty() {
        let statement = if db.get_database_backend() == DbBackend::Postgres {
            table.as_json(&std::mem::take(&mut waiting))?
        } else {
            let rest = waiting.split_off(waiting.len().min(LENGTHS.into_iter().max().unwrap_or(1)));
            table.as_list(std::mem::replace(&mut waiting, rest))
        };
        written += db.execute_raw(statement).await?.rows_affected();
    }
    Ok(written)
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

    fn as_json(&self, rows: &[Vec<Value>]) -> Result<Statement, DbErr> {
        let (name, columns, conflict) = (self.name, self.column_list(), &self.conflict);
        let sql = format!(
            "INSERT INTO \"{name}\" ({columns}) SELECT {columns} \
             FROM json_populate_recordset(NULL::\"{name}\", $1::json){conflict}"
        );
        let mut json = String::with_capacity(rows.len() * 1_024);
        for row in rows {
            json.push_str(if json.is_empty() { "[{" } else { "}, {" });
            for (column, value) in self.columns.iter().zip(row) {
                json.push_str(if json.ends_with('{') { "\"" } else { ", \"" });
                json.push_str(column);
                json.push_str("\": ");
                push_json(&mut json, value)?;
            }
        }
        json.push_str("}]");
        Ok(Statement::from_sql_and_values(DbBackend::Postgres, sql, [json.into()]))
    }

    /// As long as one of [`LENGTHS`]; what is too much is empty, and cut off by the limit.
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
        let sql =
            format!("INSERT INTO \"{name}\" ({columns}) SELECT * FROM (VALUES {list}) WHERE true LIMIT ?{conflict}");
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
        Value::ChronoDateTimeUtc(Some(at)) => write!(json, "\"{}\"", at.format("%Y-%m-%dT%H:%M:%S%.6fZ")),
        empty if *empty == empty.as_null() => write!(json, "null"),
        other => return Err(DbErr::Custom(format!("no batch writes values of this type: {:?}", other.array_type()))),
    };
    written.map_err(|cause| DbErr::Custom(format!("a value cannot be written as JSON: {cause}")))
}

fn push_bytes(json: &mut String, bytes: &[u8]) -> std::fmt::Result {
    json.push_str("\"\\\\x");
    bytes.iter().try_for_each(|byte| write!(json, "{byte:02x}"))?;
    json.push('"');
    Ok(())
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
