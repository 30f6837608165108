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

/// The others who have the diagram open; oneself is at the end of the bar already.
#[component]
pub fn People() -> impl IntoView {
    let bench = use_workbench();
    let people = Memo::new(move |_| bench.people.with(|people| others(people, bench.you.get())));
    let has_any = move || people.with(|people| !people.is_empty());
    let shown = move || people.with(|people| people.iter().take(MOST_SHOWN).cloned().collect::<Vec<_>>());
    let rest = Memo::new(move |_| people.with(|people| people.iter().skip(MOST_SHOWN).cloned().collect::<Vec<_>>()));
    view! {
        <Show when=has_any>
            <ul class="people" data-testid="people" aria-label=move || people.with(|people| in_words(people))>
                <For each=shown key=|person| (person.id, person.name.clone()) let(person)>
                    <li class="avatar" title=person.name.clone() style:--hue=hue(person.id).to_string()>
                        <span aria-hidden="true">{initials(&person.name)}</span>
                        <span class="visually-hidden">{person.name.clone()}</span>
                    </li>
                </For>
                <Show when=move || rest.with(|rest| !rest.is_empty())>
                    <li class="avatar avatar-rest" title=move || rest.with(|rest| names(rest))>
                        {move || rest.with(|rest| format!("+{}", rest.len()))}
                        <span class="visually-hidden">{move || rest.with(|rest| format!(": {}", names(rest)))}</span>
                    </li>
                </Show>
            </ul>
        </Show>
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

/// Everybody but oneself, in an order that stays.
fn others(people: &[Person], you: Option<PersonId>) -> Vec<Person> {
    let mut others: Vec<Person> = people.iter().filter(|person| Some(person.id) != you).cloned().collect();
    others.sort_by_key(|person| person.id);
    others
}

fn in_words(others: &[Person]) -> String {
    let count = if others.len() == 1 { "1 other person".to_owned() } else { format!("{} others", others.len()) };
    format!("{count} here: {}", names(others))
}

fn names(people: &[Person]) -> String {
    people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ")
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
    fn others_are_told_in_words_and_oneself_is_none_of_them() {
        let person = |id: u128, name: &str| Person { id: PersonId(Uuid::from_u128(id)), name: name.to_owned() };
        let all = [person(3, "Cleo"), person(1, "Anna"), person(2, "Ben")];
        for (you, expect) in [(Some(1), "2 others here: Ben, Cleo"), (None, "3 others here: Anna, Ben, Cleo")] {
            assert_eq!(in_words(&others(&all, you.map(|id| PersonId(Uuid::from_u128(id))))), expect);
        }
        let two = [person(1, "Anna"), person(2, "Ben")];
        assert_eq!(in_words(&others(&two, Some(two[1].id))), "1 other person here: Anna");
    }
}
