import { instanceServingPath } from "./instance-serving-path";
import { changed, describeGroup, ids, type Json, on, resourceAt } from "./rule-support";

const SERVING = "google_compute_health_check.serving";
const HEALING = "google_compute_health_check.healing";
const BACKEND = "google_compute_backend_service.model";
const SOURCES = ["us-east1", "us-west1", "europe-west1"];

/** The healing check, which no rule on load balancers looks at, with one other protocol. */
function probing(kind: string, block: Json): (document: Json) => void {
  return (document) => {
    const check = resourceAt(document, HEALING);
    delete check.http_health_check;
    check[kind] = block;
  };
}

const cases = (rule: string, block: Json, ...kinds: readonly string[]) =>
  kinds.map((kind) =>
    changed(rule, HEALING, probing(`${kind}_health_check`, { port: 8080, ...block }), {
      at: `${kind}_health_check.${Object.keys(block)[0]}`,
    }),
  );

describeGroup(
  "health-check",
  instanceServingPath,
  [
    ...cases("health-check-request-path", { request_path: "ready" }, "http", "https", "http2"),
    ...cases("health-check-request", { request: "\u2603" }, "tcp", "ssl"),
    ...cases("health-check-response", { response: "\u2603" }, "http", "https", "http2", "tcp", "ssl"),
    ...cases("health-check-grpc-service-name", { grpc_service_name: "\u2603" }, "grpc", "grpc_tls"),
    ...cases(
      "health-check-port-specification-named",
      { port_specification: "USE_NAMED_PORT", port: undefined, port_name: "http" },
      "http",
    ),
    ...cases(
      "health-check-serving-port",
      { port: 8080, port_specification: "USE_NAMED_PORT", port_name: "http" },
      "tcp",
    ).map((mutation) => ({ ...mutation, also: ["health-check-port-specification-named"] })),
    ...on(
      SERVING,
      ["health-check-serving-port", "http_health_check.port", 80],
      ["health-check-serving-port", "http_health_check.port_name", "http"],
      ["health-check-kind", "tcp_health_check", { port: 80 }],
      ["health-check-kind", "http_health_check", undefined],
      ["health-check-timeout-interval", "timeout_sec", 6],
    ),
    changed(
      "health-check-timeout-interval",
      SERVING,
      (document) => (resourceAt(document, SERVING).check_interval_sec = 2),
      { at: "timeout_sec" },
    ),
    changed("health-check-grpc-port", HEALING, probing("grpc_health_check", { grpc_service_name: "model" }), {
      at: "grpc_health_check.port",
    }),
    changed(
      "health-check-regions-use",
      SERVING,
      (document) => Object.assign(resourceAt(document, SERVING), { source_regions: SOURCES, check_interval_sec: 30 }),
      { at: "source_regions" },
    ),
    ...(
      [
        ["check_interval_sec", { check_interval_sec: 20, timeout_sec: 5 }],
        ["ssl_health_check", { http_health_check: undefined, ssl_health_check: { port: 8443 } }],
        ["tcp_health_check.request", { http_health_check: undefined, tcp_health_check: { port: 80, request: "x" } }],
        ["http_health_check.proxy_header", { http_health_check: { port: 80, proxy_header: "PROXY_V1" } }],
      ] as const
    ).map(([at, values]) =>
      changed(
        "health-check-regions-kind",
        "google_compute_health_check.world",
        (document) => {
          const checks = (document.resource as Json).google_compute_health_check as Json;
          checks.world = {
            ...(checks.healing as Json),
            name: "world",
            source_regions: SOURCES,
            ...values,
          };
        },
        { at },
      ),
    ),
    changed(
      "health-check-default-port",
      SERVING,
      (document) => {
        resourceAt(document, SERVING).http_health_check = { request_path: "/ready" };
      },
      { at: "http_health_check.port", also: ["firewall-health-checks"] },
    ),
    changed("health-check-tls", SERVING, (document) => {
      resourceAt(document, BACKEND).protocol = "HTTPS";
    }),
    changed("health-check-tls", SERVING, (document) => {
      const check = resourceAt(document, SERVING);
      delete check.http_health_check;
      check.https_health_check = { request_path: "/ready", port: 8080 };
    }),
  ],
  [
    "health-check-default-port",
    "health-check-port-specification-named",
    "health-check-request-path-literal",
    "health-check-tls",
  ],
);

test("says nothing of checks that speak as the load balancer does, or ask another port", () => {
  const checkedBy = (protocol: string, check: Json) => {
    const document = instanceServingPath();
    resourceAt(document, BACKEND).protocol = protocol;
    delete resourceAt(document, SERVING).http_health_check;
    Object.assign(resourceAt(document, SERVING), check);
    return ids(document).filter((id) => id === "health-check-tls");
  };
  expect(checkedBy("HTTPS", { https_health_check: { port: 8080 } })).toEqual([]);
  expect(checkedBy("HTTPS", { tcp_health_check: { port: 8080 } })).toEqual([]);
  expect(checkedBy("HTTPS", { http_health_check: { port: 9000 } })).toEqual([]);
  expect(checkedBy("H2C", { grpc_health_check: { port: 8080 } })).toEqual([]);
});

test("says nothing of a port that is unknown because the protocol chooses its name", () => {
  const document = instanceServingPath();
  Object.assign(resourceAt(document, BACKEND), { protocol: "HTTPS", port_name: undefined });
  const check = resourceAt(document, SERVING);
  check.https_health_check = check.http_health_check;
  delete check.http_health_check;
  expect(ids(document)).toEqual([]);
});

test("reads numbers written as text", () => {
  const document = instanceServingPath();
  Object.assign(resourceAt(document, HEALING), { check_interval_sec: "30", timeout_sec: "10" });
  expect(ids(document)).toEqual([]);
});
