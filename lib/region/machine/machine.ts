import type {
  ComputeRegionInstanceTemplateDisk,
  ComputeRegionInstanceTemplateGuestAccelerator,
  ComputeRegionInstanceTemplateScheduling,
  ComputeRegionInstanceTemplateServiceAccount,
  ComputeRegionInstanceTemplateShieldedInstanceConfig,
} from "@cdktf/provider-google/lib/compute-region-instance-template";
import type { ITerraformDependable } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationError } from "../../core/errors";
import { gpuMachineSize, isArm, isNvmeOnly, isSpotOrFlexOnly } from "../../google/machine-types";
import { gpuZones } from "../../google/regions";
import type { IImage } from "../../image/container-image";
import { ProjectServices } from "../../project/project-services";
import type { IServiceAccount } from "../../project/service-account";
import { cloudConfig, type MachineFile } from "./cloud-config";
import { GpuDriver } from "./gpu-driver";
import { checkMachine, defaultDiskType, hasGpu } from "./machine-checks";
import type { MachineOptions } from "./machine-options";
import { FILES } from "./machine-scripts";
import { machineUnits, startCommands } from "./machine-units";

/** What a machine is rendered from. */
export interface MachineProps {
  readonly image: IImage;
  readonly region: string;
  readonly options: MachineOptions;
  readonly serviceAccount: IServiceAccount;
  /** Other ports that the machine's own firewall lets in: that of a health check. */
  readonly admittedPorts?: number[];
}

/** What an instance template takes of a machine; network, region, name and Spot are the group's. */
export interface MachineArguments {
  readonly machineType: string;
  readonly minCpuPlatform?: string;
  /** For N1 only; other series have their GPUs by the machine type. */
  readonly guestAccelerator?: ComputeRegionInstanceTemplateGuestAccelerator[];
  /** user-data and agents. Values may hold Terraform expressions. */
  readonly metadata: { [key: string]: string };
  readonly disk: ComputeRegionInstanceTemplateDisk[];
  /** For `networkInterface.nicType`. */
  readonly nicType: string;
  /**
   * `onHostMaintenance` and `automaticRestart` of a standard machine; the group lays Spot over it.
   */
  readonly scheduling: ComputeRegionInstanceTemplateScheduling;
  readonly shieldedInstanceConfig: ComputeRegionInstanceTemplateShieldedInstanceConfig;
  readonly serviceAccount: ComputeRegionInstanceTemplateServiceAccount;
  readonly labels?: { [key: string]: string };
  readonly port: number;
  readonly hasGpu: boolean;
  /**
   * Zones of the region that have the machine's GPU; undefined for no GPU, and where they are not
   * known.
   */
  readonly zones?: string[];
  /** Machine types that Google sells as Spot and Flex-start only, not on demand. */
  readonly spotOrFlexOnly: boolean;
  /** Grants and APIs that must exist before the first machine boots. */
  readonly dependables: ITerraformDependable[];
}

/**
 * Metadata holds 256 KiB a value
 * (docs.cloud.google.com/compute/docs/metadata/setting-custom-metadata, from general knowledge,
 * 2026-11).
 */
const MAX_USER_DATA = 256 * 1024;
const BOOT_IMAGES = "projects/cos-cloud/global/images/family";

/** What a machine of the region needs, checked. */
export function renderMachine(where: IConstruct, props: MachineProps): MachineArguments {
  const { options, region } = props;
  const { machineType, attachedGpu } = options;
  checkMachine(where, region, options);
  const gpu = hasGpu(options);
  return {
    machineType,
    minCpuPlatform: options.minCpuPlatform,
    guestAccelerator: attachedGpu && [{ type: attachedGpu.acceleratorType, count: attachedGpu.count }],
    metadata: {
      "user-data": userData(where, props, gpu),
      "google-logging-enabled": "true",
      "google-monitoring-enabled": "true",
      "serial-port-logging-enable": "true",
      // A new release comes with a new machine; one that waits for a restart nobody makes would
      // only fill the disk.
      "cos-update-strategy": "update_disabled",
      "enable-oslogin": "TRUE",
      "block-project-ssh-keys": "TRUE",
    },
    disk: [
      {
        boot: true,
        autoDelete: true,
        sourceImage: options.bootImage ?? `${BOOT_IMAGES}/${isArm(machineType) ? "cos-arm64-stable" : "cos-stable"}`,
        diskType: options.bootDiskType ?? defaultDiskType(machineType),
        diskSizeGb: options.bootDiskGiB ?? (gpu ? 100 : 50),
        labels: options.labels,
        // From provider 7.0 on, these have no default; NVME is what newer series take.
        type: "PERSISTENT",
        mode: "READ_WRITE",
        interface: isNvmeOnly(machineType) ? "NVME" : "SCSI",
      },
    ],
    nicType: "GVNIC",
    scheduling: { automaticRestart: true, onHostMaintenance: gpu ? "TERMINATE" : "MIGRATE" },
    shieldedInstanceConfig: {
      enableSecureBoot: options.secureBoot ?? true,
      enableVtpm: true,
      enableIntegrityMonitoring: true,
    },
    serviceAccount: { email: props.serviceAccount.email, scopes: ["cloud-platform"] },
    labels: options.labels,
    port: options.port ?? DEFAULT_PORT,
    hasGpu: gpu,
    zones: gpuZones(machineType, region, attachedGpu?.acceleratorType),
    spotOrFlexOnly: isSpotOrFlexOnly(machineType),
    dependables: prerequisites(where, props),
  };
}

const DEFAULT_PORT = 8080;

/** What cloud-init does at each boot. */
function userData(where: IConstruct, props: MachineProps, gpu: boolean): string {
  const { options } = props;
  const port = options.port ?? DEFAULT_PORT;
  const memoryGiB = gpuMachineSize(options.machineType)?.memoryGiB;
  const units = machineUnits({
    port,
    admittedPorts: [...new Set([port, ...(props.admittedPorts ?? [])])],
    shmSizeMiB: options.shmSizeMiB ?? (gpu ? (memoryGiB === undefined ? 8192 : memoryGiB * 256) : 64),
    imagePullTimeoutSeconds: options.imagePullTimeoutSeconds ?? 1800,
    stopGraceSeconds: options.stopGraceSeconds ?? 25,
    gpuDriver: gpu ? (options.gpuDriver ?? GpuDriver.default()).requested : undefined,
  });
  const values = [
    value("image", props.image.referenceIn(props.region)),
    ...Object.entries(options.env ?? {}).map(([name, content]) => value(`env/${name}`, content)),
    ...Object.entries(options.secretEnv ?? {}).map(([name, { secretId, version }]) =>
      value(`secrets/${name}`, `${secretId}\n${version}\n`),
    ),
    ...(options.command ?? []).map((content, index) => value(`command/${numbered(index)}`, content)),
    ...(options.args ?? []).map((content, index) => value(`args/${numbered(index)}`, content)),
  ];
  const data = cloudConfig([...values, ...units], startCommands(gpu));
  const bytes = Buffer.byteLength(data);
  if (bytes > MAX_USER_DATA) {
    throw new ValidationError(where, {
      what: "env, command and args",
      got: `${bytes} bytes of user-data`,
      allowed: `at most ${MAX_USER_DATA}`,
      fix: "put long values into files of the image, or into secrets",
    });
  }
  return data;
}

function value(name: string, content: string): MachineFile {
  return { path: `${FILES}/${name}`, permissions: "0600", content };
}

/** Numbered so that the shell lists them in their order. */
function numbered(index: number): string {
  return String(index).padStart(4, "0");
}

/** Grants for what a machine reads and writes from its first minute on. */
function prerequisites(where: IConstruct, { image, options, serviceAccount }: MachineProps): ITerraformDependable[] {
  const services = ProjectServices.of(where);
  const secrets = Object.values(options.secretEnv ?? {});
  return [
    ...new Set([
      ...services.require("logging.googleapis.com"),
      ...services.require("monitoring.googleapis.com"),
      ...image.dependables,
      ...image.grantPull(serviceAccount),
      ...secrets.flatMap((secret) => [serviceAccount.grantSecretAccess(secret), ...secret.dependables]),
      ...(options.grantTelemetryRoles === false
        ? []
        : ["roles/logging.logWriter", "roles/monitoring.metricWriter"].map((role) =>
            serviceAccount.grantProjectRole(role),
          )),
    ]),
  ];
}
