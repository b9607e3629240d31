//! The rules of major hazards 重大事故隐患: who judges under which standards, and how long each step may take.

use serde::{Deserialize, Serialize};

use crate::staff::Role;
use crate::time::{Span, SpanUnit};

/// A published standard 判定标准 by which a department judges whether a hazard is a major one (《安全生产法》 art. 118).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgingStandard {
    /// The code, which events store.
    pub code: String,
    /// The Chinese title, with its document number.
    pub name: String,
    /// The English title.
    pub name_en: String,
}

/// The rules of major hazards. The law gives the duty (《安全生产法》 art. 41, 70, 118); the times are set by the places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MajorPolicy {
    /// The roles of the responsible department that judge, and that consent to the closure. If no department can, the command
    /// centre does.
    pub judged_by: Vec<Role>,
    /// The time limit for the judgement.
    pub judge: Span,
    /// The time limit for the five elements 五落实 and the plan 治理方案.
    pub plan: Span,
    /// The roles that list 挂牌 and delist 摘牌.
    pub listed_by: Vec<Role>,
    /// The most time between the listing and its limit.
    pub listed_at_most: Span,
    /// How long after the listing, or the delisting, it must be published.
    pub publish: Span,
    /// The roles that accept on the spot 现场验收.
    pub accepted_by: Vec<Role>,
    /// The time limit for the acceptance on the spot.
    pub accept: Span,
    /// The time limit for the department's consent 同意销号.
    pub consent: Span,
    /// The time limit for evacuating people 撤离人员.
    pub evacuate: Span,
    /// The time limit for stopping production or use 停产停用.
    pub stop_use: Span,
    /// How long before power or explosives are cut 停止供电 the notice is given (《安全生产法》 art. 70: 24 hours).
    pub power_notice: Span,
    /// The time limit for cutting them, counted from the end of the notice.
    pub cut_power: Span,
    /// The published standards.
    pub standards: Vec<JudgingStandard>,
}

impl MajorPolicy {
    /// The roles that a policy can name as judges.
    pub const JUDGES: [Role; 2] = [Role::DepartmentLeader, Role::DepartmentClerk];
    /// The roles that a policy can name for listing.
    pub const LISTERS: [Role; 2] = [Role::DepartmentLeader, Role::CommandCentre];
    /// The roles that a policy can name for the acceptance on the spot.
    pub const ACCEPTORS: [Role; 5] =
        [Role::DepartmentLeader, Role::DepartmentClerk, Role::TownshipLeader, Role::CommandCentre, Role::Supervisor];

    /// Returns whether the policy lists a standard with this code.
    #[must_use]
    pub fn has_standard(&self, code: &str) -> bool {
        self.standards.iter().any(|standard| standard.code == code)
    }
}

/// The standards that are in force nationwide: code, Chinese title, English title.
const STANDARDS: [[&str; 3]; 9] = [
    ["COAL_MINE", "煤矿重大事故隐患判定标准（应急管理部令第4号）", "Coal mines (MEM order 4)"],
    [
        "NON_COAL_MINE",
        "金属非金属矿山重大事故隐患判定标准（矿安〔2022〕88号）",
        "Metal and non-metal mines (Kuang'an 2022 no. 88)",
    ],
    [
        "CHEMICALS",
        "化工和危险化学品生产经营单位重大生产安全事故隐患判定标准（安监总管三〔2017〕121号）",
        "Chemicals (Anjian Zongguan 3, 2017 no. 121)",
    ],
    ["INDUSTRY_TRADE", "工贸企业重大事故隐患判定标准（应急管理部令第10号）", "Industry and trade (MEM order 10)"],
    ["CONSTRUCTION", "房屋市政工程生产安全重大事故隐患判定标准（2024版）", "Building and municipal works (2024)"],
    ["TOWN_GAS", "城镇燃气经营安全重大隐患判定标准（建城规〔2023〕4号）", "Town gas (Jianchenggui 2023 no. 4)"],
    ["FIRE", "重大火灾隐患判定规则（GB 35181）", "Fire (GB 35181)"],
    ["SPECIAL_EQUIPMENT", "特种设备重大事故隐患判定准则（GB 45067-2024）", "Special equipment (GB 45067-2024)"],
    ["OTHER", "其他行业领域公布的重大事故隐患判定标准", "Another published standard, which the clause names"],
];

impl Default for MajorPolicy {
    /// The rules of policies that were stored before major hazards had steps of their own.
    fn default() -> Self {
        let days = |amount| Span { amount, unit: SpanUnit::WorkingDays };
        let hours = |amount| Span { amount, unit: SpanUnit::Hours };
        let standard = |[code, name, name_en]: [&str; 3]| JudgingStandard {
            code: code.to_owned(),
            name: name.to_owned(),
            name_en: name_en.to_owned(),
        };
        Self {
            judged_by: vec![Role::DepartmentLeader],
            judge: days(3),
            plan: days(5),
            listed_by: vec![Role::CommandCentre, Role::DepartmentLeader],
            listed_at_most: Span { amount: 365, unit: SpanUnit::Days },
            publish: days(5),
            accepted_by: vec![Role::DepartmentLeader, Role::CommandCentre, Role::Supervisor],
            accept: Span { amount: 10, unit: SpanUnit::Days },
            consent: days(3),
            evacuate: hours(2),
            stop_use: hours(4),
            power_notice: hours(24),
            cut_power: hours(4),
            standards: STANDARDS.into_iter().map(standard).collect(),
        }
    }
}
