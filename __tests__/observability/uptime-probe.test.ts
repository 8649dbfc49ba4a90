import { ContainerImage, EdgeSecurity, GlobalAiApi, Notify, Tls, UptimeProbe } from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { blockOf, blocksOf, type TerraformDocument } from "../../lib/topology/document";
import { attributes, only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";
import { observed, policies } from "./observability-support";

const CHECK = "google_monitoring_uptime_check_config";
const HEALTH = UptimeProbe.get("/healthz", { contains: "ok" });
const CHAT = UptimeProbe.inference("/v1/chat/completions", {
  body: JSON.stringify({ model: "chat", max_tokens: 1 }),
  answerPath: "$.choices[0].message.content",
  headers: { authorization: "Bearer probe" },
});

/** The filter of the one condition of an alert. */
function filterOf(document: TerraformDocument, id: string): string {
  const [condition] = blocksOf(policies(document, id)[0]!.values.conditions);
  return String(blockOf(condition!.condition_threshold)!.filter);
}

it("asks over TLS with the domain's name, from all over the world, and looks at the content", () => {
  expect(attributes(only(observed({ probes: [HEALTH] }), CHECK))).toEqual({
    display_name: "test/chat, worldwide: GET /healthz",
    checker_type: "STATIC_IP_CHECKERS",
    period: "60s",
    timeout: "10s",
    http_check: {
      ...{ path: "/healthz", port: 443, use_ssl: true, validate_ssl: true, request_method: "GET" },
      accepted_response_status_codes: [{ status_class: "STATUS_CLASS_2XX" }],
    },
    content_matchers: [{ content: "ok", matcher: "CONTAINS_STRING" }],
    monitored_resource: { type: "uptime_url", labels: { project_id: "test-project", host: "api.example.com" } },
  });
});

it("asks the model, with a key, and looks at the shape of its answer", () => {
  const { http_check, content_matchers, period } = only(observed({ probes: [CHAT] }), CHECK).values;
  const { body, ...check } = blockOf(http_check)!;
  expect(JSON.parse(Buffer.from(String(body), "base64").toString())).toEqual({ model: "chat", max_tokens: 1 });
  expect(check).toMatchObject({
    ...{ request_method: "POST", content_type: "USER_PROVIDED", custom_content_type: "application/json" },
    ...{ headers: { authorization: "Bearer probe" }, mask_headers: true },
  });
  expect(content_matchers).toEqual([
    {
      content: ".+",
      matcher: "MATCHES_JSON_PATH",
      json_path_matcher: { json_path: "$.choices[0].message.content", json_matcher: "REGEX_MATCH" },
    },
  ]);
  expect(period).toBe("300s");
});

it("asks each regional endpoint too, and one alert is about all", () => {
  const residency = { "europe-west1": { tls: Tls.managed(["eu.api.example.com"]) } };
  const document = observed({ probes: [HEALTH] }, { residency });
  const hosts = document.ofType(CHECK).map(({ values }) => blockOf(blockOf(values.monitored_resource)!.labels)!.host);
  expect(hosts).toEqual(["api.example.com", "eu.api.example.com"]);
  for (const { address } of document.ofType(CHECK))
    for (const id of ["uptime", "certificate"])
      expect(filterOf(document, id)).toContain(`"\${${address}.uptime_check_id}"`);
});

it("asks an API without TLS by its address, and no certificate is watched", () => {
  const document = observed({ probes: [HEALTH] }, { tls: Tls.none() });
  expect(only(document, CHECK).values).toMatchObject({
    http_check: { port: 80, use_ssl: false, validate_ssl: false },
    monitored_resource: {
      labels: { host: expect.stringMatching(/^\$\{google_compute_global_address\..*\.address\}$/) },
    },
  });
  expect(policies(document, "certificate")).toEqual([]);
});

it("gives the rules nothing to say", () => {
  const { findings } = evaluate(observed({ probes: [HEALTH, CHAT] }), allRules);
  expect(findings.filter(({ rule }) => !rule.startsWith("security-"))).toEqual([]);
});

it("is told of by the rules where EdgeSecurity would refuse it", () => {
  const found = (...probes: UptimeProbe[]) => {
    const stack = testStack();
    const edge = EdgeSecurity.forAiApi(stack, "Edge", { apiKeyHeader: "x-api-key", keylessPaths: ["/healthz"] });
    const api = new GlobalAiApi(stack, "chat", {
      image: ContainerImage.fromReference("docker.io/acme/chat:1"),
      regions: ["europe-west1", "us-central1"],
      tls: Tls.managed(["api.example.com"]),
      securityPolicyId: edge.policyId,
      rules: false,
    });
    api.observe({ notify: [Notify.email("oncall@example.com")], probes });
    const { findings } = evaluate(synth(stack), allRules);
    return findings.map(({ rule }) => rule).filter((rule) => !rule.startsWith("security-"));
  };
  expect(found(UptimeProbe.get("/healthz"))).toEqual([]);
  expect(found(UptimeProbe.get("/v1/models", { headers: { "x-api-key": "probe" } }))).toEqual([]);
  expect(found(UptimeProbe.get("/v1/models"))).toEqual(["reach-uptime-denied"]);
});

it("comes and goes without touching the others", () => {
  const of = "chat/Observability";
  const change = {
    changed: [`${of}/Alert uptime`, `${of}/Alert certificate`],
  };
  const probe = `${of}/Probe POST |v1|chat|completions worldwide`;
  const [one, both] = [observed({ probes: [HEALTH] }), observed({ probes: [HEALTH, CHAT] })];
  expectTransition(one, both, { ...change, added: [probe] });
  expectTransition(both, one, { ...change, removed: [probe] });
});

it.each([
  ["a period that Monitoring does not have", UptimeProbe.get("/", { periodSeconds: 30 }), /check every 60s, 300s/],
  ["a timeout of more than a minute", UptimeProbe.get("/", { timeoutSeconds: 90 }), /1 to 60/],
  ["a placeholder in the path", UptimeProbe.get("/models/{id}"), /a path without/],
  ["a body that is no JSON", UptimeProbe.inference("/v1", { body: "model=chat", answerPath: "$.x" }), /JSON.stringify/],
])("fails for %s", (_, probe, message) => {
  expect(() => observed({ probes: [probe] })).toThrow(message);
});

it("fails for one path twice", () => {
  expect(() => observed({ probes: [HEALTH, UptimeProbe.get("/healthz")] })).toThrow(/probe each path once/);
});
