import { groupBy } from "../topology/group-by";
import type { PathEdge, PathNode, PathNodeKind, RequestPath } from "./request-path";

/** So many alike nodes are still drawn one by one. */
const MOST_ALIKE = 6;

/** What is told apart by its neighbours alone, not by its name, and what many of it are called. */
const MANY: Partial<Readonly<Record<PathNodeKind, string>>> = {
  address: "addresses",
  backend: "backend services",
  region: "regions",
  bucket: "buckets",
  topic: "topics",
  subscription: "subscriptions",
};

/** Names that differ by their region only count as equal, and stand as this for all of them. */
const ANY_REGION = "*";

/**
 * Nodes that differ in nothing but their region as one: what runs at the end of the path always,
 * everything else where there are more than `most` of it.
 */
export function mergeAlike(path: RequestPath, most = MOST_ALIKE): RequestPath {
  const leads = new Set(path.edges.map(({ from }) => from));
  const isEnd = ({ id, kind }: PathNode) => kind === "workload" && !leads.has(id);
  const classes = withDraining(classesOf(path), path.nodes.filter(isEnd));
  const idOf = new Map<string, string>();
  const nodes: PathNode[] = [];
  for (const alike of groupBy(path.nodes, ({ id }) => classes.get(id)).values()) {
    const [first] = alike as [PathNode, ...PathNode[]];
    const merges = alike.length > (isEnd(first) ? 1 : most) && first.region !== undefined;
    for (const each of alike) {
      idOf.set(each.id, merges ? first.id : each.id);
      if (!merges) nodes.push(each);
    }
    if (merges) nodes.push(merged(alike));
  }
  // In the order of the document, which layouts keep where they can.
  const order = new Map(path.nodes.map(({ id }, index) => [id, index]));
  nodes.sort((a, b) => order.get(a.id)! - order.get(b.id)!);
  const edges = new Map<string, PathEdge>();
  for (const { from, to, label, isIdle } of path.edges) {
    const edge = { from: idOf.get(from)!, to: idOf.get(to)!, label, isIdle };
    edges.set(Object.values(edge).join(" "), edge);
  }
  return { nodes, edges: [...edges.values()] };
}

/** Routes that differ in nothing but their path as one, where there are more than `most` of them. */
export function mergeRoutes({ nodes, edges }: RequestPath, most = MOST_ALIKE): RequestPath {
  const [incoming, outgoing] = [groupBy(edges, ({ to }) => to), groupBy(edges, ({ from }) => from)];
  const routes = groupBy(
    nodes.filter(({ kind }) => kind === "route"),
    ({ id, lines, resources }) => {
      const ends = [
        (incoming.get(id) ?? []).map(({ from }) => from),
        (outgoing.get(id) ?? []).map(({ to, label, isIdle }) => [to, label, isIdle]),
      ];
      return JSON.stringify([resources[0]?.address, lines, ends]);
    },
  );
  const many = [...routes.values()].filter((alike) => alike.length > most);
  const others = new Set(many.flatMap(([, ...rest]) => rest.map(({ id }) => id)));
  const firsts = new Map(many.map((alike) => [alike[0]!.id, manyRoutes(alike)]));
  return {
    nodes: nodes.filter(({ id }) => !others.has(id)).map((node) => firsts.get(node.id) ?? node),
    edges: edges.filter(({ from, to }) => !others.has(from) && !others.has(to)),
  };
}

function manyRoutes(alike: readonly PathNode[]): PathNode {
  const [first, second] = alike as [PathNode, PathNode];
  const paths = [first.title, second.title, `and ${alike.length - 2} more`];
  return {
    ...first,
    title: `${alike.length} routes`,
    lines: [...paths, ...first.lines],
    attribute: undefined,
    count: alike.length,
  };
}

/** What drains in one region is with what it is alike elsewhere: the region says that it drains. */
function withDraining(classes: ReadonlyMap<string, number>, ends: readonly PathNode[]): ReadonlyMap<string, number> {
  const keyed = (node: PathNode) => keyOf({ ...node, isDraining: false, marks: [] });
  const serving = new Map(
    ends.filter(({ isDraining }) => !isDraining).map((node) => [keyed(node), classes.get(node.id)]),
  );
  const joined = ends.flatMap((node) => {
    const known = node.isDraining ? serving.get(keyed(node)) : undefined;
    return known === undefined ? [] : [[node.id, known] as const];
  });
  return new Map([...classes, ...joined]);
}

function merged(alike: readonly PathNode[]): PathNode {
  const [first] = alike as [PathNode, ...PathNode[]];
  const regions = [...new Set(alike.flatMap(({ region }) => region ?? []))];
  const places = `${regions.length} ${regions.length === 1 ? "region" : "regions"}`;
  const many = MANY[first.kind];
  return {
    ...first,
    title: first.kind === "region" ? places : many ? `${alike.length} ${many}` : general(first.title, first),
    lines: [
      ...(many ? [] : first.lines.map((line) => general(line, first))),
      ...(first.kind === "region" ? [] : [`in ${places}`]),
    ],
    isDraining: alike.every(({ isDraining }) => isDraining),
    marks: alike.find(({ isDraining }) => !isDraining)?.marks ?? first.marks,
    resources: alike.flatMap(({ resources }) => resources),
    region: regions.length === 1 ? regions[0] : undefined,
    count: alike.length,
  };
}

function general(text: string, { region }: PathNode): string {
  return region === undefined ? text : text.replaceAll(region, ANY_REGION);
}

/** Numbers of the classes of nodes: what is alike has neighbours that are alike. */
function classesOf({ nodes, edges }: RequestPath): ReadonlyMap<string, number> {
  let classes = numbered(nodes.map((node) => [node.id, keyOf(node)]));
  const incoming = groupBy(edges, ({ to }) => to);
  const outgoing = groupBy(edges, ({ from }) => from);
  for (let before = 0, now = countOf(classes); before < now; ) {
    const neighbours = (all: readonly PathEdge[] = [], end: "from" | "to") =>
      [...new Set(all.map((edge) => `${classes.get(edge[end])} ${edge.label ?? ""} ${edge.isIdle}`))].sort().join();
    classes = numbered(
      nodes.map(({ id }) => [
        id,
        [classes.get(id), neighbours(incoming.get(id), "from"), neighbours(outgoing.get(id), "to")].join("|"),
      ]),
    );
    [before, now] = [now, countOf(classes)];
  }
  return classes;
}

function keyOf(node: PathNode): string {
  const { kind, caption, title, lines, marks, isDraining, region } = node;
  // What is nowhere in particular has no equals.
  if (region === undefined) return node.id;
  const marked = marks.map((mark) => [mark.text, mark.resource?.address]);
  const own = kind in MANY ? [] : [title, ...lines].map((each) => general(each, node));
  return JSON.stringify([kind, caption, own, marked, isDraining]);
}

function numbered(keys: readonly (readonly [id: string, key: string])[]): Map<string, number> {
  const numbers = new Map<string, number>();
  return new Map(
    keys.map(([id, key]) => {
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      return [id, numbers.get(key)!];
    }),
  );
}

function countOf(classes: ReadonlyMap<string, number>): number {
  return new Set(classes.values()).size;
}
