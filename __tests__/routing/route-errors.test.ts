import {
  BackendKind,
  BucketBackend,
  ContentBucket,
  HeaderMatch,
  QueryParameterMatch,
  Redirect,
  RetryCondition,
  type RouteProps,
  ServerlessBackend,
  ServerlessNeg,
  UrlRouting,
} from "../../lib";
import { testStack } from "../support";
import { CANARY, STABLE, urlMap } from "./routing-support";

const fails = (...routes: RouteProps[]) => expect(() => urlMap(routes));
const to = (props: Partial<RouteProps>): RouteProps => ({ backend: STABLE, ...props });
const weights = (...given: number[]) => ({
  weightedBackends: given.map((weight, index) => ({ backend: { backendId: `b${index}` }, weight })),
});
const hosts = ["a.example.com"];

test.each([
  [
    "no target",
    { paths: ["/a"] },
    "[test/Routing] route target: got [], allowed is exactly one of backend, weightedBackends and redirect",
  ],
  ["two targets", { backend: STABLE, redirect: Redirect.toPath("/b") }, 'route target: got ["backend","redirect"]'],
  [
    "a weight above 1000",
    weights(1001, 1),
    "weightedBackends weight: got 1001, allowed is a whole number from 0 to 1000",
  ],
  ["a share as weight", weights(0.9, 0.1), "weightedBackends weight: got 0.9"],
  [
    "weights that are all 0",
    weights(0, 0),
    "weightedBackends: got [0,0], allowed is at least one backend with a weight above 0",
  ],
  [
    "a weighted backend twice",
    {
      weightedBackends: [
        { backend: STABLE, weight: 1 },
        { backend: STABLE, weight: 2 },
      ],
    },
    'weightedBackends: got "backends/stable", allowed is each backend once; add the two weights up',
  ],
  ["no weighted backend", { weightedBackends: [] }, "weightedBackends: got []"],
  [
    "a redirect with an action",
    { redirect: Redirect.toPath("/b"), paths: ["/a"], timeoutSeconds: 3 },
    'redirect: got ["timeoutSeconds"], allowed is a redirect with matches only',
  ],
  [
    "a prefix redirect with a template",
    { redirect: Redirect.toPrefix("/b/"), templates: ["/{a}"] },
    'redirect: got "/b/", allowed is toHost or toPath with templates',
  ],
  [
    "a redirect to a wildcard",
    { redirect: Redirect.toHost("*.example.com"), hosts },
    'redirect: got "*.example.com", allowed is one host',
  ],
  [
    "a redirect to a URL",
    { redirect: Redirect.toHost("https://b.example.com"), hosts },
    'redirect host: got "https://b.example.com"',
  ],
  [
    "a redirect to a relative path",
    { redirect: Redirect.toPath("b"), hosts },
    'redirect: got "b", allowed is a path that starts with /',
  ],
  [
    "a prefix redirect without the slash",
    { redirect: Redirect.toPrefix("/v2"), paths: ["/v1/*"] },
    'redirect: got "/v2", allowed is a prefix that ends with / as /v1/* does',
  ],
  ["a method in lower case", to({ methods: ["get"] }), 'methods: got "get", allowed is GET, HEAD'],
  ["a method twice", to({ methods: ["GET", "GET"] }), 'methods: got "GET", allowed is each value once'],
  ["no method", to({ methods: [] }), "methods: got [], allowed is at least one, or leave it out for all"],
  [
    ":method as header",
    to({ headers: [HeaderMatch.exact(":method", "GET")] }),
    'header: got ":method", allowed is a header name (token of RFC 7230); use methods',
  ],
  ["a header with colon", to({ headers: [HeaderMatch.present("X-A:")] }), 'header: got "X-A:"'],
  [
    "an empty header value",
    to({ headers: [HeaderMatch.exact("X-A", "")] }),
    'header X-A: got "", allowed is 1 to 1024 characters on one line; use HeaderMatch.present',
  ],
  [
    "an empty range",
    to({ headers: [HeaderMatch.range("X-A", 5, 5)] }),
    "header X-A: got [5,5], allowed is whole numbers, the start below the end",
  ],
  ["a range of fractions", to({ headers: [HeaderMatch.range("X-A", 0.5, 5)] }), "header X-A: got [0.5,5]"],
  [
    "a query parameter without name",
    to({ queryParameters: [QueryParameterMatch.present("")] }),
    'query parameter: got ""',
  ],
  [
    "an empty query value",
    to({ queryParameters: [QueryParameterMatch.exact("q", "")] }),
    "use QueryParameterMatch.present",
  ],
  [
    "a priority above the range",
    to({ priority: 1_000_000 }),
    "priority: got 1000000, allowed is a whole number from 0 to 999999",
  ],
  [
    "a priority that would hide narrower routes",
    to({ priority: 1, paths: ["/v1/*"] }),
    "priority: got 1, allowed is with headers, queryParameters or methods, or with templates alone; leave it out: tried first, /v1/* would hide",
  ],
  ["a template without operator", to({ templates: ["/v1"] }), "put a path without operators into paths"],
  ["a template with part of a segment", to({ templates: ["/v1/m-{a}"] }), 'template: got "/v1/m-{a}"'],
  ["a template of 6 operators", to({ templates: ["/*/*/*/*/*/*"] }), "with 1 to 5 operators"],
  ["a template that goes on after **", to({ templates: ["/{a=**}/{b}"] }), "as the last operator"],
  ["a template with a name twice", to({ templates: ["/{a}/{a}"] }), "each name once"],
  ["a template of 256 characters", to({ templates: [`/{a}/${"b".repeat(251)}`] }), "at most 255 characters"],
  ["a template without slash", to({ templates: ["{a}"] }), 'template: got "{a}"'],
  ["a template twice", to({ templates: ["/{a}", "/{a}"] }), 'templates: got "/{a}", allowed is each value once'],
  [
    "a rewrite with an unknown variable",
    to({ templates: ["/{a}"], pathTemplateRewrite: "/{b}" }),
    'pathTemplateRewrite: got "/{b}", allowed is a path of at most 255 characters with {name} for variables that every template of the route has; name the segment in templates: {b=*}',
  ],
  ["a template rewrite of a path", to({ paths: ["/a"], pathTemplateRewrite: "/b" }), 'pathTemplateRewrite: got ["/a"]'],
  ["a template rewrite of every path", to({ pathTemplateRewrite: "/b" }), 'pathTemplateRewrite: got ["/*"]'],
  [
    "a prefix rewrite of a template",
    to({ templates: ["/{a}"], pathPrefixRewrite: "/b" }),
    'pathPrefixRewrite: got ["/{a}"]',
  ],
  [
    "a prefix rewrite without the slash",
    to({ paths: ["/v1/*"], pathPrefixRewrite: "/v2" }),
    "and ends with / as /v1/* does",
  ],
  [
    "a prefix rewrite of exact and open paths",
    to({ paths: ["/v1/*", "/v1"], pathPrefixRewrite: "/v2/" }),
    "exact paths in a route of their own",
  ],
  [
    "a host rewrite with a wildcard",
    to({ hostRewrite: "*.example.com" }),
    'hostRewrite: got "*.example.com", allowed is one host',
  ],
  [
    "the Host header",
    to({ setRequestHeaders: { Host: "b.example.com" } }),
    'setRequestHeaders: got "Host", allowed is each header once, in one of set, add and remove, and never Host; use hostRewrite',
  ],
  [
    "a header set and removed",
    to({ setResponseHeaders: { "X-A": "1" }, removeResponseHeaders: ["x-a"] }),
    'removeResponseHeaders: got "x-a"',
  ],
  ["a header with a line break", to({ addRequestHeaders: { "X-A": "1\n2" } }), "RequestHeaders X-A: got"],
  ["an empty header", to({ setResponseHeaders: { "X-A": "" } }), "remove the header instead: removeResponseHeaders"],
  ["a header name with blank", to({ removeRequestHeaders: ["X A"] }), 'removeRequestHeaders: got "X A"'],
  [
    "CORS without an origin",
    to({ cors: { allowOrigins: [] } }),
    "cors allowOrigins: got [], allowed is at least one origin",
  ],
  [
    "CORS with a bare host",
    to({ cors: { allowOrigins: ["app.example.com"] } }),
    'cors allowOrigins: got "app.example.com"',
  ],
  [
    "CORS with a wildcard host",
    to({ cors: { allowOrigins: ["https://*.example.com"] } }),
    "without a path and without *",
  ],
  [
    "CORS credentials for everyone",
    to({ cors: { allowOrigins: ["*"], allowCredentials: true } }),
    "cors allowCredentials: got true, allowed is only with named origins",
  ],
  [
    "CORS methods in lower case",
    to({ cors: { allowOrigins: ["*"], allowMethods: ["get"] } }),
    'cors allowMethods: got "get"',
  ],
  ["CORS kept for long", to({ cors: { allowOrigins: ["*"], maxAgeSeconds: 86401 } }), "cors maxAgeSeconds: got 86401"],
  [
    "CORS without preflights",
    to({ cors: { allowOrigins: ["*"] }, methods: ["GET"] }),
    'cors: got ["GET"], allowed is methods with OPTIONS among them',
  ],
  ["retries on every method", to({ retry: {} }), 'retry: got "every method", allowed is a route of GET, HEAD'],
  ["retries of POST", to({ retry: {}, methods: ["GET", "POST"] }), 'retry: got ["POST"]'],
  [
    "0 attempts",
    to({ retry: { attempts: 0 }, methods: ["GET"] }),
    "retry attempts: got 0, allowed is a whole number from 1 to 25",
  ],
  ["no condition", to({ retry: { conditions: [] }, methods: ["GET"] }), "retry conditions: got []"],
  [
    "a condition twice",
    to({ retry: { conditions: [RetryCondition.RESET, RetryCondition.RESET] }, methods: ["GET"] }),
    'retry conditions: got "reset"',
  ],
  [
    "a try longer than all",
    to({ retry: { perTryTimeoutSeconds: 11 }, timeoutSeconds: 10, methods: ["GET"] }),
    "retry perTryTimeoutSeconds: got 11, allowed is a whole number from 1 to 10; the route's timeout includes all attempts",
  ],
  ["a timeout of 0", to({ timeoutSeconds: 0 }), "timeoutSeconds: got 0, allowed is a whole number from 1 to 86400"],
  ["an empty fault", to({ fault: {} }), "fault: got {}, allowed is abortPercent"],
  ["a delay without length", to({ fault: { delayPercent: 1 } }), "delayPercent with delaySeconds"],
  ["a status without abort", to({ fault: { delayPercent: 1, delaySeconds: 1, abortStatus: 503 } }), "fault: got"],
  ["0 percent", to({ fault: { abortPercent: 0 } }), "fault abortPercent: got 0, allowed is above 0, to 100"],
  ["101 percent", to({ fault: { delayPercent: 101, delaySeconds: 1 } }), "fault delayPercent: got 101"],
  ["a status that is none", to({ fault: { abortPercent: 1, abortStatus: 600 } }), "fault abortStatus: got 600"],
] satisfies [string, RouteProps, string][])("fails for %s", (_, route, message) => {
  fails(route).toThrow(message);
});

test("fails for the same path and conditions twice, in whatever order they are written", () => {
  const headers = [HeaderMatch.present("X-A"), HeaderMatch.present("X-B")];
  fails(to({ headers, paths: ["/a"] }), to({ headers: headers.toReversed(), paths: ["/a"] })).toThrow("route: got");
  fails(to({ templates: ["/{a}"] }), to({ templates: ["/{a}"] })).toThrow('route: got ["*template /{a}"]');
  fails(to({ paths: ["/a"] }), to({ paths: ["/a"], timeoutSeconds: 5 })).toThrow('route: got ["*/a"]');
  expect(() => urlMap([to({ paths: ["/a"] }), to({ paths: ["/a"], headers })])).not.toThrow();
});

test("fails for a priority that another route has on an overlapping host", () => {
  const one = to({ priority: 1, hosts: ["*.example.com"], methods: ["GET"] });
  const other = { backend: CANARY, priority: 1, methods: ["POST"] };
  const message = "allowed is a priority that no other route of an overlapping host has; choose another number";
  fails(one, { ...other, hosts }).toThrow(message);
  fails({ ...other, hosts }, one).toThrow(message);
  fails(one, other).toThrow(message);
  expect(() => urlMap([one, { ...other, hosts: ["example.org"] }])).not.toThrow();
});

test("fails for mirroring to Cloud Run: Google Cloud does not mirror to serverless NEGs", () => {
  expect(() => {
    const stack = testStack();
    const routing = new UrlRouting(stack, "Routing", { defaultBackend: STABLE });
    const neg = new ServerlessNeg(stack, "Neg", { region: "europe-west1", serviceName: "chat" });
    const shadow = new ServerlessBackend(stack, "Shadow", { targets: [neg] });
    routing.addRoute({ backend: STABLE, mirrorTo: shadow });
  }).toThrow('[test/Routing] mirrorTo: got "test/Shadow", allowed is a backend service without serverless NEGs');
});

test.each(["mirrorTo", "weightedBackends"])("fails for a bucket in %s", (name) => {
  const stack = testStack();
  const routing = new UrlRouting(stack, "Routing", { defaultBackend: STABLE });
  const bucket = new BucketBackend(stack, "Pages", { bucket: ContentBucket.existing("pages") });
  const route = name === "mirrorTo" ? to({ mirrorTo: bucket }) : { weightedBackends: [{ backend: bucket, weight: 1 }] };
  expect(() => routing.addRoute(route)).toThrow(`[test/Routing] ${name}: got "test/Pages"`);
});

test("backends of other libraries are judged by the kind that they state", () => {
  const stack = testStack();
  const routing = new UrlRouting(stack, "Own", {
    defaultBackend: { backendId: "projects/p/global/backendServices/a" },
  });
  const bucket = { backendId: "projects/p/global/backendBuckets/b", backendKind: BackendKind.BUCKET };
  const weightedBackends = [{ backend: bucket, weight: 1 }];
  expect(() => routing.addRoute({ paths: ["/a"], weightedBackends })).toThrow(
    'weightedBackends: got "projects/p/global/backendBuckets/b", allowed is backend services',
  );
});
