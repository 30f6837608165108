//! Files that people bring: chosen in a field, or dropped on the page.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Event};

/// More text than this is nobody's schema, and would take the browser's memory.
const MOST_BYTES: f64 = 64_000_000.0;

/// The first file of a field whose choice has changed.
pub fn chosen(event: &Event) -> Option<Blob> {
    first_of(event.target().as_deref()?)
}

/// The first file that was dropped; none when something else was.
pub fn dropped(event: &Event) -> Option<Blob> {
    first_of(&property(event, "dataTransfer")?)
}

/// What the file is called.
pub fn name_of(file: &Blob) -> String {
    property(file, "name").and_then(|name| name.as_string()).unwrap_or_else(|| "The file".to_owned())
}

/// The text of a file.
///
/// # Errors
/// With the reason in words, when the browser cannot read it or it is no text.
pub async fn text_of(file: &Blob) -> Result<String, String> {
    if file.size() > MOST_BYTES {
        return Err(format!("it has {:.0} MB, and 64 MB are the most", file.size() / 1e6));
    }
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| "the browser cannot open it".to_owned())?;
    decoded(Uint8Array::new(&buffer).to_vec())
}

/// UTF-8, or UTF-16 where its mark says so, as the tools of SQL Server write it.
fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    let from_utf16 = |unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| Some(unit(pair.try_into().ok()?)));
        char::decode_utf16(units.skip(1)).collect::<Result<String, _>>().ok()
    };
    let text = match bytes.get(..2) {
        Some([0xff, 0xfe]) => from_utf16(u16::from_le_bytes),
        Some([0xfe, 0xff]) => from_utf16(u16::from_be_bytes),
        Some(_) | None => String::from_utf8(bytes).ok(),
    };
    let text = text.filter(|text| !text.contains('\0'));
    text.ok_or_else(|| "it is not text in UTF-8; save it as UTF-8 and choose it again".to_owned())
}

fn first_of(owner: &JsValue) -> Option<Blob> {
    let files = property(owner, "files").filter(|files| files.is_object())?;
    Array::from(&files).get(0).dyn_into().ok()
}

/// Read by name: what a browser calls a list of files has no type of its own here.
fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encodings_that_tools_write() {
        let utf16 = |unit: fn(u16) -> [u8; 2]| "\u{feff}größe".encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        for (bytes, expect) in [
            ("größe".as_bytes().to_vec(), Some("größe")),
            (utf16(u16::to_le_bytes), Some("größe")),
            (utf16(u16::to_be_bytes), Some("größe")),
            (Vec::new(), Some("")),
            (b"gr\xf6\xdfe".to_vec(), None),
            (b"SQLite format 3\0".to_vec(), None),
        ] {
            assert_eq!(decoded(bytes.clone()).ok().as_deref(), expect, "{bytes:?}");
        }
    }
}
