//! What a person sees when the program stops: a notice that the server has sent along, shown by the style sheet.

/// From now on a panic marks the document, besides what it did before.
pub fn mark_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        before(info);
        if let Some(root) = web_sys::window().and_then(|window| window.document()).and_then(|it| it.document_element())
        {
            // Fails only for an invalid attribute name.
            let _ = root.set_attribute("data-crashed", "true");
        }
    }));
}
