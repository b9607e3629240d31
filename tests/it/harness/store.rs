//! The S3-compatible store: it says yes to what is signed, and no to all else.

use reqwest::multipart::{Form, Part};
use s3::{
    Bucket, PostPolicy, Region,
    creds::Credentials,
    post_policy::{PostPolicyField, PostPolicyValue, PresignedPost},
};
use tests::{
    store::{Store, StoreFault},
    waiting::until,
};

const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 not a whole photo";

fn bucket(store: &Store, secret: &str) -> Box<Bucket> {
    let region = Region::Custom { region: Store::REGION.to_owned(), endpoint: store.endpoint() };
    let credentials = Credentials::new(Some(Store::ACCESS_KEY), Some(secret), None, None, None).unwrap();
    Bucket::new(Store::BUCKET, region, credentials).unwrap().with_path_style()
}

async fn policy(bucket: &Bucket) -> PresignedPost {
    let exact = |value: &'static str| PostPolicyValue::Exact(value.into());
    let policy = PostPolicy::new(60)
        .condition(PostPolicyField::Key, exact("incoming/1"))
        .and_then(|policy| policy.condition(PostPolicyField::ContentType, exact("image/jpeg")))
        .and_then(|policy| policy.condition(PostPolicyField::SuccessActionStatus, exact("201")))
        .and_then(|policy| policy.condition(PostPolicyField::ContentLengthRange, PostPolicyValue::Range(1, 100)));
    bucket.presign_post(policy.unwrap()).await.unwrap()
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Sends the form as a phone does, with some fields changed, and gives the status.
async fn post(presigned: &PresignedPost, changes: &[(&str, &str)], body: &'static [u8]) -> u16 {
    let mut fields = presigned.fields.clone();
    fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let form = fields.into_iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
    let form = form.part("file", Part::bytes(body).file_name("photo.jpg"));
    http().post(&presigned.url).multipart(form).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn what_was_put_is_got() {
    let store = Store::start();
    let bucket = bucket(&store, Store::SECRET_KEY);

    bucket.put_object_with_content_type("sealed/1", PHOTO, "image/jpeg").await.unwrap();

    assert_eq!(bucket.get_object("sealed/1").await.unwrap().bytes().as_ref(), PHOTO);
    assert_eq!(std::fs::read(store.file(Store::BUCKET, "sealed/1")).unwrap(), PHOTO);
}

#[tokio::test]
async fn another_secret_opens_nothing() {
    let store = Store::start();
    let thief = bucket(&store, "guessed");

    assert!(thief.put_object("sealed/1", PHOTO).await.is_err());
    let link = thief.presign_get("sealed/1", 60, None).await.unwrap();
    assert_eq!(http().get(link).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_form_within_its_policy_is_stored() {
    let store = Store::start();
    let bucket = bucket(&store, Store::SECRET_KEY);

    assert_eq!(post(&policy(&bucket).await, &[], PHOTO).await, 201);

    assert_eq!(bucket.get_object("incoming/1").await.unwrap().bytes().as_ref(), PHOTO);
}

#[tokio::test]
async fn a_form_outside_its_policy_is_refused() {
    let store = Store::start();
    let policy = policy(&bucket(&store, Store::SECRET_KEY)).await;
    let forged = "0".repeat(64);
    for (change, status) in
        [(("key", "sealed/1"), 400), (("Content-Type", "text/html"), 400), (("x-amz-signature", forged.as_str()), 403)]
    {
        assert_eq!(post(&policy, &[change], PHOTO).await, status, "{change:?}");
    }
    assert_eq!(post(&policy, &[], &[0; 101]).await, 400, "too large");
    assert!(!store.file(Store::BUCKET, "sealed/1").exists());
}

#[tokio::test]
async fn it_fails_as_it_is_told_and_then_no_more() {
    let store = Store::start();
    let bucket = bucket(&store, Store::SECRET_KEY);
    let file = |key: &str| std::fs::read(store.file(Store::BUCKET, key)).ok();
    let put = async |key: &str| bucket.put_object(key, PHOTO).await.is_ok();
    put("kept").await;

    store.fails_with(StoreFault::KeepsNothing, 100.0, 1);
    assert!(put("empty").await && file("empty").unwrap().is_empty());
    assert_eq!(post(&policy(&bucket).await, &[], PHOTO).await, 204);
    assert_eq!(file("incoming/1"), None);
    store.fails_with(StoreFault::GivesNothing, 100.0, 1);
    assert!(bucket.get_object("kept").await.unwrap().bytes().is_empty());
    store.fails_with(StoreFault::GivesHalf, 100.0, 1);
    assert_eq!(bucket.get_object("kept").await.unwrap().bytes().len(), PHOTO.len() / 2);
    store.fails_with(StoreFault::KnowsNothing, 100.0, 1);
    assert!(bucket.head_object("kept").await.is_err() && bucket.get_object("kept").await.is_err());
    store.fails_with(StoreFault::FailsAfterwards, 100.0, 1);
    assert!(!put("written").await && file("written").unwrap() == PHOTO);
    store.fails_with(StoreFault::Fails, 100.0, 1);
    assert!(!put("refused").await && file("refused").is_none());
    assert_eq!(store.faults_made(), 8);
    store.works_again();

    store.fails_with(StoreFault::Hangs, 100.0, 1);
    let works_in_the_end = async {
        until("the fault", async || if store.faults_made() == 1 { Ok(()) } else { Err(()) }).await;
        assert_eq!(file("late"), None);
        store.works_again();
    };
    let (hung, ()) = tokio::join!(put("late"), works_in_the_end);
    assert!(hung && file("late").unwrap() == PHOTO);
    assert!(put("kept").await && bucket.head_object("kept").await.is_ok());
}
