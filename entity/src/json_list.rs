//! Lists in text columns: both engines keep them as JSON texts, and the columns have their type.

use std::sync::Arc;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryGetError, TryGetable, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A list that a text column holds as JSON: `JsonList<Vec<PhotoId>>` is stored as `["…","…"]`.
///
/// A row with a text that is not such a list cannot be read, which is an internal error, because only this program
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
    /// A list that has no JSON form becomes NULL, which the column refuses. Lists of ids and codes always have one.
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
