import { gpuProblem, isGvnicOnly } from "../../google/machine-types";
import { blockOf, blocksOf } from "../../topology/document";
import { booleanOf, isComputed, isKnown, numberOf, textOf, textOrDefault } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { blockRule, isSet } from "../places";
import { resourceRule } from "../resource-rule";
import { gpuOf, isSpot, TEMPLATE_DOCS, TEMPLATES } from "./instance-template-model";

const GPUS = "docs.cloud.google.com/compute/docs/gpus, from general knowledge, 2026-11";

function api(field: string): string {
  return `Compute API v1, ${field}, read 2026-11-22`;
}

const schedulingRules: readonly Rule[] = [
  resourceRule(
    {
      id: "template-gpu-terminate",
      title: "instances with GPUs terminate on host maintenance",
      why: "GPUs cannot be migrated live: with MIGRATE, the default of standard instances, no instance is created.",
      fix: 'set scheduling.on_host_maintenance = "TERMINATE"',
      source: `${TEMPLATE_DOCS}, guest_accelerator; ${api("Scheduling.onHostMaintenance")}`,
    },
    TEMPLATES,
    (template, blame) => {
      const gpu = gpuOf(template);
      if (gpu === undefined || isSpot(template) !== false || isComputed(template.values, "scheduling")) return;
      const maintenance = blockOf(template.values.scheduling)?.on_host_maintenance;
      if (isKnown(maintenance) && maintenance !== "TERMINATE")
        blame("scheduling.on_host_maintenance", maintenance, gpu);
    },
  ),
  blockRule(
    {
      id: "template-spot-restart",
      title: "preemptible and spot instances have automatic_restart = false",
      why: "The API rejects true, which is the provider's default.",
      fix: "set scheduling.automatic_restart = false",
      source: `${TEMPLATE_DOCS}; ${api("Scheduling.automaticRestart")}`,
    },
    TEMPLATES,
    ["scheduling"],
    (scheduling, blame) => {
      const spot = scheduling.provisioning_model === "SPOT" || booleanOf(scheduling.preemptible) === true;
      const restart = scheduling.automatic_restart;
      if (spot && isKnown(restart) && booleanOf(restart) !== false) blame("automatic_restart", restart);
    },
  ),
  blockRule(
    {
      id: "template-spot-preemptible",
      title: "provisioning_model SPOT goes with preemptible = true",
      severity: "warning",
      why: "The provider sends preemptible = false unless told otherwise, which contradicts SPOT. Not an error, because the API has been seen to accept it.",
      fix: "set scheduling.preemptible = true",
      source: TEMPLATE_DOCS,
    },
    TEMPLATES,
    ["scheduling"],
    (scheduling, blame) => {
      const { preemptible } = scheduling;
      if (scheduling.provisioning_model === "SPOT" && isKnown(preemptible) && booleanOf(preemptible) !== true)
        blame("preemptible", preemptible);
    },
  ),
  blockRule(
    {
      id: "template-spot-maintenance",
      title: "preemptible and spot instances are not migrated on host maintenance",
      why: "TERMINATE is the only behaviour they have; the API rejects MIGRATE.",
      fix: 'set scheduling.on_host_maintenance = "TERMINATE"',
      source: api("Scheduling.onHostMaintenance"),
    },
    TEMPLATES,
    ["scheduling"],
    (scheduling, blame) => {
      const spot = scheduling.provisioning_model === "SPOT" || booleanOf(scheduling.preemptible) === true;
      if (spot && scheduling.on_host_maintenance === "MIGRATE") blame("on_host_maintenance", "MIGRATE");
    },
  ),
  resourceRule(
    {
      id: "template-termination-model",
      title: "instance_termination_action is for spot instances and for limited run times",
      why: "The API rejects it on instances that run until somebody stops them.",
      fix: "take instance_termination_action away, or set provisioning_model = SPOT or max_run_duration",
      source: TEMPLATE_DOCS,
    },
    TEMPLATES,
    (template, blame) => {
      const scheduling = blockOf(template.values.scheduling);
      if (!isSet(scheduling?.instance_termination_action) || isSpot(template) !== false) return;
      const ends = ["max_run_duration", "termination_time"].some((name) => isSet(scheduling![name]));
      const model = textOrDefault(scheduling!.provisioning_model, "STANDARD");
      if (!ends && model === "STANDARD" && !isComputed(scheduling!, "max_run_duration"))
        blame("scheduling.instance_termination_action", scheduling!.instance_termination_action);
    },
  ),
  resourceRule(
    {
      id: "template-spot-reservation",
      title: "spot instances are not bound to a reservation",
      why: "Reservations hold no capacity for preemptible and spot instances: with SPECIFIC_RESERVATION none is created.",
      fix: "set reservation_affinity.type = NO_RESERVATION, or make standard instances",
      source: "provider documentation of google_compute_reservation 7.45.0, first paragraph",
    },
    TEMPLATES,
    (template, blame) => {
      const type = textOf(blockOf(template.values.reservation_affinity)?.type);
      if (isSpot(template) && type === "SPECIFIC_RESERVATION") blame("reservation_affinity.type", type);
    },
  ),
  blockRule(
    {
      id: "template-run-limit",
      title: "instances end after max_run_duration or at termination_time, not both",
      why: "The API rejects the two together.",
      fix: "keep one of max_run_duration and termination_time",
      source: `${api("Scheduling.maxRunDuration")}, from general knowledge`,
    },
    TEMPLATES,
    ["scheduling"],
    (scheduling, blame) => {
      if (isSet(scheduling.max_run_duration) && isSet(scheduling.termination_time))
        blame("termination_time", scheduling.termination_time);
    },
  ),
  blockRule(
    {
      id: "template-flex-start",
      title: "FLEX_START has automatic_restart = false, DELETE as termination action, and max_run_duration",
      why: "The API rejects it without.",
      fix: "set automatic_restart = false, instance_termination_action = DELETE and max_run_duration",
      source: TEMPLATE_DOCS,
    },
    TEMPLATES,
    ["scheduling"],
    (scheduling, blame) => {
      if (scheduling.provisioning_model !== "FLEX_START") return;
      const { automatic_restart: restart, instance_termination_action: action } = scheduling;
      if (isKnown(restart) && booleanOf(restart) !== false) blame("automatic_restart", restart);
      if (isKnown(action) && action !== "DELETE") blame("instance_termination_action", action);
      if (!isSet(scheduling.max_run_duration) && !isComputed(scheduling, "max_run_duration"))
        blame("max_run_duration", undefined);
    },
  ),
];

const machineRules: readonly Rule[] = [
  resourceRule(
    {
      id: "template-gpu-machine",
      title: "the GPU fits the machine type",
      why: "The template is accepted, but no instance of it can be created.",
      fix: "use n1 machines for T4, P4, P100 and V100; g2 for L4, a2 for A100, a3 for H100, without another GPU or number",
      source: GPUS,
    },
    TEMPLATES,
    (template, blame) => {
      const machineType = textOf(template.values.machine_type);
      if (machineType === undefined) return;
      blocksOf(template.values.guest_accelerator).forEach((gpu, index) => {
        const type = textOf(gpu.type)?.split("/").at(-1);
        const count = numberOf(gpu.count);
        if (type === undefined || count === undefined || count === 0) return;
        const problem = gpuProblem(machineType, { type, count });
        if (problem) blame(`guest_accelerator.${index}.type`, `${count} × ${type}`, problem);
      });
    },
  ),
  resourceRule(
    {
      id: "template-nic-series",
      title: "machine series with gVNIC only have nic_type GVNIC",
      severity: "warning",
      why: "VirtIO is not offered on them: no instance can be created. Not an error, because the list of series is from general knowledge.",
      fix: 'set nic_type = "GVNIC"',
      source: "docs.cloud.google.com/compute/docs/networking/using-gvnic, from general knowledge, 2026-11",
    },
    TEMPLATES,
    (template, blame) => {
      const machineType = textOf(template.values.machine_type) ?? "";
      blocksOf(template.values.network_interface).forEach(({ nic_type: nic }, index) => {
        if (nic === "VIRTIO_NET" && isGvnicOnly(machineType))
          blame(`network_interface.${index}.nic_type`, nic, machineType);
      });
    },
  ),
  blockRule(
    {
      id: "template-shielded-vtpm",
      title: "integrity monitoring has a virtual TPM",
      why: "The API rejects integrity monitoring, the provider's default, without the TPM that it measures with.",
      fix: "set enable_vtpm = true, or enable_integrity_monitoring = false too",
      source:
        "Compute API v1, ShieldedInstanceConfig.enableIntegrityMonitoring, read 2026-11-22; from general knowledge",
    },
    TEMPLATES,
    ["shielded_instance_config"],
    (shielded, blame) => {
      const monitoring = shielded.enable_integrity_monitoring;
      if (booleanOf(shielded.enable_vtpm) === false && isKnown(monitoring) && booleanOf(monitoring) !== false)
        blame("enable_integrity_monitoring", monitoring);
    },
  ),
  resourceRule(
    {
      id: "template-confidential-maintenance",
      title: "confidential instances of type TDX and SEV_SNP terminate on host maintenance",
      why: "They cannot be migrated live: no instance is created.",
      fix: 'set scheduling.on_host_maintenance = "TERMINATE"',
      source: `${TEMPLATE_DOCS}, confidential_instance_config`,
    },
    TEMPLATES,
    (template, blame) => {
      const type = textOf(blockOf(template.values.confidential_instance_config)?.confidential_instance_type);
      if (type !== "TDX" && type !== "SEV_SNP") return;
      const maintenance = blockOf(template.values.scheduling)?.on_host_maintenance;
      if (!isComputed(template.values, "scheduling") && isKnown(maintenance) && maintenance !== "TERMINATE")
        blame("scheduling.on_host_maintenance", maintenance, type);
    },
  ),
];

/** What instance templates need to make instances at all. */
export const instanceTemplateRules: readonly Rule[] = [...schedulingRules, ...machineRules];
