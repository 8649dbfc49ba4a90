import { instanceServingPath } from "./instance-serving-path";
import { changed, describeGroup, findingsOf, ids, type Json, on, resourceAt } from "./rule-support";

const TEMPLATE = "google_compute_region_instance_template.model";
const GROUP = "google_compute_region_instance_group_manager.model";
const SPOT = { provisioning_model: "SPOT", preemptible: true, automatic_restart: false };

function with_(values: Json): Json {
  const document = instanceServingPath();
  Object.assign(resourceAt(document, TEMPLATE), values);
  return document;
}

/** The valid document with other machines, and its group in these zones. */
function machines(values: Json, zones: string[] = []): (document: Json) => void {
  return (document) => {
    Object.assign(resourceAt(document, TEMPLATE), { guest_accelerator: [], ...values });
    const group = resourceAt(document, GROUP);
    Object.assign(group, { region: String(values.region ?? "europe-west4"), distribution_policy_zones: zones });
    (group.update_policy as Json).max_surge_fixed = 3;
  };
}

/** A template in another region: its subnetwork and the group's autoscaler are not there. */
const MOVED = ["autoscaler-region", "interface-region"];

/** The rules on the network of instances, whose test is with the network. */
const WARNINGS = [
  "arm-image",
  "cloud-init-image",
  "cos-gpu-driver",
  "cos-starts",
  "disk-auto-delete",
  "disk-disk-type",
  "disk-series",
  "disk-shared",
  "gpu-machine",
  "gpu-on-demand",
  "gpu-region",
  "machine-type-gpu-size",
  "metadata",
  "metadata-user-data",
  "nic-series",
  "run-limit",
  "service-account",
  "service-account-scopes-cloud-platform",
  "shielded-vtpm",
  "spot-preemptible",
  "tags",
].map((id) => `template-${id}`);
const NETWORK = [
  "network-interface",
  "subnetwork",
  "subnetwork-purpose",
  "subnetwork-region",
  "external-address",
  "outside-images",
];

describeGroup(
  "template",
  instanceServingPath,
  [
    ...on(
      TEMPLATE,
      ["template-machine-type", "machine_type", "zones/europe-west4-a/machineTypes/g2-standard-8"],
      ["template-disk", "disk", undefined],
      ["template-disk-disk-type", "disk.0.disk_type", "ssd"],
      ["template-metadata", "metadata", { "a key": "x", "user-data": "#cloud-config cos-extensions" }],
      ["template-service-account", "service_account", undefined],
      ["template-service-account-email", "service_account.email", "${google_service_account.model.id}"],
      ["template-service-account-scopes", "service_account.scopes", undefined],
      ["template-service-account-scopes-cloud-platform", "service_account.scopes", ["storage-ro"]],
      ["template-gpu-terminate", "scheduling.on_host_maintenance", undefined],
      ["template-gpu-terminate", "scheduling.on_host_maintenance", "MIGRATE"],
      ["template-gpu-machine", "guest_accelerator.0.type", "nvidia-tesla-t4"],
      ["template-boot-image", "disk.0.source_image", undefined],
      ["template-disk-boot-first", "disk.0.boot", false, "disk"],
      ["template-disk-boot-first", "disk.1.boot", true, "disk"],
      ["template-disk-disk-size-gb-scratch", "disk.1.disk_size_gb", undefined],
      ["template-disk-series", "disk.0.disk_type", undefined],
      ["template-disk-series", "disk.0.disk_type", "pd-standard"],
      ["template-metadata-user-data", "metadata.user-data", "docker run cos-extensions"],
      ["template-cloud-init-image", "disk.0.source_image", "debian-cloud/debian-12"],
      ["template-cos-gpu-driver", "metadata.user-data", "#cloud-config\nruncmd: [docker run model]"],
      ["template-cos-gpu-driver", "metadata.user-data", "#cloud-config\nruncmd: [docker run ${var.image}]"],
    ),
    ...["n1-standard-8", "g2-standard-24"].map((machine_type) =>
      changed("template-gpu-machine", TEMPLATE, (document) =>
        Object.assign(resourceAt(document, TEMPLATE), { machine_type }),
      ),
    ),
    changed("template-shielded-vtpm", TEMPLATE, (document) => {
      resourceAt(document, TEMPLATE).shielded_instance_config = { enable_vtpm: false };
    }),
    changed("template-tags-item", TEMPLATE, (document) => (resourceAt(document, TEMPLATE).tags = ["model", "Model"])),
    changed("template-gpu-terminate", TEMPLATE, (document) => delete resourceAt(document, TEMPLATE).scheduling),
    ...(
      [
        ["template-spot-restart", "automatic_restart", { provisioning_model: "SPOT", preemptible: true }],
        ["template-spot-restart", "automatic_restart", { preemptible: true, automatic_restart: true }],
        ["template-spot-preemptible", "preemptible", { provisioning_model: "SPOT", automatic_restart: false }],
        ["template-on-host-maintenance-spot", "on_host_maintenance", { ...SPOT, on_host_maintenance: "MIGRATE" }],
        [
          "template-on-host-maintenance-spot",
          "on_host_maintenance",
          { preemptible: true, automatic_restart: false, on_host_maintenance: "MIGRATE" },
        ],
        [
          "template-instance-termination-action-model",
          "instance_termination_action",
          { on_host_maintenance: "TERMINATE", instance_termination_action: "STOP" },
        ],
        [
          "template-run-limit",
          "termination_time",
          {
            on_host_maintenance: "TERMINATE",
            max_run_duration: { seconds: 60 },
            termination_time: "2027-01-01T00:00:00Z",
          },
        ],
        [
          "template-flex-start",
          "instance_termination_action",
          { provisioning_model: "FLEX_START", on_host_maintenance: "TERMINATE" },
        ],
        [
          "template-flex-start",
          "max_run_duration",
          {
            provisioning_model: "FLEX_START",
            on_host_maintenance: "TERMINATE",
            instance_termination_action: "DELETE",
          },
        ],
      ] as const
    ).map(([rule, at, scheduling]) => ({
      ...changed(rule, TEMPLATE, (document) => Object.assign(resourceAt(document, TEMPLATE), { scheduling })),
      at: `scheduling.${at}`,
    })),
    changed("template-spot-reservation", TEMPLATE, (document) =>
      Object.assign(resourceAt(document, TEMPLATE), {
        scheduling: SPOT,
        reservation_affinity: {
          type: "SPECIFIC_RESERVATION",
          specific_reservation: { key: "compute.googleapis.com/reservation-name", values: ["r"] },
        },
      }),
    ),
    ...(
      [
        [{ type: "PERSISTENT", disk_type: "local-ssd" }, "type"],
        [{ type: "SCRATCH", disk_type: "pd-ssd", disk_size_gb: 375 }, "disk_type"],
        [{ type: "SCRATCH", disk_type: "local-ssd", disk_size_gb: 3000, interface: "SCSI" }, "interface"],
      ] as const
    ).map(([disk, at]) =>
      changed(
        "template-local-ssd",
        TEMPLATE,
        (document) => ((resourceAt(document, TEMPLATE).disk as Json[])[1] = disk),
        {
          at: `disk.${at}`,
        },
      ),
    ),
    ...on(
      TEMPLATE,
      ["template-disk-shared", "disk.1", { source: "weights", mode: "READ_WRITE" }],
      ["template-disk-shared", "disk.1", { source: "weights" }],
      ["template-disk-source", "disk.1", { source: "weights", mode: "READ_ONLY", disk_size_gb: 375 }],
    ).map((mutation) => ({ ...mutation, at: mutation.rule.endsWith("shared") ? "disk.mode" : "disk.disk_size_gb" })),
    changed("template-metadata-gce-container-declaration", TEMPLATE, (document) =>
      Object.assign(resourceAt(document, TEMPLATE).metadata as Json, {
        "gce-container-declaration": "spec: ${var.image}",
      }),
    ),
    changed("template-startup-script", TEMPLATE, (document) => {
      const template = resourceAt(document, TEMPLATE);
      (template.metadata as Json)["startup-script"] = "#!/bin/sh";
      template.metadata_startup_script = "#!/bin/sh";
    }),
    changed(
      "template-cos-starts",
      TEMPLATE,
      machines({
        machine_type: "n2-standard-8",
        metadata: undefined,
        disk: [{ source_image: "cos-cloud/cos-stable" }],
      }),
    ),
    changed(
      "template-nic-series",
      TEMPLATE,
      (document) => {
        machines({ machine_type: "a3-highgpu-8g" })(document);
        (resourceAt(document, TEMPLATE).network_interface as Json[])[0]!.nic_type = "VIRTIO_NET";
      },
      { at: "network_interface.nic_type" },
    ),
    changed(
      "template-confidential-maintenance",
      TEMPLATE,
      machines({
        machine_type: "c3-standard-4",
        scheduling: { on_host_maintenance: "MIGRATE" },
        confidential_instance_config: { confidential_instance_type: "TDX" },
      }),
      { at: "scheduling.on_host_maintenance" },
    ),
    changed("template-machine-type-gpu-size", TEMPLATE, machines({ machine_type: "g2-standard-6" })),
    changed("template-machine-type-gpu-size", TEMPLATE, machines({ machine_type: "a3-highgpu-6g" })),
    changed("template-gpu-region", TEMPLATE, machines({ region: "europe-north1" }), { also: MOVED }),
    changed(
      "template-gpu-region",
      TEMPLATE,
      machines({
        region: "europe-north1",
        machine_type: "n1-standard-8",
        guest_accelerator: [{ type: "projects/p/zones/z/acceleratorTypes/nvidia-tesla-t4", count: 1 }],
      }),
      { also: MOVED },
    ),
    changed("template-gpu-on-demand", TEMPLATE, machines({ machine_type: "a3-highgpu-1g" })),
    changed(
      "template-arm-image",
      TEMPLATE,
      machines({
        machine_type: "c4a-standard-8",
        disk: [{ source_image: "cos-cloud/cos-stable", disk_type: "hyperdisk-balanced" }],
      }),
    ),
    changed(
      "template-name-prefix",
      TEMPLATE,
      (document) => Object.assign(resourceAt(document, TEMPLATE), { name: undefined, name_prefix: "Model" }),
      { also: ["name-prefix"] },
    ),
    changed(
      "template-name-or-prefix",
      TEMPLATE,
      (document) => (resourceAt(document, TEMPLATE).name_prefix = "model-"),
      {
        also: ["name-or-prefix"],
      },
    ),
  ],
  WARNINGS,
  NETWORK.map((id) => `template-${id}`),
);

test("says nothing of spot instances with GPUs and no word on maintenance", () => {
  expect(ids(with_({ scheduling: SPOT }))).toEqual([]);
});

test("knows which GPUs go with N1 machines", () => {
  const found = (machine_type: string, type: string, count: number) =>
    ids(with_({ machine_type, guest_accelerator: [{ type, count }] }));
  expect(found("n1-standard-8", "nvidia-tesla-t4", 1)).toEqual([]);
  expect(found("custom-8-30720", "nvidia-tesla-t4", 1)).toEqual([]);
  expect(found("n1-standard-96", "nvidia-tesla-t4", 1)).toEqual(["template-gpu-machine"]);
  expect(found("n1-standard-8", "nvidia-tesla-t4", 3)).toEqual(["template-gpu-machine"]);
  expect(found("n2-standard-8", "nvidia-tesla-t4", 1)).toEqual(["template-gpu-machine"]);
  expect(found("${var.machine}", "nvidia-tesla-t4", 1)).toEqual([]);
});

test.each([
  [
    "Spot machines of a small H100 size",
    machines({ machine_type: "a3-highgpu-1g", scheduling: { ...SPOT, on_host_maintenance: "TERMINATE" } }),
  ],
  ["machines without GPU anywhere", machines({ machine_type: "n2-standard-8" })],
  [
    "Arm with its own image",
    machines({
      machine_type: "c4a-standard-8",
      disk: [{ source_image: "cos-cloud/cos-arm64-stable", boot: true, disk_type: "hyperdisk-balanced" }],
    }),
  ],
  [
    "zones that are not known",
    machines({ machine_type: "g4-standard-48", guest_accelerator: [] }, ["europe-west4-a", "europe-west4-b"]),
  ],
])("%s are no finding", (_what, change) => {
  const document = instanceServingPath();
  change(document);
  const disk = ["template-disk-series", "template-nic-series"];
  expect(ids(document).filter((id) => !disk.includes(id))).toEqual([]);
});

test("a template of which only reservations are made may keep the default on maintenance", () => {
  const document = (users: Json) => ({
    resource: {
      google_compute_instance_template: {
        model: {
          ...resourceAt(instanceServingPath(), TEMPLATE),
          region: undefined,
          scheduling: undefined,
          network_interface: { network: "default" },
        },
      },
      ...users,
    },
  });
  const name = "${google_compute_instance_template.model.id}";
  const reserved = {
    google_compute_reservation: { r: { name: "r", specific_reservation: { source_instance_template: name } } },
  };
  expect(ids(document({}))).toContain("template-gpu-terminate");
  expect(ids(document(reserved))).not.toContain("template-gpu-terminate");
});

/** What Google Cloud accepts: Flex-start without automatic_restart, and empty text for "unset". */
test.each([
  [
    "Flex-start",
    {
      provisioning_model: "FLEX_START",
      instance_termination_action: "DELETE",
      on_host_maintenance: "TERMINATE",
      max_run_duration: { seconds: 1800 },
    },
  ],
  [
    "Flex-start that restarts",
    {
      provisioning_model: "FLEX_START",
      automatic_restart: true,
      instance_termination_action: "DELETE",
      on_host_maintenance: "TERMINATE",
      max_run_duration: { seconds: 1800 },
    },
  ],
  ["an empty provisioning model", { provisioning_model: "", on_host_maintenance: "TERMINATE" }],
])("%s is no finding", (_what, scheduling) => {
  expect(ids(with_({ scheduling }))).toEqual([]);
});

test("a container declaration says what happens: nothing", () => {
  const document = with_({
    metadata: { "gce-container-declaration": "spec:", "user-data": "#cloud-config cos-extensions" },
  });
  expect(
    findingsOf(document)
      .map(({ message }) => message)
      .join(),
  ).toContain("It is accepted, but");
});
