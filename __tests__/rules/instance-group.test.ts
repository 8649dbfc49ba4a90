import { instanceServingPath } from "./instance-serving-path";
import { changed, describeGroup, findingsOf, ids, type Json, on, resourceAt } from "./rule-support";

const GROUP = "google_compute_region_instance_group_manager.model";
const SERVING = "${google_compute_health_check.serving.id}";
const TEMPLATE = "${google_compute_region_instance_template.model.id}";

/** The group with these values; `undefined` removes one. */
const grouped = (values: Json) => (document: Json) => {
  Object.assign(resourceAt(document, GROUP), values);
};

const updated = (values: Json) => (document: Json) => {
  Object.assign(resourceAt(document, GROUP).update_policy as Json, values);
};

const selection = (name: string, type = "g2-standard-8") => ({ name, rank: 1, machine_types: [type] });

/** A group without its autoscaler. */
const sized = (values: Json) => (document: Json) => {
  delete (document.resource as Json).google_compute_region_autoscaler;
  grouped(values)(document);
};

const NO_REDISTRIBUTION = {
  type: "PROACTIVE",
  minimal_action: "REPLACE",
  max_surge_fixed: 2,
  instance_redistribution_type: "NONE",
};

/** An update that may stop instances before it has made others. */
const CAPACITY = ["change-group-keeps-capacity"];

describeGroup(
  "group",
  instanceServingPath,
  [
    ...on(
      GROUP,

      [
        "group-version-instance-template",
        "version.0.instance_template",
        "${google_compute_region_instance_template.model.name}",
      ],
      ["group-version-instance-template", "version.0.instance_template", "projects/p/regions/r/instanceTemplate/model"],
      [
        "group-auto-healing-policies-health-check",
        "auto_healing_policies.health_check",
        "${google_compute_health_check.healing.name}",
      ],
      ["group-auto-healing-policies-health-check", "auto_healing_policies.health_check", "healing"],
      ["group-update-policy", "update_policy", undefined],
      ["group-surge-zones", "update_policy.max_surge_fixed", 1],
      ["group-surge-once", "update_policy.max_surge_percent", 20],
      ["group-unavailable-once", "update_policy.max_unavailable_percent", 20],
      ["group-one-zone", "distribution_policy_zones", ["europe-west4-a"]],
      ["group-size-autoscaled", "target_size", 3],
      ["group-update-readiness", "auto_healing_policies", undefined],
    ),
    changed("group-surge-or-unavailable", GROUP, updated({ max_surge_fixed: 0 }), {
      at: "update_policy.max_unavailable_fixed",
    }),
    changed("group-surge-zones", GROUP, updated({ max_unavailable_fixed: 1 }), { also: CAPACITY }),
    changed("group-base-instance-name", GROUP, grouped({ base_instance_name: "Model" }), {
      at: "base_instance_name",
      also: ["name-base-instance"],
    }),
    ...["max_surge_fixed", "max_surge_percent"].map((name) =>
      changed(
        `group-update-policy-${name.replaceAll("_", "-")}-recreate`,
        GROUP,
        updated({ replacement_method: "RECREATE", max_surge_fixed: undefined, [name]: 50, max_unavailable_fixed: 2 }),
        { at: `update_policy.${name}`, also: CAPACITY },
      ),
    ),
    ...["max_unavailable_fixed", "max_unavailable_percent"].map((name) =>
      changed(
        `group-update-policy-${name.replaceAll("_", "-")}-recreate`,
        GROUP,
        updated({
          replacement_method: "RECREATE",
          max_surge_fixed: undefined,
          max_unavailable_fixed: undefined,
          [name]: 0,
        }),
        { at: `update_policy.${name}` },
      ),
    ),
    changed(
      "group-update-policy-most-disruptive-allowed-action-proactive",
      GROUP,
      updated({ minimal_action: "REFRESH", most_disruptive_allowed_action: "RESTART" }),
      { at: "update_policy.most_disruptive_allowed_action" },
    ),
    changed(
      "group-percent-size",
      GROUP,
      sized({ target_size: 3, update_policy: { type: "PROACTIVE", minimal_action: "REPLACE", max_surge_percent: 50 } }),
      { at: "update_policy.max_surge_percent" },
    ),
    changed(
      "group-instance-flexibility-policy-instance-selections-machine-types",
      GROUP,
      grouped({ instance_flexibility_policy: { instance_selections: [selection("a", "zones/a/machineTypes/g2")] } }),
      { at: "instance_flexibility_policy.instance_selections.machine_types" },
    ),
    changed(
      "group-selection-names",
      GROUP,
      grouped({ instance_flexibility_policy: { instance_selections: [selection("a"), selection("a")] } }),
      { at: "instance_flexibility_policy.instance_selections.name" },
    ),
    changed("group-version", GROUP, grouped({ version: [{ instance_template: TEMPLATE, target_size: { fixed: 1 } }] })),
    changed(
      "group-version-names",
      GROUP,
      grouped({
        version: [
          { name: "a", instance_template: TEMPLATE },
          { name: "a", instance_template: TEMPLATE, target_size: { fixed: 1 } },
        ],
      }),
    ),
    changed("group-shape-redistribution", GROUP, grouped({ distribution_policy_target_shape: "BALANCED" }), {
      at: "update_policy.instance_redistribution_type",
    }),
    changed("group-shape-autoscaled", GROUP, grouped({ distribution_policy_target_shape: "ANY" })),
    changed("group-redistribution-autoscaled", GROUP, updated({ instance_redistribution_type: "NONE" })),
    changed(
      "group-stateful-autoscaled",
      GROUP,
      grouped({ stateful_disk: { device_name: "data" }, update_policy: NO_REDISTRIBUTION }),
      { also: ["group-redistribution-autoscaled"] },
    ),
    ...["stateful_disk", "stateful_internal_ip", "stateful_external_ip"].flatMap((name) => [
      changed("group-stateful-redistribution", GROUP, sized({ target_size: 3, [name]: {} }), {
        at: "update_policy.instance_redistribution_type",
      }),
      changed(
        "group-delete-rule",
        GROUP,
        sized({ target_size: 3, update_policy: NO_REDISTRIBUTION, [name]: { delete_rule: "ALWAYS" } }),
      ),
    ]),
    changed("group-zones", GROUP, grouped({ distribution_policy_zones: ["europe-west4-a", "europe-west1-b"] }), {
      also: ["group-gpu-zones"],
    }),
    changed("group-zones", GROUP, grouped({ distribution_policy_zones: ["europe-west4-a", "europe-west4-a"] })),
    changed("group-gpu-zones", GROUP, (document) => {
      resourceAt(document, "google_compute_region_instance_template.model").machine_type = "n1-standard-8";
      resourceAt(document, "google_compute_region_instance_template.model").guest_accelerator = [
        { type: "nvidia-tesla-p4", count: 1 },
      ];
      grouped({ distribution_policy_zones: ["europe-west4-a", "europe-west4-b"] })(document);
    }),
    changed("group-healing-check", GROUP, grouped({ auto_healing_policies: { health_check: SERVING } }), {
      also: ["group-healing-port"],
    }),
    changed("group-healing-port", GROUP, (document) => {
      resourceAt(document, "google_compute_health_check.healing").http_health_check = {
        port_specification: "USE_SERVING_PORT",
      };
    }),
    changed(
      "group-template-region",
      GROUP,
      grouped({ region: "europe-west1", distribution_policy_zones: ["europe-west1-b", "europe-west1-c"] }),
      { also: ["autoscaler-region"] },
    ),
    {
      rule: "group-named-port-name",
      address: GROUP,
      set: ["named_port.0.name", "HTTP"],
      also: ["backend-named-port"],
    },
    changed("group-empty", GROUP, sized({})),
    changed("change-fixed-name", GROUP, grouped({ lifecycle: { create_before_destroy: true } }), { at: "name" }),
  ],
  [
    "update-policy-most-disruptive-allowed-action-proactive",
    "empty",
    "gpu-zones",
    "healing-check",
    "healing-port",
    "one-zone",
    "redistribution-autoscaled",
    "size-autoscaled",
    "stateful-autoscaled",
    "update-policy",
    "update-readiness",
  ].map((id) => `group-${id}`),
);

test("says nothing of names that change, of zones given by URL, or of groups that are filled elsewhere", () => {
  const document = instanceServingPath();
  grouped({
    name: "model-1a2b3c",
    lifecycle: { create_before_destroy: true },
    distribution_policy_zones: [
      "https://www.googleapis.com/compute/v1/projects/p/zones/europe-west4-a",
      "europe-west4-b",
    ],
  })(document);
  expect(ids(document)).toEqual([]);

  const queued = instanceServingPath();
  sized({})(queued);
  (queued.resource as Json).google_compute_region_resize_request = {
    r: { name: "r", instance_group_manager: `\${${GROUP}.name}`, resize_by: 2 },
  };
  expect(ids(queued)).toEqual([]);
});

/** Configurations of the provider's acceptance tests. */
test("says nothing of what Google Cloud accepts: another shape than EVEN, percentages of a small zonal group", () => {
  const document = instanceServingPath();
  sized({ target_size: 3, distribution_policy_target_shape: "ANY" })(document);
  expect(ids(document)).toEqual([]);

  const { region: _region, distribution_policy_zones: _zones, ...manager } = resourceAt(document, GROUP);
  delete manager.distribution_policy_target_shape;
  (document.resource as Json).google_compute_instance_group_manager = {
    zonal: {
      ...manager,
      name: "zonal",
      zone: "europe-west4-a",
      update_policy: {
        type: "PROACTIVE",
        minimal_action: "REPLACE",
        max_surge_percent: 50,
        max_unavailable_percent: 50,
      },
    },
  };
  expect(ids(document)).toEqual([]);
});

test("quotes what Google Cloud answers to a surge below the number of zones", () => {
  const document = instanceServingPath();
  updated({ max_surge_fixed: 1 })(document);
  expect(findingsOf(document).map(({ severity, source }) => [severity, source])).toEqual([
    ["error", expect.stringContaining("400")],
  ]);
});

test("says nothing of groups, templates and checks that are computed or elsewhere", () => {
  const document: Json = {
    resource: {
      google_compute_region_instance_group_manager: {
        model: {
          name: "model",
          region: "${var.region}",
          base_instance_name: "${var.name}",
          target_size: "${var.size}",
          version: { instance_template: "${var.template}" },
          dynamic: { named_port: { for_each: "${var.ports}", content: {} } },
          update_policy: "${var.policy}",
        },
      },
      google_compute_instance_template: {
        model: {
          name: "model",
          machine_type: "${var.machine}",
          dynamic: { disk: {}, network_interface: {}, service_account: {} },
          scheduling: { provisioning_model: "${var.model}", automatic_restart: "${var.restart}" },
          metadata: "${var.metadata}",
        },
      },
      google_compute_health_check: {
        check: { name: "check", timeout_sec: "${var.timeout}", dynamic: { http_health_check: {} } },
      },
    },
  };
  expect(ids(document)).toEqual([]);
});
