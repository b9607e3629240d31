//! The life cycle of a photo from its announcement to its display, with every error on the way.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::photo::PhotoStatus::{Expected, Receiving, Rejected, Stored, Verified};
use domain::photo::{PhotoParent, PhotoStage};
use domain::refusal::{Code, Refusal};
use entity::{photo, photo_key};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::scene::{Scene, announced, has_canary, phone_photo};
use crate::error::ApiError;
use crate::photo::complete::Completed;
use crate::photo::rejection::Rejection;
use crate::photo::rows;
use crate::photo::seal::unseal;
use crate::photo::service::announce_all;
use crate::photo::store::StoreError;
use crate::photo::{Announcement, announce, plan, sweep};

fn rule(refused: Result<Completed, Refusal>) -> Option<&'static str> {
    refused.err().unwrap().rule
}

#[actix_web::test]
async fn a_photo_is_planned_sent_verified_and_stays_as_it_is() {
    let scene = Scene::on_disk().await;
    let original = phone_photo("slope-before.jpg");
    let announced = scene.announce(&original, "image/jpeg").await;
    assert_eq!((announced.status, announced.id.0.get_version_num()), (Expected, 4));
    assert_eq!(rule(scene.complete(&announced).await), Some("photo.not_received"));

    let first = plan(&scene.app, announced.id).await.unwrap();
    let second = plan(&scene.app, announced.id).await.unwrap();
    assert_eq!(
        (&first.form.fields["key"], scene.row(&announced).await.status),
        (&second.form.fields["key"], Receiving)
    );
    assert_eq!(rule(scene.complete(&announced).await), Some("photo.not_received"));

    scene.send(&announced, &original).await;
    let Completed { photo } = scene.complete(&announced).await.unwrap();
    assert_eq!((photo.status, photo.width, photo.height), (Verified, Some(1280), Some(960)));
    assert_eq!((photo.leased_until, photo.attempts), (None, 0));
    assert_eq!(scene.files("incoming").len(), 0);

    // Completing is idempotent, and a verified photo can be neither planned nor sent again.
    let again = scene.complete(&announced).await.unwrap();
    assert!(again.photo == photo);
    let refused = plan(&scene.app, announced.id).await.unwrap_err().refusal();
    assert_eq!((refused.code, refused.rule), (Code::IllegalMove, Some("photo.already_received")));
    let parents = [photo.parent_id, Uuid::new_v4()];
    let verified = rows::by_parents(scene.app.db(), &parents, Some(Verified)).await.unwrap();
    assert_eq!((verified.len(), &verified[&photo.parent_id]), (1, &vec![photo]));
}

#[actix_web::test]
async fn the_original_is_sealed_and_can_be_opened_with_its_key_alone() {
    let scene = Scene::on_disk().await;
    let original = phone_photo("wall-before.jpg");
    let announced = scene.announce(&original, "image/jpeg").await;
    scene.send(&announced, &original).await;
    let photo = scene.complete(&announced).await.unwrap().photo;

    assert!(scene.files("").iter().all(|file| !has_canary(file)), "no file under the folder may hold a canary");
    let sealed = scene.app.photos.read(&photo.original_key.unwrap(), 1 << 20).await.unwrap();
    let wrapped = photo_key::Entity::find_by_id(photo.id).one(scene.app.db()).await.unwrap().unwrap();
    let key: Vec<u8> = wrapped.data_key_ct.unwrap().iter().map(|byte| !byte).collect();
    let key: [u8; 32] = key.try_into().unwrap();
    assert!(unseal(photo.id, &key, sealed.clone()).unwrap() == original);
    assert!(unseal(domain::id::PhotoId(Uuid::new_v4()), &key, sealed.clone()).is_err());
    assert!(unseal(photo.id, &[0; 32], sealed).is_err());
    assert!(unseal(photo.id, &key, vec![1, 2, 3]).is_err());
}

#[actix_web::test]
async fn what_cannot_be_shown_says_what_to_do_and_can_be_sent_again() {
    let scene = Scene::on_disk().await;
    let original = phone_photo("wall-before.jpg");
    let announced = scene.announce(&original, "image/jpeg").await;
    let mut damaged = original.clone();
    damaged[50_000] ^= 1;
    for wrong in [damaged, original[1..].to_vec(), [&original[..], b"x"].concat()] {
        scene.send(&announced, &wrong).await;
        let photo = scene.complete(&announced).await.unwrap().photo;
        assert_eq!((photo.status, photo.reject_reason.as_deref()), (Rejected, Some("NOT_AS_ANNOUNCED")));
        assert!(scene.complete(&announced).await.unwrap().photo == photo);
        assert_eq!(scene.files("incoming").len(), 0);
    }
    scene.send(&announced, &original).await;
    let photo = scene.complete(&announced).await.unwrap().photo;
    assert_eq!((photo.status, photo.reject_reason), (Verified, None));

    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic and so on";
    let named_jpeg = scene.announce(heic, "image/jpeg").await;
    scene.send(&named_jpeg, heic).await;
    let photo = scene.complete(&named_jpeg).await.unwrap().photo;
    assert_eq!((photo.status, photo.reject_reason.as_deref()), (Rejected, Some(Rejection::HeicOrAvif.code())));
    assert_eq!(scene.files("").len(), 3, "nothing lies there but the three of the verified photo");
}

#[actix_web::test]
async fn ten_that_complete_at_once_agree() {
    let scene = Scene::on_disk().await;
    let original = phone_photo("wall-before.jpg");
    let announced = scene.announce(&original, "image/jpeg").await;
    scene.send(&announced, &original).await;
    let all = futures::future::join_all((0..10).map(|_| scene.complete(&announced))).await;
    let all: Vec<_> = all.into_iter().map(|one| one.unwrap().photo.status).collect();
    assert!(all.contains(&Verified), "one waits");
    assert!(all.iter().all(|status| [Stored, Verified].contains(status)), "others are answered at once: {all:?}");
    assert_eq!(scene.complete(&announced).await.unwrap().photo.status, Verified);
    assert_eq!((scene.files("shown").len(), scene.files("sealed").len(), scene.files("incoming").len()), (2, 1, 0));
}

#[actix_web::test]
async fn what_a_server_left_in_the_middle_is_finished_by_the_next() {
    let scene = Scene::on_disk().await;
    let original = phone_photo("wall-again.jpg");
    let [left, lost] = [scene.announce(&original, "image/jpeg").await, scene.announce(&original, "image/jpeg").await];
    for photo in [&left, &lost] {
        scene.send(photo, &original).await;
        let stored = photo::ActiveModel { status: sea_orm::Set(Stored), ..Default::default() };
        let seen = scene.row(photo).await;
        let txn = scene.app.begin_write().await.unwrap();
        assert!(rows::write(&txn, &seen, stored).await.unwrap());
        txn.commit().await.unwrap();
    }
    scene.app.photos.remove(&scene.row(&lost).await.incoming_key.unwrap()).await.unwrap();
    scene.finish_waiting().await;
    assert_eq!(scene.row(&left).await.status, Verified);
    assert_eq!(scene.row(&lost).await.reject_reason.as_deref(), Some("LOST"));
}

#[actix_web::test]
async fn what_nobody_completes_is_removed_after_a_day() {
    let scene = Scene::on_disk().await;
    let original = phone_photo("wall-again.jpg");
    let [old, kept] = [scene.announce(&original, "image/jpeg").await, scene.announce(&original, "image/jpeg").await];
    for photo in [&old, &kept] {
        scene.send(photo, &original).await;
    }
    assert_eq!(sweep(&scene.app).await.unwrap(), 0);
    let tomorrow = scene.app.now() + TimeDelta::days(1);
    let keep = HashSet::from([scene.row(&kept).await.incoming_key.unwrap()]);
    assert_eq!(scene.app.photos.sweep(tomorrow, &keep).await.unwrap(), 1);
    assert_eq!(rule(scene.complete(&old).await), Some("photo.not_received"));
    scene.send(&old, &original).await;
    assert_eq!(scene.complete(&old).await.unwrap().photo.status, Verified);
    assert_eq!(scene.complete(&kept).await.unwrap().photo.status, Verified);
}

#[actix_web::test]
async fn announcements_have_bounds() {
    let scene = Scene::on_disk().await;
    let good = announced(b"x", "image/jpeg");
    let of = |photos| Announcement {
        parent_kind: PhotoParent::Report,
        parent_id: Uuid::new_v4(),
        stage: PhotoStage::Before,
        photos,
    };
    let twice = good.client_id;
    for (photos, code) in [
        (vec![good.clone(), announced(b"y", "image/png")], None),
        (Vec::new(), None),
        ((0..9).map(|_| announced(b"x", "image/webp")).collect(), None),
        ((0..10).map(|_| announced(b"x", "image/webp")).collect(), Some(Code::InvalidInput)),
        (
            vec![good.clone(), crate::photo::Announced { client_id: twice, ..announced(b"y", "image/png") }],
            Some(Code::InvalidInput),
        ),
        (vec![announced(b"", "image/jpeg")], Some(Code::InvalidInput)),
        (vec![crate::photo::Announced { bytes: (15 << 20) + 1, ..good.clone() }], Some(Code::TooLarge)),
        (vec![announced(b"x", "image/heic")], Some(Code::UnsupportedMedia)),
    ] {
        let txn = scene.app.begin_write().await.unwrap();
        let count = photos.len();
        match (announce(&txn, of(photos), scene.app.now()).await, code) {
            (Ok(rows), None) => assert_eq!(rows.len(), count),
            (Err(error), Some(code)) => assert_eq!(error.refusal().code, code),
            (other, code) => panic!("{other:?}, not {code:?}"),
        }
    }
    let parent = of(vec![good.clone()]);
    let txn = scene.app.begin_write().await.unwrap();
    let error = announce_all(&txn, vec![parent.clone(), parent], scene.app.now()).await.unwrap_err();
    assert_eq!(error.refusal().code, Code::InvalidInput);
}

#[test]
fn every_rejection_says_what_to_do() {
    for rejection in Rejection::ALL {
        assert_eq!(Rejection::from_code(rejection.code()), *rejection);
    }
    assert!(matches!(ApiError::from(StoreError::NotAnswering("x".into())).refusal().code, Code::TryLater));
}
