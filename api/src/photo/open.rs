//! Opens the configured photo store.

use std::sync::Arc;

use super::bucket::Bucket;
use super::disk::Disk;
use super::signer::{Mac, UrlSigner};
use super::store::PhotoStore;
use crate::config::{BadSetting, Config};

/// Opens the S3 bucket if the settings name one, otherwise the photo folder, which is created if it does not exist.
///
/// # Errors
/// Returns a message that names the invalid setting if the folder is not writable, the endpoint is unreachable, the
/// bucket does not exist, or the bucket rejects the credentials.
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
