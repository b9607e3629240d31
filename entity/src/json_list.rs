//! Lists and objects in text columns: both database engines store them as JSON text, and the row types have the list type.

use std::sync::Arc;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryGetError, TryGetable, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A list that a text column stores as JSON: a `JsonList<Vec<PhotoId>>` is stored as `["…","…"]`.
///
/// Reading a row fails if the column does not contain such a list. That is an internal error, because only this program
/// writes the column.
///
/// ```
/// use entity::JsonList;
/// use sea_orm::Value;
///
/// let flags = JsonList(vec!["LATE".to_owned()]);
/// assert_eq!(Value::from(flags), Value::from(r#"["LATE"]"#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonList<L>(pub L);

impl<L: Serialize> From<JsonList<L>> for Value {
    /// Serialises the list. If that fails, the value is NULL, which the column's NOT NULL constraint rejects. Lists of
    /// ids and codes never fail.
    fn from(list: JsonList<L>) -> Self {
        Self::String(serde_json::to_string(&list.0).ok())
    }
}

impl<L: DeserializeOwned> TryGetable for JsonList<L> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        let wrong = |cause| DbErr::TryIntoErr { from: "String", into: "JsonList", source: Arc::new(cause) };
        serde_json::from_str(&text).map(Self).map_err(|cause: serde_json::Error| wrong(cause).into())
    }
}

impl<L: DeserializeOwned> ValueType for JsonList<L> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let text = <String as ValueType>::try_from(value)?;
        serde_json::from_str(&text).ok().map(Self).ok_or(ValueTypeErr)
    }

    fn type_name() -> String {
        "JsonList".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

impl<L> Nullable for JsonList<L> {
    fn null() -> Value {
        Value::String(None)
    }
}

impl<L: Serialize> IntoActiveValue<Self> for JsonList<L> {
    fn into_active_value(self) -> ActiveValue<Self> {
        ActiveValue::Set(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_list_is_stored_as_json_and_read_again() {
        let set = JsonList(BTreeSet::from(["b".to_owned(), "a".to_owned()]));
        let value = Value::from(set.clone());
        assert_eq!(value, Value::from(r#"["a","b"]"#));
        assert_eq!(<JsonList<BTreeSet<String>> as ValueType>::try_from(value).unwrap(), set);
        assert!(<JsonList<Vec<String>> as ValueType>::try_from(Value::from("{}")).is_err());
    }
}
