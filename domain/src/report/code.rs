//! The report codes: statuses, sources and referral channels.

coded_enum! {
    /// The status of a report.
    pub enum ReportStatus {
        /// 已接收: the report awaits its review.
        Received = "RECEIVED",
        /// 属实: the report was confirmed, and a hazard was registered for it.
        Confirmed = "CONFIRMED",
        /// 合并: the report joined a hazard that was already registered.
        Merged = "MERGED",
        /// 不属实: the report was found to be unfounded.
        Unfounded = "UNFOUNDED",
        /// 转办: the report was referred to a body outside this system.
        Referred = "REFERRED",
        /// 不予受理: the matter does not belong in this system; the author was informed of the right channel.
        OutOfScope = "OUT_OF_SCOPE",
        /// 撤回: the author withdrew the report.
        Withdrawn = "WITHDRAWN",
    }
}

coded_enum! {
    /// The source of a report.
    pub enum ReportSource {
        /// 公众: a member of the public, whose identity is stored encrypted.
        Public = "PUBLIC",
        /// 巡查: an officer on patrol, whose name is recorded.
        Patrol = "PATROL",
    }
}

coded_enum! {
    /// The right channel for a matter that this system does not handle (《北京市接诉即办工作条例》 art. 11).
    pub enum Channel {
        /// 公安 110: the police.
        Call110 = "CALL_110",
        /// 消防 119: the fire service.
        Call119 = "CALL_119",
        /// 急救 120: the ambulance service.
        Call120 = "CALL_120",
        /// 交通事故 122: the traffic police, for accidents.
        Call122 = "CALL_122",
        /// 诉讼、仲裁: litigation or arbitration.
        Litigation = "LITIGATION",
        /// 信访: the petition system.
        Petition = "PETITION",
        /// 纪检监察: discipline inspection and supervision.
        Discipline = "DISCIPLINE",
        /// 行政复议: administrative reconsideration.
        Reconsideration = "RECONSIDERATION",
        /// 政务服务便民热线 12345: the government service hotline.
        Hotline12345 = "HOTLINE_12345",
        /// 安全生产举报投诉 12350: the hotline for work safety complaints.
        Hotline12350 = "HOTLINE_12350",
        /// 其他地区: another district.
        OtherDistrict = "OTHER_DISTRICT",
        /// 其他部门: a department that does not take part in this system.
        OtherDepartment = "OTHER_DEPARTMENT",
    }
}
