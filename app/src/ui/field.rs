//! Text that becomes a change when the person is done with it, and not before.

use crate::ui::Icon;
use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// What stands in a field while it is being typed, beside what the model holds.
#[derive(Clone, Copy)]
pub struct Draft {
    /// What the model holds.
    pub value: Signal<String>,
    /// Read as one types.
    pub check: Callback<String, Option<String>>,
    /// Told when another text that passes the check is settled on.
    pub on_commit: Callback<String>,
    /// What is wrong with what stands there.
    pub problem: RwSignal<Option<String>>,
    /// The field.
    pub input: NodeRef<html::Input>,
}

impl Draft {
    /// A field that shows `value`.
    pub fn new(
        value: Signal<String>,
        check: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        on_commit: Callback<String>,
    ) -> Self {
        let check = Callback::new(move |text: String| check(&text));
        Self { value, check, on_commit, problem: RwSignal::new(None), input: NodeRef::new() }
    }

    fn text(&self) -> String {
        self.input.get_untracked().map(|input| input.value()).unwrap_or_default()
    }

    /// Something was typed.
    pub fn typed(&self) {
        self.problem.set(self.check.run(self.text()));
    }

    /// The field is left or Enter pressed. True when nothing is wrong.
    pub fn commit(&self) -> bool {
        let text = self.text();
        let problem = if text == self.value.get_untracked() { None } else { self.check.run(text.clone()) };
        let is_fine = problem.is_none();
        self.problem.set(problem);
        if is_fine && text != self.value.get_untracked() {
            self.on_commit.run(text);
            self.show_value();
        }
        is_fine
    }

    /// Puts a text there and settles on it.
    pub fn put(&self, text: &str) {
        if let Some(input) = self.input.get_untracked() {
            input.set_value(text);
        }
        self.commit();
    }

    /// Shows what the model holds again. True when something else stood there.
    pub fn restore(&self) -> bool {
        let differs = self.text() != self.value.get_untracked();
        self.show_value();
        self.problem.set(None);
        differs
    }

    fn show_value(&self) {
        if let Some(input) = self.input.get_untracked() {
            input.set_value(&self.value.get_untracked());
        }
    }

    /// Enter settles, Esc restores; both stay within the field when they did something.
    pub fn key(&self, event: &KeyboardEvent, on_enter: Option<Callback<()>>) {
        match event.key().as_str() {
            "Enter" if !event.alt_key() && !event.ctrl_key() && !event.meta_key() && !event.is_composing() => {
                event.prevent_default();
                event.stop_propagation();
                if let (true, Some(on_enter)) = (self.commit(), on_enter) {
                    on_enter.run(());
                }
            }
            "Escape" if self.restore() => {
                event.prevent_default();
                event.stop_propagation();
            }
            _ => {}
        }
    }
}

/// A field of one line. What is wrong with it is said under it and tied to it.
#[component]
pub fn TextField<C>(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// Its name, shown above it unless `is_bare`.
    #[prop(into)]
    label: Signal<String>,
    /// What the model holds.
    #[prop(into)]
    value: Signal<String>,
    /// Why a text will not do, as one types; none when it will.
    check: C,
    /// Told when another text is settled on.
    on_commit: Callback<String>,
    /// Told when Enter was pressed and nothing is wrong.
    #[prop(optional)]
    on_enter: Option<Callback<()>>,
    /// Shown while it is empty.
    #[prop(optional)]
    placeholder: &'static str,
    /// Whether the label is for assistive technology only.
    #[prop(optional)]
    is_bare: bool,
    /// Whether it holds code.
    #[prop(optional)]
    is_code: bool,
) -> impl IntoView
where
    C: Fn(&str) -> Option<String> + Send + Sync + 'static,
{
    let draft = Draft::new(value, check, on_commit);
    let problem_id = format!("{id}-problem");
    let shown = StoredValue::new(problem_id.clone());
    view! {
        <div class="field">
            <label for=id.clone() class:visually-hidden=is_bare>{move || label.get()}</label>
            <input
                id=id
                class="input"
                class:mono=is_code
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder=placeholder
                node_ref=draft.input
                value=value.get_untracked()
                prop:value=move || value.get()
                data-settled=move || value.get()
                aria-invalid=move || draft.problem.with(Option::is_some).then_some("true")
                aria-describedby=move || draft.problem.with(Option::is_some).then(|| shown.get_value())
                on:input=move |_| draft.typed()
                on:change=move |_| { draft.commit(); }
                on:keydown=move |event| draft.key(&event, on_enter)
            />
            <Problem id=problem_id problem=draft.problem/>
        </div>
    }
}

/// What is wrong with a field.
#[component]
pub fn Problem(
    /// Named by the field's `aria-describedby`.
    id: String,
    /// In words.
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    let id = StoredValue::new(id);
    move || {
        problem
            .get()
            .map(|text| view! { <p class="field-error" id=id.get_value()><Icon name="circle-alert"/>{text}</p> })
    }
}
