//! Units and posts: who may hold a duty, and in which role.

coded_enum! {
    /// What kind of organisation a unit is.
    pub enum UnitKind {
        /// 街道、乡镇、功能区: blows the whistle.
        Township = "TOWNSHIP",
        /// 村、社区: never leads.
        Village = "VILLAGE",
        /// 部门: reports in.
        Department = "DEPARTMENT",
        /// 公共服务企业（水电气热）: answers whistles as a department does.
        Utility = "UTILITY",
        /// 指挥中心: distributes whistles, rules on disputes, holds what has no owner.
        CommandCentre = "COMMAND_CENTRE",
    }
}

coded_enum! {
    /// The role of a post.
    pub enum Role {
        /// 网格员.
        GridWorker = "GRID_WORKER",
        /// 村（社区）干部.
        VillageOfficer = "VILLAGE_OFFICER",
        /// 街乡受理员: reviews reports.
        TownshipClerk = "TOWNSHIP_CLERK",
        /// 街乡负责人: may blow the whistle, closes hazards.
        TownshipLeader = "TOWNSHIP_LEADER",
        /// 部门受理员: signs for assignments and hands them out.
        DepartmentClerk = "DEPARTMENT_CLERK",
        /// 办理人: claims, checks in, finishes.
        Worker = "WORKER",
        /// 部门负责人.
        DepartmentLeader = "DEPARTMENT_LEADER",
        /// 指挥中心: reviews what no township may, distributes, rules.
        CommandCentre = "COMMAND_CENTRE",
        /// 督查员.
        Supervisor = "SUPERVISOR",
        /// 信息保护专员.
        Custodian = "CUSTODIAN",
        /// 奖励经办.
        RewardOfficer = "REWARD_OFFICER",
        /// 财务.
        FinanceOfficer = "FINANCE_OFFICER",
        /// 审计.
        Auditor = "AUDITOR",
        /// 系统管理员.
        Administrator = "ADMINISTRATOR",
    }
}
