import {
  AnycastFrontend,
  type AnycastFrontendProps,
  PlainHttp,
  RemovalPolicy,
  Tls,
  TlsProfile,
  TlsVersion,
} from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { synth, testStack } from "../support";

const CREATED_FIRST = [
  "google_compute_ssl_policy",
  "google_compute_target_https_proxy",
  "google_compute_target_http_proxy",
  "google_compute_url_map",
];
const NEVER_CREATED_FIRST = [
  "google_compute_global_address",
  "google_compute_global_forwarding_rule",
  "google_certificate_manager_certificate_map",
];

function frontend(options: Partial<AnycastFrontendProps> = {}, id = "Frontend"): TerraformDocument {
  const stack = testStack();
  new AnycastFrontend(stack, id, {
    urlMap: { urlMapId: "projects/p/global/urlMaps/main" },
    tls: Tls.managed(["api.example.com"]),
    removalPolicy: RemovalPolicy.PROTECT,
    ...options,
  });
  return synth(stack);
}

/** Name of every resource by construct path. */
function names(document: TerraformDocument): Record<string, unknown> {
  return Object.fromEntries(
    document.resources.filter(({ values }) => "name" in values).map(({ path, values }) => [path, values.name]),
  );
}

/** Paths of the resources of `before` whose names are others, or gone. */
function renamed(before: TerraformDocument, after: TerraformDocument): string[] {
  const now = names(after);
  return Object.entries(names(before)).flatMap(([path, name]) => (now[path] === name ? [] : [path]));
}

const tls = (options: Parameters<typeof Tls.managed>[1]) => ({ tls: Tls.managed(["api.example.com"], options) });

test("proxies, policy and redirect are created before their predecessors are destroyed", () => {
  const document = frontend();
  for (const type of CREATED_FIRST) {
    expect(document.ofType(type)).toHaveLength(1);
    for (const { values } of document.ofType(type)) expect(values.lifecycle).toEqual({ create_before_destroy: true });
  }
});

test("addresses, forwarding rules and certificate map never are", () => {
  const document = frontend();
  for (const type of NEVER_CREATED_FIRST) {
    expect(document.ofType(type).length).toBeGreaterThan(0);
    for (const { values } of document.ofType(type)) {
      expect(values.lifecycle ?? {}).not.toHaveProperty("create_before_destroy");
    }
  }
});

test("no resource is called like another of its type", () => {
  const document = frontend({ tls: Tls.managed(["api.example.com", "*.example.com", "example.com"]) });
  const all = document.resources
    .filter(({ values }) => "name" in values)
    .map(({ type, values }) => `${type} ${values.name}`);
  expect(new Set(all).size).toBe(all.length);
});

test.each<[string, Partial<AnycastFrontendProps>, string[]]>([
  ["nothing", {}, []],
  ["the keep-alive time", tls({ keepAliveSeconds: 900 }), ["test/Frontend/HttpsProxy"]],
  ["HTTP/3", tls({ quic: false }), []],
  ["the TLS profile", tls({ profile: TlsProfile.COMPATIBLE, minVersion: TlsVersion.TLS_1_0 }), []],
  ["the URL map", { urlMap: { urlMapId: "projects/p/global/urlMaps/other" } }, []],
  ["the removal policy", { removalPolicy: RemovalPolicy.DESTROY }, []],
  ["a further domain", { tls: Tls.managed(["b.example.com", "api.example.com"]) }, []],
])("a change of %s gives new names to those that it replaces only", (_, options, expected) => {
  expect(renamed(frontend(), frontend(options))).toEqual(expected);
});

test("each keep-alive time has a name of its own for the HTTPS proxy", () => {
  const all = [undefined, 5, 900].map(
    (keepAliveSeconds) => names(frontend(tls({ keepAliveSeconds })))["test/Frontend/HttpsProxy"],
  );
  expect(new Set(all).size).toBe(3);
});

test("what stays keeps its name when TLS, IPv6 or the redirect comes or goes", () => {
  for (const options of [{ tls: Tls.none() }, { ipv6: false }, { plainHttp: PlainHttp.OFF }]) {
    const fewer = frontend(options);
    expect(renamed(fewer, frontend())).toEqual([]);
  }
});

test("two frontends in one stack have disjoint names", () => {
  const first = Object.values(names(frontend({}, "A")));
  const second = Object.values(names(frontend({}, "B")));
  expect(first.filter((name) => second.includes(name))).toEqual([]);
  expect(first.length).toBe(second.length);
});
