//! Short texts that this browser keeps beside its database. Where it keeps none, nothing is read and nothing is said.

use super::dom;
use web_sys::Storage;

fn storage() -> Option<Storage> {
    dom::window().local_storage().ok().flatten()
}

/// What is kept under a key.
pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Forgets what is kept under a key.
pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        // Fails only where nothing is kept.
        let _ = storage.remove_item(key);
    }
}

/// Keeps a text, if there is room for it.
pub fn write(key: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, text);
    }
}

/// Takes out everything whose key is wanted, with its key.
pub fn take(is_wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let Some(storage) = storage() else { return Vec::new() };
    let keys = (0..storage.length().unwrap_or_default()).filter_map(|at| storage.key(at).ok().flatten());
    let keys: Vec<String> = keys.filter(|key| is_wanted(key)).collect();
    let taken = keys.into_iter().filter_map(|key| read(&key).map(|text| (key, text)));
    taken.inspect(|(key, _)| remove(key)).collect()
}
