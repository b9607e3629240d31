//! Review findings 审核结论, and the hazard classification 归类 that follows from them.

use chrono::NaiveDate;
use domain::hazard::{Axes, CancelReason, Case, Classification, Level};
use domain::id::{HazardId, NoteId, SubjectId, UnitId};
use domain::refusal::Refusal;
use domain::report::{Channel, Command};
use serde::Serialize;

use crate::error::ApiResult;
use crate::hazard::subjects;
use crate::policy::rulebook::RuleBook;

/// The findings of a confirming review. The idempotency key hashes this struct as JSON, so renaming a field would
/// invalidate stored keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(crate) struct ReviewFindings {
    /// The category code; if present, it overrides the one that the phone sent.
    pub category: Option<String>,
    /// The axis codes that override the presets of the category.
    pub axes: Axes,
    /// Whether the hazard may be a major one 疑似重大.
    pub suspected_major: bool,
    /// The party responsible for the hazard 责任单位.
    pub subject: Option<subjects::NewSubject>,
    /// The closed hazard of which this one is a recurrence.
    pub recurrence_of: Option<HazardId>,
}

/// The outcome of a review. The idempotency key hashes this enum as JSON, so renaming a variant or field would
/// invalidate stored keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) enum Finding {
    /// The report is confirmed 属实.
    Confirm(Box<ReviewFindings>),
    /// The report is merged into this registered hazard 合并.
    Merge(HazardId),
    /// The report is unfounded 不属实.
    Unfounded,
    /// The report is referred 转办: to a unit of this system, which goes on with the review, or to a channel outside it.
    /// Exactly one of the two is given.
    Refer {
        /// The unit of this system that goes on with the review.
        to: Option<UnitId>,
        /// The external channel that takes the matter.
        channel: Option<Channel>,
    },
    /// The matter is out of scope 不予受理; the value is the competent channel.
    OutOfScope(Channel),
}

impl Finding {
    /// Returns the GraphQL name of the mutation, which is part of the idempotency key.
    pub(super) const fn operation(&self) -> &'static str {
        match self {
            Self::Confirm(_) => "confirmReport",
            Self::Merge(_) => "mergeReport",
            Self::Unfounded => "findUnfounded",
            Self::Refer { .. } => "referReport",
            Self::OutOfScope(_) => "declareOutOfScope",
        }
    }

    /// Returns the reason with which this finding cancels the own hazard, if it does so.
    pub(super) const fn cancel_reason(&self) -> CancelReason {
        match self {
            Self::Merge(_) => CancelReason::Duplicate,
            Self::Confirm(_) | Self::Unfounded => CancelReason::Unfounded,
            Self::Refer { .. } => CancelReason::Referred,
            Self::OutOfScope(_) => CancelReason::OutOfScope,
        }
    }

    /// Returns the hazard that the report joins.
    pub(super) const fn joined(&self) -> Option<HazardId> {
        match self {
            Self::Merge(hazard) => Some(*hazard),
            Self::Confirm(_) | Self::Unfounded | Self::Refer { .. } | Self::OutOfScope(_) => None,
        }
    }

    /// Returns the unit of this system to which the report is referred.
    pub(super) const fn receiver(&self) -> Option<UnitId> {
        match self {
            Self::Refer { to, .. } => *to,
            Self::Confirm(_) | Self::Merge(_) | Self::Unfounded | Self::OutOfScope(_) => None,
        }
    }

    /// Builds the report command. `hazard` is the hazard of a confirmed report; a merge names its own.
    ///
    /// # Errors
    /// `INVALID_INPUT` for a referral to both a unit and a channel, or to neither.
    pub(super) fn command(&self, hazard: HazardId, note: NoteId) -> Result<Command, Refusal> {
        Ok(match self {
            Self::Confirm(_) => Command::Confirm { hazard, note },
            Self::Merge(hazard) => Command::Merge { hazard: *hazard, note },
            Self::Unfounded => Command::Unfounded { note },
            Self::Refer { to: Some(to), channel: None } => Command::Forward { to: *to, note },
            Self::Refer { to: None, channel: Some(channel) } => Command::Refer { channel: *channel, note },
            Self::Refer { to: Some(_), channel: Some(_) } | Self::Refer { to: None, channel: None } => {
                let (zh, en) = ("请指明转办的单位或系统外渠道，二者择一。", "Please name either a unit or a channel.");
                return Err(Refusal::invalid("input.toUnitId", zh, en));
            }
            Self::OutOfScope(channel) => Command::OutOfScope { channel: *channel, note },
        })
    }
}

/// Derives the classification of a hazard before its review, from the category code that the phone sent. A code that
/// the catalogue of `day` does not contain is ignored.
#[must_use]
pub(crate) fn classification_before_review(rules: &RuleBook, category: Option<&str>, day: NaiveDate) -> Classification {
    let category = category.filter(|code| rules.category(code, day).is_some());
    Classification {
        suspected_major: false,
        category: category.map(ToOwned::to_owned),
        axes: preset(rules, category, day),
        subject: None,
        recurrence_of: None,
    }
}

/// Extracts the current classification of a case.
#[must_use]
pub(super) fn classification_of(case: &Case) -> Classification {
    Classification {
        suspected_major: case.level != Level::General,
        category: case.category.clone(),
        axes: case.axes.clone(),
        subject: case.subject,
        recurrence_of: case.recurrence_of,
    }
}

impl ReviewFindings {
    /// Merges these findings into the classification `before`; a finding that is absent keeps the earlier value. A
    /// category in the findings replaces the axes with its presets, which explicit axis codes then override. A
    /// suspected major hazard is never downgraded.
    ///
    /// # Errors
    /// `INVALID_INPUT` for a category or an axis code that is not in the catalogue on `day`.
    pub(super) fn classify(
        &self,
        before: Classification,
        subject: Option<SubjectId>,
        rules: &RuleBook,
        day: NaiveDate,
    ) -> ApiResult<Classification> {
        self.check(rules, day)?;
        let axes = match &self.category {
            Some(code) => preset(rules, Some(code), day),
            None => before.axes,
        };
        let given = self.axes.clone();
        Ok(Classification {
            suspected_major: before.suspected_major || self.suspected_major,
            category: self.category.clone().or(before.category),
            axes: Axes {
                place_kind: given.place_kind.or(axes.place_kind),
                industry: given.industry.or(axes.industry),
                disaster_kind: given.disaster_kind.or(axes.disaster_kind),
            },
            subject: subject.or(before.subject),
            recurrence_of: self.recurrence_of.or(before.recurrence_of),
        })
    }

    fn check(&self, rules: &RuleBook, day: NaiveDate) -> Result<(), Refusal> {
        if self.category.as_ref().is_some_and(|code| rules.category(code, day).is_none()) {
            return Err(Refusal::invalid(
                "input.category",
                "隐患类别目录中没有该代码，请重新选择。",
                "The catalogue does not contain this category.",
            ));
        }
        let lists = [
            ("place_kind", &self.axes.place_kind, "input.axes.placeKind"),
            ("industry", &self.axes.industry, "input.axes.industry"),
            ("disaster_kind", &self.axes.disaster_kind, "input.axes.disasterKind"),
        ];
        for (list, code, field) in lists {
            if code.as_ref().is_some_and(|code| !rules.has_code(list, code, day)) {
                return Err(Refusal::invalid(
                    field,
                    "代码表中没有该代码，请重新选择。",
                    "The code list does not contain this code.",
                ));
            }
        }
        Ok(())
    }
}

/// Returns the preset axis codes of a category; none for a missing or unknown category.
fn preset(rules: &RuleBook, category: Option<&str>, day: NaiveDate) -> Axes {
    let Some(known) = category.and_then(|code| rules.category(code, day)) else { return Axes::default() };
    Axes {
        place_kind: known.place_kind.clone(),
        industry: known.industry.clone(),
        disaster_kind: known.disaster_kind.clone(),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_hashed_form_of_a_finding_never_changes() {
        let id = Uuid::from_u128(1);
        let channel = Channel::ALL[0];
        let code = channel.code();
        let confirmed = concat!(
            r#"{"Confirm":{"axes":{"disaster_kind":null,"industry":null,"place_kind":null},"category":null,"#,
            r#""recurrence_of":null,"subject":null,"suspected_major":false}}"#,
        );
        let cases = [
            (Finding::Confirm(Box::default()), confirmed.to_owned()),
            (Finding::Merge(HazardId(id)), format!(r#"{{"Merge":"{id}"}}"#)),
            (Finding::Unfounded, r#""Unfounded""#.to_owned()),
            (
                Finding::Refer { to: Some(UnitId(id)), channel: None },
                format!(r#"{{"Refer":{{"channel":null,"to":"{id}"}}}}"#),
            ),
            (Finding::OutOfScope(channel), format!(r#"{{"OutOfScope":"{code}"}}"#)),
        ];
        for (finding, expected) in cases {
            assert_eq!(serde_json_canonicalizer::to_string(&finding).unwrap(), expected);
        }
    }
}
