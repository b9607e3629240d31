//! Why a photo cannot be shown, and what to do about it.

use domain::refusal::Language;
use picture::Flaw;

macro_rules! rejections {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)+) => {
        /// Why a photo cannot be shown. The code is kept in the row.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Rejection { $($(#[$meta])* $name),+ }

        impl Rejection {
            /// Every rejection.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in the row.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$name => $code),+ } }

            /// What to do, for the person who took the photo.
            #[must_use]
            pub const fn what_to_do(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::Chinese) => $zh, (Self::$name, Language::English) => $en,)+
                }
            }
        }
    };
}

rejections! {
    /// Other bytes than announced came, or not all.
    NotAsAnnounced = "NOT_AS_ANNOUNCED", "收到的文件与登记的不一致，请重新发送同一张照片。", "What came is not the announced file: send the same photo again.";
    /// The bytes were gone before they were looked at.
    Lost = "LOST", "照片没有保存成功，请重新发送同一张照片。", "The photo could not be kept: send the same photo again.";
    /// HEIC or AVIF.
    HeicOrAvif = "HEIC_OR_AVIF", "不支持 HEIC/HEIF/AVIF 格式，请发送 JPEG：在“设置—相机—格式”选“兼容性最佳”后重拍，或转成 JPEG，作为新照片发送。", "HEIC, HEIF and AVIF are not taken: send a JPEG instead. On an iPhone choose Settings, Camera, Formats, “Most Compatible”, and take it again, or convert it; send it as a new photo.";
    /// Neither JPEG nor PNG nor WebP.
    NotAPhoto = "NOT_A_PHOTO", "文件不是照片。请发送 JPEG、PNG 或 WebP 格式的照片。", "This file is not a photo: send a JPEG, PNG or WebP.";
    /// More pixels than are taken, or more memory to decode than this server has for one photo.
    TooManyPixels = "TOO_MANY_PIXELS", "照片像素过大（上限 5000 万像素）。请降低相机分辨率重拍，或缩小后作为新照片发送。", "The photo has too many pixels (50 million are taken): send a smaller one as a new photo.";
    /// The file ends too early.
    CutShort = "CUT_SHORT", "照片文件不完整。请重新选择或重拍，作为新照片发送。", "The photo file is not complete: choose it again or take another, and send it as a new photo.";
    /// The file cannot be decoded.
    Unreadable = "UNREADABLE", "照片文件已损坏，无法打开。请重拍，或另存为 JPEG 后作为新照片发送。", "The photo file is damaged: take another, or save it as JPEG, and send it as a new photo.";
}

impl Rejection {
    /// The rejection of a row; an unknown word is [`Rejection::Unreadable`].
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.iter().copied().find(|known| known.code() == code).unwrap_or(Self::Unreadable)
    }
}

impl From<Flaw> for Rejection {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::HeicOrAvif => Self::HeicOrAvif,
            Flaw::NotAPhoto => Self::NotAPhoto,
            Flaw::TooManyPixels => Self::TooManyPixels,
            Flaw::CutShort => Self::CutShort,
            Flaw::Unreadable => Self::Unreadable,
        }
    }
}
