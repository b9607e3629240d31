//! Opens the photo store that the settings name.

use std::sync::Arc;

use super::bucket::Bucket;
use super::disk::Disk;
use super::signer::{Mac, UrlSigner};
use super::store::PhotoStore;
use crate::config::{BadSetting, Config};

/// Opens the S3 bucket if the settings name one, otherwise the photo folder, which is created if it does not exist.
///
/// # Errors
/// Returns a sentence that names the wrong setting if the folder cannot be written, the endpoint does not answer, the
/// bucket does not exist, or the bucket does not accept the credentials.
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
