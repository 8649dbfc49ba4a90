import { cloudRunProbeRules } from "../../../lib/rules/cloud-run/cloud-run-probes";
import { describeRules, findingsOf, resourceAt, wrongValues } from "../rule-support";
import { API, JOB, POOL, SMALL, WEB, workloads } from "./cloud-run-document";

const C = "template.containers.0";
const STARTUP = `${C}.startup_probe`;
const LIVENESS = `${C}.liveness_probe`;
const READINESS = `${C}.readiness_probe`;

describeRules(cloudRunProbeRules, workloads, [
  ...wrongValues("run-startup-probe-period", API, `${STARTUP}.period_seconds`, 0, 1801),
  ...wrongValues("run-liveness-probe-period", API, `${LIVENESS}.period_seconds`, 3601),
  ...wrongValues("run-readiness-probe-period", API, `${READINESS}.period_seconds`, 301),
  ...wrongValues("run-probe-delay", API, `${LIVENESS}.initial_delay_seconds`, -1, 3601),
  ...wrongValues("run-probe-timeout", API, `${READINESS}.timeout_seconds`, 0),
  ...wrongValues("run-probe-failures", API, `${STARTUP}.failure_threshold`, 0),
  ...wrongValues("run-probe-successes", API, `${READINESS}.success_threshold`, 0),
  ...wrongValues("run-probe-http-get-port", API, `${READINESS}.http_get.port`, 0, 70000),
  ...wrongValues("run-probe-tcp-socket-port", WEB, "template.containers.1.startup_probe.tcp_socket.port", 65536),
  ...wrongValues("run-probe-grpc-port", API, READINESS, { grpc: { port: 0 } }),
  ...wrongValues("run-probe-path", API, `${READINESS}.http_get.path`, "ready", "http://localhost/ready", ""),
  ...wrongValues("run-probe-header", API, `${LIVENESS}.http_get.http_headers`, [{ value: "1" }]),
  ...wrongValues(
    "run-probe-header-name",
    API,
    `${LIVENESS}.http_get.http_headers`,
    [{ name: "" }],
    [{ name: "Host: a" }],
  ),

  ...wrongValues("run-probe-handler", API, STARTUP, { period_seconds: 10 }, { http_get: {}, grpc: {} }),
  ...wrongValues("run-probe-handler", JOB, "template.template.containers.0.startup_probe", {}),
  ...wrongValues("run-probe-tcp", API, LIVENESS, { tcp_socket: { port: 8080 } }),
  ...wrongValues("run-probe-tcp", POOL, LIVENESS, { tcp_socket: { port: 8080 } }),
  ...wrongValues("run-probe-timeout-period", API, `${READINESS}.timeout_seconds`, 11),
  ...wrongValues("run-startup-budget", API, `${STARTUP}.failure_threshold`, 181),
  ...wrongValues("run-startup-budget", SMALL, STARTUP, { http_get: {}, period_seconds: 10, failure_threshold: 61 }),
  ...wrongValues("run-startup-budget", SMALL, STARTUP, { http_get: {}, initial_delay_seconds: 601 }),
  ...wrongValues("run-startup-period-documented", SMALL, STARTUP, {
    http_get: {},
    period_seconds: 300,
    failure_threshold: 1,
  }),
  ...wrongValues("run-readiness-delay", API, `${READINESS}.initial_delay_seconds`, 10),
  ...wrongValues("run-probe-http1", API, `${C}.ports.name`, "h2c"),
  ...wrongValues("run-gpu-startup-probe", API, STARTUP, undefined),
  ...wrongValues("run-liveness-needs-startup", API, STARTUP, undefined),
]);

const silent: readonly (readonly [string, (document: ReturnType<typeof workloads>) => void])[] = [
  ["a startup budget of half an hour with a GPU", (document) => setProbe(document, API, { failure_threshold: 180 })],
  ["a budget that Terraform computes", (document) => setProbe(document, API, { failure_threshold: "${var.failures}" })],
  [
    "a startup probe that may be with a GPU",
    (document) => {
      setProbe(document, SMALL, { period_seconds: 10, failure_threshold: 150 });
      (resourceAt(document, SMALL).template as Record<string, unknown>).node_selector = "${var.selector}";
    },
  ],
  [
    "an HTTP probe of another port than the one for h2c",
    (document) => {
      const container = containerOf(document, API);
      container.ports = { container_port: 8080, name: "h2c" };
      for (const kind of ["startup_probe", "liveness_probe", "readiness_probe"])
        (container[kind] as Record<string, unknown>).http_get = { path: "/health", port: 8081 };
    },
  ],
];

test.each(silent)("says nothing of %s", (_title, change) => {
  const document = workloads();
  change(document);
  expect(
    findingsOf(document).filter((finding) => finding.rule.includes("probe") || finding.rule.includes("startup")),
  ).toEqual([]);
});

function containerOf(document: ReturnType<typeof workloads>, address: string): Record<string, unknown> {
  return (resourceAt(document, address).template as { containers: Record<string, unknown>[] }).containers[0]!;
}

function setProbe(document: ReturnType<typeof workloads>, address: string, values: Record<string, unknown>): void {
  containerOf(document, address).startup_probe = { http_get: { path: "/health" }, period_seconds: 10, ...values };
}
