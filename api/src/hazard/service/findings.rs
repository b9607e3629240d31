//! What a review finds 审核结论, and how the ledger files it 归类.

use chrono::NaiveDate;
use domain::hazard::{Axes, CancelReason, Case, Classification, Level};
use domain::id::{HazardId, NoteId, SubjectId, UnitId};
use domain::refusal::Refusal;
use domain::report::{Channel, Command};
use serde::Serialize;

use crate::error::ApiResult;
use crate::hazard::subjects;
use crate::policy::rulebook::RuleBook;

/// What is known of a hazard when its report is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Findings {
    /// The category, where the phone's was none or wrong.
    pub category: Option<String>,
    /// Axes that differ from what the category presets.
    pub axes: Axes,
    /// Whether it may be a major one 疑似重大.
    pub suspected_major: bool,
    /// Who is responsible for it 责任单位.
    pub subject: Option<subjects::NewSubject>,
    /// The closed hazard that came back.
    pub recurrence_of: Option<HazardId>,
}

/// What a review says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) enum Finding {
    /// 属实.
    Confirm(Box<Findings>),
    /// 合并 into this hazard.
    Merge(HazardId),
    /// 不属实.
    Unfounded,
    /// 转办.
    Refer {
        /// To this unit.
        to: Option<UnitId>,
        /// Through this channel.
        channel: Option<Channel>,
    },
    /// 不予受理, with the channel that is right.
    OutOfScope(Channel),
}

impl Finding {
    pub(super) const fn operation(&self) -> &'static str {
        match self {
            Self::Confirm(_) => "confirmReport",
            Self::Merge(_) => "mergeReport",
            Self::Unfounded => "findUnfounded",
            Self::Refer { .. } => "referReport",
            Self::OutOfScope(_) => "declareOutOfScope",
        }
    }

    /// Why the hazard that came with an emergency is struck, if it is.
    pub(super) const fn strikes(&self) -> Option<CancelReason> {
        match self {
            Self::Confirm(_) => None,
            Self::Merge(_) => Some(CancelReason::Duplicate),
            Self::Unfounded => Some(CancelReason::Unfounded),
            Self::Refer { .. } => Some(CancelReason::Referred),
            Self::OutOfScope(_) => Some(CancelReason::OutOfScope),
        }
    }

    pub(super) fn command(&self, hazard: HazardId, note: NoteId) -> Command {
        match self {
            Self::Confirm(_) => Command::Confirm { hazard },
            Self::Merge(hazard) => Command::Merge { hazard: *hazard },
            Self::Unfounded => Command::Unfounded { note },
            Self::Refer { to, channel } => Command::Refer { to: *to, channel: *channel, note },
            Self::OutOfScope(channel) => Command::OutOfScope { channel: *channel, note },
        }
    }
}

/// How the ledger files what nobody has looked at yet: by the category that the phone sent, where the catalogue of today
/// has it.
#[must_use]
pub(crate) fn unseen(rules: &RuleBook, category: Option<&str>, day: NaiveDate) -> Classification {
    let category = category.filter(|code| rules.category(code, day).is_some());
    Classification {
        suspected_major: false,
        category: category.map(ToOwned::to_owned),
        axes: preset(rules, category, day),
        subject: None,
        recurrence_of: None,
    }
}

/// How the ledger files a hazard now.
#[must_use]
pub(crate) fn filed(case: &Case) -> Classification {
    Classification {
        suspected_major: case.level != Level::General,
        category: case.category.clone(),
        axes: case.axes.clone(),
        subject: case.subject,
        recurrence_of: case.recurrence_of,
    }
}

impl Findings {
    /// How the ledger files a hazard by these findings; where they say nothing, as `before`. Another category brings the
    /// axes that it presets.
    ///
    /// # Errors
    /// `INVALID_INPUT` for a category or a code that the catalogue of today does not have.
    pub(super) fn over(
        &self,
        before: Classification,
        subject: Option<SubjectId>,
        (rules, day): (&RuleBook, NaiveDate),
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

/// The axes that a category presets.
fn preset(rules: &RuleBook, category: Option<&str>, day: NaiveDate) -> Axes {
    let Some(known) = category.and_then(|code| rules.category(code, day)) else { return Axes::default() };
    Axes {
        place_kind: known.place_kind.clone(),
        industry: known.industry.clone(),
        disaster_kind: known.disaster_kind.clone(),
    }
}
