//! Renders notice texts when a notice is read.

use chrono::Datelike;
use domain::refusal::Language;
use domain::report::Channel;
use domain::time::china_day;

use super::kind::{NoticeFacts, NoticeKind};

/// Renders the text of a notice in the given language.
pub(super) fn text(kind: NoticeKind, facts: &NoticeFacts, language: Language) -> String {
    match language {
        Language::Chinese => chinese(kind, facts),
        Language::English => english(kind, facts),
    }
}

fn chinese(kind: NoticeKind, facts: &NoticeFacts) -> String {
    let amount = facts.amount.unwrap_or_default().yuan();
    match kind {
        NoticeKind::ReportConfirmed => "您报告的隐患经核查属实，已登记整改。".into(),
        NoticeKind::ReportMerged => "您报告的隐患经核查属实，与已登记的隐患合并处理。".into(),
        NoticeKind::ReportAsked => {
            "您报告的隐患经核查属实，且已整改销号，请您评价问题是否解决、对结果是否满意。".into()
        }
        NoticeKind::ReportForwarded => "您的报告已转交另一单位继续审核，审核结果将另行告知。".into(),
        NoticeKind::ReportMoved => "您报告的隐患与另一条登记为同一隐患，已合并办理。".into(),
        NoticeKind::ReportParted => "您报告的隐患已恢复单独登记办理。".into(),
        NoticeKind::ReportUnfounded => "您报告的情况经核查不属实，感谢您的关注与支持。".into(),
        NoticeKind::ReportReferred => match channel(facts, Language::Chinese) {
            Some(place) => format!("您反映的事项不属于本单位职责范围，请联系{place}。"),
            None => "您反映的事项已转交有权处理的单位办理。".into(),
        },
        NoticeKind::ReportOutOfScope => match channel(facts, Language::Chinese) {
            Some(place) => format!("您反映的事项不属于受理范围，请联系{place}。"),
            None => "您反映的事项不属于受理范围。".into(),
        },
        NoticeKind::HazardDispatched => "您报告的隐患已派单，有关单位正在处理。".into(),
        NoticeKind::HazardBlown => "您报告的隐患已吹哨，有关部门将到场处理。".into(),
        NoticeKind::HazardExtended => "您报告的隐患整改期限已按规定延长。".into(),
        NoticeKind::HazardSuspended => {
            format!("您报告的隐患整改需较长时间，已挂账管理并采取临时管控措施{}", review_zh(facts))
        }
        NoticeKind::HazardResumed => "您报告的隐患已恢复整改。".into(),
        NoticeKind::HazardClosed => "您报告的隐患已整改销号，请您评价问题是否解决、对结果是否满意。".into(),
        NoticeKind::HazardReopened => "您报告的隐患已重新启动整改。".into(),
        NoticeKind::HazardCancelled => "您报告的隐患登记已撤销，不再继续办理。".into(),
        NoticeKind::AwardNotified => format!("您的报告获得奖励{amount}元，{}", until_zh(facts)),
        NoticeKind::AwardHeld => "因隐患重新整改，您的奖励暂缓办理。".into(),
        NoticeKind::AwardDoubted => "经核对，同一隐患另有先收到的报告，您的奖励暂缓办理，待核定。".into(),
        NoticeKind::AwardWithdrawn => "同一隐患只奖励首位如实报告人，您的奖励不再发放。".into(),
        NoticeKind::AwardResumed => format!("您的奖励恢复办理，{}", until_zh(facts)),
        NoticeKind::AwardPaid => format!("您的奖励{amount}元已发放。"),
        NoticeKind::AwardForfeited => format!("您的奖励{amount}元逾期未领取，视为放弃。"),
    }
}

fn review_zh(facts: &NoticeFacts) -> String {
    match facts.review.map(china_day) {
        Some(day) => format!("，将于{}年{}月{}日复核。", day.year(), day.month(), day.day()),
        None => "。".into(),
    }
}

fn until_zh(facts: &NoticeFacts) -> String {
    match facts.until.map(china_day) {
        Some(day) => format!("请于{}年{}月{}日（含当日）前领取，逾期视为放弃。", day.year(), day.month(), day.day()),
        None => "请按期领取。".into(),
    }
}

#[expect(clippy::too_many_lines, reason = "one text for each kind")]
fn english(kind: NoticeKind, facts: &NoticeFacts) -> String {
    let amount = facts.amount.unwrap_or_default().yuan();
    match kind {
        NoticeKind::ReportConfirmed => "Your report was confirmed, and the hazard has been registered.".into(),
        NoticeKind::ReportMerged => "Your report was confirmed and joins a hazard that is already registered.".into(),
        NoticeKind::ReportAsked => {
            "Your report was confirmed, and the hazard has been removed already. Please tell us whether it is solved and \
             you are satisfied."
                .into()
        }
        NoticeKind::ReportForwarded => {
            "Your report has been passed to another unit, which goes on with its review. You will hear the result.".into()
        }
        NoticeKind::ReportMoved => {
            "The hazard you reported is the same as another registered one. Both are handled together now.".into()
        }
        NoticeKind::ReportParted => "The hazard you reported is registered and handled on its own again.".into(),
        NoticeKind::ReportUnfounded => "The review of your report found no hazard. Thank you for your concern.".into(),
        NoticeKind::ReportReferred => match channel(facts, Language::English) {
            Some(place) => format!("The matter you reported is outside our responsibility. Please contact {place}."),
            None => "The matter you reported has been passed to the responsible unit.".into(),
        },
        NoticeKind::ReportOutOfScope => match channel(facts, Language::English) {
            Some(place) => format!("The matter you reported is out of scope for this service. Please contact {place}."),
            None => "The matter you reported is out of scope for this service.".into(),
        },
        NoticeKind::HazardDispatched => "Units have been asked to deal with the hazard you reported.".into(),
        NoticeKind::HazardBlown => "Departments have been called and will come to the hazard you reported.".into(),
        NoticeKind::HazardExtended => "The time for removing the hazard you reported has been extended.".into(),
        NoticeKind::HazardSuspended => {
            let review = facts.review.map(|at| format!(" It will be reviewed on {}.", china_day(at).format("%-d %B %Y")));
            let review = review.unwrap_or_default();
            format!("Removing the hazard you reported takes longer. Until then its risk is controlled.{review}")
        }
        NoticeKind::HazardResumed => "Work on the hazard you reported continues.".into(),
        NoticeKind::HazardClosed => {
            "The hazard you reported was removed. Please tell us whether it is solved and you are satisfied.".into()
        }
        NoticeKind::HazardReopened => "The hazard you reported has been reopened, and work on it continues.".into(),
        NoticeKind::HazardCancelled => {
            "The record of the hazard you reported has been cancelled, and no further action will be taken.".into()
        }
        NoticeKind::AwardNotified => format!("Your report has earned an award of {amount} yuan. {}", until_en(facts)),
        NoticeKind::AwardHeld => "Your award is on hold because the hazard has been reopened.".into(),
        NoticeKind::AwardDoubted => {
            "Your award is on hold, because the same hazard was reported earlier by another person.".into()
        }
        NoticeKind::AwardWithdrawn => {
            "Only the first true report of a hazard earns an award, so your award is not given any more.".into()
        }
        NoticeKind::AwardResumed => format!("Your award is no longer on hold. {}", until_en(facts)),
        NoticeKind::AwardPaid => format!("Your award of {amount} yuan has been paid."),
        NoticeKind::AwardForfeited => {
            format!("Your award of {amount} yuan was not collected in time and has been forfeited.")
        }
    }
}

fn until_en(facts: &NoticeFacts) -> String {
    match facts.until.map(china_day) {
        Some(day) => {
            format!("Please collect it by {} at the latest; otherwise it will be forfeited.", day.format("%-d %B %Y"))
        }
        None => "Please collect it in time.".into(),
    }
}

/// Returns the display name of the competent channel 渠道; `None` if the facts name no channel.
fn channel(facts: &NoticeFacts, language: Language) -> Option<&'static str> {
    let (zh, en) = match facts.channel? {
        Channel::Call110 => ("公安110", "the police (110)"),
        Channel::Call119 => ("消防119", "the fire service (119)"),
        Channel::Call120 => ("急救120", "the ambulance service (120)"),
        Channel::Call122 => ("交通事故报警122", "the traffic police (122)"),
        Channel::Litigation => ("法院或仲裁机构", "a court or an arbitration body"),
        Channel::Petition => ("信访部门", "the petition office"),
        Channel::Discipline => ("纪检监察机关", "the discipline inspection authority"),
        Channel::Reconsideration => ("行政复议机关", "the administrative reconsideration authority"),
        Channel::Hotline12345 => ("政务服务便民热线12345", "the government service hotline 12345"),
        Channel::Hotline12350 => ("安全生产举报投诉热线12350", "the work safety hotline 12350"),
        Channel::OtherDistrict => ("事发地的受理部门", "the responsible office of that district"),
        Channel::OtherDepartment => ("有关主管部门", "the responsible department"),
    };
    Some(match language {
        Language::Chinese => zh,
        Language::English => en,
    })
}

#[cfg(test)]
mod tests {
    use domain::money::Fen;

    use super::*;

    #[test]
    fn every_kind_has_its_words_in_both_languages() {
        let until = "2027-01-22T17:00:00Z".parse().ok();
        let bare = NoticeFacts::default();
        let full = NoticeFacts {
            channel: Some(Channel::Hotline12345),
            amount: Some(Fen(10_000)),
            until,
            review: until,
            note: None,
        };
        for (kind, code) in NoticeKind::ALL {
            for facts in [&bare, &full] {
                let (zh, en) = (text(*kind, facts, Language::Chinese), text(*kind, facts, Language::English));
                assert!(zh.ends_with('。') && en.ends_with('.'), "{code}: {zh} {en}");
            }
        }
        let notified = text(NoticeKind::AwardNotified, &full, Language::Chinese);
        assert_eq!(notified, "您的报告获得奖励100.00元，请于2027年1月23日（含当日）前领取，逾期视为放弃。");
        let referred = text(NoticeKind::ReportOutOfScope, &full, Language::English);
        assert_eq!(
            referred,
            "The matter you reported is out of scope for this service. Please contact the government service hotline 12345."
        );
    }
}
