//! The forms in which programs write the values of our files.

use chrono::NaiveDate;

#[derive(Debug, Clone, Copy)]
pub(super) enum Expected {
    /// The file changes nothing.
    Same,
    /// The file is refused with a sentence that contains this.
    Refused(&'static str),
}

/// A form in which a program writes a value; `None` for values that it does not change.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) write: fn(&str) -> Option<String>,
    pub(super) expected: Expected,
}

const fn same(name: &'static str, write: fn(&str) -> Option<String>) -> Form {
    Form { name, write, expected: Expected::Same }
}

const fn lost(name: &'static str, write: fn(&str) -> Option<String>, part: &'static str) -> Form {
    Form { name, write, expected: Expected::Refused(part) }
}

/// Forms of every value.
const ANY: &[Form] = &[
    same("in marks of direction", |text| Some(format!("\u{202d}{text}\u{202c}"))),
    same("after a mark of byte order", |text| Some(format!("\u{feff}{text}"))),
    same("between blanks", |text| Some(format!("\u{a0} {text}\u{3000}"))),
];
const CODES: &[Form] = &[
    same("with a fraction", |text| is_number(text).then(|| format!("{text}.0"))),
    same("wide", |text| Some(wide(text))),
    lost("rounded", |text| is_number(text).then(|| "5.20115E+11".to_owned()), "rounded"),
    lost("with a rest", |text| (is_number(text) && text.len() > 5).then(|| format!("{text}.5")), "fraction"),
];
const WORDS: &[Form] = &[
    same("in capitals", |text| Some(text.to_uppercase())),
    same("in small letters", |text| Some(text.to_lowercase())),
    same("wide", |text| Some(wide(text))),
];
const DAYS: &[Form] = &[
    same("with slashes", |text| day(text).map(|day| day.format("%Y/%-m/%-d").to_string())),
    same("without zeros", |text| day(text).map(|day| day.format("%Y-%-m-%-d").to_string())),
    same("in Chinese", |text| day(text).map(|day| day.format("%Y年%-m月%-d日").to_string())),
    same("with midnight", |text| day(text).map(|day| format!("{day} 00:00:00"))),
    same("wide", |text| day(text).map(|day| wide(&day.to_string()))),
    lost("as a number", |text| day(text).map(|_| "45292".to_owned()), "format the column as a date"),
    lost("with the year last", |text| day(text).map(|day| day.format("%-d/%-m/%Y").to_string()), "is not a day"),
];

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn wide(text: &str) -> String {
    let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c };
    text.chars().map(wide).collect()
}

/// Returns the forms of a column's values. The matrix must name every column, so an unknown one fails.
pub(super) fn forms(column: &str) -> Vec<&'static Form> {
    let special: &[Form] = match column {
        "code" | "area_code" | "parent_code" | "parent" | "lead_unit" | "support_units" | "unit_code" | "staff_no" => {
            CODES
        }
        "category" | "place_kind" | "industry" | "disaster_kind" => CODES,
        "kind" | "list" | "role" | "township_may_lead" | "active" | "level" | "boundary" => WORDS,
        "valid_from" | "valid_to" | "date" | "validFrom" | "validTo" => DAYS,
        "name" | "name_en" | "township_tasks" | "basis" => &[],
        "phone" => return Vec::new(), // has forms of its own
        other => panic!("which forms has the column {other}?"),
    };
    ANY.iter().chain(special).collect()
}

/// A table as a program holds it.
#[derive(Clone)]
pub(super) struct Sheet {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Sheet {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(bytes);
        let values = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let header = values(reader.headers().unwrap());
        Self { header, rows: reader.records().map(|row| values(&row.unwrap())).collect() }
    }

    /// Adds what a program may add to each table: the value `true` that officers have if it is left out.
    pub(super) fn with_active(mut self) -> Self {
        self.header.push("active".to_owned());
        self.rows.iter_mut().for_each(|row| row.push("true".to_owned()));
        self
    }

    /// Returns the table with one column in another form; `None` if no value of it changes.
    pub(super) fn in_form(&self, column: usize, form: &Form) -> Option<Self> {
        let mut changed = self.clone();
        let mut is_changed = false;
        for value in changed.rows.iter_mut().filter_map(|row| row.get_mut(column)).filter(|value| !value.is_empty()) {
            if let Some(other) = (form.write)(value) {
                is_changed |= other != *value;
                *value = other;
            }
        }
        is_changed.then_some(changed)
    }

    pub(super) fn write(&self, end: csv::Terminator) -> String {
        let mut writer = csv::WriterBuilder::new().terminator(end).flexible(true).from_writer(Vec::new());
        for row in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(row).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }
}
