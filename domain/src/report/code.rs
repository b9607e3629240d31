//! The codes of a report.

coded_enum! {
    /// Where a report stands.
    pub enum ReportStatus {
        /// 已接收: waits for its review.
        Received = "RECEIVED",
        /// 属实: a hazard was registered for it.
        Confirmed = "CONFIRMED",
        /// 合并: it joined a hazard that was there.
        Merged = "MERGED",
        /// 不属实.
        Unfounded = "UNFOUNDED",
        /// 转办: another unit or body has it.
        Referred = "REFERRED",
        /// 不予受理, with the channel that is right.
        OutOfScope = "OUT_OF_SCOPE",
        /// 撤回 by its author.
        Withdrawn = "WITHDRAWN",
    }
}

coded_enum! {
    /// Whose act a report is.
    pub enum ReportSource {
        /// 公众: a member of the public, sealed.
        Public = "PUBLIC",
        /// 巡查: an officer's act, with its actor.
        Patrol = "PATROL",
    }
}

coded_enum! {
    /// Where a matter belongs that is none of ours (《北京市接诉即办工作条例》 art. 11).
    pub enum Channel {
        /// 公安 110.
        Call110 = "CALL_110",
        /// 消防 119.
        Call119 = "CALL_119",
        /// 急救 120.
        Call120 = "CALL_120",
        /// 交通事故 122.
        Call122 = "CALL_122",
        /// 诉讼、仲裁.
        Litigation = "LITIGATION",
        /// 信访.
        Petition = "PETITION",
        /// 纪检监察.
        Discipline = "DISCIPLINE",
        /// 行政复议.
        Reconsideration = "RECONSIDERATION",
        /// 政务服务便民热线 12345.
        Hotline12345 = "HOTLINE_12345",
        /// 安全生产举报投诉 12350.
        Hotline12350 = "HOTLINE_12350",
        /// 其他地区.
        OtherDistrict = "OTHER_DISTRICT",
        /// 其他部门 that is not in this system.
        OtherDepartment = "OTHER_DEPARTMENT",
    }
}
