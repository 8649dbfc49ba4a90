import type { ISecret } from "../../project/secret";
import type { IModelVersion } from "../model-version";
import type { AttachedGpu } from "./attached-gpu";
import type { GpuDriver } from "./gpu-driver";

/** Optional settings of what runs on each machine of a group. */
export interface MachineSettings {
  /** GPUs attached to an N1 machine; the G2, G4 and A series include theirs. @default none */
  readonly attachedGpu?: AttachedGpu;
  /**
   * Which NVIDIA driver is installed at boot, on machines with GPUs. @default GpuDriver.default()
   */
  readonly gpuDriver?: GpuDriver;
  /**
   * Port that the container listens on; `PORT` is set to it. The container shares the machine's
   * network. Not 22. @default 8080
   */
  readonly port?: number;
  /** Replaces the image's entrypoint. @default the image's */
  readonly command?: string[];
  /** Replaces the image's arguments. @default the image's */
  readonly args?: string[];
  /**
   * Plain environment variables, visible in the Terraform state and the machine's metadata.
   * @default none
   */
  readonly env?: { [name: string]: string };
  /**
   * Environment variables from Secret Manager, read each time the container starts; read access is
   * granted. Neither the template nor the state contains the values. @default none
   */
  readonly secretEnv?: { [name: string]: ISecret };
  /**
   * Weights from a `ModelStore`, downloaded to the boot disk before the container starts, which
   * reads them at their `mountPath`. A machine that boots again keeps them. @default none
   */
  readonly models?: IModelVersion[];
  /**
   * Boot disk size, including the image's unpacked layers: 10 to 65536, with a GPU at least 40,
   * and the size of the models. @default 50, with a GPU 100, and the size of the models
   */
  readonly bootDiskGiB?: number;
  /**
   * `pd-balanced`, `pd-ssd`, `pd-standard` or `hyperdisk-balanced`, if the machine series supports
   * it. @default pd-balanced, on series that have only Hyperdisk hyperdisk-balanced
   */
  readonly bootDiskType?: string;
  /**
   * A Container-Optimized OS image, or a family; each new machine uses its newest image. @default
   * "projects/cos-cloud/global/images/family/cos-stable"
   */
  readonly bootImage?: string;
  /**
   * Size of `/dev/shm`, which connects the processes of a model server with several GPUs. It uses
   * the machine's memory as it fills. @default 64, with a GPU a quarter of the machine's memory if
   * known, otherwise 8192
   */
  readonly shmSizeMiB?: number;
  /** Timeout of one pull attempt, 60 to 7200 seconds; failures are retried. @default 1800 */
  readonly imagePullTimeoutSeconds?: number;
  /**
   * Time between SIGTERM and SIGKILL, 1 to 3600 seconds. A deleted machine allows at most 90
   * seconds, a Spot machine 30. @default 25
   */
  readonly stopGraceSeconds?: number;
  /**
   * Minimum CPU platform, for series that have several: `Intel Ice Lake`. @default Google's choice
   */
  readonly minCpuPlatform?: string;
  /**
   * Allows only signed boot software and kernel modules; Google signs its GPU drivers for
   * Container-Optimized OS. @default true
   */
  readonly secureBoot?: boolean;
  /**
   * Grants the machines' account `roles/logging.logWriter` and `roles/monitoring.metricWriter` on
   * its project, which the agents need. Turn it off if they are granted elsewhere: for another
   * project's account, or if the deployer may not change the project's IAM policy. @default true
   */
  readonly grantTelemetryRoles?: boolean;
  /**
   * Labels of the machines and their disks, besides the provider's default labels. @default none
   */
  readonly labels?: { [key: string]: string };
}

/**
 * What runs on each machine of a group: the machine and its container. The same container runs on
 * Cloud Run: it listens on `PORT` and exits on SIGTERM. Every option may differ by region. Each
 * change creates a new instance template, and the group replaces its machines one by one.
 */
export interface MachineOptions extends MachineSettings {
  /**
   * A Compute Engine machine type: `g2-standard-8` (1 × L4), `a3-highgpu-8g` (8 × H100),
   * `n2-standard-4` (no GPU). GPU machine types are checked against the catalog of sizes and
   * regions.
   */
  readonly machineType: string;
}
