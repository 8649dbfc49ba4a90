import { gpuAvailabilityRules } from "../../../lib/rules/instances/gpu-availability";
import { changed, describeRules, findingsOf, type Json, resourceAt } from "../rule-support";
import { instanceServingPath } from "./instance-serving-path";

const TEMPLATE = "google_compute_region_instance_template.model";
const GROUP = "google_compute_region_instance_group_manager.model";

/** The valid document with other machines, and its group in these zones. */
function machines(values: Json, zones: string[] = []): (document: Json) => void {
  return (document) => {
    Object.assign(resourceAt(document, TEMPLATE), { guest_accelerator: [], ...values });
    Object.assign(resourceAt(document, GROUP), {
      region: String(values.region ?? "europe-west4"),
      distribution_policy_zones: zones,
    });
  };
}

describeRules(gpuAvailabilityRules, instanceServingPath, [
  changed("template-gpu-size", TEMPLATE, machines({ machine_type: "g2-standard-6" })),
  changed("template-gpu-size", TEMPLATE, machines({ machine_type: "a3-highgpu-6g" })),
  changed("template-gpu-region", TEMPLATE, machines({ region: "europe-north1" })),
  changed(
    "template-gpu-region",
    TEMPLATE,
    machines({
      region: "europe-north1",
      machine_type: "n1-standard-8",
      guest_accelerator: [{ type: "projects/p/zones/z/acceleratorTypes/nvidia-tesla-t4", count: 1 }],
    }),
  ),
  changed("group-gpu-zones", GROUP, machines({ region: "us-east4" }, ["us-east4-a", "us-east4-b"])),
  changed("template-gpu-on-demand", TEMPLATE, machines({ machine_type: "a3-highgpu-1g" })),
  changed("template-arm-image", TEMPLATE, machines({ machine_type: "c4a-standard-8" })),
]);

test.each([
  [
    "zones given by URL",
    machines({ region: "us-east4" }, ["https://www.googleapis.com/compute/v1/projects/p/zones/us-east4-a"]),
  ],
  ["zones that are not known", machines({ machine_type: "g4-standard-48" }, ["europe-west4-a"])],
  [
    "Spot machines of a small H100 size",
    machines({
      machine_type: "a3-highgpu-1g",
      scheduling: {
        provisioning_model: "SPOT",
        preemptible: true,
        automatic_restart: false,
        on_host_maintenance: "TERMINATE",
      },
    }),
  ],
  ["machines without GPU anywhere", machines({ machine_type: "n2-standard-8", region: "europe-north1" })],
  [
    "Arm with its own image",
    machines({ machine_type: "c4a-standard-8", disk: [{ source_image: "cos-cloud/cos-arm64-stable", boot: true }] }),
  ],
])("%s are no finding", (_what, change) => {
  const document = instanceServingPath();
  change(document);
  const ids = new Set(gpuAvailabilityRules.map(({ id }) => id));
  expect(findingsOf(document).filter(({ rule }) => ids.has(rule))).toEqual([]);
});
