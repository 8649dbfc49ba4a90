import fc from "fast-check";
import type { Block } from "../../lib/topology/document";
import { answerOf, type UrlMapRequest } from "../../lib/topology/url-map-answer";
import { frontends, services, to } from "../preview/preview-document";
import { type Answer, runPreview } from "./envoy-support";

const BACKENDS = ["red", "green", "blue"];
const one = <T>(...values: readonly T[]) => fc.constantFrom(...values);
/** A block with some of these fields. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] }).map(compact);
const compact = (block: object) =>
  Object.fromEntries(Object.entries(block).filter(([, value]) => value !== undefined)) as Block;
/** Exactly one of these fields. */
const oneOf = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.oneof(...Object.entries(fields).map(([name, values]) => values.map((value) => ({ [name]: value }) as Block)));

const segment = one("a", "b", "v1", "A", "chat.json");
const path = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.boolean())
  .map(([parts, slash]) => `/${parts.join("/")}${slash && parts.length > 0 ? "/" : ""}`);
const service = one(...BACKENDS).map(to);

const redirect = fc.record({
  to: oneOf({
    https_redirect: one(true),
    host_redirect: one("other.example.com"),
    path_redirect: one("/moved", "/moved?to=here"),
    prefix_redirect: one("/new/", "/new"),
  }),
  strip_query: fc.boolean(),
  redirect_response_code: one(
    "MOVED_PERMANENTLY_DEFAULT",
    "FOUND",
    "SEE_OTHER",
    "TEMPORARY_REDIRECT",
    "PERMANENT_REDIRECT",
  ),
});
const redirectBlock = redirect.map(({ to, ...rest }) => ({ ...rest, ...to }) as Block);

const rewrite = some({ host_rewrite: one("inner.example.com"), path_prefix_rewrite: one("/", "/in", "/in/") });
const action = fc.oneof(
  rewrite.map((url_rewrite) => ({ url_rewrite })),
  fc
    .array(fc.record({ backend_service: service, weight: one(0, 1, 5) }), { minLength: 1, maxLength: 3 })
    .map((list) => ({
      weighted_backend_services: [...list, { backend_service: to("red"), weight: 1 }],
    })),
);

/** What a route does, with the names that its place has for it. */
const doing = (prefix: "" | "default_") =>
  fc.oneof(
    { weight: 3, arbitrary: service.map((value) => ({ [`${prefix}service`]: value })) },
    { weight: 1, arbitrary: redirectBlock.map((value) => ({ [`${prefix}url_redirect`]: value })) },
    {
      weight: 2,
      arbitrary: fc.tuple(service, action).map(([value, chosen]) => ({
        ...("weighted_backend_services" in chosen ? {} : { [`${prefix}service`]: value }),
        [`${prefix}route_action`]: chosen,
      })),
    },
  );

const value = one("1", "2", "10", "abc", "a");
const headerMatch = fc
  .tuple(
    one("x-team", "x-number", ":method", ":authority"),
    oneOf({
      exact_match: fc.oneof(value, one("GET", "a.example.com")),
      prefix_match: one("a", "G", "1"),
      suffix_match: one("c", "T", "0"),
      regex_match: one("a.*", "[0-9]+", "GET|PUT"),
      present_match: one(true),
      range_match: fc.record({ range_start: one(-1, 1, 2), range_end: one(3, 10, 11) }),
    }),
    fc.boolean(),
  )
  .map(([header_name, match, invert_match]) => ({ header_name, ...match, invert_match }) as Block);
const queryMatch = fc
  .tuple(one("x", "y"), oneOf({ exact_match: value, regex_match: one("[0-9]+", "a.*"), present_match: one(true) }))
  .map(([name, match]) => ({ name, ...match }) as Block);

const TEMPLATES: readonly (readonly [match: string, ...rewrites: string[]])[] = [
  ["/{v}/**", "/{v}", "/in/{v}/end"],
  ["/v1/{model=*}", "/{model}"],
  ["/{rest=**}", "/in/{rest}"],
  ["/a/*/b"],
  ["/{first}/{second}", "/{second}/{first}"],
  ["/v1/{rest=**}", "/{rest}", "/v2/{rest}"],
  ["/**"],
];
const matchPath = fc.oneof(
  one({}),
  path.map((prefix_match) => ({ prefix_match })),
  path.map((full_path_match) => ({ full_path_match })),
  one("/v1/.*", "/[ab]+/?", ".*json", "/a").map((regex_match) => ({ regex_match })),
);
const conditions = some({
  header_matches: fc.array(headerMatch, { minLength: 1, maxLength: 2 }),
  query_parameter_matches: fc.array(queryMatch, { minLength: 1, maxLength: 2 }),
});
const matchRule = fc.tuple(matchPath, conditions, fc.boolean()).map(([where, more, ignore_case]) => ({
  ...where,
  ...more,
  ...("regex_match" in where ? {} : { ignore_case }),
}));
const plainRule = fc
  .tuple(fc.array(matchRule, { maxLength: 2 }), doing(""))
  .map(([match_rules, does]) => ({ match_rules, ...does }) as Block);
const templateRule = fc
  .tuple(one(...TEMPLATES), service, conditions, fc.nat(3), fc.boolean())
  .map(([[path_template_match, ...rewrites], service, more, chosen, ignore_case]) => {
    const path_template_rewrite = rewrites[chosen];
    const url_rewrite = chosen === 3 ? { path_prefix_rewrite: "/in" } : compact({ path_template_rewrite });
    const route_action = Object.keys(url_rewrite).length > 0 ? { url_rewrite } : undefined;
    return compact({ match_rules: [{ path_template_match, ignore_case, ...more }], service, route_action });
  });
/** What does not go together is left out by both. */
const misfitRule = fc.oneof(
  redirectBlock.map((url_redirect) => ({ match_rules: [{ path_template_match: "/{v}/**" }], url_redirect }) as Block),
  path.map((prefix_match) => ({
    match_rules: [{ prefix_match }],
    service: to("red"),
    route_action: { url_rewrite: { path_template_rewrite: "/{v}" } },
  })),
);
const routeRules = fc
  .tuple(
    fc.array(fc.oneof(plainRule, plainRule, templateRule, templateRule, misfitRule), { minLength: 1, maxLength: 5 }),
    fc.infiniteStream(fc.nat(50)),
  )
  .map(([rules, numbers]) => {
    const priorities = new Set<number>();
    for (const number of numbers) {
      priorities.add(number);
      if (priorities.size === rules.length) break;
    }
    return { route_rules: rules.map((rule, index) => ({ priority: [...priorities][index], ...rule })) };
  });
const rulePath = fc.oneof(
  path,
  path.map((text) => `${text.replace(/\/$/, "")}/*`),
);
const pathRules = fc
  .uniqueArray(rulePath, { minLength: 1, maxLength: 5 })
  .chain((paths) => fc.tuple(...paths.map((text) => doing("").map((does) => ({ paths: [text], ...does }) as Block))))
  .map((path_rule) => ({ path_rule }));
const matcher = fc
  .tuple(fc.oneof(routeRules, pathRules), doing("default_"))
  .map(([rules, does]) => ({ ...rules, ...does }) as Block);
const HOSTS = ["a.example.com", "*.example.com", "*-eu.example.com", "*"];
const urlMap = fc
  .tuple(fc.subarray(HOSTS, { minLength: 1 }), fc.array(matcher, { minLength: 4, maxLength: 4 }), doing("default_"))
  .map(
    ([hosts, matchers, does]) =>
      ({
        host_rule: hosts.map((host, index) => ({ hosts: [host], path_matcher: `matcher${index}` })),
        path_matcher: hosts.map((_host, index) => ({ name: `matcher${index}`, ...matchers[index] })),
        ...does,
      }) as Block,
  );

const request: fc.Arbitrary<UrlMapRequest> = fc.record({
  scheme: one("http" as const),
  method: one("GET", "GET", "PUT"),
  host: one("a.example.com", "A.example.com", "x.example.com", "x-eu.example.com", "example.org", "a.example.com:8080"),
  path: fc
    .tuple(path, one("", "", "?x=1", "?x=abc&y", "?y=10", "?x=&z=1", "?x=2&x=1"))
    .map(([where, query]) => where + query),
  headers: some({ "x-team": value, "x-number": value }) as fc.Arbitrary<Record<string, string>>,
});

/** What Envoy has done, in the words of `answerOf`. */
function observed({ status, headers, seen }: Answer) {
  const at = String(headers["x-preview-route"]);
  return {
    at: at === "default" ? "" : at,
    ...(headers.location ? { redirect: { status, location: headers.location } } : {}),
    ...(seen ? { host: seen.headers.host, path: seen.url } : {}),
  };
}

function expected(map: Block, asked: UrlMapRequest) {
  const { at, redirect, host, path } = answerOf(map, asked);
  return { at, ...(redirect ? { redirect } : { host, path }) };
}

describe("random URL maps", () => {
  test("Envoy does with requests what answerOf says", async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const maps = fc.sample(urlMap, { numRuns: 60, seed });
    const document = {
      resource: {
        ...services(Object.fromEntries(BACKENDS.map((name) => [name, ["europe-west1"]]))),
        ...frontends(maps),
      },
    };
    const preview = await runPreview(document);
    try {
      const differences: unknown[] = [];
      for (const [index, map] of maps.entries()) {
        for (const asked of fc.sample(request, { numRuns: 60, seed: seed + index })) {
          const { method, host, path: asks, headers } = asked;
          const answer = await preview.ask(`http-${80 + index}`, asks, { method, host, headers });
          const [is, should] = [observed(answer), expected(map, asked)];
          const targets = answerOf(map, asked).targets.filter(({ weight }) => weight !== 0);
          const upstream = String(answer.headers["x-preview-upstream"]).split("@")[0]!;
          const isTarget = !answer.seen || targets.some(({ value }) => value === to(upstream));
          if (JSON.stringify(is) !== JSON.stringify(should) || !isTarget)
            differences.push({ asked, is, should, upstream, block: answerOf(map, asked).block, status: answer.status });
        }
      }
      if (differences.length > 0) console.log(`seed ${seed}: ${differences.length} differences`);
      expect(differences.slice(0, Number(process.env.SHOW ?? 3))).toEqual([]);
    } finally {
      await preview.stop();
    }
  });
});
