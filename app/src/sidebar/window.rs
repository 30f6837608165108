//! Long lists: only the rows around what is seen are in the page.

use leptos::html;
use leptos::prelude::*;
use std::ops::Range;

/// Up to here a list is in the page as a whole, so that the browser's own search finds all of it.
const WHOLE: usize = 300;
/// Rows kept beyond either edge.
const MARGIN: usize = 12;

/// A scrolling list of rows of one height.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// The element that scrolls.
    pub(super) scroller: NodeRef<html::Div>,
    row_height: usize,
    seen: RwSignal<(usize, usize)>,
}

impl Window {
    /// A list scrolled to its top.
    pub(super) fn new(row_height: usize) -> Self {
        Self { scroller: NodeRef::new(), row_height, seen: RwSignal::new((0, 1200)) }
    }

    /// The list was scrolled.
    pub(super) fn scrolled(&self) {
        let Some(element) = self.scroller.get_untracked() else { return };
        let pixels = |value: i32| usize::try_from(value).unwrap_or_default();
        self.seen.set((pixels(element.scroll_top()), pixels(element.client_height())));
    }

    /// The rows to have in the page.
    pub(super) fn range(&self, count: usize) -> Range<usize> {
        if count <= WHOLE {
            return 0..count;
        }
        let (top, height) = self.seen.get();
        range_of(count, self.row_height, top, height)
    }

    /// Scrolls so that the row is seen.
    pub(super) fn reveal(&self, row: usize) {
        let Some(element) = self.scroller.get_untracked() else { return };
        let pixels = |value: usize| i32::try_from(value).unwrap_or(i32::MAX);
        let (top, bottom) = (pixels(row * self.row_height), pixels((row + 1) * self.row_height));
        if top < element.scroll_top() {
            element.set_scroll_top(top);
        } else if bottom > element.scroll_top() + element.client_height() {
            element.set_scroll_top(bottom - element.client_height());
        }
        self.scrolled();
    }

    /// An element as high as the rows that are left out before or after those in the page.
    pub(super) fn spacer(self, rows: impl Fn() -> usize + Send + Sync + 'static) -> impl IntoView {
        let element = NodeRef::<html::Div>::new();
        Effect::new(move |_| {
            let height = rows() * self.row_height;
            if let Some(element) = element.get() {
                // The name is that of a real property.
                let _ = web_sys::HtmlElement::style(&element).set_property("height", &format!("{height}px"));
            }
        });
        view! { <div role="presentation" node_ref=element></div> }
    }
}

fn range_of(count: usize, row_height: usize, top: usize, height: usize) -> Range<usize> {
    let first = (top / row_height).saturating_sub(MARGIN);
    let last = ((top + height).div_ceil(row_height) + MARGIN).min(count);
    first.min(last)..last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_what_is_seen_and_a_margin() {
        for (top, expect) in [(0, 0..32), (2_800, 88..132), (28_000, 988..1_000), (90_000, 1_000..1_000)] {
            assert_eq!(range_of(1_000, 28, top, 560), expect, "{top}");
        }
    }
}
