//! The rules that refusals name: where each comes from, and what it says. They stand in `rule/rules.txt`, one line each,
//! so that whoever checks the texts or the sources sees them all at once.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::refusal::Language;

/// A rule that a refusal can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The name that clients see in `extensions.rule`, such as `closing.all_accepted`.
    pub name: &'static str,
    /// Where the rule comes from.
    pub source: Source,
    zh: &'static str,
    en: &'static str,
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The order of the steps, which this system keeps.
    Process,
    /// Nobody judges their own work 经办与审核分离, where no regulation says it.
    FourEyes,
    /// A limit that protects the service, or the form of a request.
    Technical,
    /// A field of the policy in force at the place.
    Policy(&'static str),
    /// An article of a regulation.
    Regulation(&'static Regulation, u8),
}

/// A regulation from which rules come.
#[derive(Debug, PartialEq, Eq)]
pub struct Regulation {
    /// The word for it in `rules.txt`.
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    /// Whether it has sections （四） instead of articles 第四条.
    has_sections: bool,
}

static REGULATIONS: [Regulation; 4] = [
    Regulation {
        key: "beijing-2021",
        zh: "《北京市接诉即办工作条例》",
        en: "Beijing Regulations on the Swift Response to Public Complaints",
        has_sections: false,
    },
    Regulation {
        key: "grassroots-2024",
        zh: "《关于进一步提升基层应急管理能力的意见》",
        en: "Opinions on Further Improving Emergency Management at the Grassroots",
        has_sections: true,
    },
    Regulation {
        key: "work-safety-2021",
        zh: "《中华人民共和国安全生产法》",
        en: "Work Safety Law of the People's Republic of China",
        has_sections: false,
    },
    Regulation {
        key: "rewards-2018",
        zh: "《安全生产领域举报奖励办法》（安监总财〔2018〕19号）",
        en: "Measures on Rewards for Reports in Work Safety (安监总财〔2018〕19号)",
        has_sections: false,
    },
];

static RULES: LazyLock<HashMap<&'static str, Rule>> = LazyLock::new(|| {
    let lines = include_str!("rule/rules.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(read).map(|rule| (rule.name, rule)).collect()
});

/// Reads a line. Returns `None` for one that is not well formed, which a test rules out.
fn read(line: &'static str) -> Option<Rule> {
    let mut parts = line.split('|').map(str::trim);
    let (name, source, zh, en) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let source = match source.split_once(' ') {
        None if source == "process" => Source::Process,
        None if source == "four-eyes" => Source::FourEyes,
        None if source == "technical" => Source::Technical,
        Some(("policy", field)) => Source::Policy(field),
        Some((key, article)) => {
            Source::Regulation(REGULATIONS.iter().find(|one| one.key == key)?, article.parse().ok()?)
        }
        None => return None,
    };
    Some(Rule { name, source, zh, en })
}

/// Returns the rule with this name, or `None` if there is none.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.get(name)
}

/// Returns the names of all rules.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.keys().copied()
}

impl Rule {
    /// Returns what the rule says to the person who was refused.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }
}

impl Source {
    /// Returns the source as a citation: a regulation with its article, a field of the policy, or a word for the rest.
    #[must_use]
    pub fn text(self, language: Language) -> String {
        let words = |zh: &str, en: &str| if language == Language::Chinese { zh.to_owned() } else { en.to_owned() };
        match self {
            Self::Process => words("办理流程", "the order of the steps"),
            Self::FourEyes => words("经办与审核分离", "separation of duties"),
            Self::Technical => words("服务限制", "a limit of this service"),
            Self::Policy(field) => match language {
                Language::Chinese => format!("本地政策（{field}）"),
                Language::English => format!("the local policy ({field})"),
            },
            Self::Regulation(regulation, article) => match (language, regulation.has_sections) {
                (Language::Chinese, false) => format!("{}第{}条", regulation.zh, numeral(article)),
                (Language::Chinese, true) => format!("{}（{}）", regulation.zh, numeral(article)),
                (Language::English, false) => format!("{}, article {article}", regulation.en),
                (Language::English, true) => format!("{}, section {article}", regulation.en),
            },
        }
    }
}

/// Writes a number from 1 to 99 in Chinese numerals.
fn numeral(number: u8) -> String {
    let digit =
        |value: u8| "零一二三四五六七八九".chars().nth(usize::from(value)).map_or_else(String::new, String::from);
    let (tens, ones) = (number / 10, number % 10);
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        more => format!("{}十", digit(more)),
    };
    if ones == 0 { tens } else { format!("{tens}{}", digit(ones)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_rule_with_a_source_and_both_texts() {
        let lines = include_str!("rule/rules.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let lines: Vec<_> = lines.collect();
        assert_eq!(lines.len(), RULES.len(), "a line that is not well formed, or a rule that stands twice");
        assert!(lines.is_sorted_by_key(|line| line.split('|').next().map(str::trim)), "the rules are sorted by name");
        for rule in RULES.values() {
            assert!(rule.zh.ends_with('。') && rule.en.ends_with('.'), "{}", rule.name);
            assert!(!rule.source.text(Language::Chinese).is_empty() && !rule.source.text(Language::English).is_empty());
        }
    }

    #[test]
    fn sources_are_cited_as_people_cite_them() {
        let cited = |name: &str, language| find(name).unwrap().source.text(language);
        let zh = cited("award.collected_in_time", Language::Chinese);
        assert_eq!(zh, "《安全生产领域举报奖励办法》（安监总财〔2018〕19号）第十三条");
        assert_eq!(cited("lead.duty_list", Language::Chinese), "《关于进一步提升基层应急管理能力的意见》（四）");
        assert_eq!(cited("finish.after_photos", Language::English), "the local policy (after_photos_min)");
        assert_eq!([1, 10, 13, 20, 42].map(numeral), ["一", "十", "十三", "二十", "四十二"]);
    }
}
