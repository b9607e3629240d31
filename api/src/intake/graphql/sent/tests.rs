//! Whatever stands in one field, the refusal names it; whatever can be understood is taken.

use serde_json::{Value as Json, json};

use super::*;

fn report() -> Json {
    json!({
        "submissionId": "919108f7-52d1-4320-9bac-f847db4148a8", "text": "墙面开裂", "naming": "ANONYMOUS",
        "place": { "lng": 106.4, "lat": 26.6, "crs": "GCJ02" },
    })
}

fn with(pointer: &str, value: Json) -> Json {
    let mut report = report();
    let mut names: Vec<&str> = pointer.split('.').collect();
    let last = names.pop().unwrap();
    let inner = names.into_iter().fold(&mut report, |inner, name| &mut inner[name]);
    inner[last] = value;
    report
}

fn read(report: Json) -> Result<Submission, Refusal> {
    submission(&Value::from_json(report).unwrap())
}

fn photo(name: &str, value: Json) -> Json {
    let mut photo = json!({ "id": "0d1b7f8a-3b8e-4c8f-9a53-0b7f0a3f7d11", "sha256": "0".repeat(64), "bytes": 5, "mediaType": "image/jpg" });
    photo[name] = value;
    json!([photo])
}

#[test]
#[expect(clippy::too_many_lines, reason = "one line for each value")]
fn a_value_that_cannot_be_understood_is_named() {
    let device = json!({ "publicKey": "AAAA", "signature": "" });
    for (pointer, value, path) in [
        ("submissionId", json!("1"), "input.submissionId"),
        ("submissionId", json!(null), "input.submissionId"),
        ("text", json!(5), "input.text"),
        ("text", json!("a\0"), "input.text"),
        ("text", json!("\u{200b}"), "input.text"),
        ("category", json!(520_115), "input.category"),
        ("place", json!(null), "input.place"),
        ("place", json!("here"), "input.place"),
        ("place.lng", json!("106.4"), "input.place.lng"),
        ("place.lng", json!(null), "input.place.lng"),
        ("place.lat", json!(91), "input.place.lat"),
        ("place.crs", json!("WGS-84"), "input.place.crs"),
        ("place.accuracyMetres", json!("18 m"), "input.place.accuracyMetres"),
        ("place.accuracy", json!(18), "input.place.accuracy"),
        ("place.address", json!("\u{7}"), "input.place.address"),
        ("devicePlace", json!({ "lng": 1, "lat": -91, "crs": "WGS84" }), "input.devicePlace.lat"),
        ("devicePlace", json!({ "lng": 1 }), "input.devicePlace.lat"),
        ("capturedAt", json!("2026-11-30 10:00:00"), "input.capturedAt"),
        ("capturedAt", json!("٢٠٢٦-١١-٣٠T١٠:٠٠:٠٠Z"), "input.capturedAt"),
        ("capturedAt", json!("+275760-09-13T00:00:00.000Z"), "input.capturedAt"),
        ("capturedAt", json!("Invalid Date"), "input.capturedAt"),
        ("capturedAt", json!(1_780_000_000), "input.capturedAt"),
        ("queuedAt", json!(""), "input.queuedAt"),
        ("photos", json!(["x"]), "input.photos.0"),
        ("photos", photo("id", json!("x")), "input.photos.0.id"),
        ("photos", photo("sha256", json!("00")), "input.photos.0.sha256"),
        ("photos", photo("bytes", json!(5.5)), "input.photos.0.bytes"),
        ("photos", photo("mediaType", json!(1)), "input.photos.0.mediaType"),
        ("photos", photo("name", json!("a.jpg")), "input.photos.0.name"),
        ("emergency", json!("true"), "input.emergency"),
        ("contactConsent", json!(1), "input.contactConsent"),
        ("accusedUnitId", json!("fire"), "input.accusedUnitId"),
        ("naming", json!("SECRET"), "input.naming"),
        ("naming", json!(null), "input.naming"),
        ("onBehalfOf", json!({ "name": "张三" }), "input.onBehalfOf.phone"),
        ("device", device, "input.device.publicKey"),
        ("colour", json!("x"), "input.colour"),
        ("138 0000 0000", json!("x"), "input.?"),
    ] {
        let refusal = read(with(pointer, value.clone())).expect_err(pointer);
        assert_eq!((refusal.code, refusal.path()), (domain::Code::InvalidInput, Some(path)), "{pointer} {value}");
    }
    for whole in [json!(null), json!("x"), json!(5), json!([])] {
        assert_eq!(read(whole).unwrap_err().path(), Some("input"));
    }
}

#[test]
fn what_can_be_understood_is_taken() {
    for (given, taken) in [
        (json!(18.044_000_625_610_35), 19),
        (json!(65.0), 65),
        (json!(65), 65),
        (json!(-3), 0),
        (json!(0.001), 1),
        (json!(2_147_483_648_u64), 20_040_000),
        (json!(1e300), 20_040_000),
    ] {
        assert_eq!(read(with("place.accuracyMetres", given)).unwrap().accuracy_metres, Some(taken));
    }
    for (given, seconds) in [
        ("2026-11-30T10:00:00+0800", 1_796_004_000),
        ("2026-11-30t02:00:00z", 1_796_004_000),
        (" 2026-11-30T02:00:00.000Z ", 1_796_004_000),
        ("2569-11-30T02:00:00Z", 18_931_456_800),
        ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("-262143-01-01T00:00:00Z", -8_334_601_228_800),
        ("+262142-12-31T23:59:59Z", 8_210_266_876_799),
        ("2026-11-30T01:59:60Z", 1_796_003_999),
    ] {
        let sent = read(with("capturedAt", json!(given))).unwrap();
        assert_eq!(sent.secret.captured_at.unwrap().timestamp(), seconds, "{given}");
    }
    let sent = read(with("photos", photo("bytes", json!(7.0)))).unwrap();
    assert_eq!(sent.photos[0].bytes, 7);
    assert_eq!(read(with("photos", photo("mediaType", json!(null)))).unwrap().photos[0].media_type, "");
    for blank in ["", " ", "\u{3000}\n"] {
        for pointer in ["category", "place.address", "place.source"] {
            let sent = read(with(pointer, json!(blank))).unwrap();
            assert_eq!((sent.category, sent.address, sent.place_source), (None, None, None), "{pointer} {blank:?}");
        }
        assert_eq!(read(with("photos", photo("mediaType", json!(blank)))).unwrap().photos[0].media_type, "");
    }
    let least = read(report()).unwrap();
    assert_eq!((least.emergency, least.photos.len()), (false, 0));
}

/// The reader and the published schema name the same fields.
#[test]
fn every_field_of_the_schema_is_read() {
    let sdl = crate::schema::sdl();
    for (object, known) in [("SubmitReportInput", REPORT), ("ReportPlaceInput", PLACE)] {
        let (_, body) = sdl.split_once(&format!("input {object} {{")).unwrap();
        let (body, _) = body.split_once("\n}").unwrap();
        let is_field = |line: &&str| {
            line.starts_with('\t')
                && line
                    .trim()
                    .split(':')
                    .next()
                    .is_some_and(|name| !name.is_empty() && name.chars().all(char::is_alphanumeric))
                && line.contains(": ")
        };
        let mut named: Vec<&str> =
            body.lines().filter(is_field).filter_map(|line| line.trim().split(':').next()).collect();
        let mut known = known.to_vec();
        named.sort_unstable();
        known.sort_unstable();
        assert_eq!(named, known, "{object}");
    }
}
