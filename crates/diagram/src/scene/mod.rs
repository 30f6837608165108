//! All boxes and lines of a diagram, kept up to date piece by piece.

mod hit;
mod lines;

pub use hit::Hit;

use crate::areas::{self, Area, Card};
use crate::grid::Grid;
use crate::layout;
use crate::routing::{Link, Route};
use crate::{DisplayList, Marks, TableBox, View, paint};
use edit::Placement;
use kurbo::Rect;
use lines::{Line, Unsettled};
use schema::{ColumnId, Ends, Namespace, NamespaceId, Reference, ReferenceId, Schema, SharedMap, Table, TableId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The geometry of a diagram.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    tables: SharedMap<TableId, Table>,
    namespaces: BTreeMap<NamespaceId, Namespace>,
    placements: BTreeMap<TableId, Placement>,
    boxes: BTreeMap<TableId, TableBox>,
    links: BTreeMap<ReferenceId, Link>,
    lines: BTreeMap<ReferenceId, Line>,
    adjacency: BTreeMap<TableId, BTreeSet<ReferenceId>>,
    /// How many mandatory and optional references end at a column.
    kinds: BTreeMap<(TableId, ColumnId), [u32; 2]>,
    box_grid: Grid<TableId>,
    route_grid: Grid<ReferenceId>,
    unsettled: Unsettled,
    pub(crate) areas: Vec<Area>,
    pub(crate) cards: Vec<Card>,
}

impl Scene {
    /// The scene of a schema. Tables without a placement stand beside the others, as [`Scene::placement`] tells; better
    /// places are made by [`layout::complete`].
    pub fn build(schema: &Schema, placements: &BTreeMap<TableId, Placement>) -> Self {
        let mut scene = Self::default();
        scene.sync(schema, placements);
        scene
    }

    /// Brings the scene up to date with another state of the schema and placements; only what differs is made anew.
    /// Returns whether anything did.
    pub fn sync(&mut self, schema: &Schema, placements: &BTreeMap<TableId, Placement>) -> bool {
        let all = self.namespaces != schema.namespaces;
        if all {
            self.namespaces.clone_from(&schema.namespaces);
        }
        let areas = areas::of(schema);
        let cards = areas::cards(schema);
        let is_regrouped = self.areas != areas || self.cards != cards;
        (self.areas, self.cards) = (areas, cards);
        let completed = layout::shown(schema, placements, &self.placements);
        let completed = completed.as_ref().unwrap_or(placements);
        let changed: BTreeSet<TableId> = schema
            .tables
            .iter()
            .filter(|(id, table)| all || !self.is_current(**id, table))
            .map(|(id, _)| *id)
            .collect();
        let gone: Vec<TableId> = self.tables.keys().filter(|id| !schema.tables.contains_key(id)).copied().collect();
        let moved: Vec<(TableId, Placement)> = completed
            .iter()
            .filter(|(id, at)| self.placements.get(id) != Some(at) && schema.tables.contains_key(id))
            .map(|(id, at)| (*id, *at))
            .collect();
        let stale = self.stale_references(schema, &changed, &gone);
        // What was moved by hand is settled whether anything else changed or not.
        if changed.is_empty() && gone.is_empty() && moved.is_empty() && stale.is_empty() {
            return self.settle() || is_regrouped;
        }
        for (id, at) in &moved {
            self.placements.insert(*id, *at);
        }
        let mut relink: BTreeSet<TableId> = changed.clone();
        for id in &stale {
            let touched = [self.unlink(*id), self.link(schema, *id)].into_iter().flatten();
            relink.extend(touched.flat_map(|(a, b)| [a, b]));
        }
        for id in gone {
            self.remove_box(id);
            self.tables.remove(&id);
            self.placements.remove(&id);
        }
        relink.extend(moved.iter().map(|(id, _)| *id));
        for id in &relink {
            self.refresh_box(schema, *id);
        }
        let routes: BTreeSet<ReferenceId> =
            relink.iter().filter_map(|id| self.adjacency.get(id)).flatten().copied().collect();
        for id in routes {
            self.loosen(id);
        }
        self.settle();
        true
    }

    /// Puts a table elsewhere, as when it is dragged, and routes its references again and the lines that it stands on.
    /// All others stay as they are, whatever ways have become free, until [`Scene::settle`].
    pub fn move_table(&mut self, table: TableId, to: Placement) {
        if let Some((before, after)) = self.shift_box(table, to) {
            self.redraw_at(table, before, after);
        }
    }

    /// Puts tables elsewhere for good, and settles all lines.
    pub fn move_tables(&mut self, places: impl IntoIterator<Item = (TableId, Placement)>) {
        for (table, to) in places {
            self.shift_box(table, to);
        }
        self.settle();
    }

    fn shift_box(&mut self, table: TableId, to: Placement) -> Option<(Rect, Rect)> {
        let table_box = self.boxes.get_mut(&table)?;
        self.placements.insert(table, to);
        let before = table_box.rect;
        self.box_grid.remove(table, before);
        table_box.move_to(to);
        let after = table_box.rect;
        self.box_grid.insert(table, after);
        self.unsettled.moved(table, Some(before));
        Some((before, after))
    }

    /// All boxes, in the order in which they are painted.
    pub fn boxes(&self) -> impl Iterator<Item = &TableBox> {
        self.boxes.values()
    }

    /// The box of a table.
    pub fn table_box(&self, table: TableId) -> Option<&TableBox> {
        self.boxes.get(&table)
    }

    /// Where a table stands.
    pub fn placement(&self, table: TableId) -> Option<Placement> {
        self.placements.get(&table).copied()
    }

    /// Where every table stands.
    pub fn placements(&self) -> &BTreeMap<TableId, Placement> {
        &self.placements
    }

    /// All lines, in the order in which they are painted.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.lines.values().map(|line| &line.route)
    }

    /// The line of a reference.
    pub fn route(&self, reference: ReferenceId) -> Option<&Route> {
        self.lines.get(&reference).map(|line| &line.route)
    }

    /// The references at a table, in order.
    pub fn references_of(&self, table: TableId) -> impl Iterator<Item = ReferenceId> + '_ {
        self.adjacency.get(&table).into_iter().flatten().copied()
    }

    /// The reference as it was when its line was made.
    pub fn reference(&self, id: ReferenceId) -> Option<&Reference> {
        self.links.get(&id).map(|link| link.reference.as_ref())
    }

    /// What contains everything; empty at the origin when there is nothing.
    pub fn bounds(&self) -> Rect {
        let boxes = self.boxes.values().map(|it| it.rect);
        let all = boxes.chain(self.routes().map(|route| route.bounds));
        let all = all.chain(self.content_bounds());
        all.reduce(|a, b| a.union(b)).unwrap_or(Rect::ZERO)
    }

    /// What contains those tables.
    pub fn bounds_of(&self, tables: impl IntoIterator<Item = TableId>) -> Option<Rect> {
        tables.into_iter().filter_map(|id| self.boxes.get(&id)).map(|it| it.rect).reduce(|a, b| a.union(b))
    }

    /// What depends on neither pointer nor selection: background, lines and tables, with their pending marks.
    pub fn paint_static(&self, view: &View, marks: &Marks) -> DisplayList {
        paint::paint_static(self, view, marks)
    }

    /// What lies over it: selection, hover, handles, the line being drawn.
    pub fn paint_overlay(&self, view: &View, marks: &Marks) -> DisplayList {
        paint::paint_overlay(self, view, marks)
    }

    /// Both layers in one.
    pub fn paint(&self, view: &View, marks: &Marks) -> DisplayList {
        let mut list = self.paint_static(view, marks);
        list.ops.extend(self.paint_overlay(view, marks).ops);
        list
    }

    pub(crate) fn boxes_in(&self, rect: Rect) -> Vec<&TableBox> {
        let touches = |it: &&TableBox| it.rect.overlaps(rect);
        match self.box_grid.near(rect) {
            Some(ids) => ids.iter().filter_map(|id| self.boxes.get(id)).filter(touches).collect(),
            None => self.boxes.values().filter(touches).collect(),
        }
    }

    pub(crate) fn routes_in(&self, rect: Rect) -> Vec<&Route> {
        let touches = |it: &&Route| it.bounds.overlaps(rect);
        match self.route_grid.near(rect) {
            Some(ids) => ids.iter().filter_map(|id| self.route(*id)).filter(touches).collect(),
            None => self.routes().filter(touches).collect(),
        }
    }

    fn is_current(&self, id: TableId, table: &Arc<Table>) -> bool {
        self.tables.get(&id).is_some_and(|known| Arc::ptr_eq(known, table) || known == table)
    }

    /// References that are new, changed or gone, or whose ends may look different.
    fn stale_references(
        &self,
        schema: &Schema,
        changed: &BTreeSet<TableId>,
        gone: &[TableId],
    ) -> BTreeSet<ReferenceId> {
        let mut stale: BTreeSet<ReferenceId> =
            self.links.keys().filter(|id| !schema.references.contains_key(id)).copied().collect();
        for (id, reference) in &schema.references {
            if self
                .links
                .get(id)
                .is_none_or(|link| !Arc::ptr_eq(&link.reference, reference) && link.reference != *reference)
            {
                stale.insert(*id);
            }
        }
        let touched = changed.iter().chain(gone).filter_map(|table| self.adjacency.get(table));
        stale.extend(touched.flatten().copied());
        stale
    }

    /// Forgets a reference; returns the tables at its ends, whose boxes may look different now.
    fn unlink(&mut self, id: ReferenceId) -> Option<(TableId, TableId)> {
        self.loosen(id);
        let link = self.links.remove(&id)?;
        self.count_kind(&link, |count| count.saturating_sub(1));
        let tables = (link.reference.referencing, link.reference.referenced);
        for table in [tables.0, tables.1] {
            if let Some(references) = self.adjacency.get_mut(&table) {
                references.remove(&id);
            }
        }
        Some(tables)
    }

    /// Remembers a reference; returns the tables at its ends.
    fn link(&mut self, schema: &Schema, id: ReferenceId) -> Option<(TableId, TableId)> {
        let reference = schema.references.get(&id)?;
        let ends = Ends::of(schema, reference);
        let link = Link { reference: Arc::clone(reference), ends };
        self.count_kind(&link, |count| count.saturating_add(1));
        self.links.insert(id, link);
        for table in [reference.referencing, reference.referenced] {
            self.adjacency.entry(table).or_default().insert(id);
        }
        Some((reference.referencing, reference.referenced))
    }

    fn count_kind(&mut self, link: &Link, change: fn(u32) -> u32) {
        let Some(key) = single_target(&link.reference) else { return };
        let [mandatory, optional] = self.kinds.entry(key).or_default();
        let count = if link.is_optional() { optional } else { mandatory };
        *count = change(*count);
    }

    fn refresh_box(&mut self, schema: &Schema, id: TableId) {
        let Some(table) = schema.tables.get(&id) else { return };
        self.tables.insert(id, Arc::clone(table));
        self.remove_box(id);
        let links = self.adjacency.get(&id).into_iter().flatten().filter_map(|reference| self.links.get(reference));
        let outgoing = links.filter(|link| link.reference.referencing == id);
        let referencing: BTreeSet<ColumnId> =
            outgoing.flat_map(|link| link.reference.pairs.iter().map(|pair| pair.referencing)).collect();
        let placement = self.placements.get(&id).copied().unwrap_or_default();
        let table_box = TableBox::new(schema, table, &referencing, placement);
        self.box_grid.insert(id, table_box.rect);
        self.unsettled.moved(id, None);
        self.boxes.insert(id, table_box);
    }

    fn remove_box(&mut self, id: TableId) {
        if let Some(old) = self.boxes.remove(&id) {
            self.box_grid.remove(id, old.rect);
            self.unsettled.moved(id, Some(old.rect));
        }
    }
}

/// The referenced column, unless there are several.
fn single_target(reference: &Reference) -> Option<(TableId, ColumnId)> {
    match reference.pairs.as_slice() {
        [pair] => Some((reference.referenced, pair.referenced)),
        _ => None,
    }
}
