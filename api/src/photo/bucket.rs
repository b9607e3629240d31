//! Keeps photos in an S3 bucket. Phones upload photos directly to the bucket under a signed POST policy. All other
//! traffic goes through this server, so that photo links do not reveal the bucket.

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use s3::creds::Credentials;
use s3::error::S3Error;
use s3::post_policy::{PostPolicyField, PostPolicyValue};
use s3::{PostPolicy, Region};
use secrecy::{ExposeSecret, SecretString};

use super::signer::UrlSigner;
use super::store::{KeyPrefix, PLAN_LIFETIME, Part, PhotoStore, StoreError, UploadPlan, is_key};
use crate::config::{BadSetting, Config, S3Settings};

/// The timeout of one bucket request, including its body.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many listing pages of 1,000 objects one sweep reads at most.
const SWEEP_PAGES: usize = 100;

/// A photo store in an S3 bucket.
pub(super) struct Bucket {
    inner: Box<s3::Bucket>,
    /// The same bucket under its public endpoint, which phones use. It only signs upload plans and sends no requests.
    public: Box<s3::Bucket>,
    prefix: String,
    signer: UrlSigner,
}

impl Bucket {
    /// Creates the bucket client from the `S3_*` settings.
    ///
    /// # Errors
    /// Returns a message that names the setting if one is missing or invalid.
    pub(super) fn new(config: &Config, signer: UrlSigner) -> Result<Self, BadSetting> {
        let settings = &config.s3;
        let endpoint = settings.endpoint.clone().unwrap_or_default();
        let public = settings.public_endpoint.clone().unwrap_or_else(|| endpoint.clone());
        Ok(Self {
            inner: client(settings, endpoint)?,
            public: client(settings, public)?,
            prefix: prefix(settings.prefix.as_deref().unwrap_or_default())?,
            signer,
        })
    }

    /// Lists one object, so that invalid settings surface at startup and not with the first photo.
    ///
    /// # Errors
    /// Returns a message that names the setting that is probably wrong.
    pub(super) async fn check(&self) -> Result<(), BadSetting> {
        let Err(error) = self.inner.list_page(self.prefix.clone(), None, None, None, Some(1)).await else {
            return Ok(());
        };
        let name = self.inner.name();
        Err(BadSetting(match &error {
            S3Error::HttpFailWithBody(404, _) => format!("CHUISHAO_S3_BUCKET: the bucket `{name}` does not exist"),
            S3Error::HttpFailWithBody(401 | 403, _) => {
                format!(
                    "CHUISHAO_S3_ACCESS_KEY, CHUISHAO_S3_SECRET_KEY: these credentials may not list the bucket `{name}`"
                )
            }
            S3Error::HttpFailWithBody(status @ (301 | 307 | 400), _) => {
                format!("CHUISHAO_S3_REGION: the bucket `{name}` answers {status}; is it in this region?")
            }
            _ => format!("CHUISHAO_S3_ENDPOINT: the bucket `{name}` is not answering: {}", cause(&error)),
        }))
    }

    /// Downloads an object and compares it with `bytes`. The reported size and checksum are not sufficient: they
    /// describe what the bucket received, not what it persisted.
    async fn holds(&self, path: &str, bytes: &[u8]) -> Result<bool, StoreError> {
        let mut stream = self.inner.get_object_stream(path).await.map_err(failed)?;
        let mut rest = bytes;
        while let Some(chunk) = stream.bytes().next().await {
            match rest.strip_prefix(chunk.map_err(failed)?.as_ref()) {
                Some(left) => rest = left,
                None => return Ok(false),
            }
        }
        Ok(rest.is_empty())
    }

    fn path(&self, key: &str) -> Result<String, StoreError> {
        if is_key(key) { Ok(format!("{}{key}", self.prefix)) } else { Err(StoreError::BadKey) }
    }
}

#[async_trait]
impl PhotoStore for Bucket {
    fn signer(&self) -> &UrlSigner {
        &self.signer
    }

    async fn plan(
        &self,
        key: &str,
        media_type: &str,
        bytes: u64,
        now: DateTime<Utc>,
    ) -> Result<UploadPlan, StoreError> {
        let path = self.path(key)?;
        let size = u32::try_from(bytes).map_err(|_too_large| StoreError::TooLarge)?;
        let exact = |text: &str| PostPolicyValue::Exact(text.to_owned().into());
        let seconds = u32::try_from(PLAN_LIFETIME.as_secs()).unwrap_or(u32::MAX);
        let policy = PostPolicy::new(seconds)
            .condition(PostPolicyField::Key, exact(&path))
            .and_then(|policy| policy.condition(PostPolicyField::ContentType, exact(media_type)))
            .and_then(|policy| policy.condition(PostPolicyField::SuccessActionStatus, exact("204")))
            .and_then(|policy| {
                policy.condition(PostPolicyField::ContentLengthRange, PostPolicyValue::Range(size, size))
            })
            .map_err(failed)?;
        let signed = self.public.presign_post(policy).await.map_err(failed)?;
        Ok(UploadPlan { url: signed.url, fields: signed.fields.into_iter().collect(), ends_at: now + PLAN_LIFETIME })
    }

    async fn size(&self, key: &str) -> Result<u64, StoreError> {
        let (about, _) = self.inner.head_object(self.path(key)?).await.map_err(failed)?;
        let length = about.content_length.and_then(|length| u64::try_from(length).ok());
        length.ok_or_else(|| StoreError::NotAnswering("the bucket does not say how long an object is".into()))
    }

    async fn read(&self, key: &str, limit: u64) -> Result<Vec<u8>, StoreError> {
        let mut stream = self.inner.get_object_stream(self.path(key)?).await.map_err(failed)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.bytes().next().await {
            bytes.extend_from_slice(&chunk.map_err(failed)?);
            if bytes.len() as u64 > limit {
                return Err(StoreError::TooLarge);
            }
        }
        Ok(bytes)
    }

    async fn free(&self) -> Result<Option<u64>, StoreError> {
        Ok(None)
    }

    async fn read_part(&self, key: &str, from: u64, most: u64) -> Result<Part, StoreError> {
        let last = from.saturating_add(most.max(1)).saturating_sub(1);
        let part = self.inner.get_object_range(self.path(key)?, from, Some(last)).await.map_err(failed)?;
        let range = part.headers().into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-range"));
        let of = range.and_then(|(_, range)| range.rsplit_once('/')?.1.parse().ok());
        let of = of.ok_or_else(|| StoreError::NotAnswering("the bucket does not answer with a range".to_owned()))?;
        Ok(Part { bytes: part.to_vec(), of })
    }

    async fn write(&self, key: &str, media_type: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let path = self.path(key)?;
        self.inner.put_object_with_content_type(&path, &bytes, media_type).await.map_err(failed)?;
        match self.holds(&path, &bytes).await {
            Ok(true) => Ok(()),
            Ok(false) | Err(StoreError::Absent) => {
                Err(StoreError::NotAnswering("an object is not what was written".to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        remove(&self.inner, &self.path(key)?).await
    }

    async fn list(&self, prefix: KeyPrefix, most: usize) -> Result<Vec<(String, u64)>, StoreError> {
        let (path, mut token, mut found) = (format!("{}{}", self.prefix, prefix.as_str()), None, Vec::new());
        loop {
            let page = most.saturating_sub(found.len()).min(1_000);
            let (page, _) = self.inner.list_page(path.clone(), None, token, None, Some(page)).await.map_err(failed)?;
            for object in page.contents {
                found.push((object.key.strip_prefix(&self.prefix).unwrap_or(&object.key).to_owned(), object.size));
            }
            token = page.next_continuation_token;
            if token.is_none() || found.len() >= most {
                return Ok(found);
            }
        }
    }

    async fn sweep(&self, before: DateTime<Utc>, keep: &HashSet<String>) -> Result<usize, StoreError> {
        let incoming = format!("{}{}", self.prefix, KeyPrefix::Incoming.as_str());
        let mut removed = 0;
        let mut token = None;
        for _ in 0..SWEEP_PAGES {
            let (page, _) =
                self.inner.list_page(incoming.clone(), None, token, None, Some(1_000)).await.map_err(failed)?;
            for object in page.contents {
                let is_old = DateTime::parse_from_rfc3339(&object.last_modified).is_ok_and(|written| written < before);
                let is_kept = object.key.strip_prefix(&self.prefix).is_none_or(|key| keep.contains(key));
                if is_old && !is_kept {
                    remove(&self.inner, &object.key).await?;
                    removed += 1;
                }
            }
            token = page.next_continuation_token;
            if token.is_none() {
                break;
            }
        }
        Ok(removed)
    }
}

async fn remove(bucket: &s3::Bucket, path: &str) -> Result<(), StoreError> {
    match bucket.delete_object(path).await.map_err(failed) {
        Ok(_) | Err(StoreError::Absent) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Normalises the key prefix to exactly one trailing slash, or to an empty string if there is no prefix.
fn prefix(text: &str) -> Result<String, BadSetting> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    match text.trim_matches('/') {
        "" => Ok(String::new()),
        text if text.bytes().all(plain) && !text.contains("..") => Ok(format!("{text}/")),
        _ => Err(BadSetting("CHUISHAO_S3_PREFIX may contain letters, digits, `-`, `_`, `.` and `/`".into())),
    }
}

fn client(settings: &S3Settings, endpoint: String) -> Result<Box<s3::Bucket>, BadSetting> {
    let unusable = |error: &dyn std::fmt::Display| BadSetting(format!("CHUISHAO_S3_BUCKET cannot be used: {error}"));
    let needed = |key: &str, value: Option<&SecretString>| {
        value
            .cloned()
            .ok_or_else(|| BadSetting(format!("CHUISHAO_{key} is missing; it is required with CHUISHAO_S3_BUCKET")))
    };
    let access = needed("S3_ACCESS_KEY", settings.access_key.as_ref())?;
    let secret = needed("S3_SECRET_KEY", settings.secret_key.as_ref())?;
    let credentials = Credentials::new(Some(access.expose_secret()), Some(secret.expose_secret()), None, None, None)
        .map_err(|error| unusable(&error))?;
    let region = Region::Custom { region: settings.region.clone(), endpoint };
    let name = settings.bucket.as_deref().unwrap_or_default();
    let bucket = s3::Bucket::new(name, region, credentials).map_err(|error| unusable(&error))?;
    let bucket = bucket.with_request_timeout(PATIENCE).map_err(|error| unusable(&error))?;
    Ok(if settings.path_style { bucket.with_path_style() } else { bucket })
}

fn failed(error: S3Error) -> StoreError {
    match error {
        S3Error::HttpFailWithBody(404, _) => StoreError::Absent,
        other => StoreError::NotAnswering(cause(&other)),
    }
}

/// Formats the error with its chain of sources as one line of at most 300 characters, for the log.
fn cause(error: &S3Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(300).collect()
}
