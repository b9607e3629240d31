//! Areas 区域: the tree from province to grid.

coded_enum! {
    /// Where in the tree an area stands.
    pub enum AreaLevel {
        /// 省.
        Province = "PROVINCE",
        /// 市（地级）.
        City = "CITY",
        /// 县、区.
        County = "COUNTY",
        /// 街道、乡镇、功能区.
        Township = "TOWNSHIP",
        /// 村、社区.
        Village = "VILLAGE",
        /// 网格.
        Grid = "GRID",
    }
}
