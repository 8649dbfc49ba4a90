import { cloudRunSizingRules } from "../../../lib/rules/cloud-run/cloud-run-sizing";
import { describeRules, findingsOf, resourceAt, wrongValues } from "../rule-support";
import { API, JOB, POOL, SMALL, WEB, workloads } from "./cloud-run-document";

const LIMITS = "template.containers.0.resources.limits";
const JOB_LIMITS = "template.template.containers.0.resources.limits";

describeRules(cloudRunSizingRules, workloads, [
  ...wrongValues("run-limit-keys", WEB, LIMITS, { cpu: "1", memory: "1Gi", gpu: "1" }),
  ...wrongValues("run-cpu", WEB, `${LIMITS}.cpu`, "3", "10", "0.05", "one", "1500m"),
  ...wrongValues("run-cpu", JOB, `${JOB_LIMITS}.cpu`, "7"),
  ...wrongValues("run-memory", WEB, `${LIMITS}.memory`, "1GB", "512", "512mi", "lots"),
  ...wrongValues("run-memory", SMALL, `${LIMITS}.memory`, "64Mi"),
  ...wrongValues("run-cpu-memory", SMALL, LIMITS, { cpu: "1", memory: "8Gi" }, { cpu: "4", memory: "1Gi" }),
  ...wrongValues("run-cpu-memory", SMALL, LIMITS, { memory: "8Gi" }, { cpu: "4" }, { cpu: "500m", memory: "2Gi" }),
  ...wrongValues("run-cpu-memory", JOB, JOB_LIMITS, { cpu: "2", memory: "16Gi" }),
  ...wrongValues("run-cpu-memory", POOL, LIMITS, { cpu: "8", memory: "64Gi" }),
  ...wrongValues("run-instance-total", WEB, LIMITS, { cpu: "8", memory: "16Gi" }),
  ...wrongValues("run-fractional-cpu", SMALL, "template.max_instance_request_concurrency", 2),
  ...wrongValues("run-fractional-cpu", SMALL, "template.execution_environment", "EXECUTION_ENVIRONMENT_GEN2"),
  ...wrongValues("run-fractional-cpu", SMALL, "template.containers.0.resources.cpu_idle", false),
  {
    rule: "run-gen2-memory",
    address: SMALL,
    change: (document) => {
      const template = resourceAt(document, SMALL).template as { containers: { resources: object }[] };
      Object.assign(template, { execution_environment: "EXECUTION_ENVIRONMENT_GEN2" });
      template.containers[0]!.resources = { limits: { cpu: "1", memory: "256Mi" }, cpu_idle: true };
    },
  },
  ...wrongValues("run-cpu-idle-explicit", SMALL, "template.containers.0.resources.cpu_idle", undefined),
]);

test.each([
  ["4 CPUs and 16 GiB", { cpu: "4", memory: "16Gi" }],
  ["decimal units", { cpu: 1, memory: "2G" }],
  ["thousandths of a CPU", { cpu: "2000m", memory: "8192Mi" }],
  ["a size that Terraform computes", { cpu: "${var.cpu}", memory: "64Gi" }],
  ["limits that Terraform computes", "${var.limits}"],
])("says nothing of %s", (_title, limits) => {
  const document = workloads();
  const template = resourceAt(document, SMALL).template as { containers: { resources: { limits: unknown } }[] };
  template.containers[0]!.resources.limits = limits;
  expect(findingsOf(document).filter((finding) => finding.severity === "error")).toEqual([]);
});

test("says nothing of the size of an instance that may have a GPU", () => {
  const document = workloads();
  const template = resourceAt(document, SMALL).template as Record<string, unknown>;
  template.node_selector = { accelerator: "${var.gpu}" };
  template.containers = [{ image: "${var.image}", resources: { limits: { cpu: "20", memory: "80Gi" } } }];
  expect(findingsOf(document).filter((finding) => finding.severity === "error")).toEqual([]);
});

test("counts no CPU twice in a service with a sidecar and a GPU", () => {
  const document = workloads();
  const template = resourceAt(document, API).template as { containers: object[] };
  template.containers.push({ name: "proxy", image: "docker.io/envoyproxy/envoy:v1.31.0" });
  expect(findingsOf(document).filter((finding) => finding.severity === "error")).toEqual([]);
});
