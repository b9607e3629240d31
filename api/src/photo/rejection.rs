//! The reasons for which a photo is rejected, with advice for the person who took it.

use domain::refusal::Language;
use picture::Flaw;

macro_rules! rejections {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)+) => {
        /// The reason for which a photo is rejected. Its code is stored in the photo row.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Rejection { $($(#[$meta])* $name),+ }

        impl Rejection {
            /// Every rejection reason.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the code that the row stores.
            #[must_use]
            pub(crate) const fn code(self) -> &'static str { match self { $(Self::$name => $code),+ } }

            /// Returns advice for the person who took the photo, in the given language.
            #[must_use]
            pub(crate) const fn what_to_do(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::Chinese) => $zh, (Self::$name, Language::English) => $en,)+
                }
            }
        }
    };
}

rejections! {
    /// The received bytes do not match the announced size or hash.
    NotAsAnnounced = "NOT_AS_ANNOUNCED", "收到的文件与登记的不一致，请重新上传同一张照片。", "The received file does not match the registered one. Send the same photo again.";
    /// The store lost the bytes before they were processed.
    Lost = "LOST", "照片没有保存成功，请重新上传同一张照片。", "The photo could not be saved. Send the same photo again.";
    /// The file format is HEIC or AVIF, which the decoders do not support.
    HeicOrAvif = "HEIC_OR_AVIF", "暂不支持 HEIC/HEIF/AVIF 格式，请改用 JPEG：在“设置—相机—格式”中选择“兼容性最佳”后重新拍摄，或转换为 JPEG，作为新照片上传。", "HEIC, HEIF and AVIF are not supported. Send a JPEG instead: on an iPhone, choose Settings, Camera, Formats, “Most Compatible” and take the photo again, or convert it, and send it as a new photo.";
    /// The file format is none of JPEG, PNG and WebP.
    NotAPhoto = "NOT_A_PHOTO", "该文件不是照片，请上传 JPEG、PNG 或 WebP 格式的照片。", "This file is not a photo. Send a JPEG, PNG or WebP.";
    /// The announced file is empty.
    Empty = "EMPTY", "照片文件为空，请重新选择或重新拍摄，作为新照片上传。", "The photo file is empty. Choose it again, and send it as a new photo.";
    /// The announced file is larger than the limit.
    TooLarge = "TOO_LARGE", "照片文件过大（上限 15 MiB），请缩小后作为新照片上传。", "The photo file is too large (the limit is 15 MiB). Send a smaller one as a new photo.";
    /// The pixel count exceeds the limit, or decoding needs more memory than the server allows for one photo.
    TooManyPixels = "TOO_MANY_PIXELS", "照片过大，无法处理（上限 5000 万像素，特殊格式更低）。请降低相机分辨率后重新拍摄，或缩小后作为新照片上传。", "The photo is too large to process (the limit is 50 million pixels, and less for some formats). Send a smaller one as a new photo.";
    /// The file is truncated.
    CutShort = "CUT_SHORT", "照片文件不完整。请重新选择或重新拍摄，作为新照片上传。", "The photo file is incomplete. Choose it again or take a new photo, and send it as a new one.";
    /// The file cannot be decoded, or several attempts to process it ended with a stopped process.
    Unreadable = "UNREADABLE", "照片文件已损坏，无法打开。请重新拍摄，或另存为 JPEG 后作为新照片上传。", "The photo file could not be read. Take a new photo, or save this one as a JPEG, and send it as a new photo.";
}

impl Rejection {
    /// Parses the code of a row. An unknown code becomes [`Rejection::Unreadable`].
    #[must_use]
    pub(crate) fn from_code(code: &str) -> Self {
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
