//! GraphQL types of reports: one object type for officers and another for authors ([`mine`]).

pub(crate) mod mine;
pub(crate) mod query;

use async_graphql::connection::Connection;
use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::{AmendmentId, AreaId, HazardId, ReportId, UnitId};
use domain::place::{Crs, Degrees, Point};
use domain::refusal::Language;
use domain::report::{ReportSource, ReportStatus};
use entity::{amendment, photo, report};

use super::loader::{AccusedUnits, AmendmentsOfReport, ReadBy};
use super::rows;
use super::same_photo::SharedPhotos;
use crate::context::{app, caller};
use crate::dataloader::load;
use crate::error::ApiError;
use crate::hazard::graphql::likeness::SimilarPhoto;
use crate::journal::Stream;
use crate::journal::graphql::HistoryEvent;
use crate::journal::loader::EventsAfter;
use crate::page::{self, Cursor, Page};
use crate::photo::graphql::Photo;
use crate::photo::loader::PhotosOfParent;
use crate::policy::graphql::clock::Clock;
use crate::policy::loader::ClocksOfStream;
use crate::policy::routing::{Routing, RoutingRule};
use crate::staff::graphql::Unit;

/// A place.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Place {
    /// The place in WGS84, from which the other fields and systems are computed.
    #[graphql(skip)]
    point: Point,
    /// The longitude in degrees east, in WGS84 (CGCS2000).
    lng: f64,
    /// The latitude in degrees north, in WGS84 (CGCS2000).
    lat: f64,
    /// The address in words.
    address: Option<String>,
}

impl Place {
    /// Builds a place from a point in WGS84 and its address.
    #[must_use]
    pub(crate) fn of(point: Point, address: Option<String>) -> Self {
        Self { point, lng: point.lng(), lat: point.lat(), address }
    }
}

/// The coordinates of a place in another coordinate system.
#[derive(Debug, SimpleObject)]
pub(crate) struct Coordinates {
    /// The coordinate system.
    crs: Crs,
    /// The longitude in that system, in degrees east.
    lng: f64,
    /// The latitude in that system, in degrees north.
    lat: f64,
}

#[ComplexObject]
impl Place {
    /// The same place in the coordinate system of a map: GCJ02 for Amap and Tencent, BD09 for Baidu, CGCS2000 for
    /// Tianditu.
    async fn coordinates(&self, #[graphql(desc = "The coordinate system to convert to.")] crs: Crs) -> Coordinates {
        let Degrees { lng, lat } = self.point.in_crs(crs);
        Coordinates { crs, lng, lat }
    }
}

/// The GraphQL object that wraps a row of table `amendment`.
#[derive(Debug)]
pub(crate) struct Amendment(pub amendment::Model);

/// An addition 补充 that the author made to a report after submitting it.
#[Object]
impl Amendment {
    /// The id of the addition.
    async fn id(&self) -> AmendmentId {
        self.0.id
    }

    /// The added text.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The time from which officers see the addition: a boundary of the time veil.
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.shown_at
    }
}

/// The GraphQL object for officers that wraps a row of table `report`.
#[derive(Debug)]
pub(crate) struct Report(pub report::Model);

impl Report {
    fn routing(&self) -> Result<Routing, ApiError> {
        serde_json::from_str(&self.0.routing).map_err(ApiError::internal)
    }
}

/// A report 报告, as officers who handle it see it. It does not reveal its author: named, confidential and anonymous
/// reports look the same, and each time is a boundary of the time veil, every quarter of an hour unless the policy sets
/// another interval (for an emergency, the end of the minute). Before its boundary, the report does not exist for officers.
#[Object]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl Report {
    /// The id of the report.
    async fn id(&self) -> ReportId {
        self.0.id
    }

    /// The status of the report.
    async fn status(&self) -> ReportStatus {
        self.0.status
    }

    /// Whether a member of the public or an officer on patrol made the report.
    async fn source(&self) -> ReportSource {
        self.0.source
    }

    /// The version of the report. It increases with every event; pass it as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The text of the report, which never changes; `amendments` contains the additions.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The code of the category as the phone sent it, even if the code is unknown.
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// Whether people are in danger now.
    async fn emergency(&self) -> bool {
        self.0.emergency
    }

    /// The place of the report.
    async fn place(&self) -> Result<Place, ApiError> {
        Ok(Place::of(rows::point_of(self.0.lng_e7, self.0.lat_e7)?, self.0.address.clone()))
    }

    /// The accuracy of the place in metres, as the phone stated it.
    async fn accuracy_metres(&self) -> Option<i32> {
        self.0.accuracy_metres
    }

    /// The time from which officers see the report: a boundary of the time veil (for an emergency, the end of the minute
    /// in which the server received it).
    async fn received_at(&self) -> DateTime<Utc> {
        self.0.shown_at
    }

    /// The time of the observation by the phone's clock: the boundary of the time veil that follows it (for an emergency,
    /// the end of the minute).
    async fn captured_at(&self) -> Option<DateTime<Utc>> {
        self.0.captured_at
    }

    /// The id of the smallest area that contains the place; null if the place lies outside every area.
    async fn area_id(&self) -> Option<AreaId> {
        self.0.area_id
    }

    /// The id of the unit that reviews the report; null while no unit may review it, because each one that could is
    /// recused.
    async fn review_unit_id(&self) -> Result<Option<UnitId>, ApiError> {
        let waits = self.routing()?.rule == RoutingRule::Unassigned;
        Ok((!waits).then_some(self.0.review_unit))
    }

    /// The reason, in one sentence, why the report was assigned to this unit. Only officers of the unit see it, because
    /// it may name the unit that the report accuses.
    async fn why_here(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let reviews = caller(ctx).officer()?.posts.iter().any(|post| post.unit == self.0.review_unit);
        if !reviews {
            return Ok(None);
        }
        let (routing, language) = (self.routing()?, caller(ctx).language);
        if routing.review_unit != self.0.review_unit {
            return Ok(Some(referred_here(language).to_owned()));
        }
        Ok(Some(routing.why.text(language).to_owned()))
    }

    /// The ids of the units that the duty list suggests for `blowWhistle` and `dispatchHazard`, the leading unit first;
    /// empty if the duty list suggests none.
    async fn suggested_unit_ids(&self) -> Result<Vec<UnitId>, ApiError> {
        let routing = self.routing()?;
        Ok(routing.lead.into_iter().chain(routing.support).collect())
    }

    /// The units that the report accuses 被反映单位. They and the units below them see neither the report nor what derives
    /// from it alone, and `UNIT_BARRED` refuses to dispatch them.
    async fn accused_units(&self, ctx: &Context<'_>) -> Result<Vec<Unit>, ApiError> {
        let rows = load::<AccusedUnits>(ctx, self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Unit).collect())
    }

    /// Codes of unusual features: `CLOCK_WRONG`, `CATEGORY_UNKNOWN`, `OUTSIDE_AREAS`, `NEAR_BORDER`, `LATE`; and
    /// `SAME_PHOTO` while another report that the caller may see contains the same photo.
    async fn flags(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        let mut flags: Vec<String> = self.0.flags.0.clone();
        if load::<SharedPhotos>(ctx, self.0.id).await?.is_some() {
            flags.push("SAME_PHOTO".to_owned());
        }
        Ok(flags)
    }

    /// Photos of other reports, and of work, that are similar to a photo of this report: identical files first, then
    /// the most similar ones, at most 20. Only officers who review the report or oversee its area see them, and only
    /// those that they may see; for others the list is empty. Request it for one report, not for a list.
    #[graphql(complexity = "20 * child_complexity + 200")]
    async fn similar(&self, ctx: &Context<'_>) -> Result<Vec<SimilarPhoto>, ApiError> {
        SimilarPhoto::of(ctx, &self.0).await
    }

    /// The id of the hazard to which the report points; null until the report is confirmed or merged.
    async fn hazard_id(&self) -> Option<HazardId> {
        self.0.hazard_id
    }

    /// The photos of the report, at most 9.
    async fn photos(&self, ctx: &Context<'_>) -> Result<Vec<Photo>, ApiError> {
        let now = app(ctx).now();
        let photos = photos(ctx, self.0.id).await?;
        Ok(photos.into_iter().map(|photo| Photo::shown(photo.for_officers(now))).collect())
    }

    /// The additions to the report, newest first, at most 20.
    ///
    /// Refusals: `INVALID_INPUT` (`first`, `after`).
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn amendments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Amendment>, ApiError> {
        amendments(ctx, self.0.id, Page::of(first, after.as_deref())?, ReadBy::Officer).await
    }

    /// The clocks 时限 of the report.
    async fn clocks(&self, ctx: &Context<'_>) -> Result<Vec<Clock>, ApiError> {
        let rows = load::<ClocksOfStream>(ctx, Stream::Report(self.0.id)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Clock).collect())
    }

    /// The history of the report, oldest first: at most 100 events after version `after`.
    #[graphql(complexity = "100 * child_complexity + 1")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "The version after which the events begin; 0 means the beginning.")] after: i64,
    ) -> Result<Vec<HistoryEvent>, ApiError> {
        let rows = load::<EventsAfter>(ctx, (Stream::Report(self.0.id), after)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(HistoryEvent::new).collect())
    }
}

/// Returns why a report is with a unit to which it was referred 转办. The history names who referred it, and why.
const fn referred_here(language: Language) -> &'static str {
    match language {
        Language::Chinese => "本报告由其他单位转来，请继续审核。",
        Language::English => "Another unit referred this report to this unit, which reviews the report now.",
    }
}

pub(super) async fn photos(ctx: &Context<'_>, report: ReportId) -> Result<Vec<photo::Model>, ApiError> {
    Ok(load::<PhotosOfParent>(ctx, report.0).await?.unwrap_or_default())
}

/// Returns a page of the amendments of a report, by the time that its reader may know.
pub(super) async fn amendments(
    ctx: &Context<'_>,
    report: ReportId,
    page: Page,
    by: ReadBy,
) -> Result<Connection<Cursor, Amendment>, ApiError> {
    let rows = load::<AmendmentsOfReport>(ctx, (report, page, by)).await?.unwrap_or_default();
    Ok(page.connection(rows, |row| Cursor { at: by.time_of(row), id: row.id.0 }, Amendment))
}
