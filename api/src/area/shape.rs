//! Reads boundaries, which are `GeoJSON` geometries in WGS84.

use geo::MultiPolygon;
use geojson::{Geometry, GeometryValue};

use crate::error::{ApiError, ApiResult};

/// Returns the polygons of a geometry, or `None` for a geometry of another kind.
///
/// # Errors
/// An error if coordinates are not pairs of numbers or a ring is not one.
pub(crate) fn polygons(geometry: &Geometry) -> Result<Option<MultiPolygon>, geojson::Error> {
    let read = match &geometry.value {
        GeometryValue::Polygon { .. } => geo::Polygon::try_from(&geometry.value).map(|one| MultiPolygon(vec![one])),
        GeometryValue::MultiPolygon { .. } => MultiPolygon::try_from(&geometry.value),
        _ => return Ok(None),
    };
    read.map(Some)
}

/// Reads a stored boundary. The importer has checked it, so any error is internal.
pub(crate) fn stored(text: &str) -> ApiResult<MultiPolygon> {
    let geometry: Geometry = text.parse().map_err(ApiError::internal)?;
    let shape = polygons(&geometry).map_err(ApiError::internal)?;
    shape.ok_or_else(|| ApiError::internal("a stored boundary is neither a Polygon nor a MultiPolygon"))
}
