//! Boundaries: `GeoJSON` geometries in WGS84.

use geo::MultiPolygon;
use geojson::{Geometry, GeometryValue};

use crate::error::{ApiError, ApiResult};

/// The polygons of a geometry; none for a geometry of another kind.
///
/// # Errors
/// What the reader says: coordinates that are not pairs of numbers, rings that are no rings.
pub(crate) fn polygons(geometry: &Geometry) -> Result<Option<MultiPolygon>, geojson::Error> {
    let read = match &geometry.value {
        GeometryValue::Polygon { .. } => geo::Polygon::try_from(&geometry.value).map(|one| MultiPolygon(vec![one])),
        GeometryValue::MultiPolygon { .. } => MultiPolygon::try_from(&geometry.value),
        _ => return Ok(None),
    };
    read.map(Some)
}

/// A boundary as it is stored.
///
/// # Errors
/// An internal error when the text is not the geometry of an area: the importer lets none in.
pub(crate) fn stored(text: &str) -> ApiResult<MultiPolygon> {
    let geometry: Geometry = text.parse().map_err(ApiError::internal)?;
    let shape = polygons(&geometry).map_err(ApiError::internal)?;
    shape.ok_or_else(|| ApiError::internal("a stored boundary is neither a Polygon nor a MultiPolygon"))
}
