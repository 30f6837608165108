//! Settings in brackets.

use super::{Of, Reader};
use crate::diagnostic::Code;
use crate::quote::shown;
use crate::span::Span;
use crate::syntax::{NodeId, NodeKind, SettingName};
use std::borrow::Cow;
use std::collections::HashMap;

/// All settings of one name in one list.
pub(super) struct Group<'a> {
    /// In lower case, with one space between words.
    pub(super) key: Cow<'a, str>,
    /// As it is written first.
    pub(super) spelled: Cow<'a, str>,
    pub(super) first: Use,
    pub(super) more: Vec<Use>,
}

/// One setting.
#[derive(Clone, Copy)]
pub(super) struct Use {
    pub(super) span: Span,
    pub(super) value: Option<NodeId>,
}

/// The codes of what can be wrong with a setting, which depend on whose it is.
#[derive(Clone, Copy)]
pub(super) struct Codes {
    pub(super) twice: Code,
    pub(super) value: Code,
}

impl Use {
    /// Where to point when the value is wrong.
    pub(super) fn blame(&self, reader: &Reader<'_, '_>) -> Span {
        self.value.map_or(self.span, |value| reader.tree.span(value))
    }
}

impl Group<'_> {
    /// All of them.
    pub(super) fn uses(&self) -> impl Iterator<Item = Use> {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }

    /// The value of the first setting.
    pub(super) fn value(&self) -> Option<NodeId> {
        self.first.value
    }
}

/// The text in lower case; itself when it is.
fn lower<'a>(text: &Cow<'a, str>) -> Cow<'a, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        text.clone()
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

impl<'a> Reader<'_, 'a> {
    /// The settings of a list, by name, in order of their first occurrence.
    pub(super) fn settings(&mut self, list: Option<NodeId>) -> Vec<Group<'a>> {
        let mut groups: Vec<Group<'a>> = Vec::new();
        // Most lists are short; only long ones are worth a map.
        let mut places: Option<HashMap<Cow<'a, str>, usize>> = None;
        let tree = self.tree;
        let Some(NodeKind::List(settings)) = list.map(|list| tree.kind(list)) else { return groups };
        for node in tree.list(*settings) {
            let NodeKind::Setting(setting) = tree.kind(*node) else { continue };
            let spelled = match setting.name {
                SettingName::Nothing => continue,
                SettingName::Words(words) => tree.words(words),
                SettingName::Other(name) => {
                    let message =
                        format!("“{}” is not the name of a setting; write it without quotes", self.quoted(name));
                    self.error_at(Code::InvalidSettings, name, message);
                    continue;
                }
            };
            let one = Use { span: tree.span(*node), value: setting.value };
            let key = lower(&spelled);
            let place = match &places {
                Some(places) => places.get(&key).copied(),
                None => groups.iter().position(|group| group.key == key),
            };
            if let Some(group) = place.and_then(|place| groups.get_mut(place)) {
                group.more.push(one);
                continue;
            }
            if let Some(places) = &mut places {
                places.insert(key.clone(), groups.len());
            }
            groups.push(Group { key, spelled, first: one, more: Vec::new() });
            if groups.len() == 16 {
                places = Some(groups.iter().enumerate().map(|(at, group)| (group.key.clone(), at)).collect());
            }
        }
        groups
    }

    /// Says so, at each of them, when a setting stands there several times.
    pub(super) fn once(&mut self, group: &Group<'_>, code: Code, of: Of<'_>) {
        if !group.more.is_empty() {
            for one in group.uses() {
                let message =
                    format!("“{}” of {of} is given {} times; keep one", shown(&group.key), group.more.len() + 1);
                self.error(code, one.span, message);
            }
        }
    }

    /// A setting that is there or not, and has no value.
    pub(super) fn flag(&mut self, group: &Group<'_>, codes: Codes, of: Of<'_>) {
        self.once(group, codes.twice, of);
        for one in group.uses() {
            if one.value.is_some() {
                let message = format!("“{}” of {of} has no value; remove what follows the colon", group.key);
                self.error(codes.value, one.blame(self), message);
            }
        }
    }

    /// A setting whose value is a string.
    pub(super) fn text(&mut self, group: &Group<'_>, codes: Codes, of: Of<'_>) -> Option<String> {
        self.once(group, codes.twice, of);
        for one in group.uses() {
            if one.value.and_then(|value| self.tree.string(value)).is_none() {
                let message = format!("“{}” of {of} must be a string; write it in quotes", group.key);
                self.error(codes.value, one.blame(self), message);
            }
        }
        group.value().and_then(|value| self.tree.string(value)).map(Into::into)
    }

    /// A setting whose value is a color; or the word `none`, where that is allowed.
    pub(super) fn color(&mut self, group: &Group<'_>, codes: Codes, of: Of<'_>, none: NoColor) -> Option<String> {
        self.once(group, codes.twice, of);
        for one in group.uses() {
            if one.value.and_then(|value| self.color_of(value, none)).is_none() {
                let message = format!("“{}” of {of} must be a color such as #3498db or #fff", group.key);
                self.error(codes.value, one.blame(self), message);
            }
        }
        group.value().and_then(|value| self.color_of(value, none))
    }

    /// The color that a node is.
    pub(super) fn color_of(&self, node: NodeId, none: NoColor) -> Option<String> {
        if none == NoColor::Allowed && self.tree.bare(node).is_some_and(|word| word.eq_ignore_ascii_case("none")) {
            return Some("none".to_owned());
        }
        let text = self.tree.color(node)?;
        let digits = text.strip_prefix('#')?;
        let right = matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        right.then(|| text.to_owned())
    }

    /// A setting of one's own: its name as it is spelled, and a string or color.
    pub(super) fn metadata(&mut self, group: &Group<'_>, codes: Codes, of: Of<'_>) -> Option<(String, String)> {
        self.once(group, codes.twice, of);
        for one in group.uses() {
            if one.value.and_then(|value| self.metadata_value(value)).is_none() {
                let message = format!(
                    "{of} has no setting “{}”; a setting of your own needs a string or color, as in {}: 'value'",
                    shown(&group.spelled),
                    shown(&group.spelled),
                );
                self.error(codes.value, one.blame(self), message);
            }
        }
        let value = group.value().and_then(|value| self.metadata_value(value))?;
        Some((group.spelled.clone().into_owned(), value))
    }

    /// A string or a color.
    pub(super) fn metadata_value(&self, node: NodeId) -> Option<String> {
        self.tree.string(node).map(Into::into).or_else(|| self.tree.color(node).map(str::to_owned))
    }

    /// Says so, at each of them, when there is no such setting.
    pub(super) fn unknown(&mut self, group: &Group<'_>, code: Code, of: Of<'_>, known: &str) {
        for one in group.uses() {
            let message = format!("{of} has no setting “{}”; there are {known}", shown(&group.key));
            self.error(code, one.span, message);
        }
    }
}

/// Whether a color may be `none`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoColor {
    Allowed,
    Refused,
}
