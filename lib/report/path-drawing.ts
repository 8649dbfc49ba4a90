import { type EdgeLabel, Graph, type GraphLabel, layout, type NodeLabel } from "@dagrejs/dagre";
import { groupBy } from "../topology/group-by";
import { at, attributes, type Box, linked, shortened, svg, textWidth, themed, title } from "./drawing";
import { escapeText } from "./markup";
import type { PathEdge, PathNode, PathNodeKind, RequestPath } from "./request-path";

/** The column of a node, where one is skipped: a listener may lead to a backend without a route. */
const COLUMNS: Partial<Readonly<Record<PathNodeKind, number>>> = {
  address: 0,
  listener: 1,
  route: 2,
  redirect: 3,
  backend: 3,
  unknown: 3,
  region: 4,
  workload: 5,
};

/** What rules found at a resource. */
export interface FindingCounts {
  readonly errors: number;
  readonly warnings: number;
}

export interface PathDrawingOptions {
  /** By Terraform address. @default none */
  readonly findings?: ReadonlyMap<string, FindingCounts>;
  /** Whether nodes are links to the addresses of their resources. @default true */
  readonly links?: boolean;
}

const CLASS = "request-path";

/** The part of the path that a node belongs to, which is its colour. */
const STAGES: Readonly<Record<PathNodeKind, string>> = {
  address: "entry",
  listener: "entry",
  route: "routing",
  redirect: "routing",
  backend: "backend",
  region: "region",
  workload: "workload",
  trigger: "entry",
  bucket: "data",
  topic: "data",
  subscription: "data",
  unknown: "unknown",
};

const CSS = [
  themed(
    CLASS,
    "--ground:#fff;--panel:#f6f8fa;--text:#1f2328;--faint:#57606a;--line:#8c959f;--entry:#0b62c4;--routing:#8250df;--backend:#0c7480;--region:#1a7f37;--workload:#b4410e;--data:#8a5a00;--unknown:#57606a;--error:#c62a2f;--warning:#8a5a00;--on:#fff",
    "--ground:#0d1117;--panel:#161c25;--text:#e6edf3;--faint:#a3adb8;--line:#768390;--entry:#58a6ff;--routing:#bc8cff;--backend:#39c5cf;--region:#3fb950;--workload:#f0883e;--data:#d9a521;--unknown:#a3adb8;--error:#ff8078;--warning:#e3b341;--on:#0d1117",
  ),
  `.${CLASS}{background:var(--ground);font-family:system-ui,sans-serif}`,
  `.${CLASS} text{fill:var(--text);font-size:11px}`,
  `.${CLASS} .caption{fill:var(--stage);font-size:10px;font-weight:600}`,
  `.${CLASS} .name{font-size:12px;font-weight:700}`,
  `.${CLASS} .faint{fill:var(--faint)}`,
  `.${CLASS} .panel{fill:var(--panel);stroke:var(--line)}`,
  `.${CLASS} .stage{fill:var(--stage)}`,
  ...[...new Set(Object.values(STAGES))].map((stage) => `.${CLASS} .${stage}{--stage:var(--${stage})}`),
  `.${CLASS} .stack{fill:var(--panel);stroke:var(--line)}`,
  `.${CLASS} .idle .panel{stroke-dasharray:4 3}`,
  `.${CLASS} .mark{fill:var(--ground);stroke:var(--stage)}`,
  `.${CLASS} .mark-text{font-size:10px}`,
  `.${CLASS} .error{fill:var(--error)}`,
  `.${CLASS} .warning{fill:var(--warning)}`,
  `.${CLASS} .badge-text{fill:var(--on);font-size:10px;font-weight:700}`,
  `.${CLASS} .edge{fill:none;stroke:var(--line);stroke-width:1.4}`,
  `.${CLASS} .edge.idle{stroke-dasharray:4 3}`,
  `.${CLASS} .arrow{fill:var(--line)}`,
  `.${CLASS} .edge-label{font-size:10px;paint-order:stroke;stroke:var(--ground);stroke-width:3px}`,
  `.${CLASS} a:hover .panel,.${CLASS} a:focus-visible .panel{stroke:var(--stage);stroke-width:2}`,
].join("\n");

const PADDING = 10;
const LINE = 14;
const MARK_HEIGHT = 16;
const MARGIN = 12;
/** Between parts that nothing connects. */
const GAP = 28;
const LONGEST_TEXT = 40;
const LEAST_WIDTH = 96;
const ARROW = 7;

interface Badge {
  readonly kind: "error" | "warning";
  readonly text: string;
  readonly width: number;
}

/** A node as it is drawn. */
interface Sized {
  readonly node: PathNode;
  readonly title: string;
  readonly lines: readonly string[];
  readonly marks: readonly { readonly text: string; readonly address?: string; readonly width: number }[];
  readonly badges: readonly Badge[];
  readonly width: number;
  readonly height: number;
}

/** Where nodes and edges are. */
export interface PathLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Box>;
  readonly edges: readonly { readonly edge: PathEdge; readonly points: readonly Point[]; readonly label?: Box }[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The request path as one `<svg>`. */
export function requestPathSvg(
  path: RequestPath,
  { findings = new Map(), links = true }: PathDrawingOptions = {},
): string {
  const sized = path.nodes.map((node) => sizeOf(node, findings));
  const { width, height, boxes, edges } = layoutOf(path, sized);
  const body = [
    ...edges.map(({ edge, points, label }) => drawEdge(edge, points, label)),
    ...sized.map((each) => drawNode(each, boxes.get(each.node.id)!, links)),
  ];
  return svg({
    className: CLASS,
    width,
    height,
    name: "Request path",
    description: describe(path),
    css: CSS,
    body: body.join("\n"),
    hasLinks: links,
  });
}

/** Where `requestPathSvg` draws what. */
export function pathLayout(path: RequestPath, findings: ReadonlyMap<string, FindingCounts> = new Map()): PathLayout {
  return layoutOf(
    path,
    path.nodes.map((node) => sizeOf(node, findings)),
  );
}

function describe({ nodes, edges }: RequestPath): string {
  const names = new Map(nodes.map(({ id, caption, title: name }) => [id, `${caption} ${name}`]));
  const ways = groupBy(edges, ({ from }) => from);
  const sentences = [...ways].map(([from, own]) => {
    const to = own.map((edge) => `${names.get(edge.to)}${edge.label === undefined ? "" : ` (${edge.label})`}`);
    return `${names.get(from)} leads to ${to.join(", ")}.`;
  });
  return sentences.length > 0 ? sentences.join(" ") : "No requests are routed.";
}

function sizeOf(node: PathNode, findings: ReadonlyMap<string, FindingCounts>): Sized {
  const name = shortened(node.title, LONGEST_TEXT);
  const lines = node.lines.map((line) => shortened(line, LONGEST_TEXT));
  const marks = node.marks.map(({ text, resource }) => {
    return { text, address: resource?.address, width: textWidth(text, 10) + 10 };
  });
  const badges = badgesOf(node, findings);
  const width = Math.max(
    LEAST_WIDTH,
    textWidth(name, 12),
    ...lines.map((line) => textWidth(line, 11)),
    textWidth(node.caption, 10) + badges.reduce((sum, badge) => sum + badge.width + 4, 0),
    marks.reduce((sum, mark) => sum + mark.width + 4, -4),
  );
  return {
    node,
    title: name,
    lines,
    marks,
    badges,
    width: width + 2 * PADDING,
    height: 2 * PADDING + LINE * (2 + lines.length) + (marks.length > 0 ? MARK_HEIGHT + 4 : 0) - 4,
  };
}

function badgesOf({ resources, marks }: PathNode, findings: ReadonlyMap<string, FindingCounts>): Badge[] {
  const all = [...resources, ...marks.flatMap(({ resource }) => resource ?? [])];
  const counts = [...new Set(all.map(({ address }) => address))].flatMap((address) => findings.get(address) ?? []);
  const badge = (kind: Badge["kind"], count: number) => {
    const text = `${count} ${kind}${count === 1 ? "" : "s"}`;
    return count === 0 ? [] : [{ kind, text, width: textWidth(text, 10) + 10 }];
  };
  const sum = (key: keyof FindingCounts) => counts.reduce((total, each) => total + each[key], 0);
  return [...badge("error", sum("errors")), ...badge("warning", sum("warnings"))];
}

/** The parts that are connected, below each other; what is alone stands in rows at the end. */
function layoutOf({ nodes, edges }: RequestPath, sized: readonly Sized[]): PathLayout {
  const partOf = partsOf(nodes, edges);
  const parts = [...groupBy(sized, ({ node }) => partOf(node.id)).values()];
  const edgesOf = groupBy(edges, ({ from }) => partOf(from));
  const boxes = new Map<string, Box>();
  const drawn: PathLayout["edges"][number][] = [];
  let [width, height] = [0, 0];
  for (const part of parts.filter(({ length }) => length > 1)) {
    const placed = layoutPart(part, edgesOf.get(partOf(part[0]!.node.id)) ?? []);
    const down = height === 0 ? MARGIN : height + GAP;
    for (const [id, box] of placed.boxes) boxes.set(id, { ...box, x: box.x + MARGIN, y: box.y + down });
    const shift = ({ x, y }: Point) => ({ x: x + MARGIN, y: y + down });
    for (const { edge, points, label } of placed.edges) {
      drawn.push({ edge, points: points.map(shift), ...(label ? { label: { ...label, ...shift(label) } } : {}) });
    }
    width = Math.max(width, placed.width);
    height = down + placed.height;
  }
  const single = parts.filter(({ length }) => length === 1).flat();
  const limit = Math.max(width, 900);
  let [x, y, row] = [0, height === 0 ? MARGIN : height + GAP, 0];
  for (const { node, width: own, height: tall } of single) {
    if (x > 0 && x + own > limit) [x, y, row] = [0, y + row + GAP / 2, 0];
    boxes.set(node.id, { x: x + MARGIN, y, width: own, height: tall });
    width = Math.max(width, x + own);
    [x, row] = [x + own + GAP, Math.max(row, tall)];
    height = y + row;
  }
  return { width: Math.ceil(width + 2 * MARGIN), height: Math.ceil(height + MARGIN), boxes, edges: drawn };
}

/**
 * The part of a node: what it is connected with; one for all that no address leads to, so that the
 * columns of pipelines are below each other.
 */
function partsOf(nodes: readonly PathNode[], edges: readonly PathEdge[]): (id: string) => readonly string[] {
  const connected = new Map(nodes.map(({ id }) => [id, [id]]));
  for (const { from, to } of edges) {
    const [a, b] = [connected.get(from)!, connected.get(to)!];
    if (a === b) continue;
    const [large, small] = a.length >= b.length ? [a, b] : [b, a];
    for (const id of small) connected.set(id, large);
    large.push(...small);
  }
  const served = new Set(nodes.flatMap(({ id, kind }) => (kind === "address" ? [connected.get(id)!] : [])));
  const others: string[] = [];
  return (id) => {
    const own = connected.get(id)!;
    return served.has(own) || own.length === 1 ? own : others;
  };
}

function layoutPart(part: readonly Sized[], edges: readonly PathEdge[]): PathLayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 14, edgesep: 8, ranksep: 52 });
  for (const { node, width, height } of part) graph.setNode(node.id, { width, height });
  const columns = new Map(part.map(({ node }) => [node.id, COLUMNS[node.kind]]));
  edges.forEach(({ from, to, label }, index) => {
    const minlen = Math.max(1, (columns.get(to) ?? 0) - (columns.get(from) ?? 5));
    const size = label === undefined ? {} : { width: textWidth(label, 10) + 4, height: LINE, labelpos: "c" as const };
    graph.setEdge(from, to, { minlen, ...size }, String(index));
  });
  layout(graph);
  const placed = (graph.nodes() as string[]).map((id) => ({ id, ...(graph.node(id) as Required<NodeLabel>) }));
  // dagre centres the nodes of a column; they look better when all are as wide as the widest.
  const widest = new Map(
    [...groupBy(placed, ({ x }) => x)].map(([x, column]) => [x, Math.max(...column.map(({ width }) => width))]),
  );
  const boxes = new Map(
    placed.map(({ id, x, y, height }): [string, Box] => {
      const width = widest.get(x)!;
      return [id, { x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
  const { width, height } = graph.graph() as Required<GraphLabel>;
  const drawn = (graph.edges() as { readonly name: string }[]).map((key) => {
    const edge = edges[Number(key.name)]!;
    const { points, x, y, width: wide, height: tall } = graph.edge(key) as Required<EdgeLabel>;
    const [from, to] = [boxes.get(edge.from)!, boxes.get(edge.to)!];
    const label =
      edge.label === undefined ? {} : { label: { x: x - wide / 2, y: y - tall / 2, width: wide, height: tall } };
    // What closes a circle leads back: from left sides to right sides.
    const forward = from.x < to.x ? 1 : -1;
    const side = (box: Box, right: boolean) => ({ x: box.x + (right ? box.width : 0), y: box.y + box.height / 2 });
    const [start, end] = [side(from, forward > 0), side(to, forward < 0)];
    // Straight on through columns, so that no node is in the way of the curves between them.
    const between = (points as Point[]).slice(1, -1).flatMap((point) => {
      const half = (forward * (widest.get(point.x) ?? 0)) / 2;
      if (half !== 0) return [-half, half].map((shift) => ({ x: point.x + shift, y: point.y }));
      return edge.label === undefined ? [] : [point];
    });
    return { edge, points: [start, ...between, end], ...label };
  });
  return { width, height, boxes, edges: drawn };
}

function drawEdge({ label: text, isIdle }: PathEdge, points: readonly Point[], label: Box | undefined): string {
  const [first, ...rest] = points as [Point, ...Point[]];
  const end = points.at(-1)!;
  const back = end.x < first.x ? -ARROW : ARROW;
  const steps = rest.map((to, index) => {
    const from = points[index]!;
    const x = to === end ? to.x - back : to.x;
    const middle = at((from.x + x) / 2);
    return `C${middle} ${at(from.y)} ${middle} ${at(to.y)} ${at(x)} ${at(to.y)}`;
  });
  const arrow = `M${at(end.x)} ${at(end.y)}l${-back}-4v8z`;
  return [
    `<path class="edge${isIdle ? " idle" : ""}" d="M${at(first.x)} ${at(first.y)}${steps.join("")}"/>`,
    `<path class="arrow" d="${arrow}"/>`,
    text !== undefined && label
      ? `<text class="edge-label" text-anchor="middle" x="${at(label.x + label.width / 2)}" y="${at(label.y + LINE - 4)}">${escapeText(text)}</text>`
      : "",
  ].join("");
}

function drawNode(
  { node, title: name, lines, marks, badges }: Sized,
  { x, y, width, height }: Box,
  hasLinks: boolean,
): string {
  const { kind, caption, resources, attribute, isDraining, count } = node;
  const [first] = resources;
  const addresses = resources.map(({ address }) => address);
  const values = attributes({
    class: `node ${STAGES[kind]}${isDraining ? " idle" : ""}`,
    "data-address": first?.address,
    "data-addresses": addresses.length > 1 ? addresses.join(" ") : undefined,
    "data-path": first?.path,
    "data-attribute": attribute || undefined,
    "data-region": node.region,
    transform: `translate(${at(x)} ${at(y)})`,
  });
  const about = [
    `${caption} ${node.title}`,
    ...node.lines,
    ...marks.map(({ text }) => text),
    ...badges.map(({ text }) => text),
    ...(first ? [first.address] : []),
  ];
  let right = width - PADDING;
  const badgeParts = [...badges].reverse().map((badge) => {
    right -= badge.width;
    const part = `<rect class="${badge.kind}" x="${right}" y="6" width="${badge.width}" height="15" rx="7.5"/><text class="badge-text" text-anchor="middle" x="${right + badge.width / 2}" y="17">${badge.text}</text>`;
    right -= 4;
    return part;
  });
  let left = PADDING;
  const markParts = marks.map((mark) => {
    const top = height - PADDING - MARK_HEIGHT + 4;
    const part = `<g${attributes({ "data-address": mark.address })}><rect class="mark" x="${left}" y="${top}" width="${mark.width}" height="${MARK_HEIGHT}" rx="8"/><text class="mark-text" text-anchor="middle" x="${left + mark.width / 2}" y="${top + 11.5}">${escapeText(mark.text)}</text></g>`;
    left += mark.width + 4;
    return part;
  });
  const content = [
    title(about.join("\n")),
    count > 1 ? `<rect class="stack" x="4" y="4" width="${width}" height="${height}" rx="6"/>` : "",
    `<rect class="panel" width="${width}" height="${height}" rx="6"/>`,
    `<path class="stage" d="M0 6a6 6 0 0 1 4-5.7v${height - 0.6}a6 6 0 0 1-4-5.7z"/>`,
    `<text class="caption" x="${PADDING}" y="17">${escapeText(caption)}</text>`,
    ...badgeParts,
    `<text class="name" x="${PADDING}" y="${17 + LINE + 1}">${escapeText(name)}</text>`,
    ...lines.map(
      (line, index) =>
        `<text class="faint" x="${PADDING}" y="${17 + LINE * (index + 2) + 1}">${escapeText(line)}</text>`,
    ),
    ...markParts,
  ];
  return linked(first?.address, hasLinks, values, content.join(""));
}
