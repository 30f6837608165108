//! What differs in the types that the schemas define, and in what is kept as statements.

use crate::action::{Action, Fact, Op, Slot};
use crate::diff::Diff;
use crate::export::written;
use crate::quote::quote_name;
use crate::render::default_value;
use crate::{options, rebuild};
use schema::{DataType, Domain, Label, ObjectId, TypeDefinition, UserType};

impl<'a> Diff<'a> {
    pub(crate) fn types(&mut self) {
        let (base, target) = (self.base, self.target);
        for it in target.types_in_order() {
            match base.user_type(it.id) {
                None => self.create_type(it),
                Some(before) if before != it => self.change_type(before, it),
                Some(_) => {}
            }
        }
        for it in base.types_in_order() {
            if target.user_type(it.id).is_none() {
                let object = ObjectId::Type(it.id);
                let base_type = it.base().and_then(DataType::user_type).map(|id| Fact::Going(ObjectId::Type(id)));
                self.actions.push(
                    Action::new(object, Op::DropType(it))
                        .needing([Fact::Going(object)])
                        .making(base_type)
                        .making([Fact::Left(it.namespace)])
                        .freeing([Slot::Type(it.namespace, it.name.clone())]),
                );
            }
        }
    }

    fn create_type(&mut self, it: &'a UserType) {
        let object = ObjectId::Type(it.id);
        let base = it.base().and_then(DataType::user_type).map(|id| Fact::Made(ObjectId::Type(id)));
        self.actions.push(
            Action::new(object, Op::CreateType(it))
                .needing([Fact::Made(ObjectId::Namespace(it.namespace))])
                .needing(base)
                .making([Fact::Made(object)])
                .taking([Slot::Type(it.namespace, it.name.clone())]),
        );
        if let TypeDefinition::Domain(domain) = &it.definition {
            for check in domain.checks.iter().filter(|check| check.not_valid) {
                let add = Op::AlterType(it, format!("ADD {}", options::domain_check(check)));
                self.actions.push(Action::new(object, add).needing([Fact::Made(object)]));
            }
        }
        if let Some(note) = written(it.note.as_deref()) {
            let comment = Action::new(object, Op::CommentOnType(it, Some(note)));
            self.actions.push(comment.needing([Fact::Made(object)]));
        }
    }

    fn change_type(&mut self, before: &'a UserType, after: &'a UserType) {
        let object = ObjectId::Type(after.id);
        if self.rebuilt.has(after.id) {
            self.rebuild(before, after);
            return;
        }
        if before.namespace != after.namespace {
            self.actions.push(
                Action::new(object, Op::MoveType(after))
                    .needing([Fact::Made(ObjectId::Namespace(after.namespace))])
                    .making([Fact::Left(before.namespace), Fact::Made(object)])
                    .freeing([Slot::Type(before.namespace, before.name.clone())])
                    .taking([Slot::Type(after.namespace, before.name.clone())]),
            );
        }
        if before.name != after.name {
            self.actions.push(
                Action::new(object, Op::RenameType(after))
                    .needing([Fact::Made(object)])
                    .freeing([Slot::Type(after.namespace, before.name.clone())])
                    .taking([Slot::Type(after.namespace, after.name.clone())]),
            );
        }
        match (&before.definition, &after.definition) {
            (TypeDefinition::Enum(from), TypeDefinition::Enum(to)) => self.labels(after, from, to),
            (TypeDefinition::Domain(from), TypeDefinition::Domain(to)) => self.domain(after, from, to),
            (TypeDefinition::Enum(_), TypeDefinition::Domain(_))
            | (TypeDefinition::Domain(_), TypeDefinition::Enum(_)) => {
                let message = format!(
                    "{} cannot become {} {}; make another type instead",
                    before.name,
                    if after.kind() == "enum" { "an" } else { "a" },
                    after.kind()
                );
                self.refuse(object, message);
            }
        }
        if written(before.note.as_deref()) != written(after.note.as_deref()) {
            self.actions.push(Action::new(object, Op::CommentOnType(after, written(after.note.as_deref()))));
        }
    }

    /// PostgreSQL adds labels and renames them, and does nothing else with them. Where more is wanted and cannot be had by
    /// making the type anew, it is refused already.
    fn labels(&mut self, it: &'a UserType, from: &'a [Label], to: &'a [Label]) {
        let object = ObjectId::Type(it.id);
        if self.base.user_type(it.id).is_some_and(|before| rebuild::is_needed(self.target, before, it)) {
            return;
        }
        for clause in rebuild::renames(from, to) {
            self.actions.push(Action::new(object, Op::AlterType(it, clause)).making([Fact::Made(object)]));
        }
        let kept: Vec<_> = from.iter().map(|label| label.id).collect();
        for (at, label) in to.iter().enumerate().filter(|(_, label)| !kept.contains(&label.id)) {
            let before = at.checked_sub(1).and_then(|at| to.get(at));
            let after = to.iter().skip(at).find(|other| kept.contains(&other.id));
            let clause = options::add_label(label, before, after);
            self.actions.push(Action::new(object, Op::AlterType(it, clause)).making([Fact::Made(object)]));
        }
    }

    fn domain(&mut self, it: &'a UserType, from: &'a Domain, to: &'a Domain) {
        let object = ObjectId::Type(it.id);
        if from.base != to.base || from.collation != to.collation {
            let message = format!("{} cannot rest on another type; make another domain instead", it.name);
            self.refuse(object, message);
            return;
        }
        let mut clauses = Vec::new();
        for check in &from.checks {
            if !to.checks.contains(check) {
                clauses.push(format!("DROP CONSTRAINT {}", quote_name(check.name.as_str())));
            }
        }
        match (&from.default, &to.default) {
            (from, Some(to)) if from.as_ref() != Some(to) => clauses.push(format!("SET DEFAULT {}", default_value(to))),
            (Some(_), None) => clauses.push("DROP DEFAULT".to_owned()),
            (_, _) => {}
        }
        if from.nullable != to.nullable {
            clauses.push(if to.nullable { "DROP NOT NULL" } else { "SET NOT NULL" }.to_owned());
        }
        for check in &to.checks {
            if !from.checks.contains(check) {
                clauses.push(format!("ADD {}", options::domain_check(check)));
            }
        }
        for clause in clauses {
            self.actions.push(Action::new(object, Op::AlterType(it, clause)).making([Fact::Made(object)]));
        }
    }

    /// What is kept as a statement is not made in a database from here.
    pub(crate) fn opaque(&mut self) {
        let (base, target) = (self.base, self.target);
        let objects = base.opaque.values().chain(target.opaque.values());
        for it in objects.filter(|it| base.opaque.get(&it.id) != target.opaque.get(&it.id)) {
            let message = format!(
                "the {} {} is kept as text, which is exported and not yet made or changed in a database",
                it.kind.words(),
                it.name
            );
            self.refuse(ObjectId::Opaque(it.id), message);
        }
    }
}
