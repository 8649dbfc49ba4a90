import fc from "fast-check";
import { overlaps, textWidth } from "../../lib/report/drawing";
import { pathLayout, requestPathSvg } from "../../lib/report/path-drawing";
import { type PathNode, type RequestPath, requestPath } from "../../lib/report/request-path";
import { worldMap } from "../../lib/report/world-map";
import { contrast, documentNames, documentOf, elements, foreign, served, themesOf } from "./documents";

/** Nodes with their texts, as drawn. */
function nodesOf(svg: string) {
  const nodes: {
    attributes: Readonly<Record<string, string>>;
    texts: { x: number; y: number; text: string; className: string }[];
    width: number;
    height: number;
  }[] = [];
  for (const { name, attributes, text } of elements(svg)) {
    if (/^node\b/.test(attributes.class ?? "")) nodes.push({ attributes, texts: [], width: 0, height: 0 });
    const node = nodes.at(-1);
    if (node && attributes.class === "panel")
      Object.assign(node, { width: Number(attributes.width), height: Number(attributes.height) });
    if (node && name === "text")
      node.texts.push({ x: Number(attributes.x), y: Number(attributes.y), text, className: attributes.class! });
  }
  return nodes;
}

/** Points of the curves that an edge is drawn by. */
function alongCurve(points: readonly { readonly x: number; readonly y: number }[]) {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index]!;
    return [0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9].map((t) => ({
      x: from.x + (to.x - from.x) * (1.5 * t - 1.5 * t ** 2 + t ** 3),
      y: from.y + (to.y - from.y) * (3 * t ** 2 - 2 * t ** 3),
    }));
  });
}

/** What must hold for every drawing. */
function expectReadable(path: RequestPath): void {
  const { boxes, edges, width, height } = pathLayout(path);
  const placed = path.nodes.map(({ id }) => boxes.get(id)!);
  placed.forEach((box, index) => {
    expect(placed.slice(index + 1).filter((other) => overlaps(box, other))).toEqual([]);
    expect([box.x >= 0, box.y >= 0, box.x + box.width <= width, box.y + box.height <= height]).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
  for (const { edge, points } of edges) {
    const others = path.nodes.filter(({ id }) => id !== edge.from && id !== edge.to).map(({ id }) => boxes.get(id)!);
    const dots = alongCurve(points).map((point) => ({ ...point, width: 0.1, height: 0.1 }));
    expect(others.filter((other) => dots.some((dot) => overlaps(dot, other)))).toEqual([]);
  }
  const labels = edges.flatMap(({ label }) => label ?? []);
  labels.forEach((label, index) => {
    expect([...placed, ...labels.slice(index + 1)].filter((other) => overlaps(label, other))).toEqual([]);
  });
  expect(edges.map(({ edge }) => `${edge.from} ${edge.to}`).sort()).toEqual(
    path.edges.map(({ from, to }) => `${from} ${to}`).sort(),
  );
  const nodes = nodesOf(requestPathSvg(path));
  expect(nodes).toHaveLength(path.nodes.length);
  for (const { texts, width: wide, height: tall } of nodes) {
    for (const { x, y, text, className } of texts.filter((each) => /^(caption|name|faint)$/.test(each.className))) {
      expect(x + textWidth(text, className === "name" ? 12 : className === "caption" ? 10 : 11)).toBeLessThanOrEqual(
        wide,
      );
      expect(y).toBeLessThan(tall);
    }
    expect(
      new Set(
        texts.filter(({ className }) => className !== "mark-text" && className !== "badge-text").map(({ y }) => y),
      ).size,
    ).toBe(texts.filter(({ className }) => className !== "mark-text" && className !== "badge-text").length);
  }
}

test.each(documentNames)("%s: no box is on another, and every text is inside its box", (name) => {
  expectReadable(requestPath(documentOf(name)));
});

test.each(documentNames)("%s: nodes say what they stand for", (name) => {
  const path = requestPath(documentOf(name));
  const nodes = nodesOf(requestPathSvg(path));
  expect(nodes.map(({ attributes }) => attributes["data-addresses"] ?? attributes["data-address"])).toEqual(
    path.nodes.map(({ resources }) => resources.map(({ address }) => address).join(" ")),
  );
  expect(nodes.map(({ attributes }) => attributes["data-path"])).toEqual(
    path.nodes.map(({ resources }) => resources[0]?.path),
  );
  expect(nodes.every(({ attributes }) => attributes.href === `#${attributes["data-address"]}`)).toBe(true);
});

test("any graph of any names can be read", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 80 });
  const kinds = [
    "address",
    "listener",
    "route",
    "redirect",
    "backend",
    "region",
    "workload",
    "bucket",
    "topic",
    "unknown",
  ] as const;
  const node = fc.record({
    kind: fc.constantFrom(...kinds),
    title: text,
    lines: fc.array(text, { maxLength: 4 }),
    marks: fc.array(text, { maxLength: 3 }),
  });
  const edge = fc.record({
    from: fc.nat(),
    to: fc.nat(),
    label: fc.option(fc.constantFrom("5%", "drained", "<&>"), { nil: undefined }),
    isIdle: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 16 }), fc.array(edge, { maxLength: 24 }), (drawn, lines) => {
      const nodes = drawn.map(
        (each, index): PathNode => ({
          ...each,
          id: String(index),
          caption: each.kind,
          marks: each.marks.map((mark) => ({ text: mark })),
          resources: [],
          isDraining: false,
          count: 1,
        }),
      );
      const edges = lines
        .map((each) => ({ ...each, from: String(each.from % nodes.length), to: String(each.to % nodes.length) }))
        .filter(({ from, to }) => from !== to);
      expectReadable({ nodes, edges });
    }),
    { numRuns: 40 },
  );
});

test("names with markup stay text", () => {
  const name = `</text><script>alert("1")</script>'&amp;`;
  const topology = foreign({ google_cloud_run_v2_service: { a: { name, location: "europe-west1", template: [] } } });
  const svg = requestPathSvg(requestPath(topology));
  expect(svg).not.toContain("<script");
  expect(nodesOf(svg)[0]!.texts.map(({ text }) => text)).toContain(name);
  expect(elements(svg).some(({ name: element, text }) => element === "title" && text.includes(name))).toBe(true);
});

test("a long path is shortened in its middle, and whole in the title", () => {
  const name = `chat-${"a".repeat(60)}-end`;
  const svg = requestPathSvg(requestPath(foreign(served(["europe-west1"], name))));
  expect(svg).toMatch(/>chat-a+…a+-end</);
  expect(svg).toContain(`Cloud Run service ${name}`);
});

test("findings are counted at what they are about", () => {
  const parts = served(["europe-west1"]);
  const backend = parts.google_compute_backend_service!.chat!;
  const topology = foreign({
    ...parts,
    google_compute_security_policy: { edge: { name: "edge" } },
    google_compute_backend_service: {
      chat: { ...backend, security_policy: "${google_compute_security_policy.edge.id}" },
    },
  });
  const findings = new Map([
    ["google_compute_backend_service.chat", { errors: 1, warnings: 0 }],
    ["google_compute_security_policy.edge", { errors: 1, warnings: 1 }],
    ["google_cloud_run_v2_service.chat_europe-west1", { errors: 0, warnings: 3 }],
  ]);
  const nodes = nodesOf(requestPathSvg(requestPath(topology), { findings }));
  const badges = nodes.map(({ attributes, texts }) => [
    attributes["data-address"],
    texts.filter(({ className }) => className === "badge-text").map(({ text }) => text),
  ]);
  expect(Object.fromEntries(badges)).toEqual({
    "google_compute_backend_service.chat": ["1 warning", "2 errors"],
    "google_compute_region_network_endpoint_group.chat_europe-west1": [],
    "google_cloud_run_v2_service.chat_europe-west1": ["3 warnings"],
  });
});

test("what drains and what gets nothing is dashed", () => {
  const svg = requestPathSvg(requestPath(documentOf("prod with a draining region")));
  const idle = nodesOf(svg).filter(({ attributes }) => / idle$/.test(attributes.class!));
  expect(idle.map(({ attributes }) => attributes["data-region"])).toEqual(["us-central1"]);
  expect(svg.match(/class="edge idle"/g)).toHaveLength(1);
});

test("is a picture for READMEs without links, and says in words what it shows", () => {
  const svg = requestPathSvg(requestPath(documentOf("prod")), { links: false });
  const [root, , description, ...rest] = elements(svg);
  expect(root!.attributes).toMatchObject({ xmlns: "http://www.w3.org/2000/svg", role: "img" });
  expect(description!.text).toMatch(/Listener HTTP 80 leads to Route \/\*\./);
  expect(rest.some(({ name }) => name === "a")).toBe(false);
});

test("texts are readable, in light and dark", () => {
  for (const { colours } of themesOf(requestPathSvg(requestPath(documentOf("prod"))))) {
    const { ground, panel, on, line, text, faint, error, warning, ...stages } = colours as Record<string, string>;
    for (const colour of [text!, faint!, ...Object.values(stages)])
      expect(contrast(colour, panel!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(text!, ground!)).toBeGreaterThanOrEqual(4.5);
    for (const badge of [error!, warning!]) expect(contrast(on!, badge)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(line!, ground!)).toBeGreaterThanOrEqual(3);
  }
});

test("nothing in a document gives an empty drawing", () => {
  expect(requestPathSvg(requestPath(foreign({})))).toContain("<desc>No requests are routed.</desc>");
});

test("map and path are small: 400 KB for prod, 2 MB for 43 regions × 10 services", () => {
  const size = (name: string) =>
    worldMap(documentOf(name)).length + requestPathSvg(requestPath(documentOf(name))).length;
  expect(size("prod")).toBeLessThan(400_000);
  expect(size("large")).toBeLessThan(2_000_000);
});
