//! The content hash, compared with hashes that another program computed.
//!
//! The expected hashes come from Python 3.11:
//!
//! ```python
//! import hashlib, json
//! full = {
//!     "text": "小区北侧围墙外倾，\"裂缝\"能伸进手指。\n下雨后更宽 🧱", "category": "self_built_house", "crs": "GCJ02",
//!     "lng": 1066265123, "lat": 266468123, "capturedAt": 1780293600000, "emergency": False,
//!     "accused": "0d9c1b52-6a3e-4c8f-9f57-2b1f0a6d7e11",
//!     "photos": [{"id": "1f0e8a44-0c3b-4f7e-8d52-6b9a7c5d3e21", "sha256": "ab" * 32},
//!                {"id": "9b2d4c66-5e1f-4a3b-9c7d-8e0f1a2b3c4d", "sha256": "01" * 32}],
//! }
//! bare = {"text": "桥上栏杆断了", "category": None, "crs": "WGS84", "lng": -1, "lat": 0, "capturedAt": None,
//!         "emergency": True, "accused": None, "photos": []}
//! submission = b"7c9e6679-7425-40de-944b-e07fc1f90ae7"
//! for content in (full, bare):
//!     canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
//!     print(hashlib.sha256(b"chuishao/content/1" + submission + canonical).hexdigest())
//! print(hashlib.sha256(submission).hexdigest())
//! ```

use super::*;
use crate::place::Crs;

const FULL: &str = "66b1c8c18630eb125e3b41b60686541bdf42e6b2ec460b6190d103f5030aa3d5";
const BARE: &str = "2614ada3c9bdd2e83cbe4280b22e646775520bdf79175d6462d61fd8d626b0e7";
const KEY: &str = "6316e01c9e1d33dec091e5469b8fe3f63ae270f7471846f380d926c3454b4027";

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

fn submission() -> Uuid {
    id("7C9E6679-7425-40DE-944B-E07FC1F90AE7") // whatever its case
}

fn photos() -> [ContentPhoto; 2] {
    [
        ContentPhoto { id: PhotoId(id("9b2d4c66-5e1f-4a3b-9c7d-8e0f1a2b3c4d")), sha256: Digest([0x01; 32]) },
        ContentPhoto { id: PhotoId(id("1f0e8a44-0c3b-4f7e-8d52-6b9a7c5d3e21")), sha256: Digest([0xab; 32]) },
    ]
}

fn full(photos: &[ContentPhoto]) -> Content<'_> {
    Content {
        submission: submission(),
        text: "小区北侧围墙外倾，\"裂缝\"能伸进手指。\n下雨后更宽 🧱",
        category: Some("self_built_house"),
        place: Pin::parse(Crs::Gcj02, 106.626_512_34, 26.646_812_26).unwrap(),
        captured_at: DateTime::from_timestamp_micros(1_780_293_600_000_999),
        emergency: false,
        accused: Some(UnitId(id("0d9c1b52-6a3e-4c8f-9f57-2b1f0a6d7e11"))),
        photos,
    }
}

#[test]
fn the_hash_is_the_one_that_others_compute() {
    assert_eq!(full(&photos()).hash().unwrap().to_string(), FULL);
    let bare = Content {
        text: "桥上栏杆断了",
        category: None,
        place: Pin::parse(Crs::Wgs84, -0.000_000_05, 0.0).unwrap(),
        captured_at: None,
        emergency: true,
        accused: None,
        ..full(&[])
    };
    assert_eq!(bare.hash().unwrap().to_string(), BARE);
    assert_eq!(submission_key(submission()).to_string(), KEY);
}

#[test]
fn the_order_of_photos_says_nothing_and_all_else_does() {
    let [one, other] = photos();
    assert_eq!(full(&[other, one]).hash().unwrap().to_string(), FULL);
    let all = photos();
    let changes: [fn(&mut Content<'_>); 9] = [
        |content| content.submission = Uuid::nil(),
        |content| content.text = "",
        |content| content.category = None,
        |content| content.place = Pin::parse(Crs::Bd09, 106.626_512_34, 26.646_812_26).unwrap(),
        |content| content.place = Pin::parse(Crs::Gcj02, 106.626_512_44, 26.646_812_26).unwrap(),
        |content| content.captured_at = None,
        |content| content.emergency = true,
        |content| content.accused = None,
        |content| content.photos = &[],
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut content = full(&all);
        change(&mut content);
        assert_ne!(content.hash().unwrap().to_string(), FULL, "change {number}");
    }
}

#[test]
fn sums_are_read_in_either_case_and_written_in_one() {
    assert_eq!(FULL.to_uppercase().parse::<Digest>().unwrap().to_string(), FULL);
    assert_eq!(serde_json::from_str::<Digest>(&format!("\"{FULL}\"")).unwrap().to_string(), FULL);
    assert_eq!(Digest::of(b"").to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for wrong in ["", "6", &FULL[..62], &format!("{FULL}00"), &FULL.replace('6', "g"), &FULL.replace("66", "裂")] {
        assert_eq!(wrong.parse::<Digest>().unwrap_err().field, Some("input.photos.sha256"), "{wrong}");
    }
}
