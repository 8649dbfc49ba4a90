import fc from "fast-check";
import {
  ContainerImage,
  type CorsOptions,
  type FaultOptions,
  HeaderMatch,
  MultiRegionService,
  QueryParameterMatch,
  Redirect,
  type RetryOptions,
  type RouteProps,
  UrlRouting,
} from "../../lib";
import { ValidationError } from "../../lib/core/errors";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate, formatFinding } from "../../lib/rules/evaluate";
import { synth, testStack } from "../support";
import { answer, backend, matcher, urlMap } from "./routing-support";

const SEGMENTS = ["a", "b", "v1", "url-map-test"];
const HOSTS = ["*", "*.example.com", "*.eu.example.com", "a.example.com", "x.eu.example.com"];
const ASKED = ["a.example.com", "x.eu.example.com", "y.eu.example.com", "z.example.com", "other.test"];

const segments = fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 3 });
const plainPath = fc.oneof(
  segments.map((parts) => `/${parts.join("/")}`),
  segments.map((parts) => `/${[...parts, "*"].join("/")}`),
  segments.map((parts) => `/${[...parts, ""].join("/")}`.replace("//", "/")),
);
const askedPath = fc
  .tuple(segments, fc.constantFrom("", "/", "/b", "/z"))
  .map(([parts, end]) => `/${parts.join("/")}${end}`.replace(/\/+/g, "/"));

/** Plain routes of which none takes what another has. */
const plainRoutes: fc.Arbitrary<RouteProps[]> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...HOSTS), plainPath), {
    selector: ([host, path]) => host + path,
    maxLength: 12,
  })
  .map((all) =>
    all.map(([host, path], index) =>
      index % 4 === 3 && path !== "/*"
        ? { hosts: [host], paths: [path], redirect: Redirect.toPath("/moved") }
        : { hosts: [host], paths: [path], backend: backend(`b${index % 3}`) },
    ),
  );
/** Conditions on a path that nobody asks for: all routes become route rules. */
const everywhere: RouteProps = {
  backend: backend("never"),
  hosts: HOSTS,
  paths: ["/never"],
  headers: [HeaderMatch.present("X-Never")],
};

test("plain routes answer the same as path rules and as route rules", () => {
  fc.assert(
    fc.property(plainRoutes, fc.array(askedPath, { minLength: 5, maxLength: 5 }), (routes, asked) => {
      const never: RouteProps = { ...everywhere, hosts: routes.length > 0 ? hostsOf(routes) : HOSTS };
      const [asPaths, asRules] = [urlMap(routes), urlMap([...routes, never])];
      for (const host of hostsOf(routes)) {
        expect(matcher(asPaths, host).route_rules).toBeUndefined();
        expect(matcher(asRules, host).path_rule).toBeUndefined();
      }
      const paths = [...asked, ...routes.map(({ paths }) => paths![0]!.replace("*", "x"))];
      for (const host of ASKED) {
        const answers = (map: typeof asPaths) => paths.map((path) => [path, answer(map, host, path)]);
        expect(answers(asRules)).toEqual(answers(asPaths));
      }
    }),
    { numRuns: 40 },
  );
});

test("a canary takes its share of each answer of its backend, and of no other", () => {
  const share = fc.record({ of: fc.constantFrom("b0", "b1", "default"), percent: fc.integer({ min: 0, max: 100 }) });
  fc.assert(
    fc.property(plainRoutes, share, fc.array(askedPath, { maxLength: 5 }), (routes, { of, percent }, asked) => {
      const canary = { of: backend(of), backend: backend("canary"), percent, headers: [HeaderMatch.present("X-Test")] };
      const [before, after] = [urlMap(routes), urlMap(routes, {}, canary)];
      for (const host of ASKED) {
        for (const path of asked) {
          const stable = answer(before, host, path);
          const shares = sharesOf(after, host, path);
          if (stable !== `backends/${of}`) expect(shares).toEqual(stable);
          else expect(shares).toEqual(percent === 100 ? "backends/canary" : percent === 0 ? stable : percent / 100);
        }
      }
    }),
    { numRuns: 40 },
  );
});

/** Who answers, or the share of the canary where several do. */
function sharesOf(resource: ReturnType<typeof urlMap>, host: string, path: string): unknown {
  const found = answer(resource, host, path, "route_action") as {
    weighted_backend_services?: { backend_service: string; weight: number }[];
  };
  const weighted = found?.weighted_backend_services;
  if (!weighted) return answer(resource, host, path);
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  return weighted.find(({ backend_service }) => backend_service === "backends/canary")!.weight / total;
}

test("each test of the URL map expects what the URL map answers", () => {
  fc.assert(
    fc.property(plainRoutes, fc.boolean(), (routes, asRules) => {
      const resource = urlMap(asRules ? [...routes, everywhere] : routes);
      const tests = (resource.values.test ?? []) as { host: string; path: string; service?: string }[];
      for (const { host, path, service } of tests) {
        const found = answer(resource, host, path);
        if (service === undefined) expect(found).toMatchObject({ path_redirect: "/moved" });
        else expect(found).toBe(service);
      }
    }),
    { numRuns: 30 },
  );
});

function hostsOf(routes: readonly RouteProps[]): string[] {
  return [...new Set(routes.flatMap(({ hosts }) => hosts!))];
}

/** Mostly nothing, so that most routes hold together. */
const optional = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const seconds = fc.integer({ min: 1, max: 20 });

const anyRoute = fc.record({
  hosts: optional(fc.subarray(HOSTS, { minLength: 1, maxLength: 2 })),
  paths: optional(fc.uniqueArray(plainPath, { minLength: 1, maxLength: 2 })),
  templates: optional(fc.subarray(["/v1/{model=*}", "/{a}/x/{b=**}", "/*/b"], { minLength: 1 })),
  methods: optional(fc.subarray(["GET", "POST", "OPTIONS"], { minLength: 1 })),
  headers: optional(
    fc.subarray([HeaderMatch.exact("X-A", "1"), HeaderMatch.absent("X-B"), HeaderMatch.range("X-C", 1, 5)], {
      minLength: 1,
    }),
  ),
  queryParameters: optional(fc.constant<QueryParameterMatch[]>([QueryParameterMatch.exact("q", "1")])),
  priority: optional(fc.integer({ min: 0, max: 999_999 })),
  target: fc.constantFrom("backend", "weighted", "redirect"),
  pathPrefixRewrite: optional(fc.constantFrom("/", "/new/")),
  hostRewrite: optional(fc.constant("b.example.com")),
  setRequestHeaders: optional(fc.constant({ "X-Route": "r" })),
  removeResponseHeaders: optional(fc.constant<string[]>(["Server"])),
  cors: optional(
    fc.record<CorsOptions>({
      allowOrigins: fc.constantFrom(["*"], ["https://app.example.com"]),
      allowCredentials: fc.boolean(),
      maxAgeSeconds: optional(fc.integer({ min: 0, max: 100 })),
    }),
  ),
  retry: optional(
    fc.record<RetryOptions>({ perTryTimeoutSeconds: optional(seconds), retryNonIdempotent: fc.boolean() }),
  ),
  timeoutSeconds: optional(seconds),
  fault: optional(
    fc.constantFrom<FaultOptions[]>({ abortPercent: 1 }, { delayPercent: 2, delaySeconds: 3 }, { delayPercent: 2 }),
  ),
});

test("what addRoute takes, the rulebook does not reject", () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(anyRoute, { minLength: 1, maxLength: 6 }), (routes) => {
      const stack = testStack();
      const props = { image: ContainerImage.fromReference("docker.io/acme/chat:1"), regions: ["europe-west1"] };
      const stable = new MultiRegionService(stack, "Stable", props).backend;
      const canary = new MultiRegionService(stack, "Canary", props).backend;
      const routing = new UrlRouting(stack, "Routing", { defaultBackend: stable });
      for (const { target, ...route } of routes) {
        const targets: Record<typeof target, Partial<RouteProps>> = {
          backend: { backend: canary },
          weighted: {
            weightedBackends: [
              { backend: stable, weight: 9 },
              { backend: canary, weight: 1 },
            ],
          },
          // On every host, it would lead to itself.
          redirect: {
            redirect: Redirect.toHost("new.test"),
            hosts: (route.hosts ?? []).filter((host) => host !== "*").concat("b.example.com"),
          },
        };
        try {
          routing.addRoute({ ...route, ...targets[target] });
          taken++;
        } catch (error) {
          expect(error).toBeInstanceOf(ValidationError);
        }
      }
      const { findings } = evaluate(synth(stack), allRules);
      const errors = findings.filter(({ severity, rule }) => severity === "error" && rule.startsWith("url-map"));
      expect(errors.map(formatFinding)).toEqual([]);
    }),
    { numRuns: 40 },
  );
  expect(taken).toBeGreaterThan(40);
});
