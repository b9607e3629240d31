//! What an officer writes in a situation report: the codes, the times, the numbers and the texts, checked.

use chrono::{DateTime, Utc};
use domain::id::{NoteId, PostId, SituationReportId};
use domain::incident::{DeliveryChannel, Draft, IncidentGrade, IncidentType, InformationSource};
use domain::limits::{ADDRESS_MAX, CASUALTIES_MAX, REASON_MIN, SITUATION_TEXT_MAX};
use domain::note::NoteKind;
use domain::refusal::Refusal;
use domain::text;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use uuid::Uuid;

use crate::error::ApiResult;
use crate::journal::{Stream, notes};

/// A situation report as an officer writes it. Its stored hash never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Written {
    /// The grade of the incident.
    pub grade: IncidentGrade,
    /// The type of the incident.
    pub incident_type: IncidentType,
    /// The kind of source.
    pub source: InformationSource,
    /// The channel.
    pub channel: DeliveryChannel,
    /// When the incident happened.
    pub happened_at: Option<DateTime<Utc>>,
    /// When the unit learned of it, or of the news.
    pub learned_at: DateTime<Utc>,
    /// When the receiver was phoned before.
    pub phoned_at: Option<DateTime<Utc>>,
    /// The number of dead persons.
    pub dead: Option<i32>,
    /// The number of missing persons.
    pub missing: Option<i32>,
    /// The number of injured persons.
    pub injured: Option<i32>,
    /// The place.
    pub place: String,
    /// The nature, the cause and the course.
    pub facts: String,
    /// The consequences and the extent.
    pub impact: String,
    /// The measures taken and the next steps.
    pub measures: String,
    /// The post of the signer.
    pub signer: PostId,
}

impl Written {
    /// Returns the report with its texts trimmed, and the command's part of it with new ids for the texts.
    ///
    /// # Errors
    /// `INVALID_INPUT` for a text that is too short, too long or cannot be read, and for a number out of bounds.
    pub(super) fn checked(mut self) -> Result<Self, Refusal> {
        self.place = checked(&self.place, 1, ADDRESS_MAX, "input.report.place")?;
        self.facts = checked(&self.facts, REASON_MIN, SITUATION_TEXT_MAX, "input.report.facts")?;
        self.impact = checked(&self.impact, 1, SITUATION_TEXT_MAX, "input.report.impact")?;
        self.measures = checked(&self.measures, 1, SITUATION_TEXT_MAX, "input.report.measures")?;
        number(self.dead, "input.report.dead")?;
        number(self.missing, "input.report.missing")?;
        number(self.injured, "input.report.injured")?;
        Ok(self)
    }

    /// Returns the part of the report on which the rules decide, with new ids for the report and its texts.
    pub(super) fn draft(&self) -> Draft {
        let note = || NoteId(Uuid::new_v4());
        let count = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        Draft {
            report: SituationReportId(Uuid::new_v4()),
            grade: self.grade,
            incident_type: self.incident_type,
            source: self.source,
            channel: self.channel,
            happened_at: self.happened_at,
            learned_at: self.learned_at,
            phoned_at: self.phoned_at,
            dead: count(self.dead),
            missing: count(self.missing),
            injured: count(self.injured),
            place_note: note(),
            facts_note: note(),
            impact_note: note(),
            measures_note: note(),
        }
    }

    /// Stores the texts under the ids of the draft.
    pub(super) async fn keep<C: ConnectionTrait>(
        &self,
        txn: &C,
        draft: &Draft,
        stream: Stream,
        author: PostId,
        at: DateTime<Utc>,
    ) -> ApiResult<()> {
        let texts = [
            (draft.place_note, NoteKind::IncidentPlace, &self.place),
            (draft.facts_note, NoteKind::IncidentFacts, &self.facts),
            (draft.impact_note, NoteKind::IncidentImpact, &self.impact),
            (draft.measures_note, NoteKind::IncidentMeasures, &self.measures),
        ];
        for (id, kind, text) in texts {
            notes::write(txn, notes::Note { id, stream, kind, text: text.clone(), author }, at).await?;
        }
        Ok(())
    }
}

fn checked(text: &str, min: usize, max: usize, field: &'static str) -> Result<String, Refusal> {
    let text = text.trim();
    text::check(text, min, max).map_err(|flaw| flaw.of(field))?;
    Ok(text.to_owned())
}

fn number(number: Option<i32>, field: &'static str) -> Result<(), Refusal> {
    let sound = |number: i32| u32::try_from(number).is_ok_and(|number| number <= CASUALTIES_MAX);
    if number.is_none_or(sound) {
        return Ok(());
    }
    let zh = format!("人数应为0至{CASUALTIES_MAX}。");
    Err(Refusal::invalid(field, zh, format!("The number must be between 0 and {CASUALTIES_MAX}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashed_form_of_a_report_never_changes() {
        let at = DateTime::UNIX_EPOCH;
        let written = Written {
            grade: IncidentGrade::Major,
            incident_type: IncidentType::Accident,
            source: InformationSource::Patrol,
            channel: DeliveryChannel::System,
            happened_at: Some(at),
            learned_at: at,
            phoned_at: None,
            dead: Some(0),
            missing: None,
            injured: Some(2),
            place: "北门".to_owned(),
            facts: "围墙倒塌".to_owned(),
            impact: "2人受伤".to_owned(),
            measures: "已警戒".to_owned(),
            signer: PostId(Uuid::from_u128(1)),
        };
        let expected = r#"{"channel":"SYSTEM","dead":0,"facts":"围墙倒塌","grade":"MAJOR","happened_at":"1970-01-01T00:00:00Z","impact":"2人受伤","incident_type":"ACCIDENT","injured":2,"learned_at":"1970-01-01T00:00:00Z","measures":"已警戒","missing":null,"phoned_at":null,"place":"北门","signer":"00000000-0000-0000-0000-000000000001","source":"PATROL"}"#;
        assert_eq!(serde_json_canonicalizer::to_string(&written).unwrap(), expected);
    }

    #[test]
    fn numbers_of_people_have_bounds() {
        for good in [None, Some(0), Some(1_000_000)] {
            assert!(number(good, "input.report.dead").is_ok());
        }
        for bad in [-1, 1_000_001, i32::MIN] {
            assert_eq!(number(Some(bad), "input.report.dead").unwrap_err().field, Some("input.report.dead"));
        }
    }
}
