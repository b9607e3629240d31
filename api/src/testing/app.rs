//! The app of a test.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::app::{App, AppClock, AppParts};
use crate::config::Config;
use crate::database::Database;
use crate::identity::followup::WrongCodes;
use crate::identity::keys::Keys;
use crate::identity::sender::{CodeSender, ConsoleSender};
use crate::identity::sightings::Sightings;
use crate::photo;
use crate::photo::signer::Mac;
use crate::policy::rulebook_cache::RuleBookCache;
use crate::reward::payer::{Payer, TestPayer};

/// The parts of an [`App`] that a test may choose. The default gives all others.
pub(crate) struct AppBuilder<'a> {
    /// Settings other than the data folder, by their names without `CHUISHAO_`.
    pub(crate) settings: &'a [(&'a str, &'a str)],
    pub(crate) public_url: &'a str,
    /// Signs photo links and upload forms.
    pub(crate) mac: Mac,
    pub(crate) sender: Arc<dyn CodeSender>,
    pub(crate) payer: Arc<dyn Payer>,
}

impl Default for AppBuilder<'_> {
    fn default() -> Self {
        Self {
            settings: &[],
            public_url: "http://test",
            mac: Arc::new(|_: &[u8]| [0; 32]),
            sender: Arc::new(ConsoleSender),
            payer: Arc::new(TestPayer::default()),
        }
    }
}

impl AppBuilder<'_> {
    /// Builds the app over this database, with its keys and photos in `folder`.
    pub(crate) async fn build(self, folder: &Path, database: Database) -> App {
        let given = self.settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let mut values: BTreeMap<String, String> = given.collect();
        values.insert("DATA_DIR".to_owned(), folder.to_str().unwrap().to_owned());
        let config = Config::from_values(values).unwrap();
        let photos = photo::open(&config, self.public_url, self.mac).await.unwrap();
        let darkroom = photo::Darkroom::open(&config).unwrap();
        App::new(AppParts {
            config,
            database,
            keys: Keys::make(&folder.join("keys")).unwrap(),
            photos,
            darkroom,
            photo_room: photo::room::Room::default(),
            wrong_codes: WrongCodes::default(),
            sightings: Sightings::default(),
            sender: self.sender,
            payer: self.payer,
            public_url: self.public_url.to_owned(),
            rule_books: RuleBookCache::default(),
            wake: Notify::new(),
            placed: Notify::new(),
            clock: AppClock::default(),
        })
    }
}
