//! Photos over networks that cut connections: what has come is kept, and the photo is whole in the end.

mod refusals;

use reqwest::Method;
use rstest::rstest;
use tests::app::{Engine, Setup, TestApp};
use tests::client::{Answer, Client};
use tests::photos::{PhonePhoto, complete, finished, phone_photo, report_with, sized_photo};
use tests::tus::{BYTES, Upload, header, making, plan};
use tests::waiting::until;
use tests::world::{import, in_binyang};
use uuid::Uuid;

/// A report that announces one photo; what it is, and its photo.
async fn announced(client: &Client) -> (Uuid, PhonePhoto) {
    let photo = PhonePhoto::jpeg(phone_photo("wall-before.jpg"));
    let (submission, _) = report_with(client, "ANONYMOUS", in_binyang(), std::slice::from_ref(&photo)).await;
    (submission, photo)
}

/// The photo has come as it was sent: its hash was compared with the one that was announced.
async fn is_verified(client: &Client, submission: Uuid, photo: &PhonePhoto) {
    until("the photo to be taken in", async || {
        let answer = complete(client, submission, photo).await;
        if answer.code().is_none() { Ok(()) } else { Err(answer.body) }
    })
    .await;
    let done = finished(client, submission, photo).await;
    assert_eq!(done.text("completePhoto.status"), "VERIFIED", "{}", done.body);
}

async fn rows_of_pieces(app: &TestApp) -> u64 {
    use sea_orm::{EntityTrait, PaginatorTrait};
    entity::upload_piece::Entity::find().count(&app.rows().await).await.unwrap()
}

/// Made, gone on with, and completed by itself; made again it is the same; its pieces are gone in the end.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_photo_comes_in_pieces(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (submission, photo) = announced(app.client()).await;
    let plan = plan(app.client(), submission, &photo).await;
    let made = Answer::to(making(app.client(), &plan, photo.bytes.len())).await;
    let upload = Upload::made(app.client(), &made);
    assert!(header(&made, "upload-expires").ends_with(" GMT"));
    let again = Answer::to(making(app.client(), &plan, photo.bytes.len())).await;
    assert_eq!(header(&again, "location"), header(&made, "location"));

    let mut offset = 0;
    for piece in photo.bytes.chunks(photo.bytes.len().div_ceil(3)) {
        assert_eq!(upload.offset().await, offset);
        let answer = upload.go_on(offset, piece).await;
        offset += piece.len();
        assert_eq!((answer.status.as_u16(), header(&answer, "upload-offset")), (204, offset.to_string().as_str()));
    }

    is_verified(app.client(), submission, &photo).await;
    until("the pieces to go", async || match rows_of_pieces(&app).await {
        0 => Ok(()),
        n => Err(n),
    })
    .await;
    assert_eq!(upload.offset().await, photo.bytes.len(), "it still says that all came");
}

/// Cut after every edge of a piece, one byte before and one behind: what came is kept, to the byte.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_came_before_a_cut_is_kept(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (submission, photo) = announced(app.client()).await;
    let upload = Upload::of(app.client(), submission, &photo).await;
    let (mut at, size) = (0, photo.bytes.len());
    for edge in [0, 1, 2, 4_095, 4_096, 4_097, 65_535, 65_536, 65_537, size - 1] {
        if edge < at || edge >= size {
            continue;
        }
        loop {
            upload.is_cut(at, &photo.bytes[at..], edge - at).await;
            let kept = upload.offset().await;
            assert!((at..=edge).contains(&kept), "{kept} of {edge} bytes, and {at} were kept before");
            at = kept; // less than came where the server was slower than the network
            if at == edge {
                break;
            }
        }
    }
    assert_eq!(upload.go_on(at, &photo.bytes[at..]).await.status, 204);
    is_verified(app.client(), submission, &photo).await;
}

/// The server keeps what comes in parts of so many bytes: cut at the end of each, one byte before and one behind.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_photo_cut_where_a_part_ends_is_whole(#[case] engine: Engine) {
    const PART: usize = 256 * 1024;
    let app = TestApp::start(engine).await;
    import(&app).await;
    let edges = (1..=4).flat_map(|part| [part * PART - 1, part * PART, part * PART + 1]);
    for (number, edge) in (0..).zip(edges) {
        let photo = PhonePhoto::jpeg(sized_photo(number, 4 * PART + 50_000));
        let (submission, _) = report_with(app.client(), "ANONYMOUS", in_binyang(), std::slice::from_ref(&photo)).await;
        let upload = Upload::of(app.client(), submission, &photo).await;
        let mut kept = 0;
        while kept < edge {
            upload.is_cut(kept, &photo.bytes[kept..], edge - kept).await;
            kept = upload.offset().await; // less than came where the server was slower than the network
        }
        assert_eq!(kept, edge);
        assert_eq!(upload.go_on(edge, &photo.bytes[edge..]).await.status, 204);
        is_verified(app.client(), submission, &photo).await;
    }
}

/// The server is killed in the middle, and another goes on.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_killed_server_goes_on_where_it_was(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let (submission, photo) = announced(app.client()).await;
    let upload = Upload::of(app.client(), submission, &photo).await;
    let half = photo.bytes.len() / 2;
    assert_eq!(upload.go_on(0, &photo.bytes[..half]).await.status, 204);

    app.kill_and_restart().await;

    let upload = upload.at(app.client());
    assert_eq!(upload.offset().await, half);
    assert_eq!(upload.go_on(half, &photo.bytes[half..]).await.status, 204);
    is_verified(app.client(), submission, &photo).await;
}

/// A client that can only POST, and sends the first bytes with the making.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_client_that_can_only_post_gets_through(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (submission, photo) = announced(app.client()).await;
    let plan = plan(app.client(), submission, &photo).await;
    let (first, rest) = photo.bytes.split_at(1_000);
    let with_bytes = making(app.client(), &plan, photo.bytes.len()).header(BYTES.0, BYTES.1).body(first.to_vec());
    let made = Answer::to(with_bytes).await;
    let upload = Upload::made(app.client(), &made);
    assert_eq!(header(&made, "upload-offset"), "1000");

    let asked = Answer::to(upload.request(Method::POST).header("x-http-method-override", "HEAD")).await;
    assert_eq!((asked.status.as_u16(), header(&asked, "upload-offset")), (200, "1000"));
    let patch = upload.request(Method::POST).header("x-http-method-override", "PATCH");
    let sent = Answer::to(patch.header(BYTES.0, BYTES.1).header("upload-offset", 1_000).body(rest.to_vec())).await;

    assert_eq!(sent.status, 204, "{}", sent.body);
    is_verified(app.client(), submission, &photo).await;
}

/// Ended by the client, it is gone with its bytes; the photo can be sent anew.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_ended_is_gone(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (submission, photo) = announced(app.client()).await;
    let upload = Upload::of(app.client(), submission, &photo).await;
    assert_eq!(upload.go_on(0, &photo.bytes[..1_000]).await.status, 204);

    assert_eq!(Answer::to(upload.request(Method::DELETE)).await.status, 204);

    assert_eq!(Answer::to(upload.request(Method::HEAD)).await.status, 404);
    assert_eq!(rows_of_pieces(&app).await, 0);
    let anew = Upload::of(app.client(), submission, &photo).await;
    assert_ne!(anew.url(), upload.url());
    assert_eq!(anew.go_on(0, &photo.bytes).await.status, 204);
    is_verified(app.client(), submission, &photo).await;
}

/// Other bytes than announced are found out when all have come: the photo is rejected, says why, and can be sent anew.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_file_than_announced_is_found_out(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (submission, photo) = announced(app.client()).await;
    let upload = Upload::of(app.client(), submission, &photo).await;
    let mut other = photo.bytes.clone();
    other[1_000] ^= 1;
    assert_eq!(upload.go_on(0, &other).await.status, 204);

    let rejected = finished(app.client(), submission, &photo).await;

    assert_eq!(rejected.text("completePhoto.status"), "REJECTED");
    let anew = Upload::of(app.client(), submission, &photo).await;
    assert_eq!(anew.go_on(0, &photo.bytes).await.status, 204);
    is_verified(app.client(), submission, &photo).await;
}

/// Two processes push one upload, again and again: the offset never moves back, and who is overtaken recovers.
#[tokio::test]
async fn two_processes_push_one_upload() {
    let apps = Setup::on(Engine::Postgres).start_many(2).await;
    for app in &apps {
        app.expect_in_log("Retrying safe S3 request"); // of thousands, one meets a connection that the store has closed
    }
    import(&apps[0]).await;
    for _ in 0..tests::repeat::times("CHUISHAO_TEST_UPLOAD_RACES", 10) {
        let (submission, photo) = announced(apps[0].client()).await;
        let upload = Upload::of(apps[0].client(), submission, &photo).await;
        let push = async |app: &TestApp| {
            let (upload, size) = (upload.at(app.client()), photo.bytes.len());
            let mut furthest = 0;
            loop {
                let at = upload.offset().await;
                assert!(at >= furthest, "the offset moved back from {furthest} to {at}");
                furthest = at;
                if at == size {
                    return;
                }
                let sent = upload.go_on(at, &photo.bytes[at..size.min(at + size / 5 + 1)]).await;
                assert!([204, 409].contains(&sent.status.as_u16()), "{} {}", sent.status, sent.body);
            }
        };
        tokio::join!(push(&apps[0]), push(&apps[1]));
        is_verified(apps[0].client(), submission, &photo).await;
    }
}
