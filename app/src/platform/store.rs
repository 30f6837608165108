//! What this browser keeps of a diagram through reloads and crashes: staged edits, and a commit that is on its way.

use js_sys::{Array, Function, Object, Promise, Reflect};
use protocol::DiagramId;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbVersionChangeEvent};

const NAME: &str = "crowfoot";
const VERSION: u32 = 1;
/// Staged edits, one record a diagram, and one of what the server has of them.
const DRAFTS: &str = "drafts";
/// Commits without a definite answer, one record a diagram.
const COMMITS: &str = "commits";
/// Drafts that could not be read, kept as they were.
const ASIDE: &str = "aside";

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

/// The browser's database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct DraftStore {
    database: IdbDatabase,
}

impl DraftStore {
    /// Opens the database, and makes it on the first visit.
    ///
    /// # Errors
    /// When the browser stores nothing, as in some private windows.
    pub async fn open() -> Result<Self, StoreError> {
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
        Ok(Self { database })
    }

    /// The staged edits that are kept of a diagram.
    ///
    /// # Errors
    /// When the browser cannot read its database.
    pub async fn read_draft(&self, diagram: DiagramId) -> Result<Option<String>, StoreError> {
        let record = self.read(DRAFTS, diagram).await?;
        Ok(text_of(&record))
    }

    /// Writes staged edits, unless others are kept that are as new, as their revision and sequence say. Comparing and
    /// writing are one transaction.
    ///
    /// # Errors
    /// When the browser cannot write, as when its disk is full.
    pub async fn write_draft(
        &self,
        diagram: DiagramId,
        (revision, sequence): (i64, u64),
        text: &str,
    ) -> Result<Written, StoreError> {
        let transaction = self.transaction(DRAFTS)?;
        let store = transaction.object_store(DRAFTS)?;
        let key = JsValue::from_str(&diagram.to_string());
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
    pub async fn set_aside(&self, diagram: DiagramId, text: &str) -> Result<(), StoreError> {
        let aside = self.transaction(ASIDE)?;
        let key = format!("{diagram} {}", js_sys::Date::new_0().to_iso_string().as_string().unwrap_or_default());
        let record = record_of(text)?;
        aside.object_store(ASIDE)?.put_with_key(&record, &key.into())?;
        done(&aside).await?;
        self.delete(DRAFTS, diagram).await
    }

    /// The commit that was sent, or about to be, when the page went away.
    ///
    /// # Errors
    /// When the browser cannot read its database.
    pub async fn read_commit(&self, diagram: DiagramId) -> Result<Option<String>, StoreError> {
        let record = self.read(COMMITS, diagram).await?;
        Ok(text_of(&record))
    }

    /// Keeps a commit until its answer is known.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn write_commit(&self, diagram: DiagramId, text: &str) -> Result<(), StoreError> {
        let transaction = self.transaction(COMMITS)?;
        let key = JsValue::from_str(&diagram.to_string());
        let record = record_of(text)?;
        transaction.object_store(COMMITS)?.put_with_key(&record, &key)?;
        done(&transaction).await
    }

    /// Forgets a commit whose answer is known.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn delete_commit(&self, diagram: DiagramId) -> Result<(), StoreError> {
        self.delete(COMMITS, diagram).await
    }

    /// What is known of the copy of the staged edits that the server holds.
    ///
    /// # Errors
    /// When the browser cannot read its database.
    pub async fn read_backup(&self, diagram: DiagramId) -> Result<Option<String>, StoreError> {
        let store = self.transaction(DRAFTS)?.object_store(DRAFTS)?;
        Ok(text_of(&answer(&store.get(&backup_key(diagram))?).await?))
    }

    /// Remembers what is known of that copy, unless another tab knows of a later one. False when it does.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn write_backup(&self, diagram: DiagramId, sequence: i64, text: &str) -> Result<bool, StoreError> {
        let transaction = self.transaction(DRAFTS)?;
        let store = transaction.object_store(DRAFTS)?;
        let kept = answer(&store.get(&backup_key(diagram))?).await?;
        let kept = Reflect::get(&kept, &"sequence".into()).ok().and_then(|value| value.as_f64());
        #[expect(clippy::cast_precision_loss, reason = "nobody backs up 2^53 times")]
        let sequence = sequence as f64;
        if kept.is_some_and(|kept| kept > sequence) {
            return Ok(false);
        }
        let record = record_of(text)?;
        Reflect::set(&record, &"sequence".into(), &sequence.into())?;
        store.put_with_key(&record, &backup_key(diagram))?;
        done(&transaction).await?;
        Ok(true)
    }

    /// Forgets what is known of that copy, as when there is none any more.
    ///
    /// # Errors
    /// When the browser cannot write.
    pub async fn delete_backup(&self, diagram: DiagramId) -> Result<(), StoreError> {
        let transaction = self.transaction(DRAFTS)?;
        transaction.object_store(DRAFTS)?.delete(&backup_key(diagram))?;
        done(&transaction).await
    }

    async fn read(&self, name: &str, diagram: DiagramId) -> Result<JsValue, StoreError> {
        let store = self.transaction(name)?.object_store(name)?;
        answer(&store.get(&diagram.to_string().into())?).await
    }

    async fn delete(&self, name: &str, diagram: DiagramId) -> Result<(), StoreError> {
        let transaction = self.transaction(name)?;
        transaction.object_store(name)?.delete(&diagram.to_string().into())?;
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

/// Beside the staged edits themselves, so that databases of earlier releases have room for it.
fn backup_key(diagram: DiagramId) -> JsValue {
    JsValue::from_str(&format!("{diagram} backup"))
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
