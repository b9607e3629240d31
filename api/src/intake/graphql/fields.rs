//! Reads the fields of an object that a client sent, one by one, so that a refusal names the field at fault and no other
//! object is lost with it.

use async_graphql::indexmap::IndexMap;
use async_graphql::{InputType, Name, Value};
use chrono::{DateTime, Utc};
use domain::limits::ACCURACY_METRES_MAX;
use domain::refusal::Refusal;
use domain::text;
use domain::time::without_leap_second;
use uuid::Uuid;

/// An object of the request, with its path. A field that is null counts as absent.
pub(super) struct Fields<'v> {
    path: String,
    values: &'v IndexMap<Name, Value>,
}

impl<'v> Fields<'v> {
    /// Reads an object that has no other fields than these.
    ///
    /// # Errors
    /// `INVALID_INPUT` if the value is not an object, or for an unknown field.
    pub(super) fn of(value: &'v Value, path: impl Into<String>, known: &[&str]) -> Result<Self, Refusal> {
        let path = path.into();
        let Value::Object(values) = value else {
            return Err(Refusal::invalid_at(path, "格式有误，应为对象。", "An object is expected here."));
        };
        let fields = Self { path, values };
        match values.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(fields),
            Some(name) => Err(fields.refused(repeatable(name), "没有这一项，请更新应用。", "There is no such field.")),
        }
    }

    /// Returns the path of a field.
    pub(super) fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    fn refused(&self, name: &str, zh: &str, en: &str) -> Refusal {
        Refusal::invalid_at(self.at(name), zh, en)
    }

    /// Returns the value of a field, whatever its form.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.values.get(name).filter(|value| **value != Value::Null)
    }

    /// Returns the value of a field that must be there.
    ///
    /// # Errors
    /// `INVALID_INPUT` if `value` is `None`.
    pub(super) fn needed<T>(&self, name: &str, value: Option<T>) -> Result<T, Refusal> {
        value.ok_or_else(|| self.refused(name, "缺少该项，请填写。", "This field is required."))
    }

    /// Reads a text, which passes the check of all texts.
    ///
    /// # Errors
    /// `INVALID_INPUT` if the value is no text, or if [`text::check_any`] refuses it.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'v str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(given)) => {
                text::check_any(given).map_err(|flaw| flaw.at(self.at(name)))?;
                Ok(Some(given))
            }
            Some(_) => Err(self.refused(name, "格式有误，应为文字。", "A text is expected here.")),
        }
    }

    /// Reads a text that may be absent. A blank one counts as absent.
    ///
    /// # Errors
    /// Like [`Fields::text`].
    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&'v str>, Refusal> {
        Ok(text::unless_blank(self.text(name)?))
    }

    /// Reads a flag, which is `false` if it is absent.
    ///
    /// # Errors
    /// `INVALID_INPUT` for any other value than `true` and `false`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Boolean(given)) => Ok(*given),
            Some(_) => {
                Err(self.refused(name, "格式有误，应为 true 或 false。", "Either true or false is expected here."))
            }
        }
    }

    /// Reads a number.
    ///
    /// # Errors
    /// `INVALID_INPUT` for any other value.
    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, Refusal> {
        let wrong = || self.refused(name, "格式有误，应为数字。", "A number is expected here.");
        match self.get(name) {
            None => Ok(None),
            Some(Value::Number(given)) => given.as_f64().filter(|given| given.is_finite()).ok_or_else(wrong).map(Some),
            Some(_) => Err(wrong()),
        }
    }

    /// Reads a whole number, which may be written with a fraction of zero (`65.0`).
    ///
    /// # Errors
    /// `INVALID_INPUT` for any other value.
    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let wrong = || self.refused(name, "应为整数。", "A whole number is expected here.");
        if let Some(whole) =
            self.get(name).and_then(|value| if let Value::Number(given) = value { given.as_i64() } else { None })
        {
            return Ok(Some(whole));
        }
        let Some(given) = self.number(name).map_err(|_refusal| wrong())? else { return Ok(None) };
        // 2⁵³ is the last number up to which each whole number has a floating-point form of its own.
        let fits = given.fract() == 0.0 && given.abs() <= 9_007_199_254_740_992.0;
        #[expect(clippy::cast_possible_truncation, reason = "the number is whole and fits")]
        if fits { Ok(Some(given as i64)) } else { Err(wrong()) }
    }

    /// Reads an accuracy in metres: a fraction is rounded up, a negative one is 0, and a huge one is lowered to
    /// [`ACCURACY_METRES_MAX`].
    ///
    /// # Errors
    /// `INVALID_INPUT` if the value is no number.
    pub(super) fn metres(&self, name: &str) -> Result<Option<i32>, Refusal> {
        #[expect(clippy::cast_possible_truncation, reason = "the number lies between the bounds")]
        let whole = |given: f64| given.ceil().clamp(0.0, f64::from(ACCURACY_METRES_MAX)) as i32;
        Ok(self.number(name)?.map(whole))
    }

    /// Reads a time in the format of RFC 3339, or close to it. Any year is taken, because a wrong clock is flagged later.
    ///
    /// # Errors
    /// `INVALID_INPUT` for another form, above all without an offset from UTC, because nobody knows then which moment it
    /// is.
    pub(super) fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
        let wrong = || {
            self.refused(
                name,
                "时间格式有误，应为 RFC 3339 格式并带时区，例如 2026-11-30T10:00:00Z。",
                "The time must be in the format of RFC 3339 with an offset, such as 2026-11-30T10:00:00Z.",
            )
        };
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(given)) => {
                let at = given.trim().parse().map_err(|_error| wrong())?;
                Ok(Some(without_leap_second(at)))
            }
            Some(_) => Err(wrong()),
        }
    }

    /// Reads an id.
    ///
    /// # Errors
    /// `INVALID_INPUT` if the value is no UUID.
    pub(super) fn id(&self, name: &str) -> Result<Option<Uuid>, Refusal> {
        let wrong = || self.refused(name, "编号格式有误，应为 UUID。", "A UUID is expected here.");
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(given)) => Uuid::try_parse(given.trim()).map(Some).map_err(|_error| wrong()),
            Some(_) => Err(wrong()),
        }
    }

    /// Reads a word of a closed list.
    ///
    /// # Errors
    /// `INVALID_INPUT` for any other value.
    pub(super) fn word<T: InputType>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(given) = self.get(name) else { return Ok(None) };
        let wrong = |_error| self.refused(name, "没有这个选项，请重新选择。", "There is no such value.");
        T::parse(Some(given.clone())).map(Some).map_err(wrong)
    }

    /// Reads a list; a single value counts as a list of one, and an absent one as an empty list.
    pub(super) fn list(&self, name: &str) -> &'v [Value] {
        match self.get(name) {
            None => &[],
            Some(Value::List(items)) => items,
            Some(one) => std::slice::from_ref(one),
        }
    }
}

/// Returns the name of an unknown field for a refusal; a name that no schema could have is not repeated.
fn repeatable(name: &str) -> &str {
    let fits = name.len() <= 40 && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
    if fits && name.starts_with(|one: char| one.is_ascii_alphabetic()) { name } else { "?" }
}

/// Returns the refusal of a value for the input at this path.
pub(super) fn moved(refusal: Refusal, path: String) -> Refusal {
    Refusal { field: None, ..refusal }.with_detail("field", path)
}
