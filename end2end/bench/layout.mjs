// How ELK's layered algorithm places tables and draws lines. It is told schemas on its input, one a line as JSON: tables
// with their sizes, and references with the heights of the rows at which they end. What it prints is a line for each:
// the place of each table and the bends of each line, to be measured by whoever asks.

import { createInterface } from "node:readline";
import ELK from "elkjs/lib/elk.bundled.js";

const elk = new ELK();
const options = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.spacing.nodeNode": "40",
  "elk.spacing.edgeEdge": "8",
  "elk.spacing.edgeNode": "12",
  "elk.layered.spacing.nodeNodeBetweenLayers": "56",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "8",
  "elk.layered.spacing.edgeNodeBetweenLayers": "24",
  "elk.spacing.componentComponent": "96",
  "elk.aspectRatio": "1.6",
};

/** A table with a port at each row at which a line ends: referenced rows lead to the right, referencing ones to the left. */
function node({ width, height }, id, edges) {
  const ports = new Map();
  for (const { from, to, y0, y1 } of edges) {
    if (to === id) ports.set(`${id}:r${y1}`, { x: width, y: y1, side: "EAST" });
    if (from === id) ports.set(`${id}:l${y0}`, { x: 0, y: y0, side: "WEST" });
  }
  const made = [...ports].map(([port, { x, y, side }]) => ({ id: port, x, y, width: 0, height: 0, layoutOptions: { "elk.port.side": side } }));
  return { id: `${id}`, width, height, ports: made, layoutOptions: { "elk.portConstraints": "FIXED_POS" } };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { tables, edges } = JSON.parse(line);
  const graph = {
    id: "root",
    layoutOptions: options,
    children: tables.map((table, id) => node(table, id, edges)),
    edges: edges.map(({ from, to, y0, y1 }, id) => ({ id: `e${id}`, sources: [`${to}:r${y1}`], targets: [`${from}:l${y0}`] })),
  };
  const before = performance.now();
  const laid = await elk.layout(graph);
  const took = performance.now() - before;
  const points = ({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint].map(({ x, y }) => [x, y]);
  const lines = laid.edges.map(({ sections = [] }) => sections.flatMap(points));
  console.log(JSON.stringify({ took, places: laid.children.map(({ x, y }) => [x, y]), lines }));
}
