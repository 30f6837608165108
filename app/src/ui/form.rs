//! Forms that are sent as a whole: fields, what is wrong with each, and the button.

use crate::ui::{Icon, focus_soon, sentence};
use leptos::html;
use leptos::prelude::*;
use protocol::{CallError, FormField};

/// One form on its way to the server and back.
#[derive(Debug, Clone, Copy)]
pub struct Submission {
    /// Whether it is on its way.
    pub is_sending: RwSignal<bool>,
    /// Why it came back.
    pub failure: RwSignal<Option<CallError>>,
    id: StoredValue<&'static str>,
}

impl Submission {
    /// Nothing was sent yet. The id is the form's on the page.
    pub fn new(id: &'static str) -> Self {
        Self { is_sending: RwSignal::new(false), failure: RwSignal::new(None), id: StoredValue::new(id) }
    }

    /// Sends, one at a time. A field that is refused gets the focus.
    pub fn send<T: 'static>(
        self,
        call: impl Future<Output = Result<T, CallError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.is_sending.get_untracked() {
            return;
        }
        self.is_sending.set(true);
        self.failure.set(None);
        leptos::task::spawn_local(async move {
            let answer = call.await;
            if self.is_sending.try_set(false).is_some() {
                // The page is gone, and nobody waits for the answer any more.
                return;
            }
            match answer {
                Ok(answer) => done(answer),
                Err(error) => {
                    let form = self.id.get_value();
                    self.failure.set(Some(error));
                    focus_soon(vec![format!("#{form} [aria-invalid=true]"), format!("#{form} [type=submit]")]);
                }
            }
        });
    }

    fn problem_of(self, field: FormField) -> Option<String> {
        self.failure.with(|failure| match failure {
            Some(CallError::Field { field: wrong, message }) if *wrong == field => Some(message.clone()),
            Some(_) | None => None,
        })
    }
}

/// What stands in a field.
pub fn text_of(input: NodeRef<html::Input>) -> String {
    input.get_untracked().map(|input| input.value()).unwrap_or_default()
}

/// A field of a form.
#[component]
pub fn FormInput(
    /// The form.
    form: Submission,
    /// Which of its fields.
    field: FormField,
    /// Unique on the page.
    id: &'static str,
    /// Its name.
    label: &'static str,
    /// `text`, `email` or `password`.
    kind: &'static str,
    /// What browsers and password managers may fill in.
    autocomplete: &'static str,
    /// The field.
    input: NodeRef<html::Input>,
    /// What stands there at first.
    #[prop(optional, into)]
    value: String,
    /// What it should be like.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let problem = Memo::new(move |_| form.problem_of(field));
    let described = move || {
        let problem_id = problem.with(Option::is_some).then(|| format!("{id}-problem"));
        let hint_id = hint.map(|_| format!("{id}-hint"));
        let ids: Vec<String> = [problem_id, hint_id].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                class="input"
                id=id
                name=id
                type=kind
                autocomplete=autocomplete
                spellcheck="false"
                required
                maxlength="254"
                value=value
                node_ref=input
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                aria-describedby=described
            />
            {hint.map(|hint| view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> })}
            {move || problem.get().map(|text| view! {
                <p class="field-error" id=format!("{id}-problem")><Icon name="circle-alert"/>{text}</p>
            })}
        </div>
    }
}

/// What is wrong with a form as a whole.
#[component]
pub fn FormProblem(
    /// The form.
    form: Submission,
) -> impl IntoView {
    let text = move || {
        form.failure.with(|failure| match failure {
            // What is wrong with a field is said beside it, and heard because the field gets the focus.
            Some(CallError::Field { .. }) | None => None,
            Some(error) => Some(format!("{}.", sentence(error.to_string().trim_end_matches('.')))),
        })
    };
    view! {
        <div role="alert">
            {move || text().map(|text| view! {
                <p class="notice notice-error"><Icon name="circle-alert"/><span>{text}</span></p>
            })}
        </div>
    }
}

/// The button that sends a form.
#[component]
pub fn SubmitButton(
    /// The form.
    form: Submission,
    /// In words.
    #[prop(into)]
    label: String,
    /// A class of its own.
    #[prop(default = "button button-primary")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <button type="submit" class=class aria-disabled=move || form.is_sending.get().then_some("true")>
            {label}
        </button>
    }
}
