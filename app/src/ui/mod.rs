//! Small parts that pages and panels are put together from.

pub mod column_list;
pub mod field;
pub mod icon;
pub mod keys;
pub mod mark;
pub mod modal;
pub mod tabs;
pub mod type_field;

pub use column_list::ColumnList;
pub use field::{Draft, TextField};
pub use icon::Icon;
pub use keys::Keys;
pub use mark::Mark;
pub use modal::Modal;
pub use tabs::{Tab, TabList};
pub use type_field::TypeField;

use crate::platform::dom;
use schema::ObjectId;
use wasm_bindgen::JsCast;

/// A piece of an element's id that no other object has.
pub fn dom_key(object: ObjectId) -> String {
    match object {
        ObjectId::Namespace(id) => format!("namespace-{id}"),
        ObjectId::Table(id) => format!("table-{id}"),
        ObjectId::Column(table, id) => format!("column-{table}-{id}"),
        ObjectId::Key(table, id) => format!("key-{table}-{id}"),
        ObjectId::Check(table, id) => format!("check-{table}-{id}"),
        ObjectId::Index(table, id) => format!("index-{table}-{id}"),
        ObjectId::Reference(id) => format!("reference-{id}"),
    }
}

/// Gives the focus to the first element that one of the selectors finds, once what has just changed is drawn. Text in
/// a field is selected, so that typing replaces it.
pub fn focus_soon(selectors: Vec<String>) {
    leptos::prelude::request_animation_frame(move || {
        let found = selectors.iter().find_map(|selector| dom::document().query_selector(selector).ok().flatten());
        let Some(element) = found else { return };
        if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
            // Fails only for what cannot have the focus, and then nothing is lost.
            let _ = element.focus();
        }
        if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
            input.select();
        }
    });
}
