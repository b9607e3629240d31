//! The codes of incidents and situation reports.

coded_enum! {
    /// Whether more reports of an incident are to come.
    pub enum IncidentStatus {
        /// 续报中: the sending unit owes updates and the final report.
        Open = "OPEN",
        /// 已终报: the final report was sent.
        Ended = "ENDED",
    }
}

coded_enum! {
    /// The place of a situation report in the course of an incident.
    pub enum SituationReportKind {
        /// 初报: the first report.
        Initial = "INITIAL",
        /// 续报: a later report.
        Update = "UPDATE",
        /// 终报: the last report, which ends the incident.
        Final = "FINAL",
    }
}

coded_enum! {
    /// The type of an incident (《突发事件应对法》 art. 2).
    pub enum IncidentType {
        /// 自然灾害: a natural disaster.
        NaturalDisaster = "NATURAL_DISASTER",
        /// 事故灾难: accidents at work, in traffic or with the environment.
        Accident = "ACCIDENT",
        /// 公共卫生事件: a public health incident.
        PublicHealth = "PUBLIC_HEALTH",
        /// 社会安全事件: an incident of public security.
        PublicSecurity = "PUBLIC_SECURITY",
    }
}

coded_enum! {
    /// The grade of an incident, as far as the sender can judge it.
    pub enum IncidentGrade {
        /// 暂未定级: not graded yet.
        Ungraded = "UNGRADED",
        /// 一般: an ordinary incident.
        Ordinary = "ORDINARY",
        /// 较大: a serious incident.
        Serious = "SERIOUS",
        /// 重大: a major incident.
        Major = "MAJOR",
        /// 特别重大: an extraordinarily major incident.
        Extraordinary = "EXTRAORDINARY",
    }
}

coded_enum! {
    /// The kind of source from which the unit learned of the incident. It never tells who reported.
    pub enum InformationSource {
        /// 群众反映: the public.
        Public = "PUBLIC",
        /// 巡查发现: a patrol.
        Patrol = "PATROL",
        /// 监测预警: monitoring.
        Monitoring = "MONITORING",
        /// 涉事单位报告: the enterprise or place where it happened.
        UnitInvolved = "UNIT_INVOLVED",
        /// 其他单位通报: another authority.
        OtherAuthority = "OTHER_AUTHORITY",
        /// 媒体舆情: the media.
        Media = "MEDIA",
    }
}

coded_enum! {
    /// The channel by which a situation report goes out.
    pub enum DeliveryChannel {
        /// 本系统: this system alone.
        System = "SYSTEM",
        /// 电话: by telephone; what is written here is the record of the call.
        Phone = "PHONE",
        /// 传真: by fax, too.
        Fax = "FAX",
        /// 政务通信软件: by a messaging service of the government, too.
        Messaging = "MESSAGING",
        /// 电台、卫星电话: by radio or satellite telephone.
        Radio = "RADIO",
        /// 当面: handed over in person, too.
        InPerson = "IN_PERSON",
    }
}

coded_enum! {
    /// Which limit of the policy a situation report missed.
    pub enum LateMark {
        /// 首报迟报: the first word, by telephone or in writing, came late after the unit learned of the incident.
        FirstWord = "FIRST_WORD",
        /// 书面迟报: the written report came late after the unit learned of the incident, or of the news.
        Written = "WRITTEN",
        /// 事发后迟报: the first word came late after the incident happened.
        SinceHappening = "SINCE_HAPPENING",
        /// 续报迟报: the update or the final report was overdue.
        Update = "UPDATE",
    }
}
