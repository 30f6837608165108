//! What this browser keeps of a diagram through reloads and crashes: staged edits, and a commit that is on its way. One
//! browser may serve several people: everything is kept under the one whose it is.

use js_sys::{Array, Function, Object, Promise, Reflect};
use protocol::{DiagramId, PersonId};
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbVersionChangeEvent};

const NAME: &str = "crowfoot";
const VERSION: u32 = 1;
/// Staged edits, one record a person and diagram, and one of what the server has of them.
const DRAFTS: &str = "drafts";
/// Commits without a definite answer, one record a person and diagram.
const COMMITS: &str = "commits";
/// Drafts that could not be read, kept as they were.
const ASIDE: &str = "aside";

/// What the key of that second record ends with.
const BACKUP: &str = " backup";

/// Why the browser did not store something, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(pub String);

impl From<JsValue> for StoreError {
    fn from(value: JsValue) -> Self {
        let text = Reflect::get(&value, &"message".into()).ok().and_then(|message| message.as_string());
        Self(text.unwrap_or_else(|| "the browser refused to store anything".to_owned()))
    }
}

/// What became of a draft that was to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It is on the disk.
    Done,
    /// Another tab has written one that is as new or newer, and this is its text. Nothing was changed.
    Beaten(String),
}

/// What the browser's database keeps of one diagram for one person. Cheap to clone.
#[derive(Debug, Clone)]
pub struct DraftStore {
    database: IdbDatabase,
    person: PersonId,
    diagram: DiagramId,
}

impl DraftStore {
    /// Opens the database, and makes it on the first visit.
    ///
    /// # Errors
    /// When the browser stores nothing, as in some private windows.
    pub async fn open(person: PersonId, diagram: DiagramId) -> Result<Self, StoreError> {
        let factory = super::dom::window().indexed_db()?;
        let factory = factory.ok_or_else(|| StoreError("this browser has no database".to_owned()))?;
        let request: IdbOpenDbRequest = factory.open_with_u32(NAME, VERSION)?;
        let upgrade = Closure::once(|event: IdbVersionChangeEvent| upgrade(&event));
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let database: IdbDatabase = answer(&request).await?.unchecked_into();
        // A newer release in another tab may change the shape of the database; it must not wait for us.
        let (close, held) =
            (Closure::<dyn FnMut(_)>::new(|event: IdbVersionChangeEvent| close(&event)), database.clone());
        held.set_onversionchange(Some(close.as_ref().unchecked_ref()));
        close.forget();
        Ok(Self { database, person, diagram })
    }

    /// The staged edits that are kept of a diagram.
    ///
    /// # Errors
    /// When the browser cannot read its database.
    pub async fn read_draft(&self) -> Result<Option<String>, StoreError> {
        let record = self.read(DRAFTS).await?;
        Ok(text_of(&record))
    }

    /// Writes staged edits, unless others are kept that are as new, as their revision and sequence say. Comparing and
    /// writing are one transaction.
    ///
    /// # Errors
    /// When the browser cannot write, as when its disk is full.
    pub async fn write_draft(&self, (revision, sequence): (i64, u64), text: &str) -> Result<Written, StoreError> {
        let transaction = self.transaction(DRAFTS)?;
        let store = transaction.object_store(DRAFTS)?;
        let key = self.key();
        let kept = answer(&store.get(&key)?).await?;
        let number = |name: &str| Reflect::get(&kept, &name.into()).ok().and_then(|value| value.as_f64());
        #[expect(clippy::cast_precision_loss, reason = "nobody makes 2^53 revisions or changes")]
        let (revision, sequence) = (revision as f64, sequence as f64);
        if let (Some(kept_revision), Some(kept_sequence), Some(kept_text)) =
            (number("revision"), number("sequence"), text_of(&kept))
            && (kept_revision, kept_sequence) >= (revision, sequence)
        {
            return Ok(if kept_text == text { Written::Done } else { Written::Beaten(kept_text) });
        }
        let record = record_of(text)?;
        Reflect::set(&record, &"revision".into(), &revision.into())?;
        Reflect::set(&record, &"sequence".into(), &sequence.into())?;
        store.put_with_key(&record, &key)?;
        done(&transaction).await?;
        Ok(Written::Done)
    }

    /// Puts a draft that cannot be read where nothing overwrites it, and makes room for a new one.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn set_aside(&self, text: &str) -> Result<(), StoreError> {
        let aside = self.transaction(ASIDE)?;
        let key = format!(
            "{} {}",
            self.key_of(self.person),
            js_sys::Date::new_0().to_iso_string().as_string().unwrap_or_default()
        );
        let record = record_of(text)?;
        aside.object_store(ASIDE)?.put_with_key(&record, &key.into())?;
        done(&aside).await?;
        self.delete(DRAFTS).await
    }

    /// The commit that was sent, or about to be, when the page went away.
    ///
    /// # Errors
    /// When the browser cannot read its database.
    pub async fn read_commit(&self) -> Result<Option<String>, StoreError> {
        let record = self.read(COMMITS).await?;
        Ok(text_of(&record))
    }

    /// Keeps a commit until its answer is known.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn write_commit(&self, text: &str) -> Result<(), StoreError> {
        let transaction = self.transaction(COMMITS)?;
        let key = self.key();
        let record = record_of(text)?;
        transaction.object_store(COMMITS)?.put_with_key(&record, &key)?;
        done(&transaction).await
    }

    /// Forgets a commit whose answer is known.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn delete_commit(&self) -> Result<(), StoreError> {
        self.delete(COMMITS).await
    }

    /// What is known of the copy of the staged edits that the server holds.
    ///
    /// # Errors
    /// When the browser cannot read its database.
    pub async fn read_backup(&self) -> Result<Option<String>, StoreError> {
        let store = self.transaction(DRAFTS)?.object_store(DRAFTS)?;
        Ok(text_of(&answer(&store.get(&self.backup_key())?).await?))
    }

    /// Remembers what is known of that copy, unless another tab knows of a later one. False when it does.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn write_backup(&self, sequence: i64, text: &str) -> Result<bool, StoreError> {
        let transaction = self.transaction(DRAFTS)?;
        let store = transaction.object_store(DRAFTS)?;
        let kept = answer(&store.get(&self.backup_key())?).await?;
        let kept = Reflect::get(&kept, &"sequence".into()).ok().and_then(|value| value.as_f64());
        #[expect(clippy::cast_precision_loss, reason = "nobody backs up 2^53 times")]
        let sequence = sequence as f64;
        if kept.is_some_and(|kept| kept > sequence) {
            return Ok(false);
        }
        let record = record_of(text)?;
        Reflect::set(&record, &"sequence".into(), &sequence.into())?;
        store.put_with_key(&record, &self.backup_key())?;
        done(&transaction).await?;
        Ok(true)
    }

    /// Forgets what is known of that copy, as when there is none any more.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn delete_backup(&self) -> Result<(), StoreError> {
        let transaction = self.transaction(DRAFTS)?;
        transaction.object_store(DRAFTS)?.delete(&self.backup_key())?;
        done(&transaction).await
    }

    /// Others who have used this browser, and have left something of this diagram in it.
    ///
    /// # Errors
    /// When the browser cannot read its database.
    pub async fn others(&self) -> Result<Vec<PersonId>, StoreError> {
        let mut others = BTreeSet::new();
        for name in [DRAFTS, COMMITS] {
            let store = self.transaction(name)?.object_store(name)?;
            let keys: Array = answer(&store.get_all_keys()?).await?.unchecked_into();
            let keys = keys.iter().filter_map(|key| key.as_string());
            others.extend(keys.filter_map(|key| {
                let (person, diagram) = key.split_once(' ')?;
                (diagram == self.diagram.to_string()).then(|| person.parse::<PersonId>().ok())?
            }));
        }
        others.remove(&self.person);
        Ok(others.into_iter().collect())
    }

    /// Makes its person's own what somebody else has left, where there is nothing of their own yet. What is known of the
    /// copy on the server goes along: it is the same copy. Answers the staged edits that stay because there are some.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn adopt(&self, other: PersonId) -> Result<Option<String>, StoreError> {
        let mut left = None;
        for (name, keys) in [(DRAFTS, ["", BACKUP].as_slice()), (COMMITS, &[""])] {
            let transaction = self.transaction(name)?;
            let store = transaction.object_store(name)?;
            if !answer(&store.get(&self.key())?).await?.is_undefined() {
                if name == DRAFTS {
                    left = text_of(&answer(&store.get(&self.key_of(other).into())?).await?);
                }
                continue;
            }
            for suffix in keys {
                let [from, to] = [other, self.person].map(|person| format!("{}{suffix}", self.key_of(person)).into());
                let record = answer(&store.get(&from)?).await?;
                if !record.is_undefined() {
                    store.put_with_key(&record, &to)?;
                    store.delete(&from)?;
                }
            }
            done(&transaction).await?;
        }
        Ok(left)
    }

    /// Forgets what somebody else has staged.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn forget_draft_of(&self, other: PersonId) -> Result<(), StoreError> {
        let transaction = self.transaction(DRAFTS)?;
        let store = transaction.object_store(DRAFTS)?;
        for suffix in ["", BACKUP] {
            store.delete(&format!("{}{suffix}", self.key_of(other)).into())?;
        }
        done(&transaction).await
    }

    fn key_of(&self, person: PersonId) -> String {
        format!("{person} {}", self.diagram)
    }

    fn key(&self) -> JsValue {
        self.key_of(self.person).into()
    }

    fn backup_key(&self) -> JsValue {
        format!("{}{BACKUP}", self.key_of(self.person)).into()
    }

    async fn read(&self, name: &str) -> Result<JsValue, StoreError> {
        let store = self.transaction(name)?.object_store(name)?;
        answer(&store.get(&self.key())?).await
    }

    async fn delete(&self, name: &str) -> Result<(), StoreError> {
        let transaction = self.transaction(name)?;
        transaction.object_store(name)?.delete(&self.key())?;
        done(&transaction).await
    }

    /// A transaction that is complete only when it is on the disk. The bindings know the option only as unstable, so
    /// the call is made by name.
    fn transaction(&self, name: &str) -> Result<IdbTransaction, StoreError> {
        let begin: Function = Reflect::get(&self.database, &"transaction".into())?.unchecked_into();
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let stores = Array::of1(&name.into());
        Ok(begin.call3(&self.database, &stores, &"readwrite".into(), &options)?.unchecked_into())
    }
}

fn upgrade(event: &IdbVersionChangeEvent) {
    let request = event.target().map(JsCast::unchecked_into::<IdbOpenDbRequest>);
    let Some(Ok(database)) = request.map(|request| request.result()) else { return };
    let database: IdbDatabase = database.unchecked_into();
    for name in [DRAFTS, COMMITS, ASIDE] {
        // Fails only when the store is there already.
        let _: Result<IdbObjectStore, JsValue> = database.create_object_store(name);
    }
}

fn close(event: &IdbVersionChangeEvent) {
    if let Some(target) = event.target() {
        target.unchecked_into::<IdbDatabase>().close();
    }
}

fn record_of(text: &str) -> Result<Object, StoreError> {
    let record = Object::new();
    Reflect::set(&record, &"text".into(), &text.into())?;
    Ok(record)
}

fn text_of(record: &JsValue) -> Option<String> {
    if record.is_undefined() {
        return None;
    }
    Reflect::get(record, &"text".into()).ok()?.as_string()
}

/// The result of a request. The continuation runs in the microtask after the event, while the transaction is alive.
async fn answer(request: &IdbRequest) -> Result<JsValue, StoreError> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(promise).await {
        Ok(_) => Ok(request.result()?),
        Err(_) => Err(request.error().ok().flatten().map_or_else(
            || StoreError("the browser's database did not answer".to_owned()),
            |error| StoreError::from(JsValue::from(error)),
        )),
    }
}

async fn done(transaction: &IdbTransaction) -> Result<(), StoreError> {
    let promise = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onerror(Some(&reject));
        transaction.set_onabort(Some(&reject));
    });
    match JsFuture::from(promise).await {
        Ok(_) => Ok(()),
        Err(_) => Err(transaction.error().map_or_else(
            || StoreError("the browser's database took nothing".to_owned()),
            |error| StoreError::from(JsValue::from(error)),
        )),
    }
}
