//! Reports, as the published schema shows them: one object for handlers, one for authors ([`mine`]).

pub mod mine;
pub mod query;

use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::{AmendmentId, AreaId, HazardId, ReportId, UnitId};
use domain::place::{Crs, Point};
use domain::report::{ReportSource, ReportStatus};
use entity::{amendment, report};

use super::loader::AmendmentsOfReport;
use super::rows;
use super::same_photo::SharedPhotos;
use crate::context::caller;
use crate::dataloader::load;
use crate::error::ApiError;
use crate::hazard::graphql::likeness::SimilarPhoto;
use crate::journal::loader::EventsAfter;
use crate::journal::{Stream, graphql::Event};
use crate::photo::graphql::Photo;
use crate::photo::loader::PhotosOfParent;
use crate::policy::graphql::clock::Clock;
use crate::policy::loader::ClocksOfStream;
use crate::policy::routing::Routing;

/// A place.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Place {
    /// The place, inside as WGS84.
    #[graphql(skip)]
    point: Point,
    /// Longitude, WGS84 (CGCS2000), degrees east.
    lng: f64,
    /// Latitude, WGS84 (CGCS2000), degrees north.
    lat: f64,
    /// The place in words.
    address: Option<String>,
}

impl Place {
    /// A place with its words.
    #[must_use]
    pub fn of(point: Point, address: Option<String>) -> Self {
        Self { point, lng: point.lng(), lat: point.lat(), address }
    }
}

/// A place in another coordinate system.
#[derive(Debug, SimpleObject)]
pub struct Coordinates {
    /// The system.
    crs: Crs,
    /// Longitude in that system, degrees.
    lng: f64,
    /// Latitude in that system, degrees.
    lat: f64,
}

#[ComplexObject]
impl Place {
    /// The same place in the system of a map: GCJ02 for Amap and Tencent, BD09 for Baidu, CGCS2000 for Tianditu.
    async fn coordinates(&self, #[graphql(desc = "The system that is wanted.")] crs: Crs) -> Coordinates {
        let (lng, lat) = self.point.in_crs(crs);
        Coordinates { crs, lng, lat }
    }
}

/// An amendment.
#[derive(Debug)]
pub struct Amendment(pub amendment::Model);

/// What a reporter added to a report later 补充.
#[Object]
impl Amendment {
    /// The amendment.
    async fn id(&self) -> AmendmentId {
        self.0.id
    }

    /// What was added.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// End of the hour in which it came.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.shown_at
    }
}

/// A report, for whoever handles it.
#[derive(Debug)]
pub struct Report(pub report::Model);

/// A report 报告, as handlers see it. Nothing here tells who wrote it: named, confidential and anonymous reports look
/// the same, and its times are the end of their hour (of an emergency, of its minute).
#[Object]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl Report {
    /// The report.
    async fn id(&self) -> ReportId {
        self.0.id
    }

    /// Where it stands.
    async fn status(&self) -> ReportStatus {
        self.0.status
    }

    /// Whose act it is: the public's, or an officer's on patrol.
    async fn source(&self) -> ReportSource {
        self.0.source
    }

    /// Counts up with every event; name it as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// What was written. Never changed; see `amendments`.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Code of the category that the phone sent, known or not.
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// Whether people are in danger now.
    async fn emergency(&self) -> bool {
        self.0.emergency
    }

    /// Where.
    async fn place(&self) -> Result<Place, ApiError> {
        Ok(Place::of(rows::point_of(self.0.lng_e7, self.0.lat_e7)?, self.0.address.clone()))
    }

    /// How exact the place is, in metres, as the phone said.
    async fn accuracy_metres(&self) -> Option<i32> {
        self.0.accuracy_metres
    }

    /// When it came: the end of its hour, of an emergency the end of its minute.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.shown_at
    }

    /// When it was seen, as the phone's clock said: the end of that hour, of an emergency the end of that minute.
    async fn captured_at(&self) -> Option<DateTime<Utc>> {
        self.0.captured_at
    }

    /// The smallest area that contains it; null outside every area.
    async fn area_id(&self) -> Option<AreaId> {
        self.0.area_id
    }

    /// The unit that reviews it.
    async fn review_unit_id(&self) -> UnitId {
        self.0.review_unit
    }

    /// Why it came to this unit, in a sentence. For the unit that reviews it: the sentence may say whom it accuses.
    async fn why_here(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let reviews = caller(ctx).officer()?.posts.iter().any(|post| post.unit == self.0.review_unit);
        if !reviews {
            return Ok(None);
        }
        let routing: Routing = serde_json::from_str(&self.0.routing).map_err(ApiError::internal)?;
        Ok(Some(routing.why.text(caller(ctx).language).to_owned()))
    }

    /// The units that the duty list suggests for `blowWhistle` and `dispatchHazard`: who leads first. Empty where it is
    /// silent.
    async fn suggested_unit_ids(&self) -> Result<Vec<UnitId>, ApiError> {
        let routing: Routing = serde_json::from_str(&self.0.routing).map_err(ApiError::internal)?;
        Ok(routing.lead.into_iter().chain(routing.support).collect())
    }

    /// What was odd about it: `CLOCK_WRONG`, `CATEGORY_UNKNOWN`, `OUTSIDE_AREAS`, `NEAR_BORDER`, `LATE`; `SAME_PHOTO`
    /// while another report that you may see holds the very same photo.
    async fn flags(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        let mut flags: Vec<String> = serde_json::from_str(&self.0.flags).map_err(ApiError::internal)?;
        if load::<SharedPhotos>(ctx, self.0.id).await?.is_some() {
            flags.push("SAME_PHOTO".to_owned());
        }
        Ok(flags)
    }

    /// Photos of other reports, and of work, that are like a photo of this one: the very same files first, then the
    /// nearest, at most 20. For whoever reviews the report or oversees its area, and of what they may see; empty for
    /// others. Ask it of one report, not of a list.
    #[graphql(complexity = "20 * child_complexity + 200")]
    async fn similar(&self, ctx: &Context<'_>) -> Result<Vec<SimilarPhoto>, ApiError> {
        SimilarPhoto::of(ctx, &self.0).await
    }

    /// The hazard it points to: null until it is confirmed or merged.
    async fn hazard_id(&self) -> Option<HazardId> {
        self.0.hazard_id
    }

    /// Its photos, at most 9.
    async fn photos(&self, ctx: &Context<'_>) -> Result<Vec<Photo>, ApiError> {
        photos(ctx, self.0.id).await
    }

    /// What was added later, oldest first.
    async fn amendments(&self, ctx: &Context<'_>) -> Result<Vec<Amendment>, ApiError> {
        amendments(ctx, self.0.id).await
    }

    /// Its clocks.
    async fn clocks(&self, ctx: &Context<'_>) -> Result<Vec<Clock>, ApiError> {
        let rows = load::<ClocksOfStream>(ctx, Stream::Report(self.0.id)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Clock).collect())
    }

    /// What happened to it, oldest first: at most 100 events after version `after`.
    #[graphql(complexity = "100 * child_complexity + 1")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "The version of the last event that you have; 0 for the beginning.")] after: i64,
    ) -> Result<Vec<Event>, ApiError> {
        let rows = load::<EventsAfter>(ctx, (Stream::Report(self.0.id), after)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Event).collect())
    }
}

pub(super) async fn photos(ctx: &Context<'_>, report: ReportId) -> Result<Vec<Photo>, ApiError> {
    let rows = load::<PhotosOfParent>(ctx, report.0).await?;
    Ok(rows.unwrap_or_default().into_iter().map(Photo).collect())
}

pub(super) async fn amendments(ctx: &Context<'_>, report: ReportId) -> Result<Vec<Amendment>, ApiError> {
    let rows = load::<AmendmentsOfReport>(ctx, report).await?;
    Ok(rows.unwrap_or_default().into_iter().map(Amendment).collect())
}
