//! Lines that follow their tables: at once and roughly while a table is moved, and exactly once it stands.
//!
//! A settled scene depends on schema and placements alone, however it came about. Each line's way depends on the tables
//! in its window, and its lanes on the lines whose turn comes before its own; what changes wakes only those behind it.

use super::{Scene, single_target};
use crate::routing::{Plan, Route, Turn};
use kurbo::Rect;
use schema::{ReferenceId, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// A line, and the way that it was planned to take.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) route: Route,
    plan: Plan,
}

/// What was done since everything was settled.
#[derive(Debug, Clone, Default)]
pub(super) struct Unsettled {
    /// Where the boxes that were moved stood, if they were there.
    boxes: BTreeMap<TableId, Option<Rect>>,
    /// What was drawn anew, as it was.
    lines: BTreeMap<ReferenceId, Line>,
    /// Lines that a table stood on.
    displaced: BTreeSet<ReferenceId>,
}

impl Unsettled {
    pub(super) fn moved(&mut self, table: TableId, before: Option<Rect>) {
        self.boxes.entry(table).or_insert(before);
    }
}

impl Line {
    fn turn(&self) -> Turn {
        self.plan.turn()
    }

    fn is_met_by(&self, other: &Route) -> bool {
        let reach = self.plan.reach();
        other.segments().any(|(from, to)| reach.overlaps(Rect::from_points(from, to)))
    }
}

impl Scene {
    /// Makes the picture the one of schema and placements, after tables were moved one by one. Returns whether any line
    /// had to change.
    pub fn settle(&mut self) -> bool {
        let is_new = self.lines.is_empty();
        let Unsettled { boxes, lines: mut before, .. } = std::mem::take(&mut self.unsettled);
        let mut stirred = Vec::new();
        for (table, old) in boxes {
            let new = self.boxes.get(&table).map(|it| it.rect);
            if old != new {
                stirred.extend([old, new].into_iter().flatten());
            }
        }
        let mut todo = self.plans_to_draw(&stirred, &mut before);
        // What has another turn than before leaves its lane to those that come between.
        let turns: BTreeSet<Turn> = todo.keys().copied().collect();
        let gone: Vec<Line> = before.values().filter(|line| !turns.contains(&line.turn())).cloned().collect();
        for line in gone {
            self.wake(line.turn(), &line.route, &mut before, &mut todo);
        }
        let mut has_changed = !before.is_empty() || !todo.is_empty();
        while let Some((turn, plan)) = todo.pop_first() {
            let route = self.drawn(&plan, Some(turn));
            let old = before.remove(&turn.1);
            let is_same = old.as_ref().is_some_and(|old| old.turn() == turn && old.route == route);
            if !is_same && !is_new {
                has_changed = true;
                if let Some(old) = old {
                    self.wake(turn, &old.route, &mut before, &mut todo);
                }
                self.wake(turn, &route, &mut before, &mut todo);
            }
            self.put_in(Line { route, plan });
        }
        has_changed
    }

    /// Routes the lines at a table that was moved, and those that it stands on or has left.
    pub(super) fn redraw_at(&mut self, table: TableId, before: Rect, after: Rect) {
        let met =
            |route: &&Route, rect: Rect| route.segments().any(|(from, to)| rect.overlaps(Rect::from_points(from, to)));
        let stood_on: Vec<ReferenceId> =
            self.routes_in(after).into_iter().filter(|route| met(route, after)).map(|route| route.reference).collect();
        let left = self.unsettled.displaced.iter().copied();
        let left: Vec<ReferenceId> =
            left.filter(|id| self.lines.get(id).is_some_and(|it| it.plan.reach().overlaps(before))).collect();
        let own: BTreeSet<ReferenceId> = self.adjacency.get(&table).cloned().unwrap_or_default();
        self.unsettled.displaced.extend(stood_on.iter().filter(|id| !own.contains(id)));
        let ids: BTreeSet<ReferenceId> = own.into_iter().chain(stood_on).chain(left).collect();
        for id in &ids {
            self.loosen(*id);
        }
        let mut plans: Vec<Plan> = ids.iter().filter_map(|id| self.plan(*id)).collect();
        plans.sort_by_key(Plan::turn);
        for plan in plans {
            let route = self.drawn(&plan, None);
            self.put_in(Line { route, plan });
        }
    }

    /// Takes a line out, to be drawn anew.
    pub(super) fn loosen(&mut self, id: ReferenceId) {
        if let Some(line) = self.take_out(id) {
            self.unsettled.lines.entry(id).or_insert(line);
        }
    }

    /// The ways of all lines that are missing or may be others now. They are taken out.
    fn plans_to_draw(&mut self, stirred: &[Rect], before: &mut BTreeMap<ReferenceId, Line>) -> BTreeMap<Turn, Plan> {
        let is_stirred = |line: &Line| stirred.iter().any(|rect| rect.overlaps(line.plan.window));
        let ids = self.links.keys().copied();
        let ids: Vec<ReferenceId> =
            ids.filter(|id| before.contains_key(id) || self.lines.get(id).is_none_or(is_stirred)).collect();
        let mut todo = BTreeMap::new();
        for id in ids {
            let Some(plan) = self.plan(id) else { continue };
            // Even on the same way: its lanes go by the tables beside it, too.
            if let Some(line) = self.take_out(id) {
                before.entry(id).or_insert(line);
            }
            todo.insert(plan.turn(), plan);
        }
        todo
    }

    /// Takes out the lines behind a turn to which that line matters.
    fn wake(
        &mut self,
        turn: Turn,
        route: &Route,
        before: &mut BTreeMap<ReferenceId, Line>,
        todo: &mut BTreeMap<Turn, Plan>,
    ) {
        let behind = self.lines.values().filter(|line| line.turn() > turn && line.is_met_by(route));
        let ids: Vec<ReferenceId> = behind.map(|line| line.route.reference).collect();
        for id in ids {
            if let Some(line) = self.take_out(id) {
                todo.insert(line.turn(), line.plan.clone());
                before.insert(id, line);
            }
        }
    }

    fn plan(&self, id: ReferenceId) -> Option<Plan> {
        let link = self.links.get(&id)?;
        let kinds = single_target(&link.reference).and_then(|key| self.kinds.get(&key));
        let mixed = kinds.is_some_and(|kinds| !kinds.contains(&0));
        let tables = [self.boxes.get(&link.reference.referencing)?, self.boxes.get(&link.reference.referenced)?];
        Some(Plan::new(link, tables, mixed, &|window| self.rects_in(window)))
    }

    /// The line of a plan beside all others, or those whose turn is before.
    fn drawn(&self, plan: &Plan, before: Option<Turn>) -> Route {
        let is_before = |route: &&Route| {
            before.is_none_or(|turn| self.lines.get(&route.reference).is_some_and(|line| line.turn() < turn))
        };
        let others: Vec<&Route> = self.routes_in(plan.reach()).into_iter().filter(is_before).collect();
        plan.drawn(&|window| self.rects_in(window), &others)
    }

    fn rects_in(&self, window: Rect) -> Vec<Rect> {
        self.boxes_in(window).into_iter().map(|it| it.rect).collect()
    }

    fn put_in(&mut self, line: Line) {
        let id = line.route.reference;
        for (from, to) in line.route.segments() {
            self.route_grid.insert(id, Rect::from_points(from, to));
        }
        self.lines.insert(id, line);
    }

    fn take_out(&mut self, id: ReferenceId) -> Option<Line> {
        let line = self.lines.remove(&id)?;
        for (from, to) in line.route.segments() {
            self.route_grid.remove(id, Rect::from_points(from, to));
        }
        Some(line)
    }
}
