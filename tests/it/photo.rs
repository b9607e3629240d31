//! Whatever is sent as a photo: the server lives, nothing but pixels is served, and no text waits for a picture.

use std::collections::HashSet;
use std::path::Path;

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, Setup, TestApp};
use tests::photos::{PhonePhoto, beside_pixels, finished, phone_photo, report_with, send};
use tests::store::Store;
use tests::world::{SUBMIT, import, in_binyang, login, phone_of, submission};
use trials::odd_photos::{self, CANARY, Fate, Odd};
use uuid::Uuid;

fn phone(odd: &Odd) -> PhonePhoto {
    PhonePhoto { id: Uuid::new_v4(), bytes: odd.bytes.clone(), media_type: odd.media_type }
}

#[test]
fn odd_files_are_more_than_two_hundred_and_no_two_are_named_alike() {
    let all = odd_photos::all();
    let names: HashSet<&str> = all.iter().map(|odd| odd.name.as_str()).collect();
    assert!(all.len() >= 200 && names.len() == all.len(), "{} files, {} names", all.len(), names.len());
    assert!(all.iter().all(|odd| odd.bytes.len() < 4 << 20), "none of them is large");
    for fate in [Fate::Refused, Fate::Either] {
        assert!(all.iter().filter(|odd| odd.fate == fate).count() > 30);
    }
}

/// What is made of each, without a server around it.
#[test]
fn odd_files_meet_their_fate() {
    let mut wrong = Vec::new();
    for Odd { name, bytes, fate, .. } in odd_photos::all() {
        let cleaned = picture::inspect(&bytes).and_then(|_| picture::clean(&bytes));
        let (is_wrong, said) = match &cleaned {
            Ok(cleaned) => {
                let hidden = [&cleaned.display, &cleaned.thumbnail].into_iter().flat_map(|jpeg| beside_pixels(jpeg));
                let hidden: Vec<String> = hidden.collect();
                let size = Fate::Shown(cleaned.width, cleaned.height);
                (!hidden.is_empty() || (fate != Fate::Either && fate != size), format!("{size:?} {hidden:?}"))
            }
            Err(flaw) => (!matches!(fate, Fate::Refused | Fate::Either), format!("{flaw:?}")),
        };
        if is_wrong {
            wrong.push(format!("{name}: {said} instead of {fate:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Nine to a report, as a phone would send them; then one by one, whatever is served is fetched and looked at.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn odd_files_leave_the_server_alive(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = odd_photos::all();
    let mut shown = 0;
    for nine in all.chunks(9) {
        let photos: Vec<PhonePhoto> = nine.iter().map(phone).collect();
        let (submission, _) = report_with(app.client(), "ANONYMOUS", in_binyang(), &photos).await;
        let answers = join_all(photos.iter().map(async |photo| {
            send(app.client(), submission, photo).await;
            finished(app.client(), submission, photo).await
        }))
        .await;
        for (odd, answer) in nine.iter().zip(answers) {
            let status = answer.text("completePhoto.status");
            match odd.fate {
                Fate::Shown(..) => assert_eq!(status, "VERIFIED", "{}: {}", odd.name, answer.body),
                Fate::Refused => assert_eq!(status, "REJECTED", "{}: {}", odd.name, answer.body),
                Fate::Either => {}
            }
            if status == "VERIFIED" {
                shown += 1;
                for link in ["displayUrl", "thumbnailUrl"] {
                    let served = fetch(answer.text(&format!("completePhoto.{link}"))).await;
                    assert_eq!(beside_pixels(&served), [""; 0], "{}", odd.name);
                    assert!(!served.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
                }
            } else {
                assert!(answer.text("completePhoto.whatToDo").chars().count() > 10, "{}", odd.name);
            }
        }
    }
    assert!(shown > 100, "{shown} of {}", all.len());
}

/// In both languages, when it is announced and when it only turns out to be one.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn heic_is_refused_with_what_to_send(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic and so on".to_vec();
    let named = PhonePhoto { id: Uuid::new_v4(), bytes: heic.clone(), media_type: "image/heic" };
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["photos"] = json!([named.announced()]);
    let hidden = PhonePhoto::jpeg(heic);
    for (language, word) in [("zh-CN", "兼容性最佳"), ("en", "Most Compatible")] {
        let client = app.client().in_language(language);
        let ask = "mutation($i: SubmitReportInput!) { submitReport(input: $i) { photos { status whatToDo } } }";
        let kept = client.post(ask, json!({ "i": input })).await.ok();
        assert_eq!(kept.text("submitReport.photos.0.status"), "REJECTED", "the text is kept");
        assert!(
            kept.text("submitReport.photos.0.whatToDo").contains(word) && kept.body.contains("JPEG"),
            "{}",
            kept.body
        );
        let (submission, _) = report_with(&client, "ANONYMOUS", in_binyang(), std::slice::from_ref(&hidden)).await;
        send(&client, submission, &hidden).await;
        let rejected = finished(&client, submission, &hidden).await;
        assert_eq!(rejected.text("completePhoto.status"), "REJECTED");
        assert!(rejected.text("completePhoto.whatToDo").contains(word), "{}", rejected.body);
    }
}

/// A report whose photo says where it was taken; what that is worth is for officers alone.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_a_photo_claims_is_worth_something_to_officers_alone(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let photo = PhonePhoto::jpeg(phone_photo("wall-before.jpg"));
    let (submission, report) = report_with(app.client(), "ANONYMOUS", in_binyang(), std::slice::from_ref(&photo)).await;
    send(app.client(), submission, &photo).await;
    let author = finished(app.client(), submission, &photo).await;
    assert_eq!(author.data("completePhoto.evidenceTrust"), &Value::Null);
    let clerk = login(&app, "OFFICER", &phone_of("binyang-clerk")).await;
    let query = "query($id: UUID!) { report(id: $id) { photos { evidenceTrust } } }";
    let seen = clerk.post(query, json!({ "id": report })).await.ok();
    assert!(seen.data("report.photos.0.evidenceTrust").is_string(), "{}", seen.body);
}

async fn fetch(link: &str) -> Vec<u8> {
    let answer = reqwest::get(link).await.expect("the server answers");
    assert_eq!(answer.status(), 200);
    answer.bytes().await.expect("the answer is whole").to_vec()
}

/// Photos of the demo's world: how many reports, each with how many.
async fn storm(apps: &[TestApp], reports: usize) -> Vec<(Uuid, Vec<PhonePhoto>)> {
    let names = ["wall-before.jpg", "slope-before.jpg", "eatery-before.jpg"];
    let mut sent = Vec::new();
    for number in 0..reports {
        let photos: Vec<PhonePhoto> = names.map(|name| PhonePhoto::jpeg(phone_photo(name))).into();
        let client = apps[number % apps.len()].client();
        let (submission, _) = report_with(client, "ANONYMOUS", in_binyang(), &photos).await;
        for photo in &photos {
            let status = send(client, submission, photo).await.ok().text("completePhoto.status").to_owned();
            assert!(["STORED", "VERIFIED"].contains(&status.as_str()), "{status}");
        }
        sent.push((submission, photos));
    }
    sent
}

/// One thread, one place, no patience: most photos wait as rows, the texts do not, and in the end none is missing.
#[tokio::test]
async fn when_photos_are_behind_texts_go_on() {
    let app = Setup::on(Engine::Sqlite)
        .set("CHUISHAO_PHOTO_QUEUE", "1")
        .set("CHUISHAO_PHOTO_THREADS", "1")
        .set("CHUISHAO_PHOTO_WAIT_MS", "0")
        .start()
        .await;
    import(&app).await;
    let apps = [app];
    let sent = storm(&apps, 8).await;
    let client = apps[0].client();
    for _ in 0..20 {
        client.post(SUBMIT, json!({ "i": submission(Uuid::new_v4(), "ANONYMOUS") })).await.done();
    }
    for (submission, photos) in &sent {
        for photo in photos {
            assert_eq!(finished(client, *submission, photo).await.text("completePhoto.status"), "VERIFIED");
        }
    }
}

/// Two processes over one table: every photo is finished, and none is made twice.
#[tokio::test]
async fn two_processes_share_what_waits() {
    let setup = Setup::on(Engine::Postgres).set("CHUISHAO_PHOTO_QUEUE", "2").set("CHUISHAO_PHOTO_WAIT_MS", "0");
    let apps = setup.start_many(2).await;
    import(&apps[0]).await;
    let sent = storm(&apps, 8).await;
    for (submission, photos) in &sent {
        for photo in photos {
            let answer = finished(apps[0].client(), *submission, photo).await;
            assert_eq!(answer.text("completePhoto.status"), "VERIFIED");
        }
    }
    let store = apps[0].store().expect("they share a store");
    let objects = |room: &str| files_below(&store.file(Store::BUCKET, room));
    assert_eq!((objects("shown"), objects("sealed")), (2 * 3 * 8, 3 * 8));
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

/// Photos never take the space that reports need: a reserve larger than any disk refuses every photo, and no text.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn photos_leave_a_reserve_to_reports(#[case] engine: Engine) {
    let app = Setup::on(engine).set("CHUISHAO_PHOTO_RESERVE_MIB", "1073741824").start().await;
    import(&app).await;
    let photo = PhonePhoto::jpeg(phone_photo("wall-before.jpg"));

    let (submission, _) = report_with(app.client(), "ANONYMOUS", in_binyang(), std::slice::from_ref(&photo)).await;

    let input = json!({ "i": { "submissionId": submission, "photoId": photo.id } });
    let ask = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) { plan { url } } }";
    let refused = app.client().post(ask, input).await;
    assert_eq!((refused.code(), refused.extension("rule")), (Some("TRY_LATER"), &json!("photo.no_room")));
    let ready = app.client().send(reqwest::Method::GET, "/readyz", None, "").await;
    assert_eq!(
        (ready.status.as_u16(), &ready.json["photos"], &ready.json["writes"]),
        (200, &json!(false), &json!(true))
    );
}
