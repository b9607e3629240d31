//! Why the answer is no: one closed table of codes with their texts. A new code is an API change.

use std::fmt;

/// The language of a text for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 中文, the default.
    #[default]
    Chinese,
    /// English.
    English,
}

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $retry:expr, $zh:literal, $en:literal;)+) => {
        /// The code of a refusal: the contract with clients. The text beside it is for people and may change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$meta])* $name),+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in `extensions.code`.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code),+ } }

            /// Whether the same request may succeed later without being changed.
            #[must_use]
            pub const fn retryable(self) -> bool { match self { $(Self::$name => $retry),+ } }

            /// The sentence for people.
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
    /// Nobody is logged in, or the token has ended.
    Unauthenticated = "UNAUTHENTICATED", false, "请先登录，或登录已过期，请重新登录。", "Log in first, or log in again: the token has ended.";
    /// You may see this, but not do that.
    Forbidden = "FORBIDDEN", false, "您的岗位不能进行此操作。", "Your post may not do this.";
    /// There is nothing here that you may see.
    NotFound = "NOT_FOUND", false, "没有找到您可以查看的内容。", "There is nothing here that you may see.";
    /// An input is wrong; `field` names it.
    InvalidInput = "INVALID_INPUT", false, "填写的内容有误。", "An input is not valid.";
    /// The step is not possible in this state; `rule` names why.
    IllegalMove = "ILLEGAL_MOVE", false, "当前状态不能进行这一步。", "This step is not possible in the present state.";
    /// Somebody else claimed it first.
    AlreadyClaimed = "ALREADY_CLAIMED", false, "已被他人认领。", "Somebody else has claimed it already.";
    /// Somebody changed it since you read it.
    ChangedMeanwhile = "CHANGED_MEANWHILE", true, "内容已被他人更改，请刷新后再试。", "Somebody changed it meanwhile: read it again and retry.";
    /// The same submission came with other content.
    ContentChanged = "CONTENT_CHANGED", false, "该报告已收到，内容与本次不同；请保留本次内容并用“补充”提交。", "This submission was received with other content: keep yours and send it as an amendment.";
    /// The submission id belongs to another person.
    SubmissionIdTaken = "SUBMISSION_ID_TAKEN", false, "该提交编号已被他人使用，请换一个编号重新提交。", "This submission id is taken: submit again under a new one.";
    /// The request id was used for something else.
    RequestIdTaken = "REQUEST_ID_TAKEN", false, "该请求编号已用于其他操作，请换一个编号。", "This request id was used for something else: use a new one.";
    /// The unit may not take part in this case.
    UnitBarred = "UNIT_BARRED", false, "该单位须回避，不能参与此事项。", "This unit must stand aside from this case.";
    /// The duty list says that this unit may not lead.
    DutyExcluded = "DUTY_EXCLUDED", false, "按履职事项清单，该单位不能承担此事项。", "The duty list does not allow this unit to take this matter.";
    /// Photos or other evidence are missing.
    EvidenceMissing = "EVIDENCE_MISSING", false, "缺少必要的照片或证据。", "Photos or other evidence are missing.";
    /// The place is too far from the hazard.
    TooFar = "TOO_FAR", false, "所在位置离隐患点过远；如确有原因，请说明。", "The place is too far from the hazard: go there, or state the reason.";
    /// Another person must do this step.
    NotYourOwn = "NOT_YOUR_OWN", false, "本人办理的事项须由他人进行这一步。", "Another person must take this step: you took part in the work.";
    /// Outside the area of the post.
    OutsideArea = "OUTSIDE_AREA", false, "超出您岗位的管辖区域。", "This is outside the area of your post.";
    /// The body or the file is too large.
    TooLarge = "TOO_LARGE", false, "内容过大。", "This is too large.";
    /// The query asks for too much.
    TooComplex = "TOO_COMPLEX", false, "查询过于复杂，请拆分。", "The query asks for too much: split it.";
    /// The media type is not taken.
    UnsupportedMedia = "UNSUPPORTED_MEDIA", false, "不支持的文件或内容类型。", "This media type is not supported.";
    /// The document cannot be read or does not fit the schema.
    BadQuery = "BAD_QUERY", false, "查询语句有误。", "The query cannot be read or does not fit the schema.";
    /// The HTTP method is not allowed here.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", false, "不支持的请求方法。", "This HTTP method is not allowed here.";
    /// Too many requests from one place.
    RateLimited = "RATE_LIMITED", true, "操作过于频繁，请稍后再试。", "Too many requests: try again later.";
    /// Not now.
    TryLater = "TRY_LATER", true, "系统繁忙，请稍后重试；内容没有丢失。", "The system is busy: try again later, nothing is lost.";
    /// An internal error on our side.
    Internal = "INTERNAL", true, "系统出现故障，已记录。", "Something broke on our side; it has been recorded.";
}

/// A clear no: its code, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The contract with clients.
    pub code: Code,
    /// The input that is to blame, as the client wrote it (`input.place.crs`).
    pub field: Option<&'static str>,
    /// The rule that was broken, for [`Code::IllegalMove`] and its like: a stable word such as `lead.exactly_one`.
    pub rule: Option<&'static str>,
    /// What exactly is wrong, in Chinese; never a name, a phone number or a text that somebody wrote.
    pub zh: Option<String>,
    /// The same in English.
    pub en: Option<String>,
    /// One more fact that a client acts on, under its name: the stored hash of [`Code::ContentChanged`].
    pub detail: Option<Box<(&'static str, String)>>,
}

impl Refusal {
    /// A refusal with nothing but its code.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, field: None, rule: None, zh: None, en: None, detail: None }
    }

    /// An illegal move, under the rule that forbids it.
    #[must_use]
    pub const fn illegal(rule: &'static str) -> Self {
        Self::new(Code::IllegalMove).under(rule)
    }

    /// A wrong input.
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

    /// The same refusal, naming the input.
    #[must_use]
    pub const fn at(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// The same refusal, naming the rule.
    #[must_use]
    pub const fn under(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// The same refusal, saying exactly what is wrong.
    #[must_use]
    pub fn saying(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.zh = Some(zh.into());
        self.en = Some(en.into());
        self
    }

    /// The same refusal with one more fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.detail = Some(Box::new((name, value.into())));
        self
    }

    /// The sentence for people: what exactly is wrong, else the text of the code.
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
