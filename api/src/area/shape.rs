//! Parses boundaries, which are `GeoJSON` geometries in WGS 84.

use geo::MultiPolygon;
use geojson::{Geometry, GeometryValue};

use crate::error::{ApiError, ApiResult};

/// Converts a geometry to its polygons; `None` for a geometry of another type.
///
/// # Errors
/// An error if coordinates are not pairs of numbers or a ring is malformed.
pub(crate) fn polygons(geometry: &Geometry) -> Result<Option<MultiPolygon>, geojson::Error> {
    let read = match &geometry.value {
        GeometryValue::Polygon { .. } => geo::Polygon::try_from(&geometry.value).map(|one| MultiPolygon(vec![one])),
        GeometryValue::MultiPolygon { .. } => MultiPolygon::try_from(&geometry.value),
        _ => return Ok(None),
    };
    read.map(Some)
}

/// Parses a stored boundary. The importer has validated it, so any error is internal.
pub(crate) fn stored(text: &str) -> ApiResult<MultiPolygon> {
    let geometry: Geometry = text.parse().map_err(ApiError::internal)?;
    let shape = polygons(&geometry).map_err(ApiError::internal)?;
    shape.ok_or_else(|| ApiError::internal("a stored boundary is neither a Polygon nor a MultiPolygon"))
}
