//! Who is here, and whether the server is, in the top bar.

use super::{Link, words::initials};
use crate::{
    ui::Icon,
    workbench::{SaveState, Workbench, use_workbench},
};
use leptos::prelude::*;
use protocol::{Person, PersonId};

/// So many are shown one by one; the rest is counted.
const MOST_SHOWN: usize = 4;

/// The people who have the diagram open, oneself among them; nothing as long as nobody else has.
#[component]
pub fn People() -> impl IntoView {
    let bench = use_workbench();
    let people = Memo::new(move |_| bench.people.with(|people| in_order(people, bench.you.get())));
    let has_others = move || people.with(|people| people.len() > 1);
    let shown = move || people.with(|people| people.iter().take(MOST_SHOWN).cloned().collect::<Vec<_>>());
    let rest = move || people.with(|people| people.iter().skip(MOST_SHOWN).cloned().collect::<Vec<_>>());
    let label = move || people.with(|people| in_words(people, bench.you.get()));
    view! {
        <Show when=has_others>
            <ul class="people" data-testid="people" aria-label=label>
                <For each=shown key=|person| (person.id, person.name.clone()) let(person)>
                    <Avatar is_you=Signal::derive(move || bench.you.get() == Some(person.id)) person=person.clone()/>
                </For>
                <Show when=move || !rest().is_empty()>
                    <li class="avatar avatar-rest" title=move || names(&rest(), bench.you.get())>
                        {move || format!("+{}", rest().len())}
                        <span class="visually-hidden">{move || format!(": {}", names(&rest(), bench.you.get()))}</span>
                    </li>
                </Show>
            </ul>
        </Show>
    }
}

#[component]
fn Avatar(person: Person, #[prop(into)] is_you: Signal<bool>) -> impl IntoView {
    let name = person.name.clone();
    let full = Signal::derive(move || if is_you.get() { format!("{name} (you)") } else { name.clone() });
    view! {
        <li class="avatar" title=full style:--hue=hue(person.id).to_string()>
            <span aria-hidden="true">{initials(&person.name)}</span>
            <span class="visually-hidden">{full}</span>
        </li>
    }
}

/// That the server is away, and where the changes are meanwhile.
#[component]
pub fn OfflineWords() -> impl IntoView {
    let bench = use_workbench();
    // A commit without an answer matters more, and says as much.
    let is_away = move || bench.link.get() == Link::Away && !matches!(bench.save_state.get(), SaveState::Offline(_));
    view! {
        <Show when=is_away>
            <p class="topbar-state topbar-offline" data-testid="offline">
                <Icon name="cloud-off"/>
                <span>{move || offline_words(bench)}</span>
            </p>
        </Show>
    }
}

fn offline_words(bench: Workbench) -> &'static str {
    if !bench.may_edit.get() {
        return "Offline";
    }
    match bench.keeps_drafts.get() {
        Some(false) => "Offline: changes are kept in this tab only",
        Some(true) | None => "Offline: changes are kept on this device",
    }
}

/// The others first, in an order that stays.
fn in_order(people: &[Person], you: Option<PersonId>) -> Vec<Person> {
    let mut people = people.to_vec();
    people.sort_by_key(|person| (Some(person.id) == you, person.id));
    people
}

fn in_words(people: &[Person], you: Option<PersonId>) -> String {
    let count = if people.len() == 1 { "1 person".to_owned() } else { format!("{} people", people.len()) };
    format!("{count} here: {}", names(people, you))
}

fn names(people: &[Person], you: Option<PersonId>) -> String {
    let name = |person: &Person| match Some(person.id) == you {
        true => format!("{} (you)", person.name),
        false => person.name.clone(),
    };
    people.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The colour of a person: the same everywhere and always.
fn hue(person: PersonId) -> u128 {
    // The last bits of an id are random, the first ones are its time.
    person.0.as_u128() % 360
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn people_are_told_in_words_with_oneself_at_the_end() {
        let person = |id: u128, name: &str| Person { id: PersonId(Uuid::from_u128(id)), name: name.to_owned() };
        let (anna, ben) = (person(1, "Anna"), person(2, "Ben"));
        let check = |people: &[Person], you: &Person, expect: &str| {
            assert_eq!(in_words(&in_order(people, Some(you.id)), Some(you.id)), expect);
        };
        check(&[anna.clone(), ben.clone()], &anna, "2 people here: Ben, Anna (you)");
        check(&[anna.clone(), ben.clone()], &ben, "2 people here: Anna, Ben (you)");
        check(std::slice::from_ref(&ben), &ben, "1 person here: Ben (you)");
    }
}
