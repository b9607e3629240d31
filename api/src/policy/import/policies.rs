//! Imports policy files, which are TOML.

mod information;
mod major;
mod supervision;
mod whistles;

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::NaiveDate;
use domain::id::AreaId;
use domain::limits::PHOTOS_MAX;
use domain::money::Fen;
use domain::policy::{AwardPolicy, HandlingPolicy, RuleVersion, SendBackPolicy};
use domain::time::OfficePolicy;
use entity::policy;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use uuid::Uuid;

use super::file::ImportSource;
use super::known::KnownRules;
use super::problem::Problems;
use super::resting::check_resting;
use super::rows::PolicyRow;
use super::settle::ImportEntry;
use super::values::{day, no_day};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    policy: Vec<Spanned<Document>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    kind: Spanned<String>,
    area: Spanned<String>,
    valid_from: Spanned<String>,
    valid_to: Option<Spanned<String>>,
    body: Spanned<toml::Table>,
}

/// Builds the stored policy documents with the codes of their areas.
#[must_use]
pub(crate) fn stored(rows: Vec<policy::Model>, known: &KnownRules) -> Vec<PolicyRow> {
    let row = |model: policy::Model| PolicyRow {
        area: model.area_id.map(|id| known.area_code(id, model.valid_from)).unwrap_or_default(),
        model,
    };
    rows.into_iter().map(row).collect()
}

/// Parses the documents of a file; `version` is the revision that will store them.
pub(crate) fn policies(
    source: &ImportSource,
    known: &KnownRules,
    version: RuleVersion,
    problems: &mut Problems,
) -> Vec<ImportEntry<PolicyRow>> {
    let text = source.text.as_str();
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let at = error.span().map_or(1, |span| line_of(text, &span));
            problems.line(at, error.message().to_owned());
            return Vec::new();
        }
    };
    if file.policy.is_empty() {
        problems.file("the file contains no [[policy]]: a file of policies needs at least one");
    }
    let mut reader = PolicyReader { text, known, version, problems };
    file.policy.iter().filter_map(|document| reader.read(document)).collect()
}

fn line_of(text: &str, span: &Range<usize>) -> u64 {
    1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() as u64
}

/// Signals that a problem has been recorded, so that the caller stops without recording another.
struct Noted;

struct PolicyReader<'a> {
    text: &'a str,
    known: &'a KnownRules,
    version: RuleVersion,
    problems: &'a mut Problems,
}

impl PolicyReader<'_> {
    fn read(&mut self, document: &Spanned<Document>) -> Option<ImportEntry<PolicyRow>> {
        let line = line_of(self.text, &document.span());
        let document = document.get_ref();
        let valid_from = self.day("valid_from", &document.valid_from);
        let valid_to = document.valid_to.as_ref().and_then(|text| self.day("valid_to", text));
        if valid_from.zip(valid_to).is_some_and(|(from, to)| to <= from) {
            self.problems.at(line, "valid_to", "the end is not after the first day");
        }
        let area = self.area(&document.area, valid_from);
        let body = self.body(document);
        let model = policy::Model {
            id: Uuid::new_v4(),
            kind: document.kind.get_ref().clone(),
            area_id: area.ok()?,
            body: body?,
            valid_from: valid_from?,
            valid_to,
            rule_version: self.version,
        };
        Some(ImportEntry { line, row: PolicyRow { model, area: document.area.get_ref().clone() } })
    }

    /// Looks up the area of a document; `None` means everywhere.
    fn area(&mut self, code: &Spanned<String>, day: Option<NaiveDate>) -> Result<Option<AreaId>, Noted> {
        if code.get_ref().is_empty() {
            return Ok(None);
        }
        let day = day.ok_or(Noted)?;
        if let Some(node) = self.known.areas.by_code(code.get_ref(), day) {
            return Ok(Some(node.id));
        }
        let what = "import the areas first, or leave it empty for everywhere";
        let what = format!("there is no area `{}` on {day}: {what}", code.get_ref());
        self.problems.at(line_of(self.text, &code.span()), "area", what);
        Err(Noted)
    }

    fn day(&mut self, name: &str, text: &Spanned<String>) -> Option<NaiveDate> {
        let found = day(text.get_ref());
        if found.is_none() {
            let line = line_of(self.text, &text.span());
            self.problems.at(line, name, no_day(text.get_ref()));
        }
        found
    }

    fn body(&mut self, document: &Document) -> Option<String> {
        let at = line_of(self.text, &document.body.span());
        let body = document.body.get_ref().clone();
        let checked = match document.kind.get_ref().as_str() {
            "office" => canonical::<OfficePolicy>(body, |_| Vec::new()),
            "handling" => canonical(body, |policy| [check_handling(policy), check_resting(policy)].concat()),
            "award" => canonical(body, check_award),
            other => {
                let line = line_of(self.text, &document.kind.span());
                self.problems.at(line, "kind", format!("`{other}` is unknown: write office, handling or award"));
                return None;
            }
        };
        match checked {
            Ok(body) => Some(body),
            Err(wrong) => {
                self.problems.all_at(at, "body", wrong);
                None
            }
        }
    }
}

/// Deserialises and validates a body, and serialises it to canonical JSON. Otherwise returns its problems as messages.
fn canonical<T: DeserializeOwned + serde::Serialize>(
    body: toml::Table,
    check: impl Fn(&T) -> Vec<String>,
) -> Result<String, Vec<String>> {
    let given = serde_json::to_value(&body).map_err(|error| vec![error.to_string()])?;
    let read: T = body.try_into().map_err(|error: toml::de::Error| vec![error.to_string().trim().to_owned()])?;
    let known = serde_json::to_value(&read).map_err(|error| vec![error.to_string()])?;
    let mut unknown = Vec::new();
    add_unknown(&given, &known, "", &mut unknown);
    if !unknown.is_empty() {
        return Err(unknown
            .iter()
            .map(|name| format!("`{name}` is unknown: correct its name, or remove it"))
            .collect());
    }
    match check(&read) {
        wrong if wrong.is_empty() => {
            serde_json_canonicalizer::to_string(&read).map_err(|error| vec![error.to_string()])
        }
        wrong => Err(wrong),
    }
}

/// Adds the names of the members that a document has and the policy that was read from it has not. Stored documents are
/// read with unknown members, so that builds of different age can share a database; only an import refuses them.
fn add_unknown(given: &Value, known: &Value, above: &str, unknown: &mut Vec<String>) {
    let named = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
    match (given, known) {
        (Value::Object(given), Value::Object(known)) => {
            for (name, value) in given {
                match known.get(name) {
                    Some(known) => add_unknown(value, known, &named(name), unknown),
                    None => unknown.push(named(name)),
                }
            }
        }
        (Value::Array(given), Value::Array(known)) => {
            for (at, (value, known)) in given.iter().zip(known).enumerate() {
                add_unknown(value, known, &named(&at.to_string()), unknown);
            }
        }
        _ => {}
    }
}

#[expect(clippy::too_many_lines, reason = "one line for each bound")]
fn check_handling(policy: &HandlingPolicy) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    must((1..=100).contains(&policy.warn_percent), "warn_percent must be between 1 and 100");
    must((10..=100_000).contains(&policy.check_in_metres), "check_in_metres must be between 10 and 100000");
    must(
        usize::from(policy.after_photos_min) <= PHOTOS_MAX,
        "after_photos_min must be at most 9, because no more photos can be sent",
    );
    must(
        (20..=policy.reports_a_day_on_duty).contains(&policy.reports_a_day) && policy.reports_a_day_on_duty <= 100_000,
        "reports_a_day must be at least 20 and at most reports_a_day_on_duty, which is at most 100000",
    );
    must((1..=3_650).contains(&policy.callback_days), "callback_days must be between 1 and 3650");
    must(
        policy.veil_minutes == 0 || (policy.veil_minutes <= 60 && 60 % policy.veil_minutes == 0),
        "veil_minutes must be 0 or divide 60, so that its boundaries are the same in every hour",
    );
    must(
        (91..=3_650).contains(&policy.number_quiet_days),
        "number_quiet_days must be between 91 and 3650, because the session of a former holder can last 90 days",
    );
    let assignments = [&policy.direct, &policy.self_handled].into_iter();
    let mut assignments = assignments.chain(policy.whistles.iter().map(|whistle| &whistle.spans));
    must(
        assignments.all(|spans| spans.finish.is_some()),
        "every assignment needs a span to `finish`, or it has no deadline",
    );
    let enforcement = &policy.enforcement;
    must((1..=3_650).contains(&enforcement.order_days_max), "enforcement.order_days_max must be between 1 and 3650");
    must((1..=3_650).contains(&enforcement.repeat_days), "enforcement.repeat_days must be between 1 and 3650");
    must(policy.extension.times <= 10, "extension.times must be at most 10");
    must(policy.occurred_within_minutes <= 7 * 24 * 60, "occurred_within_minutes must be at most 10080 (one week)");
    let rulers = &policy.send_back.ruled_by;
    must(
        !rulers.is_empty() && rulers.iter().all(|role| SendBackPolicy::RULERS.contains(role)),
        "send_back.ruled_by must name COMMAND_CENTRE or SUPERVISOR, and no other role",
    );
    wrong.extend(major::check(&policy.major));
    wrong.extend(
        whistles::check(policy)
            .into_iter()
            .chain(supervision::check(&policy.supervision))
            .chain(information::check(&policy.information)),
    );
    wrong
}

fn check_award(policy: &AwardPolicy) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    let levels: BTreeSet<_> = policy.bands.iter().map(|band| band.level).collect();
    must(levels.len() == policy.bands.len(), "two bands have the same level");
    let sound = |amount: Fen| amount >= Fen(0) && amount <= Fen::MAX;
    must(policy.bands.iter().all(|band| sound(band.amount)), "an amount must be between 0 and 2^53 fen");
    must((1..=3_650).contains(&policy.collect_days), "collect_days must be between 1 and 3650");
    if let Some(share) = &policy.fine_share {
        must((1..=100).contains(&share.percent), "fine_share.percent must be between 1 and 100");
        must(share.min <= share.max && sound(share.min) && sound(share.max), "fine_share.min must be at most its max");
    }
    wrong
}
