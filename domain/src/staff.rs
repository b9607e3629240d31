//! Staff: the unit kinds and the post roles.

coded_enum! {
    /// The kind of a unit.
    pub enum UnitKind {
        /// 街道、乡镇、功能区: a subdistrict, township or functional zone, which blows the whistle.
        Township = "TOWNSHIP",
        /// 村、社区: a village or residential community, which never leads.
        Village = "VILLAGE",
        /// 部门: a department, which answers whistles.
        Department = "DEPARTMENT",
        /// 公共服务企业（水电气热）: a utility, which answers whistles as a department does.
        Utility = "UTILITY",
        /// 指挥中心: a command centre, which distributes whistles, rules on disputes and holds matters that have no owner.
        CommandCentre = "COMMAND_CENTRE",
    }
}

coded_enum! {
    /// The role of a post 岗位.
    pub enum Role {
        /// 网格员: a grid worker.
        GridWorker = "GRID_WORKER",
        /// 村（社区）干部: an officer of a village or residential community.
        VillageOfficer = "VILLAGE_OFFICER",
        /// 街乡受理员: a clerk of a township, who reviews reports.
        TownshipClerk = "TOWNSHIP_CLERK",
        /// 街乡负责人: a leader of a township, who may blow the whistle and closes hazards.
        TownshipLeader = "TOWNSHIP_LEADER",
        /// 部门受理员: a clerk of a department, who signs for assignments and distributes them.
        DepartmentClerk = "DEPARTMENT_CLERK",
        /// 办理人: a worker, who claims assignments, checks in and finishes the work.
        Worker = "WORKER",
        /// 部门负责人: a leader of a department.
        DepartmentLeader = "DEPARTMENT_LEADER",
        /// 指挥中心: the command centre, which reviews reports that no township may review, distributes matters and rules
        /// on disputes.
        CommandCentre = "COMMAND_CENTRE",
        /// 督查员: a supervisor.
        Supervisor = "SUPERVISOR",
        /// 信息保护专员: an information protection officer.
        Custodian = "CUSTODIAN",
        /// 奖励经办: a reward officer, who reviews and approves awards.
        RewardOfficer = "REWARD_OFFICER",
        /// 财务: a finance officer, who pays awards.
        FinanceOfficer = "FINANCE_OFFICER",
        /// 审计: an auditor.
        Auditor = "AUDITOR",
        /// 系统管理员: a system administrator.
        Administrator = "ADMINISTRATOR",
    }
}
