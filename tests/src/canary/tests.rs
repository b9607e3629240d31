//! The searcher finds what is planted in each form, however it is made, and nothing in what is innocent. What is planted
//! is made here by other means than the searcher's own; the digests were computed with coreutils.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

use super::*;

const PHONE: &str = "19900007311";
const NAME: &str = "金鱻龘";
const LATIN: &str = "Quillon Zyxworth";

fn searcher() -> Searcher {
    Searcher::new(&[Canary::phone("A", PHONE), Canary::name("A", NAME), Canary::name("B", LATIN)])
}

fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// Texts in which one of them is hidden.
const TEXTS: &[&str] = &[
    "tel:19900007311,",
    "+8619900007311",
    "008619900007311",
    "199 0000 7311",
    "+86 199-0000-7311",
    "１９９００００７３１１",
    "11370000991",
    "金鱻龘",
    "龘鱻金",
    "金鱻*",
    "quillon zyxworth",
    "QUILLON ZYXWORTH",
    "Mr. Zyxworth",
    "htrowxyZ nolliuQ",
    "\\u91d1\\u9c7b\\u9f98",
    "\\u91D1\\u9C7B\\u9F98",
    "\\u{91d1}\\u{9c7b}\\u{9f98}",
    "\\xe9\\x87\\x91\\xe9\\xb1\\xbb\\xe9\\xbe\\x98",
    "%E9%87%91%E9%B1%BB%E9%BE%98",
    "%31%39%39%30%30%30%30%37%33%31%31",
    "[49, 57, 57, 48, 48, 48, 48, 55, 51, 49, 49]",
    "\\x3139393030303037333131",
    "E98791E9B1BBE9BE98",
    "1990***7311",
    "199***07311",
    "1990000731*",
    "199…07311",
    "*9900007311",
];

/// Digests of the number, of the number with +86 before it, and of the name.
const DIGESTS: &[&str] = &[
    "188a28d659898e9380a13de9a3b30fb3",
    "3a34c60e77d45d515435b8dc3d48ed2a505f63f3",
    "ff0333c47ace094787d56e7b88053ab1e818bd27ddb901d4053b5f528a292fa4",
    "83e9dcab38606e353b82f4f3c5795cb2744e4135d515b8d55af5dcc490ebc5dd486568474d344155d383eaee4ea5dfce12524180b468baeb05723c87e19ed79b",
    "34d30eef81537f44ff26b509be7eba20",
    "cc81c264b6f3c8bf0ef214d292601021527fffbc",
    "92f4c1065b841d4a346c232918aafa0134acad1e797d758ac4bfa4c42f87c97b",
    "4fab16c1152322fb5a7a3a43c9a48249f99e7124a1756b01fcb2d37f56eee5ed",
];

/// Returns what is planted, with a word for it.
fn planted() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    let mut plant = |what: String, bytes: &[u8]| all.push((what, bytes.to_vec()));
    for text in TEXTS {
        plant((*text).to_owned(), text.as_bytes());
    }
    for length in 0..6 {
        for secret in [PHONE, NAME, LATIN] {
            let text = format!("{}{secret}; and more", "é".repeat(length % 2) + &"-".repeat(length));
            plant(format!("base64 of {text}"), STANDARD.encode(&text).as_bytes());
            plant(format!("base64url of {text}"), URL_SAFE.encode(&text).as_bytes());
        }
    }
    for digest in DIGESTS {
        let bytes = unhex(digest);
        plant((*digest).to_owned(), digest.as_bytes());
        plant(digest.to_uppercase(), digest.to_uppercase().as_bytes());
        plant(format!("bytes of {digest}"), &bytes);
        plant(format!("base64 of {digest}"), STANDARD.encode(&bytes).as_bytes());
        plant(format!("base64url of {digest}"), URL_SAFE.encode(&bytes).as_bytes());
        plant(format!("base64 of a row with {digest}"), STANDARD.encode([b"row:", &bytes[..]].concat()).as_bytes());
    }
    all
}

#[test]
fn what_is_planted_is_found() {
    let searcher = searcher();
    for (what, bytes) in planted() {
        let haystack = Haystack::new("a field", [&[0xC3; 40][..], &bytes, &[b'7'; 40]].concat());
        assert!(!searcher.find(&haystack).is_empty(), "not found: {what}");
    }
}

#[test]
fn a_finding_says_whose_where_and_how() {
    let found = searcher().find(&Haystack::new("the log", "number: MTk5MDAwMDczMTE="));
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].to_string(),
        "A 19900007311 (plain, base64, 0 bytes in) in the log: …number: MTk5MDAwMDczMTE=…"
    );
}

#[test]
fn what_is_innocent_is_not_found() {
    let searcher = searcher();
    for text in [
        "one-time code for 199****7311 (request 5f0c): 123456",
        "19900007312",
        "1990000731",
        "金色龙",
        "0.00007311",
        "Quill and Zyx",
        "188a28d659898e9380a13de9a3b30fb4",
    ] {
        let found = searcher.find(&Haystack::new("a field", text));
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}
