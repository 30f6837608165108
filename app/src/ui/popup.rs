//! What opens at a control and lies over everything else.

use crate::platform::dom;
use web_sys::HtmlElement;

/// Which edges of the two lie under each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// The left ones; what opens is at least as wide as the control.
    Start,
    /// The right ones.
    End,
}

/// Shows an element in the top layer, right under a control or over it where there is more room.
pub fn place_under(popup: &HtmlElement, control: &HtmlElement, align: Align) {
    // Fails only where it is shown already.
    let _ = popup.show_popover();
    let frame = control.get_bounding_client_rect();
    let root = dom::document().document_element();
    let (width, height) =
        root.map_or((1280.0, 720.0), |root| (f64::from(root.client_width()), f64::from(root.client_height())));
    let style = popup.style();
    let set = |name: &str, value: String| {
        // The names are those of real properties.
        let _ = style.set_property(name, &value);
    };
    match align {
        Align::Start => {
            set("left", format!("{}px", frame.left()));
            set("min-width", format!("{}px", frame.width()));
        }
        Align::End => set("right", format!("{}px", width - frame.right())),
    }
    let below = height - frame.bottom();
    if below < 240.0 && frame.top() > below {
        set("top", "auto".to_owned());
        set("bottom", format!("{}px", height - frame.top() + 4.0));
        set("max-height", format!("{}px", frame.top() - 12.0));
    } else {
        set("bottom", "auto".to_owned());
        set("top", format!("{}px", frame.bottom() + 4.0));
        set("max-height", format!("{}px", (below - 12.0).min(320.0)));
    }
}
