import { blocksOf, type TerraformDocument } from "../../lib/topology/document";
import { only } from "../support";
import { synthesize } from "./synthesize";

const POLICY = "google_compute_security_policy";
const BACKEND = "google_compute_backend_service";
const RECORD = "google_dns_record_set";

function policiesOfBackends(document: TerraformDocument): unknown[] {
  return document.ofType(BACKEND).map(({ values }) => values.security_policy);
}

test("every backend of prod stands behind the Cloud Armor policy", () => {
  const prod = synthesize("prod");
  const { address } = only(prod, POLICY);
  expect(policiesOfBackends(prod)).toEqual([`\${${address}.id}`, `\${${address}.id}`]);
});

test("prod limits each key and each address, and asks for no key on the paths that need none", () => {
  const { values } = only(synthesize("prod"), POLICY);
  const rules = blocksOf(values.rule);
  const limits = rules
    .flatMap((rule) => blocksOf(rule.rate_limit_options))
    .flatMap((each) => blocksOf(each.rate_limit_threshold));
  expect(limits).toEqual([
    { count: 600, interval_sec: 60 },
    { count: 600, interval_sec: 60 },
  ]);
  expect(JSON.stringify(rules)).toContain("/api/version");
  expect(JSON.stringify(rules)).toContain("authorization");
});

test("the list of models has a cached backend of its own over the same regions", () => {
  const prod = synthesize("prod");
  const cached = only(prod, BACKEND, "CachedBackend/Resource");
  expect(cached.values).toMatchObject({ enable_cdn: true, cdn_policy: { cache_mode: "USE_ORIGIN_HEADERS" } });
  expect(cached.values.backend).toEqual(only(prod, BACKEND, "Service/Backend/Resource").values.backend);
  const map = only(prod, "google_compute_url_map", "Routing/Resource");
  expect(JSON.stringify(map.values.path_matcher)).toContain('"paths":["/v1/models"]');
  expect(JSON.stringify(map.values.path_matcher)).toContain(cached.address);
});

test("the services learn from where and how fast a client is", () => {
  for (const { values } of synthesize("dev").ofType(BACKEND)) {
    expect(values.custom_request_headers).toContain("X-Client-Rtt-Msec:{client_rtt_msec}");
  }
});

test("dev has neither policy nor cache", () => {
  const dev = synthesize("dev");
  expect(dev.ofType(POLICY)).toEqual([]);
  expect(policiesOfBackends(dev)).toEqual([undefined]);
});

test("without cached paths there is no second backend", () => {
  const edge = {
    apiKeyHeader: "x-api-key",
    keylessPaths: [],
    requestsPerMinutePerKey: 60,
    requestsPerMinutePerIp: 60,
    cachedPaths: [],
  };
  expect(synthesize("prod", { edge, observability: undefined }).ofType(BACKEND)).toHaveLength(1);
});

test("records are created in the zone, where there is one", () => {
  const prod = synthesize("prod", { dnsZone: { name: "example-com", dnsName: "example.com" } });
  expect(
    prod
      .ofType(RECORD)
      .map(({ values }) => values.type)
      .sort(),
  ).toEqual(["A", "AAAA", expect.stringMatching(/CNAME|dns_resource_record/)].sort());
  expect(synthesize("prod").ofType(RECORD)).toEqual([]);
});

test("fails for a prod that a single region's outage would take down, naming the rule and the fix", () => {
  expect(() => synthesize("prod", { regions: ["europe-west1"] })).toThrow(
    /error failover-two-regions: \[prod\/api\/Service\/Backend[\s\S]*add a second region/,
  );
});

test("a dev of one region is fine, with a warning", () => {
  const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  synthesize("dev", { regions: ["europe-west1"] });
  expect(write.mock.calls.join()).toContain("warning failover-two-regions");
  write.mockRestore();
});
