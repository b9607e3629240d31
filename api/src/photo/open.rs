//! Opening the photo store that the settings name.

use std::sync::Arc;

use super::bucket::Bucket;
use super::disk::Disk;
use super::signer::{Mac, UrlSigner};
use super::store::PhotoStore;
use crate::config::{BadSetting, Config};

/// Opens the store that the settings name: the S3 bucket, else the photo folder, which is made where missing.
///
/// # Errors
/// A sentence that names the setting: a folder that cannot be written, an endpoint that does not answer, a bucket that
/// is not there, keys that are not taken.
pub(crate) async fn open(config: &Config, public_url: &str, mac: Mac) -> Result<Arc<dyn PhotoStore>, BadSetting> {
    let signer = UrlSigner::new(mac, public_url);
    if config.has_s3() {
        let bucket = Bucket::new(config, signer)?;
        bucket.check().await?;
        return Ok(Arc::new(bucket));
    }
    let folder = config.photo_folder();
    let disk = Disk::open(&folder, signer)
        .map_err(|error| BadSetting(format!("CHUISHAO_PHOTO_DIR: cannot write in {}: {error}", folder.display())))?;
    Ok(Arc::new(disk))
}
