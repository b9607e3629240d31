//! The darkroom: its limits, that photos are never lost or processed twice, and what it writes besides the images.
//! Long because the tests share one darkroom and its scenes.

use chrono::TimeDelta;
use domain::id::{PhotoId, ReportId};
use domain::photo::PhotoStatus::{Rejected, Stored, Verified};
use domain::photo::{EvidenceTrust, PhotoParent, PhotoStage, bands};
use domain::refusal::Code;
use domain::report::ReportStatus;
use entity::batch::InsertSet;
use entity::{photo, photo_fingerprint, report, upload, upload_piece};
use futures::FutureExt;
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::scene::{Scene, Turning, announced, phone_photo, runner_behind};
use crate::admission::AdmissionControl;
use crate::database::Engine;
use crate::identity::secrets;
use crate::photo::backlog::take_up;
use crate::photo::darkroom::DarkroomSlot;
use crate::photo::develop::develop;
use crate::photo::evidence::findings_of;
use crate::photo::finish::DataKey;
use crate::photo::store::KeyPrefix;
use crate::photo::{Announcement, announce, complete, plan, rows};
use crate::task_runner::OnDeadline;
use crate::testing::World;

/// Announces a phone's photo and sends its bytes.
async fn sent(scene: &Scene, name: &str) -> photo::Model {
    let original = phone_photo(name);
    let announced = scene.announce(&original, "image/jpeg").await;
    scene.send(&announced, &original).await;
    announced
}

#[actix_web::test]
async fn photos_that_find_no_room_wait_as_rows_and_are_finished() {
    let scene = Scene::with(&[("PHOTO_QUEUE", "1"), ("PHOTO_THREADS", "1")]).await;
    let first = scene.app.darkroom.admit(PhotoId(uuid::Uuid::new_v4())).expect("there is room for one");
    let [one, other] = [sent(&scene, "wall-before.jpg").await, sent(&scene, "wall-again.jpg").await];
    for photo in [&one, &other] {
        let waiting = scene.complete(photo).await.unwrap().photo;
        assert_eq!((waiting.status, waiting.leased_until), (Stored, None), "answered at once");
        assert_eq!(scene.complete(photo).await.unwrap().photo.status, Stored);
    }
    assert!(take_up(&scene.app, &Turning).await.unwrap().is_empty(), "still no room");
    drop(first);
    let late = sent(&scene, "wall-after.jpg").await;
    assert_eq!(scene.complete(&late).await.unwrap().photo.status, Stored, "who comes later does not pass");
    assert_eq!(scene.finish_waiting().await, 3);
    for photo in [&one, &other, &late] {
        assert_eq!(scene.row(photo).await.status, Verified);
    }
    assert_eq!(scene.complete(&sent(&scene, "wall-before.jpg").await).await.unwrap().photo.status, Verified);
}

/// Whoever waits for a photo takes no place from others: with a single place and no queue, three wait, and a fourth
/// request is answered.
#[actix_web::test]
async fn waiting_for_a_photo_holds_no_place() {
    let scene = Scene::with(&[("PHOTO_QUEUE", "8")]).await;
    let (mut held, mut waiting) = (Vec::new(), Vec::new());
    let admission = AdmissionControl::new(1, 0);
    for name in ["wall-before.jpg", "wall-again.jpg", "wall-after.jpg"] {
        let photo = stays_in_the_darkroom(&scene, name, &mut held).await;
        let (runner, app) = (runner_behind(admission.clone()), scene.app.clone());
        let completing = async move { complete(&app, photo, &Turning).await.map(|done| done.photo.status) };
        waiting.push(tokio::spawn(async move { runner.run(OnDeadline::Detach, completing.boxed()).await }));
        while !scene.app.darkroom.is_awaited(photo) {
            tokio::task::yield_now().await;
        }
    }
    let answered = runner_behind(admission).run(OnDeadline::Abort, async { Ok(()) }.boxed()).await;
    assert!(answered.is_ok(), "three wait in one place");
    assert_eq!(waiting.iter().filter(|waiter| waiter.is_finished()).count(), 0);
    drop(held);
    for waiter in waiting {
        assert_eq!(waiter.await.unwrap().unwrap(), Stored, "nobody has developed it");
    }
}

/// Joining a file waits for memory that other photos hold, and takes no place from others either.
#[actix_web::test]
async fn waiting_to_join_a_file_holds_no_place() {
    let scene = Scene::with(&[("PHOTO_THREADS", "1")]).await;
    let original = phone_photo("wall-before.jpg");
    let photo = scene.announce(&original, "image/jpeg").await;
    has_come_in_a_piece(&scene, &photo, &original).await;
    let tables = [scene.app.darkroom.table().await.unwrap(), scene.app.darkroom.table().await.unwrap()];

    let admission = AdmissionControl::new(1, 0);
    let (runner, app, id) = (runner_behind(admission.clone()), scene.app.clone(), photo.id);
    let completing = async move { complete(&app, id, &Turning).await.map(|done| done.photo.status) };
    let waiting = tokio::spawn(async move { runner.run(OnDeadline::Detach, completing.boxed()).await });
    while scene.app.darkroom.joiners() == 0 {
        tokio::task::yield_now().await;
    }
    let answered = runner_behind(admission).run(OnDeadline::Abort, async { Ok(()) }.boxed()).await;
    assert!(answered.is_ok(), "it waits without its place");
    assert!(!waiting.is_finished());
    drop(tables);
    assert_eq!(waiting.await.unwrap().unwrap(), Verified);
}

#[actix_web::test]
async fn only_so_many_wait_to_join() {
    let scene = Scene::with(&[("PHOTO_THREADS", "1")]).await;
    let tables = [scene.app.darkroom.table().await.unwrap(), scene.app.darkroom.table().await.unwrap()];
    let mut waiting: Vec<_> = (0..64).map(|_| Box::pin(scene.app.darkroom.table_to_join())).collect();
    assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
    let refused = scene.app.darkroom.table_to_join().await.err().map(|error| error.refusal().code);
    assert_eq!(refused, Some(Code::TryLater));
    drop(tables);
    assert!(waiting.swap_remove(0).await.is_ok());
}

/// Lets all bytes of a photo have arrived as one piece of a resumable upload.
async fn has_come_in_a_piece(scene: &Scene, photo: &photo::Model, bytes: &[u8]) {
    plan(&scene.app, photo.id).await.unwrap();
    let (incoming_key, key) = (scene.row(photo).await.incoming_key.unwrap(), KeyPrefix::Incoming.fresh_key());
    scene.app.photos.write(&key, "application/octet-stream", bytes.to_vec()).await.unwrap();
    let (now, length) = (scene.app.now(), i64::try_from(bytes.len()).unwrap());
    let upload = upload::Model {
        id: uuid::Uuid::new_v4(),
        photo_id: photo.id,
        incoming_key,
        length,
        at: length,
        turn: 1,
        created_at: now,
        ends_at: now + TimeDelta::days(1),
        done_at: None,
    };
    let piece = upload_piece::Model { upload_id: upload.id, at: 0, length, key };
    let txn = scene.app.begin_write().await.unwrap();
    upload::Entity::insert(upload.into_active_model()).exec_without_returning(&txn).await.unwrap();
    upload_piece::Entity::insert(piece.into_active_model()).exec_without_returning(&txn).await.unwrap();
    txn.commit().await.unwrap();
}

#[actix_web::test]
async fn one_waits_for_a_photo_and_64_in_all() {
    let scene = Scene::with(&[("PHOTO_QUEUE", "100")]).await;
    let ids: Vec<PhotoId> = (0..65).map(|_| PhotoId(uuid::Uuid::new_v4())).collect();
    let slots: Vec<_> = ids.iter().map(|id| scene.app.darkroom.admit(*id).unwrap()).collect();
    let mut waiting: Vec<_> = ids.iter().map(|id| Box::pin(scene.app.darkroom.left(*id))).collect();
    let mut is_done: Vec<bool> = waiting.iter_mut().map(|waiter| waiter.now_or_never().is_some()).collect();
    assert_eq!(is_done.pop(), Some(true), "the 65th does not wait");
    assert_eq!(is_done, [false; 64]);
    assert!(scene.app.darkroom.left(ids[0]).now_or_never().is_some(), "a second one does not wait for the same photo");
    drop(waiting);
    assert!(scene.app.darkroom.left(ids[64]).now_or_never().is_none(), "there is room again");
    assert!(scene.app.darkroom.left(ids[0]).now_or_never().is_none());
    drop(slots);
    assert!(scene.app.darkroom.left(ids[0]).now_or_never().is_some(), "it has left");
}

/// Lets a photo be as if a thread of the darkroom worked on it until the slot in `held` is dropped.
async fn stays_in_the_darkroom(scene: &Scene, name: &str, held: &mut Vec<DarkroomSlot>) -> PhotoId {
    let photo = sent(scene, name).await;
    held.push(scene.app.darkroom.admit(photo.id).unwrap());
    let seen = scene.row(&photo).await;
    let until = scene.app.now() + TimeDelta::minutes(1);
    let change = photo::ActiveModel { status: Set(Stored), leased_until: Set(Some(until)), ..Default::default() };
    let txn = scene.app.begin_write().await.unwrap();
    assert!(rows::write(&txn, &seen, change).await.unwrap());
    txn.commit().await.unwrap();
    photo.id
}

#[actix_web::test]
async fn a_lease_keeps_others_away_until_it_ends() {
    let scene = Scene::on_disk().await;
    let photo = sent(&scene, "wall-before.jpg").await;
    let seen = scene.row(&photo).await;
    let lease =
        |until| photo::ActiveModel { status: Set(Stored), leased_until: Set(Some(until)), ..Default::default() };
    let txn = scene.app.begin_write().await.unwrap();
    let until = scene.app.now() + TimeDelta::minutes(1);
    assert!(rows::write(&txn, &seen, lease(until)).await.unwrap());
    txn.commit().await.unwrap();
    assert_eq!(scene.complete(&photo).await.unwrap().photo.status, Stored, "another process has it");
    assert_eq!(scene.finish_waiting().await, 0);

    let seen = scene.row(&photo).await;
    let txn = scene.app.begin_write().await.unwrap();
    assert!(rows::write(&txn, &seen, lease(scene.app.now() - TimeDelta::seconds(1))).await.unwrap());
    txn.commit().await.unwrap();
    assert_eq!(scene.complete(&photo).await.unwrap().photo.status, Verified, "that process has ended");
}

#[actix_web::test]
async fn what_was_taken_over_is_not_written_twice() {
    let scene = Scene::on_disk().await;
    let photo = sent(&scene, "wall-before.jpg").await;
    let before = scene.row(&photo).await;
    assert_eq!(scene.complete(&photo).await.unwrap().photo.status, Verified);
    // A process that was suspended in the meantime resumes with a stale row.
    let key = DataKey::fresh(photo.id, &Turning).unwrap();
    let key_of_row = before.incoming_key.clone().unwrap();
    scene.app.photos.write(&key_of_row, "image/jpeg", phone_photo("wall-before.jpg")).await.unwrap();
    let late = develop(&scene.app, before, key).await;
    assert_eq!(late.unwrap_err().refusal().code, Code::ChangedMeanwhile);
    assert_eq!((scene.files("shown").len(), scene.files("sealed").len()), (2, 1));
}

#[actix_web::test]
async fn a_photo_on_which_processes_end_again_and_again_is_given_up() {
    let scene = Scene::on_disk().await;
    let photo = sent(&scene, "wall-before.jpg").await;
    let seen = scene.row(&photo).await;
    let txn = scene.app.begin_write().await.unwrap();
    let change = photo::ActiveModel { status: Set(Stored), attempts: Set(5), ..Default::default() };
    assert!(rows::write(&txn, &seen, change).await.unwrap());
    txn.commit().await.unwrap();
    scene.finish_waiting().await;
    assert_eq!(scene.row(&photo).await.status, Rejected);
}

#[actix_web::test]
async fn a_store_that_is_away_costs_no_attempt() {
    let scene = Scene::on_disk().await;
    let photo = sent(&scene, "wall-before.jpg").await;
    let key = scene.row(&photo).await.incoming_key.unwrap();
    let path = scene.folder.path().join("photos").join(&key);
    std::fs::rename(&path, path.with_extension("away")).unwrap();
    std::fs::create_dir(&path).unwrap(); // a folder cannot be read as a file, so the store fails
    let seen = scene.row(&photo).await;
    let txn = scene.app.begin_write().await.unwrap();
    let change = photo::ActiveModel { status: Set(Stored), ..Default::default() };
    assert!(rows::write(&txn, &seen, change).await.unwrap());
    txn.commit().await.unwrap();
    assert_eq!(scene.finish_waiting().await, 1);
    let aside = scene.row(&photo).await;
    assert_eq!((aside.status, aside.attempts), (Stored, 0));
    assert!(aside.leased_until.is_some_and(|until| until > scene.app.now()), "tried again later");
}

#[actix_web::test]
async fn more_memory_than_there_is_is_refused() {
    let scene = Scene::with(&[("PHOTO_MEMORY_MIB", "64")]).await;
    let darkroom = &scene.app.darkroom;
    assert!(darkroom.memory(64 << 20).await.unwrap().is_some());
    assert!(darkroom.memory((64 << 20) + 1).await.unwrap().is_none());
}

#[actix_web::test]
async fn work_that_panics_leaves_its_thread() {
    let scene = Scene::with(&[("PHOTO_THREADS", "1")]).await;
    let broken = scene.app.darkroom.run(|| Vec::<u8>::new()[0]).await;
    assert!(broken.is_err());
    assert_eq!(scene.app.darkroom.run(|| 7).await.unwrap(), 7);
}

/// Inserts a report at a place, sent by a phone 100 m north of it.
async fn report_at(world: &World, lng_e7: i64, lat_e7: i64) -> ReportId {
    let id = world.report(ReportStatus::Received, None).await;
    let place = report::ActiveModel {
        lng_e7: Set(lng_e7),
        lat_e7: Set(lat_e7),
        received_at: Set("2026-06-12T11:30:00Z".parse().unwrap()),
        ..Default::default()
    };
    let secret = serde_json::json!({ "captured_at": "2026-06-12T11:10:00Z", "queued_at": null,
        "device_place": { "lng_e7": lng_e7, "lat_e7": lat_e7 + 9_000 } });
    world
        .write(async |txn| {
            let row = report::Entity::update_many().set(place.clone()).filter(report::COLUMN.id.eq(id));
            row.exec(txn).await.unwrap();
            let mut sheet = InsertSet::default();
            secrets::add_secret(&mut sheet, &world.app.keys, id, &secret, None).unwrap();
            sheet.write(txn).await.unwrap();
        })
        .await;
    id
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_a_photo_claims_is_weighed_and_sealed(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let app = &world.app;
    let original = phone_photo("slope-before.jpg");
    let claimed = picture::clean(&original).unwrap().claims.place.unwrap();
    for (east, trust, metres) in
        [(0, EvidenceTrust::Consistent, 0..=60), (300_000, EvidenceTrust::Contradicted, 2_900..=3_100)]
    {
        let report = report_at(&world, e7(claimed.0) + east, e7(claimed.1)).await;
        let announcement = Announcement {
            parent_kind: PhotoParent::Report,
            parent_id: report.0,
            stage: PhotoStage::Before,
            photos: vec![announced(&original, "image/jpeg")],
        };
        let rows = world.write(async |txn| announce(txn, announcement.clone(), app.now()).await.unwrap()).await;
        let plan = plan(app, rows[0].id).await.unwrap();
        app.photos.write(&plan.form.fields["key"], "image/jpeg", original.clone()).await.unwrap();
        complete(app, rows[0].id, &app.keys).await.unwrap();
        app.darkroom.left(rows[0].id).await;

        let row = photo::Entity::find_by_id(rows[0].id).one(app.db()).await.unwrap().unwrap();
        assert_eq!((row.status, row.trust), (Verified, Some(trust)));
        let findings = findings_of(app, row.id).await.unwrap().unwrap();
        assert_eq!(findings.taken_at.unwrap().to_string(), "2026-06-12 19:05:44");
        assert!(findings.camera.as_ref().unwrap().contains("23127PN0CC"));
        assert!(metres.contains(&findings.assessment.claim_to_pin_metres.unwrap()), "{:?}", findings.assessment);
        assert!((95..=105).contains(&findings.assessment.pin_to_device_metres.unwrap()), "{:?}", findings.assessment);
        let told = serde_json::to_string(&findings).unwrap();
        assert!(!told.contains("CANARY"), "serial numbers and names are not read: {told}");
        let print = photo_fingerprint::Entity::find_by_id(row.id).one(app.db()).await.unwrap().unwrap();
        assert_eq!((print.parent_id, print.band_one), (report.0, bands(print.bits.cast_unsigned())[0]));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "degrees")]
fn e7(degrees: f64) -> i64 {
    (degrees * 1e7).round() as i64
}
