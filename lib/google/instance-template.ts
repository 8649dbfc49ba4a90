import { accountEmail, computeName, namePrefix, RFC1035 } from "./formats";
import { at, type Conditions, fulfilling, integer, items, type Limits, matching, not, oneOf, set, unset } from "./limit";
import { gpuMachineSize, isArm, isGpuSeries, isGvnicOnly, SPOT_OR_FLEX_ONLY } from "./machine-types";
import { type Alternatives, atLeastOne, atMostOne, EVERYTHING, exactlyOne, notEmpty, type ResourceFacts, resourceType, when } from "./resource-type";
import { api, page, provider, unconfirmed } from "./source";

const compute = api("Compute API v1");
const documented = provider("documentation of google_compute_region_instance_template 7.45.0");
const code = provider("google_compute_instance_template 7.45.0, CustomizeDiff", "plan");
const sizes = unconfirmed("docs.cloud.google.com/compute/docs/accelerator-optimized-machines");
const validated = provider("google_compute_instance_template 7.45.0", "validate");

/** Size of a boot disk in GB. */
export const bootDiskSize = integer(10, 65536).fix("give at least 10 GB", compute("AttachedDiskInitializeParams.diskSizeGb"));

const CLOUD_PLATFORM = ["cloud-platform", "https://www.googleapis.com/auth/cloud-platform"];
const DISK_TYPES = "pd-standard pd-balanced pd-ssd pd-extreme local-ssd hyperdisk-balanced hyperdisk-balanced-high-availability hyperdisk-extreme hyperdisk-throughput hyperdisk-ml".split(" ");
const NEW_DISK = ["disk_size_gb", "disk_name", "disk_type", "provisioned_iops", "provisioned_throughput", "source_image", "source_snapshot", "labels"];
/** The two ways to ask for capacity that Google Cloud may reclaim at any time. */
const SPOT: readonly Conditions[] = [{ provisioning_model: "SPOT" }, { preemptible: true, provisioning_model: not("SPOT") }];
const UNLIMITED = { max_run_duration: unset(), termination_time: unset(), provisioning_model: "STANDARD", preemptible: false };
const FLEX = { instance_termination_action: "DELETE", max_run_duration: set() };
const ALL_SCOPES = 'set scopes = ["cloud-platform"] and limit the account by IAM roles';
const MAINTENANCE = compute("Scheduling.onHostMaintenance");
const AUTO_DELETE = compute("AttachedDisk.autoDelete");
const NOT_CLOUD_INIT = /^(?!#|Content-Type:|MIME-Version:|From |\s*[$%]\{)/i;
const COS = unconfirmed("docs.cloud.google.com/container-optimized-os/docs/how-to/create-configure-instance");
const METADATA = unconfirmed("docs.cloud.google.com/compute/docs/metadata/setting-custom-metadata, limits");

const scheduled = (spot: Conditions): Conditions => Object.fromEntries(Object.entries(spot).map(([name, value]) => [`scheduling.${name}`, value]));
export const machineName = matching(/^[a-z][a-z0-9-]*$/, "the bare name of a machine type");
/** A4X, the Arm machines, are not in the catalogue. */
const soldSize = fulfilling("one of the sizes of its GPU series", (type) => !isGpuSeries(String(type)) || isArm(String(type)) || gpuMachineSize(String(type)) !== undefined);
const bootFirst = fulfilling(
  "a list whose first item is the boot disk, and no other",
  (disks) => ![disks].flat().some((disk, index) => String((disk as Conditions | undefined)?.boot) === String(index > 0)),
  { shape: true },
);
const noDebian = fulfilling("not an image of Debian, which has no cloud-init", (image) => !/(^|\/)debian-(cloud|\d)/.test(String(image ?? "")));
const machineWith = (arm: boolean) => fulfilling(`a machine type with ${arm ? "Arm" : "x86"} CPUs`, (type) => type !== undefined && isArm(String(type)) === arm);
const cosFor = (arm: boolean) => fulfilling(`without an image for ${arm ? "x86" : "Arm"}`, (image) => !(arm ? /(^|\/)cos-(stable|beta|dev|\d)/ : /(^|\/)cos-arm64-/).test(String(image)));
const GVNIC = unconfirmed("docs.cloud.google.com/compute/docs/networking/using-gvnic");
const gvnicOnly = fulfilling("a series with gVNIC only", (type) => isGvnicOnly(String(type)));
const isCos = fulfilling("an image of Container-Optimized OS", (image) => /(^|\/)cos-(cloud|stable|\d)/.test(String(image)));
const STARTING = /^(user-data|startup-script(-url)?|gce-container-declaration)$/;
const startsSomething = fulfilling("has user-data or a startup script", (map) => Object.keys(Object(map)).some((key) => STARTING.test(key)), { shape: true });
const allScopes = fulfilling("a list with cloud-platform", (scopes) => !Array.isArray(scopes) || scopes.some((scope) => CLOUD_PLATFORM.includes(scope)));

function isMetadata(map: unknown): boolean {
  return Object.entries(typeof map === "object" ? (map ?? {}) : {}).every(([key, value]) => /^([a-zA-Z0-9_-]{1,128}|\/\/)$/.test(key) && !(typeof value === "string" && value.length > 262144));
}

const disk: Limits = {
  "disk.disk_type": oneOf(...DISK_TYPES)
    .fix("give the bare name of a disk type, such as pd-balanced", compute("AttachedDiskInitializeParams.diskType"))
    .advice("The first instance fails, unless Google has added the type."),
  "disk.type": oneOf("PERSISTENT", "SCRATCH").fix("use PERSISTENT, or SCRATCH for local SSD", compute("AttachedDisk.type")),
  "disk.mode": oneOf("READ_WRITE", "READ_ONLY").fix("use READ_WRITE or READ_ONLY", compute("AttachedDisk.mode")),
  "disk.interface": oneOf("SCSI", "NVME").fix("use SCSI or NVME", compute("AttachedDisk.interface")),
  "disk.disk_size_gb": [
    bootDiskSize.when({ disk_type: ["pd-standard", "pd-balanced", "pd-ssd", "pd-extreme"], type: "PERSISTENT" }),
    oneOf(375, 3000, 3500, 7000, 14000).required().named("scratch").when({ type: "SCRATCH" }).fix("set disk_size_gb = 375", code),
  ],
  "disk.provisioned_throughput": integer(1).fix("give at least 1 MB/s", compute("AttachedDiskInitializeParams.provisionedThroughput")),
  "disk.resource_policies": items(0, 1).fix("name one policy at most", validated),
  "disk.auto_delete": not(false).when({ source: unset() }).advice("Every instance that the group replaces leaves its disks behind, which cost.").fix("remove auto_delete = false", AUTO_DELETE),
};

const network: Limits = {
  nic_type: oneOf("GVNIC", "VIRTIO_NET", "MRDMA", "IRDMA", "IDPF").fix("use GVNIC or VIRTIO_NET", validated),
  stack_type: oneOf("IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY").fix("use IPV4_ONLY or IPV4_IPV6", validated),
  access_config: items(0, 1).fix("keep one access_config", compute("NetworkInterface.accessConfigs")),
  ...at(["access_config", "ipv6_access_config"], { network_tier: oneOf("PREMIUM", "STANDARD", "FIXED_STANDARD").fix("use PREMIUM or STANDARD", compute("AccessConfig.networkTier")) }),
};

const scheduling: Limits = {
  on_host_maintenance: [
    oneOf("MIGRATE", "TERMINATE").fix("use MIGRATE, or TERMINATE with GPUs", MAINTENANCE),
    ...SPOT.map((spot) => not("MIGRATE").named("spot").when(spot).fix('set scheduling.on_host_maintenance = "TERMINATE"', MAINTENANCE)),
  ],
  provisioning_model: oneOf("STANDARD", "SPOT", "FLEX_START", "RESERVATION_BOUND").fix("use STANDARD or SPOT", documented),
  instance_termination_action: [
    oneOf("STOP", "DELETE").fix("use STOP or DELETE", documented),
    unset().named("model").when(UNLIMITED).fix("remove instance_termination_action, or set provisioning_model = SPOT or max_run_duration", documented),
  ],
  host_error_timeout_seconds: oneOf(...Array.from({ length: 9 }, (_, index) => 90 + 30 * index)).fix("give a multiple of 30 from 90 to 330", compute("Scheduling.hostErrorTimeoutSeconds")),
};

const limits: Limits = {
  name_prefix: namePrefix,
  machine_type: [
    machineName.why("The API answers a path with an internal error.").fix("give the name, such as g2-standard-8, without a path", compute("InstanceProperties.machineType")),
    soldSize.named("gpu-size").why("The template is accepted, but no instance can be created, unless Google has added a size.").fix("choose a size such as g2-standard-8 or a3-highgpu-8g", sizes),
  ],
  disk: [
    set().fix("add a boot disk with source_image", validated),
    bootFirst.named("boot-first").why("The provider's plan fails, or there is no boot disk.").fix("list the boot disk first and remove boot from the others", code),
  ],
  ...disk,
  metadata: fulfilling("a map with keys of 1 to 128 letters, digits, underscores and hyphens and values of at most 256 KB", isMetadata, { shape: true }).fix("shorten it", METADATA),
  "metadata.gce-container-declaration": unset()
    .why("It is accepted, but the agent that read it was shut down on 2026-07-31: the container does not start.")
    .fix("run the container by a systemd unit in metadata.user-data", page("compute/docs/containers/prepare-for-container-agent-shutdown")),
  "metadata.user-data": fulfilling("something that cloud-init reads", (data) => !NOT_CLOUD_INIT.test(String(data)))
    .refusing(NOT_CLOUD_INIT)
    .why("cloud-init ignores text whose first line does not say what it is: nothing is started.")
    .fix("begin user-data with #cloud-config, #! or a MIME header", COS),
  "network_performance_config.total_egress_bandwidth_tier": oneOf("TIER_1", "DEFAULT").fix("use TIER_1 or DEFAULT", validated),
  ...at("network_interface", network),
  ...at("scheduling", scheduling),
  service_account: set().advice("Instances without an account pull no private image and write no logs or metrics.").fix("set service_account with an account of its own", documented),
  "service_account.email": accountEmail.or("default").from(compute("ServiceAccount.email")),
  "service_account.scopes": [
    set().fix(ALL_SCOPES, documented),
    allScopes.named("cloud-platform").opinion("Narrower scopes cut off what IAM allows, in ways that look like missing roles.").fix(ALL_SCOPES, documented),
  ],
  "confidential_instance_config.confidential_instance_type": oneOf("SEV", "SEV_SNP", "TDX").fix("use SEV, SEV_SNP or TDX", documented),
  "advanced_machine_features.threads_per_core": integer(1, 2).fix("use 1 (no simultaneous multithreading) or 2", compute("AdvancedMachineFeatures.threadsPerCore")),
  "guest_accelerator.count": integer(0, 16).fix("give the number of GPUs of one instance", compute("AcceleratorConfig.acceleratorCount")),
  "reservation_affinity.type": oneOf("ANY_RESERVATION", "SPECIFIC_RESERVATION", "NO_RESERVATION").fix("use ANY_RESERVATION, SPECIFIC_RESERVATION or NO_RESERVATION", validated),
  tags: items(0, 64).fix("keep at most 64 network tags", unconfirmed("docs.cloud.google.com/vpc/docs/add-remove-network-tags")),
  "tags[]": RFC1035.named("item").fix("rename the network tag", compute("InstanceProperties.tags")),
};

const template: ResourceFacts = {
  group: "template",
  labels: "labels",
  replacedBy: EVERYTHING,
  defaults: {
    "disk.type": "PERSISTENT",
    "disk.disk_type": "pd-standard",
    "disk.mode": "READ_WRITE",
    "scheduling.automatic_restart": true,
    "scheduling.provisioning_model": "STANDARD",
    "shielded_instance_config.enable_vtpm": true,
    "shielded_instance_config.enable_integrity_monitoring": true,
  },
  limits,
  alternatives: [
    atLeastOne("disk.source_image disk.source_snapshot disk.source", { id: "boot-image", where: { disk: set() } }).fix(
      "set source_image on the first disk",
      compute("AttachedDiskInitializeParams.sourceImage"),
    ),
    atMostOne("name name_prefix", { id: "name-or-prefix" }).fix("remove one of them", validated),
    atMostOne("max_run_duration termination_time", { in: "scheduling", id: "run-limit" }).fix("keep one of them", unconfirmed("Compute API v1, Scheduling.maxRunDuration")),
    atMostOne("metadata_startup_script metadata.startup-script", { id: "startup-script" }).fix("keep one of metadata_startup_script and metadata.startup-script", documented),
  ],
  together: [
    ...notEmpty("confidential_instance_config scheduling shielded_instance_config", validated),
    ...SPOT.flatMap((spot) => [
      when(spot, { automatic_restart: false }, { in: "scheduling", id: "spot-restart" }).fix("set scheduling.automatic_restart = false", compute("Scheduling.automaticRestart")),
      when(scheduled(spot), { "reservation_affinity.type": not("SPECIFIC_RESERVATION") }, { id: "spot-reservation" })
        .why("Reservations hold no capacity for spot instances: none is created.")
        .fix("set reservation_affinity.type = NO_RESERVATION, or make standard instances", provider("documentation of google_compute_reservation 7.45.0")),
    ]),
    when({ machine_type: SPOT_OR_FLEX_ONLY, reservation_affinity: unset(), "scheduling.preemptible": not(true) }, { "scheduling.provisioning_model": not("STANDARD") }, { id: "gpu-on-demand" })
      .why("No instance is created: these sizes are not sold on demand.")
      .fix("set scheduling.provisioning_model = SPOT or FLEX_START, or choose a3-highgpu-8g", sizes),
    when({ provisioning_model: "SPOT" }, { preemptible: true }, { in: "scheduling", id: "spot-preemptible" })
      .advice("The provider sends preemptible = false otherwise, which contradicts SPOT; the API has been seen to accept it.")
      .fix("set scheduling.preemptible = true", documented),
    when({ provisioning_model: "FLEX_START" }, FLEX, { in: "scheduling", id: "flex-start" }).fix("set instance_termination_action = DELETE and max_run_duration", documented),
    when({ "metadata.user-data": set() }, { "disk.source_image": noDebian }, { id: "cloud-init-image" })
      .why("User-data stays unread.")
      .fix("use cos-cloud/cos-stable or an Ubuntu image, or a startup script", unconfirmed("docs.cloud.google.com/compute/docs/images/os-details")),
    ...[true, false].map((arm) =>
      when({ machine_type: machineWith(arm) }, { "disk.source_image": cosFor(arm) }, { id: "arm-image" })
        .why("No instance can start.")
        .fix("use the family cos-arm64-stable with Arm machines only", unconfirmed("docs.cloud.google.com/compute/docs/instances/arm-on-compute")),
    ),
    when({ machine_type: gvnicOnly }, { "network_interface.nic_type": not("VIRTIO_NET") }, { id: "nic-series" })
      .why("No instance can be created.")
      .fix('set nic_type = "GVNIC"', GVNIC),
    when({ "disk.source_image": isCos, metadata_startup_script: unset() }, { metadata: startsSomething }, { id: "cos-starts" })
      .why("Container-Optimized OS runs nothing by itself, unless a script is set for the whole project.")
      .fix("set metadata.user-data to a #cloud-config with a systemd unit that runs the container", COS),
    when({ enable_vtpm: false }, { enable_integrity_monitoring: false }, { in: "shielded_instance_config", id: "shielded-vtpm" })
      .why("Integrity monitoring, the provider's default, needs the TPM.")
      .fix("set enable_vtpm = true, or enable_integrity_monitoring = false too", unconfirmed("Compute API v1, ShieldedInstanceConfig.enableIntegrityMonitoring")),
    when({ "confidential_instance_config.confidential_instance_type": ["TDX", "SEV_SNP"] }, { "scheduling.on_host_maintenance": "TERMINATE" }, { id: "confidential-maintenance" })
      .why("They cannot be migrated live: no instance is created.")
      .fix('set scheduling.on_host_maintenance = "TERMINATE"', documented),
    when({ type: "SCRATCH" }, { disk_type: "local-ssd" }, { in: "disk", id: "local-ssd" }).fix('set disk_type = "local-ssd"', code),
    when({ disk_type: "local-ssd" }, { type: "SCRATCH" }, { in: "disk", id: "local-ssd" }).fix('set type = "SCRATCH" and disk_size_gb = 375', code),
    when({ type: "SCRATCH", disk_size_gb: [3000, 3500, 7000, 14000] }, { interface: "NVME" }, { in: "disk", id: "local-ssd" }).fix('set interface = "NVME"', code),
    when({ source: set() }, Object.fromEntries(NEW_DISK.map((name) => [name, unset()])), { in: "disk", id: "disk-source", title: "an existing disk must be attached as it is" }).fix(
      "remove source, or what describes a new disk",
      provider("google_compute_instance_template 7.45.0, buildDisks"),
    ),
    when({ source: set() }, { mode: "READ_ONLY" }, { in: "disk", id: "disk-shared" })
      .why("Only one instance can write to a persistent disk: the second one of the group fails.")
      .fix('set mode = "READ_ONLY", or make a disk for each instance from source_image', unconfirmed("docs.cloud.google.com/compute/docs/disks/sharing-disks-between-vms")),
  ],
};

const instanceTemplate = resourceType("google_compute_instance_template", { ...template, name: { format: computeName, uniqueIn: [] } });
const regionInstanceTemplate = resourceType("google_compute_region_instance_template", { ...template, name: { format: computeName, uniqueIn: ["region"] } });

const FEATURES =
  "MULTI_IP_SUBNET SECURE_BOOT SEV_CAPABLE UEFI_COMPATIBLE VIRTIO_SCSI_MULTIQUEUE WINDOWS GVNIC IDPF SEV_LIVE_MIGRATABLE SEV_LIVE_MIGRATABLE_V2 SEV_SNP_CAPABLE SNP_SVSM_CAPABLE SUSPEND_RESUME_COMPATIBLE TDX_CAPABLE";
const features: Limits = {
  "guest_os_features.type": oneOf(...FEATURES.split(" ")).fix("name a feature of Compute Engine", provider("google_compute_image 7.45.0", "validate")),
};

const named = (kind: string, uniqueIn: readonly string[], replacedBy: string, limits: Limits = {}, alternatives: readonly Alternatives[] = []) =>
  resourceType(`google_compute_${kind}`, {
    group: kind.replace("region_", "").replace("_", "-"),
    name: { format: computeName, uniqueIn },
    labels: kind === "resource_policy" ? undefined : "labels",
    holds: kind.endsWith("disk") ? "data" : undefined,
    replacedBy: replacedBy.split(" "),
    limits,
    alternatives,
  });

const POLICY_7 = provider("google_compute_resource_policy 7.45.0", "validate");

/** What is used by name only. */
const others = [
  named("instance", ["zone"], "name zone boot_disk network_interface guest_accelerator scratch_disk hostname confidential_instance_config reservation_affinity scheduling.provisioning_model"),
  named("disk", ["zone"], "name zone type image snapshot source_disk description architecture disk_encryption_key licenses storage_pool guest_os_features", features),
  named("region_disk", ["region"], "name region type image snapshot source_disk replica_zones description disk_encryption_key licenses guest_os_features", features),
  named("snapshot", [], "name zone description source_disk source_instant_snapshot snapshot_type chain_name storage_locations snapshot_encryption_key source_disk_encryption_key", {}, [
    exactlyOne("source_disk source_instant_snapshot", { id: "source" }).fix("keep one of them", provider("google_compute_snapshot 7.45.0", "validate")),
  ]),
  named("image", [], "name description family disk_size_gb raw_disk source_disk source_image source_snapshot licenses storage_locations guest_os_features image_encryption_key", features),
  named("resource_policy", ["region"], "name region disk_consistency_group_policy.enabled group_placement_policy.gpu_topology workload_policy.type", {}, [
    atMostOne("snapshot_schedule_policy group_placement_policy instance_schedule_policy disk_consistency_group_policy", { id: "kind" }).fix("make a policy for each", POLICY_7),
    exactlyOne("hourly_schedule daily_schedule weekly_schedule", { in: "snapshot_schedule_policy.schedule", id: "schedule" }).fix("keep one of them", POLICY_7),
  ]),
];

export const instanceTemplateTypes = [instanceTemplate, regionInstanceTemplate, ...others];
