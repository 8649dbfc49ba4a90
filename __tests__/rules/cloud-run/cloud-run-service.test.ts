import { cloudRunServiceRules } from "../../../lib/rules/cloud-run/cloud-run-service";
import { describeRules, findingsOf, resourceAt, wrongValues } from "../rule-support";
import { API, JOB, POOL, SMALL, WEB, workloads } from "./cloud-run-document";

describeRules(cloudRunServiceRules, workloads, [
  ...wrongValues("run-region-known", SMALL, "location", "europe-west77"),
  ...wrongValues("run-region-known", JOB, "location", "us-middle1"),
  ...wrongValues("run-multi-region", SMALL, "location", "global"),
  ...wrongValues("run-multi-region", SMALL, "multi_region_settings", { regions: ["europe-west1", "us-central1"] }),
  {
    rule: "run-multi-region",
    address: SMALL,
    change: (document) => {
      const small = resourceAt(document, SMALL);
      small.location = "global";
      small.multi_region_settings = { regions: ["eu"] };
    },
  },
  ...wrongValues("run-min-max-instances", WEB, "template.scaling.min_instance_count", 11),
  ...wrongValues("run-min-max-instances", API, "scaling", { min_instance_count: 3, max_instance_count: "2" }),
  ...wrongValues("run-min-max-instances", POOL, "scaling", {
    scaling_mode: "AUTOMATIC",
    min_instance_count: 3,
    max_instance_count: 2,
  }),
  ...wrongValues("run-service-min-revision-max", API, "scaling.min_instance_count", 4),
  ...wrongValues("run-manual-scaling", API, "scaling.manual_instance_count", 2),
  ...wrongValues("run-manual-scaling", API, "scaling", { scaling_mode: "MANUAL" }),
  ...wrongValues("run-manual-scaling", POOL, "scaling", { min_instance_count: 1 }),
  ...wrongValues("run-gpu-max-instances", API, "template.scaling", undefined),
  ...wrongValues("run-job-parallelism-tasks", JOB, "template.parallelism", 11),
  ...wrongValues("run-job-parallelism-tasks", JOB, "template.task_count", undefined),
  ...wrongValues("run-job-tokens", JOB, "start_execution_token", "x".repeat(60)),
  {
    rule: "run-job-tokens",
    address: JOB,
    change: (document) =>
      Object.assign(resourceAt(document, JOB), { start_execution_token: "a", run_execution_token: "b" }),
  },
  ...wrongValues("run-reserved-labels", WEB, "labels", { "run.googleapis.com/ingress": "all" }),
  ...wrongValues("run-reserved-labels", WEB, "annotations", { "run.googleapis.com/launch-stage": "BETA" }),
  ...wrongValues("run-reserved-labels", WEB, "template.annotations", { "autoscaling.knative.dev/maxScale": "3" }),
  ...wrongValues("run-reserved-labels", POOL, "template.labels", { "cloud.googleapis.com/location": "eu" }),
  ...wrongValues("run-binary-authorization", WEB, "binary_authorization", { use_default: true, policy: "p" }),
  ...wrongValues("run-binary-authorization", JOB, "binary_authorization", {
    use_default: false,
    breakglass_justification: "fire",
  }),
]);

test.each([
  ["a multi-region service", SMALL, { location: "global", multi_region_settings: { regions: ["europe-west1"] } }],
  ["labels of one's own namespace", WEB, { labels: { "example.com/run": "1" }, annotations: { "a.dev/b": "c" } }],
  ["scaling that Terraform computes", API, { scaling: "${var.scaling}" }],
  ["a mode that Terraform computes", POOL, { scaling: { scaling_mode: "${var.mode}", min_instance_count: 1 } }],
  ["parallelism that Terraform computes", JOB, { template: { parallelism: "${var.parallelism}", template: {} } }],
])("says nothing of %s", (_title, address, values) => {
  const document = workloads();
  Object.assign(resourceAt(document, address), values);
  const ids = cloudRunServiceRules.map((rule) => rule.id);
  expect(findingsOf(document).filter((finding) => ids.includes(finding.rule))).toEqual([]);
});
