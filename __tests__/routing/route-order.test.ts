import { HeaderMatch, type RouteProps } from "../../lib";
import { ranked } from "../../lib/routing/route-order";
import { CANARY, matcher, OTHER, type RouteRule, STABLE, urlMap } from "./routing-support";

const X = [HeaderMatch.present("X-A")];
/** Never taken, but it makes route rules of all. */
const CONDITIONAL: RouteProps = { backend: OTHER, paths: ["/never"], headers: X };

const rules = (...routes: RouteProps[]) => matcher(urlMap(routes)).route_rules!;
const paths = (found: readonly RouteRule[]) =>
  found.map(
    ({ match_rules: [first] }) =>
      `${first!.full_path_match ?? first!.path_template_match ?? `${first!.prefix_match}*`}${first!.header_matches ? ` if ${first!.header_matches.length}` : ""}`,
  );

test("explicit priorities come first, then exact paths, templates and prefixes, the longer and the more conditions first", () => {
  const found = rules(
    { backend: STABLE, paths: ["/v1/*", "/v1/chat/*", "/v1/chat/completions"] },
    { backend: STABLE, templates: ["/v1/{a=*}/completions", "/{a=*}/{b=*}"] },
    { backend: CANARY, paths: ["/v1/chat/*"], headers: X },
    { backend: CANARY, paths: ["/v1/chat/*"], headers: X, methods: ["GET"] },
    { backend: CANARY, headers: X },
    { backend: OTHER, methods: ["OPTIONS"], priority: 20 },
    { backend: OTHER, methods: ["TRACE"], priority: 3 },
  );
  expect(paths(found)).toEqual([
    "/* if 1",
    "/* if 1",
    "/v1/chat/completions",
    "/v1/{a=*}/completions",
    "/{a=*}/{b=*}",
    "/v1/chat/* if 2",
    "/v1/chat/* if 1",
    "/v1/chat/*",
    "/v1/*",
    "/* if 1",
  ]);
  const priorities = found.map(({ priority }) => priority);
  expect(priorities.slice(0, 2)).toEqual([3, 20]);
  expect(priorities).toEqual(priorities.toSorted((a, b) => a - b));
  expect(new Set(priorities).size).toBe(priorities.length);
  expect(Math.max(...priorities)).toBeLessThanOrEqual(2147483647);
});

test("the narrowest and the widest route stay within what Google Cloud takes", () => {
  const found = rules(
    { backend: STABLE, weightedBackends: undefined, paths: ["/*"], methods: ["GET"] },
    { backend: STABLE, paths: [`/${"a".repeat(1021)}/*`, `/${"b".repeat(1023)}`] },
    { weightedBackends: [{ backend: STABLE, weight: 1 }] },
  );
  expect(found).toHaveLength(4);
  for (const { priority } of found) {
    expect(priority).toBeGreaterThanOrEqual(1_000_000);
    expect(priority).toBeLessThanOrEqual(2147483647);
  }
});

test("a route that is added or removed leaves the rules of the others as they are", () => {
  const routes: RouteProps[] = [
    CONDITIONAL,
    { backend: STABLE, paths: ["/a", "/b/*", "/b/c/*"] },
    { backend: CANARY, paths: ["/b/*"], methods: ["GET"] },
    { backend: OTHER, priority: 5, headers: X },
  ];
  const before = rules(...routes);
  const after = rules({ backend: OTHER, paths: ["/aa", "/b/b/*", "/c/*"] }, ...routes);
  expect(after).toHaveLength(before.length + 3);
  expect(after).toEqual(expect.arrayContaining(before));
});

test("the order of routes, headers and methods leaves no trace in the order of rules", () => {
  const headers = [HeaderMatch.present("X-A"), HeaderMatch.present("X-B")];
  const route = { backend: CANARY, paths: ["/a"], headers, methods: ["GET", "POST"] };
  const turned = { ...route, headers: headers.toReversed(), methods: ["POST", "GET"] };
  const order = (...routes: RouteProps[]) => rules(...routes).map(({ priority }) => priority);
  expect(order(turned, CONDITIONAL)).toEqual(order(CONDITIONAL, route));
});

test("where two numbers meet, the later one moves on by 1 and the order stays", () => {
  const [entry] = [{ patterns: [{ text: "/a/*", isTemplate: false }], route: route(3) }];
  const found = ranked([
    { ...entry!, key: "b" },
    { ...entry!, key: "a" },
    { ...entry!, key: "c", route: route(4) },
  ]);
  expect(found.map(({ key, priority }) => [key, priority])).toEqual([
    ["a", 3],
    ["b", 4],
    ["c", 5],
  ]);
});

function route(priority: number) {
  return {
    hosts: ["*"],
    patterns: [],
    methods: [],
    headers: [],
    queryParameters: [],
    isPlain: false,
    props: { priority },
  };
}

test("routes with a priority hold on narrower hosts, too", () => {
  const resource = urlMap([
    { backend: CANARY, headers: X, priority: 1 },
    { backend: STABLE, hosts: ["a.example.com"], paths: ["/x"] },
  ]);
  expect(paths(matcher(resource, "a.example.com").route_rules!)).toEqual(["/* if 1", "/x"]);
});

test("a narrower host's route wins over a wider one's of the same path and conditions", () => {
  const resource = urlMap([
    { backend: STABLE, headers: X, paths: ["/x"] },
    { backend: CANARY, headers: X, paths: ["/x"], hosts: ["a.example.com"] },
  ]);
  expect(matcher(resource, "a.example.com").route_rules!.map(({ service }) => service)).toEqual(["backends/canary"]);
});
