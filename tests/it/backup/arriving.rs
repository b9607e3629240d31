//! Photos on their way: what had come whole before the backup began is in it, and what had not is sent anew.

use std::fs;

use entity::{upload, upload_piece};
use reqwest::Method;
use rstest::rstest;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter};
use tests::app::TestApp;
use tests::client::Answer;
use tests::photos::{PhonePhoto, complete, finished, phone_photo, report_with};
use tests::tus::Upload;
use tests::waiting::until;
use tests::world::in_binyang;
use uuid::Uuid;

use super::{BackupKind, ON_POSTGRES, ON_S3, ON_SQLITE, Safe, done, phones, text};

/// A photo that its phone began to send piece by piece.
struct Begun {
    submission: Uuid,
    photo: PhonePhoto,
    upload: Upload,
}

/// Half of it is here.
async fn half_of_a_photo(app: &TestApp) -> Begun {
    let photo = PhonePhoto::jpeg(phone_photo("wall-before.jpg"));
    let (submission, _) = report_with(app.client(), "ANONYMOUS", in_binyang(), std::slice::from_ref(&photo)).await;
    let upload = Upload::of(app.client(), submission, &photo).await;
    assert_eq!(upload.go_on(0, &photo.bytes[..photo.bytes.len() / 2]).await.status, 204);
    Begun { submission, photo, upload }
}

/// What a server leaves that ends when it has kept the last byte: the other half is a piece, and nobody has joined them.
async fn keep_the_other_half(app: &TestApp, begun: &Begun) {
    let (rows, at) = (app.rows().await, begun.photo.bytes.len() / 2);
    let id: Uuid = begun.upload.url().rsplit('/').next().unwrap().parse().unwrap();
    let key = format!("incoming/ff/ff{}", &id.simple().to_string()[2..]);
    let file = app.data().join("photos").join(&key);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, &begun.photo.bytes[at..]).unwrap();
    let (at, all) = (i64::try_from(at).unwrap(), i64::try_from(begun.photo.bytes.len()).unwrap());
    let piece = upload_piece::Model { upload_id: id, at, length: all - at, key };
    piece.into_active_model().insert(&rows).await.unwrap();
    let kept = upload::Entity::update_many().col_expr(upload::Column::At, Expr::value(all));
    assert_eq!(kept.filter(upload::COLUMN.id.eq(id)).exec(&rows).await.unwrap().rows_affected, 1);
}

/// The photo is verified once its phone asks, which sends no byte of it.
async fn is_verified(app: &TestApp, submission: Uuid, photo: &PhonePhoto) {
    let answer = finished(app.client(), submission, photo).await;
    assert_eq!(answer.text("completePhoto.status"), "VERIFIED", "{}", answer.body);
}

async fn restored_from(app: TestApp, kind: BackupKind) -> TestApp {
    let safe = Safe::new(kind);
    safe.fill(&app).await;
    drop(app);
    safe.restore(kind).await
}

#[rstest]
#[case::sqlite(ON_SQLITE)]
#[case::postgres(ON_POSTGRES)]
#[case::postgres_and_s3(ON_S3)]
#[tokio::test]
async fn what_came_is_there_and_half_is_sent_anew(#[case] kind: BackupKind) {
    let mut app = kind.world().await;
    let form = phones::announced_photo(&app).await.submission;
    let half = half_of_a_photo(&app).await;
    app.stop();

    let app = restored_from(app, kind).await;

    let photo = PhonePhoto { id: phones::photo_of(form), ..PhonePhoto::jpeg(phones::original().to_vec()) };
    is_verified(&app, form, &photo).await;
    let Begun { submission, photo, upload } = half;
    let asked = upload.at(app.client()).request(Method::HEAD);
    assert_eq!(Answer::to(asked).await.status, 404, "a client of tus begins anew then");
    let upload = Upload::of(app.client(), submission, &photo).await;
    assert_eq!(upload.go_on(0, &photo.bytes).await.status, 204);
    until("the photo to be taken in", async || {
        let answer = complete(app.client(), submission, &photo).await;
        if answer.code().is_none() { Ok(()) } else { Err(answer.body) }
    })
    .await;
    is_verified(&app, submission, &photo).await;
}

#[tokio::test]
async fn pieces_that_nobody_joined_are_there_as_a_file() {
    let mut app = ON_SQLITE.world().await;
    let begun = half_of_a_photo(&app).await;
    app.stop();
    keep_the_other_half(&app, &begun).await;
    let safe = Safe::new(ON_SQLITE);
    let said = done(&app.run(&["backup", text(&safe.backup())]).await);
    assert!(said.contains("1 photo objects"), "{said}");

    let app = restored_from(app, ON_SQLITE).await;

    is_verified(&app, begun.submission, &begun.photo).await;
}
