//! Refusals: one closed table of codes with their texts. A new code is a change of the API.

use std::fmt;

/// The language of a text for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Chinese 中文, the default.
    #[default]
    Chinese,
    /// English.
    English,
}

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $retry:expr, $zh:literal, $en:literal;)+) => {
        /// The code of a refusal. The code is the contract with clients; the text beside it is for people and may
        /// change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$meta])* $name),+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the word in `extensions.code`.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code),+ } }

            /// Returns whether the same request may succeed later without a change.
            #[must_use]
            pub const fn retryable(self) -> bool { match self { $(Self::$name => $retry),+ } }

            /// Returns the sentence for people.
            #[must_use]
            pub const fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::Chinese) => $zh, (Self::$name, Language::English) => $en,)+
                }
            }
        }
    };
}

codes! {
    /// The caller is not logged in, or the session has ended.
    Unauthenticated = "UNAUTHENTICATED", false, "请先登录；如登录已过期，请重新登录。", "Please log in. Your session may have expired.";
    /// The caller may see this but may not do it.
    Forbidden = "FORBIDDEN", false, "您的岗位没有此操作权限。", "Your role does not allow this action.";
    /// The thing does not exist, or the caller may not see it: the answer does not tell which.
    NotFound = "NOT_FOUND", false, "未找到相关内容，或您没有查看权限。", "Not found, or you do not have access.";
    /// An input is wrong; `field` names it.
    InvalidInput = "INVALID_INPUT", false, "填写内容有误，请检查后重新提交。", "The input is not valid. Please check it and submit it again.";
    /// The step is not possible in the current state; `rule` says why.
    IllegalMove = "ILLEGAL_MOVE", false, "当前状态下不能进行此操作。", "This action is not possible in the current state.";
    /// Another worker has claimed the assignment first.
    AlreadyClaimed = "ALREADY_CLAIMED", false, "该事项已由他人认领。", "Someone else has already claimed this.";
    /// Another person has changed it since the caller read it.
    ChangedMeanwhile = "CHANGED_MEANWHILE", true, "内容已被他人更新，请刷新后重试。", "Someone else has changed this in the meantime. Please refresh and try again.";
    /// The same submission was received before, with other content.
    ContentChanged = "CONTENT_CHANGED", false, "该报告此前已收到，本次内容与已收到的内容不一致。请保留本次内容，并通过“补充”提交。", "This report was already received with different content. Please keep the new content and submit it as an amendment.";
    /// The submission id belongs to another person.
    SubmissionIdTaken = "SUBMISSION_ID_TAKEN", false, "该提交编号已被使用，请更换编号后重新提交。", "This submission ID is already in use. Please submit again with a new one.";
    /// The request id was used for another request.
    RequestIdTaken = "REQUEST_ID_TAKEN", false, "该请求编号已用于其他操作，请更换编号后重试。", "This request ID was already used for a different request. Please use a new one.";
    /// The unit is recused from the case 回避.
    UnitBarred = "UNIT_BARRED", false, "该单位应当回避，不能参与此事项。", "This unit is recused from this case.";
    /// The duty list does not let this unit lead.
    DutyExcluded = "DUTY_EXCLUDED", false, "按照履职事项清单，该单位不能承担此事项。", "The duty list does not allow this unit to take on this matter.";
    /// Photos or other evidence are missing.
    EvidenceMissing = "EVIDENCE_MISSING", false, "缺少必要的照片或其他材料，请补充后重试。", "Required photos or other evidence are missing.";
    /// The place is too far from the hazard.
    TooFar = "TOO_FAR", false, "当前位置距隐患点过远，请到现场办理；如确有原因，请填写说明。", "This place is too far from the hazard. Please go to the site, or state a reason.";
    /// Another person must take this step.
    NotYourOwn = "NOT_YOUR_OWN", false, "您与此事项有关，这一步须由其他人员办理。", "You were involved in this case, so another person must take this step.";
    /// The place lies outside the area of the post.
    OutsideArea = "OUTSIDE_AREA", false, "超出您岗位的管辖区域。", "This is outside the area of your post.";
    /// The body or the file is too large.
    TooLarge = "TOO_LARGE", false, "提交的内容过大，请缩减后重试。", "The content is too large.";
    /// The query asks for too much.
    TooComplex = "TOO_COMPLEX", false, "查询过于复杂，请拆分后重试。", "The query is too complex. Please split it into smaller queries.";
    /// The media type is not supported.
    UnsupportedMedia = "UNSUPPORTED_MEDIA", false, "暂不支持该文件或内容类型。", "This file or content type is not supported.";
    /// The document cannot be parsed or does not match the schema.
    BadQuery = "BAD_QUERY", false, "查询语句有误，请检查后重试。", "The query cannot be parsed or does not match the schema.";
    /// The HTTP method is not allowed here.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", false, "不支持该请求方法。", "This HTTP method is not allowed here.";
    /// Too many requests came from one place.
    RateLimited = "RATE_LIMITED", true, "操作过于频繁，请稍后再试。", "Too many requests. Please try again later.";
    /// The server cannot serve the request at the moment.
    TryLater = "TRY_LATER", true, "系统繁忙，请稍后重试。您的内容没有丢失。", "The system is busy. Please try again later. Your data has not been lost.";
    /// An internal error occurred.
    Internal = "INTERNAL", true, "系统出现故障，故障已记录，请稍后重试。", "An internal error occurred and has been recorded. Please try again later.";
}

/// A refusal: its code, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The contract with clients.
    pub code: Code,
    /// The input that caused it, by the client's name for it (`input.place.crs`).
    pub field: Option<&'static str>,
    /// The rule that was broken, for [`Code::IllegalMove`] and similar codes: a stable word such as `lead.exactly_one`.
    pub rule: Option<&'static str>,
    /// What exactly is wrong, in Chinese. It never contains a name, a phone number or a text that a person wrote.
    pub zh: Option<String>,
    /// The same in English.
    pub en: Option<String>,
    /// One more fact that a client acts on, with its name, such as the stored hash of [`Code::ContentChanged`].
    pub detail: Option<Box<(&'static str, String)>>,
}

impl Refusal {
    /// Returns a refusal with its code alone.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, field: None, rule: None, zh: None, en: None, detail: None }
    }

    /// Returns a refusal of a step that is not possible, with the rule that forbids it.
    #[must_use]
    pub const fn illegal(rule: &'static str) -> Self {
        Self::new(Code::IllegalMove).with_rule(rule)
    }

    /// Returns a refusal of an input, with what is wrong with it in both languages.
    #[must_use]
    pub fn invalid(field: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code: Code::InvalidInput,
            field: Some(field),
            rule: None,
            zh: Some(zh.into()),
            en: Some(en.into()),
            detail: None,
        }
    }

    /// Adds the name of the input.
    #[must_use]
    pub const fn with_field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// Adds the rule.
    #[must_use]
    pub const fn with_rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Adds the sentence that says exactly what is wrong.
    #[must_use]
    pub fn with_text(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.zh = Some(zh.into());
        self.en = Some(en.into());
        self
    }

    /// Adds one more fact for the client.
    #[must_use]
    pub fn with_detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.detail = Some(Box::new((name, value.into())));
        self
    }

    /// Returns the sentence for people: what exactly is wrong if it is known, else the text of the code.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => self.zh.as_deref(),
            Language::English => self.en.as_deref(),
        }
        .unwrap_or_else(|| self.code.text(language))
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.as_str())?;
        if let Some(rule) = self.rule {
            write!(f, " ({rule})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::{Code, Language};

    #[test]
    fn every_code_is_said_once_and_in_both_languages() {
        let mut words: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.text(Language::Chinese).ends_with('。') && code.text(Language::English).ends_with('.'));
        }
    }
}
