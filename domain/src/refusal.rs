//! Refusals: the closed set of error codes with their user-facing texts. A new code is an API change.

use std::fmt;

use crate::rule;

/// The language of a user-facing text.
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
        /// The error code of a refusal. The code is a contract with clients; its text is for people and may change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$meta])* $name),+ }

        impl Code {
            /// All codes, in order of definition.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the string that clients receive in `extensions.code`.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code),+ } }

            /// Returns whether a retry of the unchanged request may succeed later.
            #[must_use]
            pub const fn retryable(self) -> bool { match self { $(Self::$name => $retry),+ } }

            /// Returns the default user-facing text of the code.
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
    /// The caller may read the object but may not take this action on it.
    Forbidden = "FORBIDDEN", false, "您的岗位没有此操作权限。", "Your role does not allow this action.";
    /// The object does not exist, or the caller may not see it. The response does not reveal which.
    NotFound = "NOT_FOUND", false, "未找到相关内容，或您没有查看权限。", "Not found, or you do not have access.";
    /// An input value is invalid; `field` names it.
    InvalidInput = "INVALID_INPUT", false, "填写内容有误，请检查后重新提交。", "The input is not valid. Please check it and submit it again.";
    /// The step is not possible in the current state; `rule` names the violated rule.
    IllegalMove = "ILLEGAL_MOVE", false, "当前状态下不能进行此操作。", "This action is not possible in the current state.";
    /// A worker has claimed or finished the assignment already.
    AlreadyClaimed = "ALREADY_CLAIMED", false, "该事项已由他人认领。", "Someone else has already claimed this.";
    /// The object was changed concurrently: the optimistic lock failed, or another transaction wrote the same key
    /// first.
    ChangedMeanwhile = "CHANGED_MEANWHILE", true, "内容已被他人更新，请刷新后重试。", "Someone else has changed this in the meantime. Please refresh and try again.";
    /// A submission or photo with this id was received before, with different content.
    ContentChanged = "CONTENT_CHANGED", false, "该报告此前已收到，本次内容与已收到的内容不一致。请保留本次内容，并通过“补充”提交。", "This report was already received with different content. Please keep the new content and submit it as an amendment.";
    /// The submission id belongs to another person's report.
    SubmissionIdTaken = "SUBMISSION_ID_TAKEN", false, "该提交编号已被使用，请更换编号后重新提交。", "This submission ID is already in use. Please submit again with a new one.";
    /// The request id (the idempotency key) was used for a different request.
    RequestIdTaken = "REQUEST_ID_TAKEN", false, "该请求编号已用于其他操作，请更换编号后重试。", "This request ID was already used for a different request. Please use a new one.";
    /// The unit is recused from the case 回避.
    UnitBarred = "UNIT_BARRED", false, "该单位应当回避，不能参与此事项。", "This unit is recused from this case.";
    /// The duty list does not allow this unit to lead, or the unit is a village, which never leads.
    DutyExcluded = "DUTY_EXCLUDED", false, "按照履职事项清单，该单位不能承担此事项。", "The duty list does not allow this unit to take on this matter.";
    /// Photos or other evidence are missing.
    EvidenceMissing = "EVIDENCE_MISSING", false, "缺少必要的照片或其他材料，请补充后重试。", "Required photos or other evidence are missing.";
    /// The worker is farther from the hazard than the policy allows and gave no reason.
    TooFar = "TOO_FAR", false, "当前位置距隐患点过远，请到现场办理；如确有原因，请填写说明。", "This place is too far from the hazard. Please go to the site, or state a reason.";
    /// A four-eyes rule requires another person, or a person of another unit, to take this step.
    NotYourOwn = "NOT_YOUR_OWN", false, "您与此事项有关，这一步须由其他人员办理。", "You were involved in this case, so another person must take this step.";
    /// The place lies outside the area of the post.
    OutsideArea = "OUTSIDE_AREA", false, "超出您岗位的管辖区域。", "This is outside the area of your post.";
    /// The request body or the file exceeds its size limit.
    TooLarge = "TOO_LARGE", false, "提交的内容过大，请缩减后重试。", "The content is too large.";
    /// The GraphQL document exceeds the depth or complexity limits.
    TooComplex = "TOO_COMPLEX", false, "查询过于复杂，请拆分后重试。", "The query is too complex. Please split it into smaller queries.";
    /// The media type is not supported.
    UnsupportedMedia = "UNSUPPORTED_MEDIA", false, "暂不支持该文件或内容类型。", "This file or content type is not supported.";
    /// The GraphQL document cannot be parsed or does not match the schema.
    BadQuery = "BAD_QUERY", false, "查询语句有误，请检查后重试。", "The query cannot be parsed or does not match the schema.";
    /// The route does not support this HTTP method.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", false, "不支持该请求方法。", "This HTTP method is not allowed here.";
    /// The caller exceeded a rate limit.
    RateLimited = "RATE_LIMITED", true, "操作过于频繁，请稍后再试。", "Too many requests. Please try again later.";
    /// The server is overloaded or temporarily unable to serve the request.
    TryLater = "TRY_LATER", true, "系统繁忙，请稍后重试。您的内容没有丢失。", "The system is busy. Please try again later. Your data has not been lost.";
    /// An internal error occurred. It is logged, and its cause is not sent to the client.
    Internal = "INTERNAL", true, "系统出现故障，故障已记录，请稍后重试。", "An internal error occurred and has been recorded. Please try again later.";
}

/// A refusal: the error that a command or request returns when a rule rejects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error code, which is a contract with clients.
    pub code: Code,
    /// The path of the invalid input, as the client names it (`input.place.lng`).
    pub field: Option<&'static str>,
    /// The violated rule, for [`Code::IllegalMove`] and similar codes: a stable identifier such as
    /// `closing.all_accepted`.
    pub rule: Option<&'static str>,
    /// A specific message in Chinese. It never contains a name, a phone number or a text that a person wrote.
    pub zh: Option<String>,
    /// The same message in English.
    pub en: Option<String>,
    /// An additional fact on which a client acts, with its name, such as the stored hash for [`Code::ContentChanged`].
    pub detail: Option<Box<(&'static str, String)>>,
}

impl Refusal {
    /// Creates a refusal with only a code.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, field: None, rule: None, zh: None, en: None, detail: None }
    }

    /// Creates an [`Code::IllegalMove`] refusal with the violated rule.
    #[must_use]
    pub const fn illegal(rule: &'static str) -> Self {
        Self::new(Code::IllegalMove).with_rule(rule)
    }

    /// Creates an [`Code::InvalidInput`] refusal for an input field, with a message in both languages.
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

    /// Creates an [`Code::InvalidInput`] refusal for an input whose path is only known at run time, such as an item of a
    /// list.
    #[must_use]
    pub fn invalid_at(path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Code::InvalidInput).with_text(zh, en).with_detail("field", path)
    }

    /// Creates the refusal for an id that its client did not make at random.
    #[must_use]
    pub fn not_random(path: impl Into<String>) -> Self {
        Self::invalid_at(
            path,
            "编号应为随机生成的 UUID（版本 4），请更新应用后重试。",
            "The id must be a random UUID (version 4). Please update the app and try again.",
        )
    }

    /// Returns the path of the invalid input.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        let detail = self.detail.as_deref().filter(|(name, _)| *name == "field").map(|(_, path)| path.as_str());
        self.field.or(detail)
    }

    /// Sets the path of the invalid input.
    #[must_use]
    pub const fn with_field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// Sets the violated rule.
    #[must_use]
    pub const fn with_rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Sets the specific message, which replaces the default text of the code.
    #[must_use]
    pub fn with_text(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.zh = Some(zh.into());
        self.en = Some(en.into());
        self
    }

    /// Sets the additional fact for the client.
    #[must_use]
    pub fn with_detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.detail = Some(Box::new((name, value.into())));
        self
    }

    /// Returns the user-facing text: the specific message if there is one, otherwise what the rule says, otherwise the
    /// default text of the code.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        let specific = match language {
            Language::Chinese => self.zh.as_deref(),
            Language::English => self.en.as_deref(),
        };
        let of_rule = || self.rule.and_then(rule::find).map(|rule| rule.text(language));
        specific.or_else(of_rule).unwrap_or_else(|| self.code.text(language))
    }

    /// Returns where the violated rule comes from; `None` for a refusal without a rule.
    #[must_use]
    pub fn basis(&self, language: Language) -> Option<String> {
        Some(rule::find(self.rule?)?.source.text(language))
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
