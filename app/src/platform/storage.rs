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
