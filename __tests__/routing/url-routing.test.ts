import { TerraformOutput } from "cdktf";
import { type IBackend, type RouteProps, UrlRouting } from "../../lib";
import { attributes, only, synth, testStack } from "../support";

const backend = (name: string): IBackend => ({ backendId: `backends/${name}` });
const DEFAULT = backend("default");
const CHAT = backend("chat");
const EMBEDDINGS = backend("embeddings");
const CACHED = backend("cached");

interface Matcher {
  readonly name: string;
  readonly default_service: string;
  readonly path_rule?: { paths: string[]; service: string }[];
}

function urlMap(...routes: RouteProps[]) {
  const stack = testStack();
  const routing = new UrlRouting(stack, "Routing", { defaultBackend: DEFAULT });
  for (const route of routes) routing.addRoute(route);
  return only(synth(stack), "google_compute_url_map");
}

/** Which backend each path of a host goes to, as the URL map has it. */
function answers(resource: ReturnType<typeof urlMap>): Record<string, Record<string, string>> {
  const matchers = new Map(((resource.values.path_matcher ?? []) as Matcher[]).map((each) => [each.name, each]));
  const rules = (resource.values.host_rule ?? []) as { hosts: string[]; path_matcher: string }[];
  return Object.fromEntries(
    rules.map(({ hosts, path_matcher }) => {
      const { default_service, path_rule = [] } = matchers.get(path_matcher)!;
      const paths = path_rule.flatMap((rule) => rule.paths.map((path) => [path, rule.service]));
      return [hosts.join(), Object.fromEntries([...paths, ["else", default_service]])];
    }),
  );
}

const fails = (...routes: RouteProps[]) => expect(() => urlMap(...routes));

test("sends everything to the default backend, without a host rule", () => {
  expect(attributes(urlMap())).toEqual({
    name: expect.stringMatching(/^test-routing-[a-z0-9]{6}$/),
    default_service: "backends/default",
  });
});

test("is created before a predecessor is destroyed, so that a renamed one takes over without a gap", () => {
  expect(urlMap().values.lifecycle).toEqual({ create_before_destroy: true });
});

test("keeps its name whatever routes it has", () => {
  expect(urlMap({ backend: CHAT }).values.name).toBe(urlMap().values.name);
});

test("sends paths to their backend, on every host", () => {
  expect(
    answers(
      urlMap(
        { backend: EMBEDDINGS, paths: ["/v1/embeddings", "/v1/embeddings/*"] },
        { backend: CACHED, paths: ["/v1/models"] },
      ),
    ),
  ).toEqual({
    "*": {
      "/v1/embeddings": "backends/embeddings",
      "/v1/embeddings/*": "backends/embeddings",
      "/v1/models": "backends/cached",
      else: "backends/default",
    },
  });
});

test("sends a whole host to a backend", () => {
  expect(answers(urlMap({ backend: EMBEDDINGS, hosts: ["Embeddings.example.com"] }))).toEqual({
    "embeddings.example.com": { else: "backends/embeddings" },
  });
});

test("/* and no path mean the same", () => {
  expect(urlMap({ backend: CHAT, paths: ["/*"] }).values).toEqual(urlMap({ backend: CHAT }).values);
  fails({ backend: CHAT, paths: ["/*"] }, { backend: CHAT }).toThrow('route: got ["*/*"]');
});

test("a route without hosts holds on hosts with routes of their own, which win over it", () => {
  expect(
    answers(
      urlMap(
        { backend: CACHED, paths: ["/v1/models", "/health"] },
        { backend: EMBEDDINGS, hosts: ["e.example.com"] },
        { backend: CHAT, hosts: ["e.example.com"], paths: ["/health"] },
      ),
    ),
  ).toEqual({
    "*": { "/v1/models": "backends/cached", "/health": "backends/cached", else: "backends/default" },
    "e.example.com": { "/v1/models": "backends/cached", "/health": "backends/chat", else: "backends/embeddings" },
  });
});

test("a route of a wildcard host holds on hosts below with routes of their own: the URL map asks the narrowest only", () => {
  expect(
    answers(
      urlMap(
        { backend: CHAT, hosts: ["a.example.com"], paths: ["/chat"] },
        { backend: CACHED, hosts: ["*.example.com"], paths: ["/v1/models", "/chat"] },
        { backend: EMBEDDINGS, hosts: ["*.eu.example.com"], paths: ["/v1/models"] },
        { backend: CHAT, hosts: ["x.eu.example.com"] },
        { backend: CHAT, hosts: ["example.com"], paths: ["/chat"] },
      ),
    ),
  ).toEqual({
    "*.example.com": { "/v1/models": "backends/cached", "/chat": "backends/cached", else: "backends/default" },
    "*.eu.example.com": { "/v1/models": "backends/embeddings", "/chat": "backends/cached", else: "backends/default" },
    "a.example.com": { "/v1/models": "backends/cached", "/chat": "backends/chat", else: "backends/default" },
    "x.eu.example.com": { "/v1/models": "backends/embeddings", "/chat": "backends/cached", else: "backends/chat" },
    "example.com": { "/chat": "backends/chat", else: "backends/default" },
  });
});

test("gives each host a matcher of its own, so that adding one leaves the others as they are", () => {
  const before = urlMap({ backend: CHAT, hosts: ["b.example.com", "*.b.example.com"], paths: ["/x"] });
  const after = urlMap(
    { backend: CHAT, hosts: ["b.example.com", "*.b.example.com"], paths: ["/x"] },
    { backend: EMBEDDINGS, hosts: ["a.example.com"] },
  );
  const matchers = (resource: typeof before) => resource.values.path_matcher as Matcher[];
  expect(matchers(after)).toEqual(expect.arrayContaining(matchers(before)));
  expect(new Set(matchers(after).map(({ name }) => name)).size).toBe(3);
  for (const { name } of matchers(after)) expect(name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
});

test("puts the paths of one backend into one rule", () => {
  const resource = urlMap({ backend: CHAT, paths: ["/b", "/c"] }, { backend: CHAT, paths: ["/a"] });
  expect((resource.values.path_matcher as Matcher[])[0]!.path_rule).toEqual([
    { paths: ["/a", "/b", "/c"], service: "backends/chat" },
  ]);
});

test("the order of routes, hosts and paths leaves no trace", () => {
  const routes: RouteProps[] = [
    { backend: CACHED, paths: ["/v1/models", "/a"] },
    { backend: CHAT, hosts: ["c.example.com", "*.example.com"], paths: ["/z", "/b/*"] },
    { backend: EMBEDDINGS, hosts: ["a.example.com"] },
    { backend: CHAT, hosts: ["a.example.com"], paths: ["/0"] },
  ];
  const turned = routes.toReversed().map(({ backend, hosts, paths }) => ({
    backend,
    hosts: hosts?.toReversed(),
    paths: paths?.toReversed(),
  }));
  expect(JSON.stringify(urlMap(...turned).values)).toBe(JSON.stringify(urlMap(...routes).values));
});

test("routes may be added after the URL map has been handed on", () => {
  const stack = testStack();
  const routing = new UrlRouting(stack, "Routing", { defaultBackend: DEFAULT });
  new TerraformOutput(stack, "Id", { value: routing.urlMapId });
  routing.addRoute({ backend: CHAT, hosts: ["*"], paths: ["/late"] });
  const document = synth(stack);
  const resource = only(document, "google_compute_url_map");
  expect(answers(resource)["*"]).toMatchObject({ "/late": "backends/chat" });
  expect(document.outputs.Id).toEqual({ value: `\${${resource.address}.id}` });
});

test("as a whole", () => {
  expect(
    attributes(
      urlMap(
        { backend: CACHED, paths: ["/v1/models"] },
        { backend: EMBEDDINGS, hosts: ["*.example.com"], paths: ["/v1/embeddings", "/v1/rerank/*"] },
      ),
    ),
  ).toMatchSnapshot();
});

test("fails for a route that is taken", () => {
  fails(
    { backend: CHAT, hosts: ["a.example.com", "b.example.com"], paths: ["/x", "/y"] },
    { backend: EMBEDDINGS, hosts: ["B.example.com", "c.example.com"], paths: ["/y", "/z"] },
  ).toThrow(
    '[test/Routing] route: got ["b.example.com/y"], allowed is hosts and paths that have no route yet; remove one of the two routes',
  );
});

test("a refused route leaves nothing behind", () => {
  const stack = testStack();
  const routing = new UrlRouting(stack, "Routing", { defaultBackend: DEFAULT });
  routing.addRoute({ backend: CHAT, paths: ["/y"] });
  expect(() => routing.addRoute({ backend: EMBEDDINGS, paths: ["/x", "/y"] })).toThrow("route");
  expect(answers(only(synth(stack), "google_compute_url_map"))).toEqual({
    "*": { "/y": "backends/chat", else: "backends/default" },
  });
});

test.each(["hosts", "paths"] as const)("fails for empty %s", (what) => {
  fails({ backend: CHAT, [what]: [] }).toThrow(
    `[test/Routing] ${what}: got [], allowed is at least one, or leave it out for all; name one, or leave the prop out`,
  );
});

test("fails for a host twice", () => {
  fails({ backend: CHAT, hosts: ["münchen.example", "XN--MNCHEN-3YA.example"] }).toThrow(
    '[test/Routing] hosts: got "xn--mnchen-3ya.example", allowed is each value once; name each host once',
  );
});

test("fails for a path twice", () => {
  fails({ backend: CHAT, paths: ["/a", "/b", "/a"] }).toThrow(
    '[test/Routing] paths: got "/a", allowed is each value once; name each path once',
  );
});

test("fails for a bad host", () => {
  fails({ backend: CHAT, hosts: ["https://api.example.com"] }).toThrow(
    '[test/Routing] host: got "https://api.example.com", allowed is a host name of at most 253 characters, ' +
      "with * only as the whole first label (*.example.com), or *; leave out scheme, port, path and final dot",
  );
});

test("fails for a bad path", () => {
  fails({ backend: CHAT, paths: ["/v1*"] }).toThrow(
    '[test/Routing] path: got "/v1*", allowed is a path that starts with /, with * only as the whole last segment, ' +
      'without ? and #, of at most 1024 characters; for example "/v1/models" or "/v1/*"',
  );
});
