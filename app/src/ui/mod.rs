//! Small parts that pages and panels are put together from.

pub mod brand;
pub mod column_list;
pub mod copy;
pub mod field;
pub mod form;
pub mod icon;
pub mod keys;
pub mod mark;
pub mod menu;
pub mod modal;
pub mod popup;
pub mod tabs;
pub mod time;
pub mod type_field;

pub use brand::Brand;
pub use column_list::ColumnList;
pub use copy::CopyButton;
pub use field::{Draft, TextField};
pub use form::{FormInput, FormProblem, Submission, SubmitButton, text_of};
pub use icon::Icon;
pub use keys::Keys;
pub use mark::Mark;
pub use menu::{MenuButton, MenuItem};
pub use modal::Modal;
pub use tabs::{Tab, TabList};
pub use time::When;
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
        ObjectId::Type(id) => format!("type-{id}"),
        ObjectId::Opaque(id) => format!("opaque-{id}"),
        ObjectId::Annotation(id) => format!("annotation-{id}"),
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

/// Gives the focus to the element of this id when nothing has it once what has just changed is drawn: what had it may be
/// gone, and who goes by keyboard would begin at the top of the page again.
pub fn focus_if_lost(id: &'static str) {
    leptos::prelude::request_animation_frame(move || {
        if dom::focused().is_none()
            && let Some(element) = dom::document().get_element_by_id(id)
        {
            dom::focus(&element);
        }
    });
}

/// Scrolls so that all of an element is seen, as far as there is room, once what has just changed is drawn.
pub fn reveal_soon(selector: String) {
    leptos::prelude::request_animation_frame(move || {
        if let Some(element) = dom::document().query_selector(&selector).ok().flatten() {
            reveal(&element);
        }
    });
}

/// Scrolls as little as is needed for an element to be seen.
pub fn reveal(element: &web_sys::Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Chooses the radio button of this id. What a person has clicked stays chosen until then, even where the model has
/// refused it.
pub fn choose_radio(id: &str) {
    let radio = dom::document().get_element_by_id(id).and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
    if let Some(radio) = radio {
        radio.set_checked(true);
    }
}

/// The text with a capital at its beginning.
pub fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
