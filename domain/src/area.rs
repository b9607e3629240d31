//! Areas 区域: the tree from province to grid.

/// Returns whether the area with the path `path` is the area with the path `area` or one of its descendants. An area's
/// path starts with its parent's path and ends with `/` (`/52/5201/`), so a prefix comparison is enough. An empty path
/// names no area: it covers no path and no area covers it.
#[must_use]
pub fn covers(area: &str, path: &str) -> bool {
    !area.is_empty() && path.starts_with(area)
}

coded_enum! {
    /// The level of an area in the tree.
    pub enum AreaLevel {
        /// 省: a province.
        Province = "PROVINCE",
        /// 市（地级）: a prefecture-level city.
        City = "CITY",
        /// 县、区: a county or district.
        County = "COUNTY",
        /// 街道、乡镇、功能区: a subdistrict, township or functional zone.
        Township = "TOWNSHIP",
        /// 村、社区: a village or residential community.
        Village = "VILLAGE",
        /// 网格: a grid cell.
        Grid = "GRID",
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn an_area_covers_itself_and_what_lies_below() {
        for (area, path, expected) in [
            ("/52/5201/", "/52/5201/", true),
            ("/52/5201/", "/52/5201/520115/", true),
            ("/52/5201/", "/52/", false),
            ("/52/5201/", "", false),
            ("", "/52/5201/", false),
            ("", "", false),
        ] {
            assert_eq!(covers(area, path), expected, "{area:?} {path:?}");
        }
    }
}
