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
import { secretNameIn } from "../../project/secret";
import type { IServiceAccount } from "../../project/service-account";
import { cloudConfig, type MachineFile } from "./cloud-config";
import { GpuDriver } from "./gpu-driver";
import { checkMachine, defaultDiskType, hasGpu, modelsGiB } from "./machine-checks";
import type { MachineOptions } from "./machine-options";
import { FILES } from "./machine-scripts";
import { machineUnits, startCommands } from "./machine-units";

/** Inputs of a machine. */
export interface MachineProps {
  readonly image: IImage;
  readonly region: string;
  readonly options: MachineOptions;
  readonly serviceAccount: IServiceAccount;
  /** Other ports that the machine's own firewall opens: that of a health check. */
  readonly admittedPorts?: number[];
}

/** The machine's part of an instance template; network, region, name and Spot are the group's. */
export interface MachineArguments {
  readonly machineType: string;
  readonly minCpuPlatform?: string;
  /** N1 only; other series include GPUs in the machine type. */
  readonly guestAccelerator?: ComputeRegionInstanceTemplateGuestAccelerator[];
  /** user-data and agents. Values may hold Terraform expressions. */
  readonly metadata: { [key: string]: string };
  readonly disk: ComputeRegionInstanceTemplateDisk[];
  /** For `networkInterface.nicType`. */
  readonly nicType: string;
  /** For a standard machine; the group overrides it for Spot. */
  readonly scheduling: ComputeRegionInstanceTemplateScheduling;
  readonly shieldedInstanceConfig: ComputeRegionInstanceTemplateShieldedInstanceConfig;
  readonly serviceAccount: ComputeRegionInstanceTemplateServiceAccount;
  readonly labels?: { [key: string]: string };
  readonly port: number;
  readonly hasGpu: boolean;
  /** Zones of the region with the machine's GPU; undefined without a GPU or if unknown. */
  readonly zones?: string[];
  /** Machine types that Google sells only as Spot and Flex-start, not on demand. */
  readonly spotOrFlexOnly: boolean;
  /** Grants and APIs that must exist before the first machine boots. */
  readonly dependables: ITerraformDependable[];
}

/**
 * Metadata holds 256 KiB per value
 * (docs.cloud.google.com/compute/docs/metadata/setting-custom-metadata, from general knowledge,
 * 2026-11).
 */
const MAX_USER_DATA = 256 * 1024;
const BOOT_IMAGES = "projects/cos-cloud/global/images/family";

/** The arguments of a machine in the region, checked. */
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
      // New releases come with new machines; a pending update would only fill the disk.
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
        diskSizeGb: options.bootDiskGiB ?? (gpu ? 100 : 50) + modelsGiB(options),
        labels: options.labels,
        // Provider 7.0 and later have no defaults for these; newer series need NVME.
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
    hasModels: (options.models ?? []).length > 0,
    gpuDriver: gpu ? (options.gpuDriver ?? GpuDriver.default()).requested : undefined,
  });
  const values = [
    value("image", props.image.referenceIn(props.region)),
    ...Object.entries(options.env ?? {}).map(([name, content]) => value(`env/${name}`, content)),
    ...Object.entries(options.secretEnv ?? {}).map(([name, secret]) =>
      value(`secrets/${name}`, `${secretNameIn(where, secret)}\n${secret.version}\n`),
    ),
    ...(options.models ?? []).map((model, index) =>
      value(
        `models/${numbered(index)}`,
        `${model.bucketIn(props.region, where)}\n${model.folder}\n${model.mountPath}\n`,
      ),
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

/** Zero-padded so that the shell lists them in order. */
function numbered(index: number): string {
  return String(index).padStart(4, "0");
}

/** Grants that a machine needs from its first minute. */
function prerequisites(
  where: IConstruct,
  { image, region, options, serviceAccount }: MachineProps,
): ITerraformDependable[] {
  const services = ProjectServices.of(where);
  const secrets = Object.values(options.secretEnv ?? {});
  return [
    ...new Set([
      ...services.require("logging.googleapis.com"),
      ...services.require("monitoring.googleapis.com"),
      ...image.dependables,
      ...image.grantPull(serviceAccount, where),
      ...secrets.flatMap((secret) => [serviceAccount.grantSecretAccess(secret, where), ...secret.dependables]),
      ...(options.models ?? []).map((model) =>
        serviceAccount.grantBucketRole(model.bucketIn(region, where), "roles/storage.objectViewer", where),
      ),
      ...(options.grantTelemetryRoles === false
        ? []
        : ["roles/logging.logWriter", "roles/monitoring.metricWriter"].map((role) =>
            serviceAccount.grantProjectRole(role, where),
          )),
    ]),
  ];
}
