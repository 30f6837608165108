//! A button with a menu of what can be done with something, as the ARIA practices have it: the arrows, Home, End and
//! letters go from item to item, Esc and Tab leave.

use crate::{
    platform::dom::{self, Listener},
    ui::{
        Icon,
        popup::{Align, place_under},
    },
};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlElement, KeyboardEvent, MouseEvent, Node};

/// One thing that can be done.
#[derive(Clone)]
pub struct MenuItem {
    /// In words.
    pub label: &'static str,
    /// The glyph before them.
    pub icon: &'static str,
    /// Whether something is lost by it.
    pub is_danger: bool,
    /// Does it. The menu is closed by then, and its button has the focus.
    pub run: Callback<()>,
}

impl MenuItem {
    /// An item that loses nothing.
    pub fn new(label: &'static str, icon: &'static str, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { label, icon, is_danger: false, run: Callback::new(move |()| run()) }
    }

    /// One that does.
    pub fn danger(label: &'static str, icon: &'static str, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { is_danger: true, ..Self::new(label, icon, run) }
    }
}

/// A menu that is open or not.
#[derive(Clone, Copy)]
struct Menu {
    /// The item that gets the focus as it opens; none while it is closed.
    entry: RwSignal<Option<Entry>>,
    button: NodeRef<html::Button>,
    list: NodeRef<html::Div>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    First,
    Last,
}

impl Menu {
    fn is_open(self) -> bool {
        self.entry.with_untracked(Option::is_some)
    }

    fn close(self) {
        self.entry.set(None);
    }

    /// Closes with the focus where it came from.
    fn close_back(self) {
        if let Some(button) = self.button.get_untracked() {
            dom::focus(&button);
        }
        self.close();
    }

    fn items(self) -> Vec<HtmlElement> {
        let Some(list) = self.list.get_untracked() else { return Vec::new() };
        let children = list.children();
        (0..children.length()).filter_map(|at| children.item(at)?.dyn_into().ok()).collect()
    }

    fn enter(self, entry: Entry) {
        let items = self.items();
        let item = match entry {
            Entry::First => items.first(),
            Entry::Last => items.last(),
        };
        if let Some(item) = item {
            dom::focus(item);
        }
    }

    fn pressed(self, event: &KeyboardEvent) {
        let items = self.items();
        let focused = dom::focused();
        let at = items.iter().position(|item| focused.as_ref().is_some_and(|it| it.is_same_node(Some(item))));
        let to = match event.key().as_str() {
            "ArrowDown" => at.map_or(Some(0), |at| Some((at + 1) % items.len().max(1))),
            "ArrowUp" => at.map_or(Some(0), |at| at.checked_sub(1)).or(items.len().checked_sub(1)),
            "Home" => Some(0),
            "End" => items.len().checked_sub(1),
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                return self.close_back();
            }
            // The browser goes on from the button.
            "Tab" => return self.close_back(),
            key if key.chars().count() == 1 && key != " " && !event.ctrl_key() && !event.meta_key() => {
                next_with(&items, at, key)
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(item) = to.and_then(|to| items.get(to)) {
            dom::focus(item);
        }
    }
}

/// The next item after the one at `at` that begins with a letter.
fn next_with(items: &[HtmlElement], at: Option<usize>, letter: &str) -> Option<usize> {
    let letter = letter.to_lowercase();
    let begins = |item: &HtmlElement| item.text_content().unwrap_or_default().to_lowercase().starts_with(&letter);
    let from = at.map_or(0, |at| at + 1);
    let order = (from..items.len()).chain(0..from.min(items.len()));
    order.into_iter().find(|at| items.get(*at).is_some_and(begins))
}

/// The button, and its menu while it is open.
#[component]
pub fn MenuButton(
    /// Of the button, unique on the page.
    #[prop(into)]
    id: String,
    /// What the menu is for, for assistive technology.
    #[prop(into)]
    label: String,
    /// What can be done.
    items: Vec<MenuItem>,
) -> impl IntoView {
    let menu = Menu { entry: RwSignal::new(None), button: NodeRef::new(), list: NodeRef::new() };
    let key = StoredValue::new(id);
    let items = StoredValue::new(items);
    // It stands where its button was; where that goes, it does not follow. What listens is kept by the effect.
    Effect::new(move |_: Option<Vec<Listener>>| {
        let entry = menu.entry.get();
        let (Some(entry), Some(list), Some(button)) = (entry, menu.list.get(), menu.button.get_untracked()) else {
            return Vec::new();
        };
        place_under(&list, &button, Align::End);
        menu.enter(entry);
        let window = dom::window();
        let listen = |name| Listener::new(&window, name, move |_: web_sys::Event| menu.close());
        vec![listen("scroll"), listen("resize")]
    });
    let open_by_key = move |event: KeyboardEvent| {
        let entry = match event.key().as_str() {
            "ArrowDown" => Entry::First,
            "ArrowUp" => Entry::Last,
            _ => return,
        };
        event.prevent_default();
        menu.entry.set(Some(entry));
    };
    let toggle = move |_| if menu.is_open() { menu.close_back() } else { menu.entry.set(Some(Entry::First)) };
    // A press on the button would take the focus out of the open menu, which closes it, and then open it again.
    let hold = move |event: MouseEvent| {
        if menu.is_open() {
            event.prevent_default();
        }
    };
    view! {
        <button
            type="button"
            class="icon-button menu-button"
            id=key.get_value()
            aria-label=label
            aria-haspopup="menu"
            aria-expanded=move || menu.entry.with(Option::is_some).to_string()
            node_ref=menu.button
            on:mousedown=hold
            on:click=toggle
            on:keydown=open_by_key
        >
            <Icon name="ellipsis"/>
        </button>
        {move || menu.entry.with(Option::is_some).then(|| view! { <Items menu button=key.get_value() items=items.get_value()/> })}
    }
}

#[component]
fn Items(menu: Menu, button: String, items: Vec<MenuItem>) -> impl IntoView {
    let rows: Vec<_> = items
        .into_iter()
        .map(|MenuItem { label, icon, is_danger, run }| {
            let chosen = move |_| {
                menu.close_back();
                run.run(());
            };
            view! {
                <button type="button" role="menuitem" tabindex="-1" class="menu-item" class:menu-item-danger=is_danger on:click=chosen>
                    <Icon name=icon/>
                    {label}
                </button>
            }
        })
        .collect();
    let left = move |event: FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        if !menu.list.get_untracked().is_some_and(|list| list.contains(to.as_ref())) {
            menu.close();
        }
    };
    view! {
        <div
            class="menu"
            role="menu"
            popover="manual"
            aria-labelledby=button
            node_ref=menu.list
            on:keydown=move |event| menu.pressed(&event)
            on:focusout=left
        >
            {rows}
        </div>
    }
}
