import { cloudRunGpuRules } from "../../../lib/rules/cloud-run/cloud-run-gpu";
import { describeRules, findingsOf, type Json, resourceAt, wrongValues } from "../rule-support";
import { API, JOB, workloads } from "./cloud-run-document";

const LIMITS = "template.containers.0.resources.limits";

function jobWithGpu(document: Json): void {
  const template = (resourceAt(document, JOB).template as { template: Json }).template;
  template.node_selector = { accelerator: "nvidia-l4" };
  template.timeout = "7200s";
  (template.containers as Json[])[0]!.resources = { limits: { cpu: "4", memory: "16Gi", "nvidia.com/gpu": "1" } };
}

describeRules(cloudRunGpuRules, workloads, [
  ...wrongValues("run-gpu-type", API, "template.node_selector.accelerator", "nvidia-a100", "L4"),
  ...wrongValues("run-gpu-size", API, `${LIMITS}.cpu`, "2"),
  ...wrongValues("run-gpu-size", API, `${LIMITS}.memory`, "8Gi", "64Gi"),
  ...wrongValues("run-gpu-size", API, "template.node_selector.accelerator", "nvidia-rtx-pro-6000"),
  ...wrongValues("run-gpu-count", API, LIMITS, { cpu: "8", memory: "32Gi", "nvidia.com/gpu": "2" }),
  {
    rule: "run-gpu-count",
    address: API,
    change: (document) => {
      const { containers } = resourceAt(document, API).template as { containers: Json[] };
      containers.push({
        name: "two",
        image: "docker.io/library/nginx:1.27",
        resources: { ...(containers[0]!.resources as Json) },
      });
    },
  },
  ...wrongValues("run-gpu-pair", API, "template.node_selector", undefined),
  ...wrongValues("run-gpu-pair", API, LIMITS, { cpu: "8", memory: "32Gi" }),
  ...wrongValues("run-gpu-cpu-idle", API, "template.containers.0.resources.cpu_idle", true),
  ...wrongValues("run-gpu-region", API, "location", "africa-south1", "europe-north1"),
  ...wrongValues("run-gpu-invitation", API, "location", "asia-south1"),
  ...wrongValues("run-gpu-redundancy-explicit", API, "template.gpu_zonal_redundancy_disabled", undefined),
  ...wrongValues("run-gpu-gen2", API, "template.execution_environment", "EXECUTION_ENVIRONMENT_GEN1"),
  ...wrongValues("run-gpu-concurrency", API, "template.max_instance_request_concurrency", undefined),
  { rule: "run-job-gpu-timeout", address: JOB, change: jobWithGpu },
]);

test("says nothing of an RTX PRO 6000 in a region that has it", () => {
  const document = workloads();
  const template = resourceAt(document, API).template as { node_selector: Json; containers: Json[] };
  template.node_selector = { accelerator: "nvidia-rtx-pro-6000" };
  template.containers[0]!.resources = {
    limits: { cpu: "20", memory: "80Gi", "nvidia.com/gpu": "1" },
    cpu_idle: false,
  };
  expect(findingsOf(document)).toEqual([]);
});

test("says nothing of a region that Terraform computes", () => {
  const document = workloads();
  resourceAt(document, API).location = "${each.value}";
  expect(findingsOf(document).filter((finding) => finding.rule.startsWith("run-gpu"))).toEqual([]);
});
