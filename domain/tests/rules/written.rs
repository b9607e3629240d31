//! Numbers and codes as people type and paste them.

use domain::written::{code, mobile};

/// What a phone, a keyboard or a list of contacts makes of 199 1111 0001.
const ONE_NUMBER: [&str; 24] = [
    "19911110001",
    "+8619911110001",
    "8619911110001",
    "008619911110001",
    "+86 199-1111-0001",
    "(+86) 199 1111 0001",
    "（＋８６）199 1111 0001",
    " (199) 1111 0001 ",
    "１９９１１１１０００１",
    "＋８６１９９１１１１０００１",
    "００８６ 199 1111 0001",
    "\u{202d}199 1111 0001\u{202c}",
    "\u{202d}+86 199 1111 0001\u{202c}",
    "\u{200e}19911110001\u{200f}",
    "\u{feff}19911110001",
    "199\u{200b}1111\u{200b}0001",
    "199\u{2011}1111\u{2011}0001",
    "199–1111—0001",
    "199－1111−0001",
    "199ー1111〜0001",
    "199\u{a0}1111\u{3000}0001\t\n",
    "199\u{2007}1111\u{202f}0001\u{2800}",
    "\u{2068}199 1111 0001\u{2069}",
    "【199】1111[0001]",
];

const NOT_A_NUMBER: [&str; 18] = [
    "",
    " ",
    "1991111000",
    "199111100011",
    "12911110001",
    "1.99E+10",
    "1.99e10",
    "19911110001.0",
    "1.9911110001",
    "+85219911110001",
    "+1 2025550123",
    "1991111000a",
    "19911110001/19911110002",
    "199111１000x",
    "٠١٩٩١١١١٠٠٠",
    "\u{0}19911110001",
    "86",
    "+86+8619911110001",
];

#[test]
fn one_number_is_written_in_many_ways() {
    for written in ONE_NUMBER {
        assert_eq!(mobile(written).as_deref(), Some("19911110001"), "{written:?}");
    }
}

#[test]
fn what_lost_digits_or_holds_more_than_a_number_is_not_one() {
    for written in NOT_A_NUMBER {
        assert_eq!(mobile(written), None, "{written:?}");
    }
}

/// Every blank, dash and formatting character of Unicode, at every place of the number.
#[test]
fn no_mark_is_in_the_way_wherever_it_stands() {
    let marks = "\u{ad}\u{61c}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
                 \u{2060}\u{2061}\u{2064}\u{2066}\u{2067}\u{2068}\u{2069}\u{206f}\u{feff}\u{e0020}\
                 \u{9}\u{a}\u{b}\u{c}\u{d}\u{85}\u{20}\u{a0}\u{1680}\u{2000}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\
                 \u{205f}\u{3000}\u{2800}\u{3164}-‐‑‒–—―⁃−﹘﹣－";
    for mark in marks.chars() {
        for place in 0..=11 {
            let mut written = "19911110001".to_owned();
            written.insert(place, mark);
            assert_eq!(mobile(&written).as_deref(), Some("19911110001"), "U+{:04X} at {place}", u32::from(mark));
            let mut written = "123456".to_owned();
            written.insert(place.min(6), mark);
            assert_eq!(code(&written, 6).as_deref(), Some("123456"), "U+{:04X} at {place}", u32::from(mark));
        }
    }
}

#[test]
fn a_code_has_exactly_its_digits() {
    for written in
        ["1234567890123456", "1234 5678 9012 3456", "1234—5678－9012-3456", "１２３４５６７８９０１２３４５６"]
    {
        assert_eq!(code(written, 16).as_deref(), Some("1234567890123456"), "{written:?}");
    }
    for written in ["", "123456789012345", "12345678901234567", "123456789012345x", "1.23456789012345E+15"] {
        assert_eq!(code(written, 16), None, "{written:?}");
    }
}
