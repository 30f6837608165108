//! What could stand at the cursor, under it.

use super::desk::{Desk, LINE};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The list; nothing when there is nothing to offer.
#[component]
pub(super) fn Completions(desk: Desk) -> impl IntoView {
    let list = NodeRef::<html::Ul>::new();
    let is_open = Memo::new(move |_| desk.options.with(|options| !options.is_empty()));
    let place = move || {
        let ((line, column), (left, top, height)) = (desk.cursor.get(), desk.scroll.get());
        #[expect(clippy::cast_precision_loss, reason = "no text has 2^53 lines")]
        let above = (line as f64) * LINE - f64::from(top);
        let across = format!("min(calc({column}ch + 8px - {left}px), calc(100% - 220px))");
        // In the lower half there is more room above.
        if above > f64::from(height) / 2.0 {
            format!("left: {across}; bottom: {}px", f64::from(height) - above - 4.0)
        } else {
            format!("left: {across}; top: {}px", above + LINE + 8.0)
        }
    };
    Effect::new(move || {
        let at = desk.active.get();
        let Some((at, list)) = at.zip(list.get_untracked()) else { return };
        let row = u32::try_from(at).ok().and_then(|at| list.children().item(at));
        if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
            crate::ui::reveal(&row);
        }
    });
    let rows = move || {
        let all = desk.options.get().into_iter().enumerate();
        all.map(|(at, option)| {
            let (text, detail) = (option.text.clone(), option.detail);
            view! {
                <li
                    role="option"
                    class="option"
                    id=format!("text-option-{at}")
                    aria-selected=move || (desk.active.get() == Some(at)).to_string()
                    on:mousedown=move |event| { event.prevent_default(); desk.insert(&option); }
                >
                    <span class="mono">{text}</span>
                    <span class="option-hint">{detail}</span>
                </li>
            }
        })
        .collect_view()
    };
    move || {
        is_open.get().then(|| {
            view! {
                <ul class="text-completions" role="listbox" id="text-completions" aria-label="Completions" style=place node_ref=list>
                    {rows}
                </ul>
            }
        })
    }
}
