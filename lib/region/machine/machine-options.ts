import type { ISecret } from "../../project/secret";
import type { AttachedGpu } from "./attached-gpu";
import type { GpuDriver } from "./gpu-driver";

/**
 * What runs on each machine of a group, but for the machine type: the part that may be left out.
 */
export interface MachineSettings {
  /** GPUs attached to an N1 machine; the G2, G4 and A series come with theirs. @default none */
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
   * Plain environment variables; they stand in the Terraform state and in the machine's metadata.
   * @default none
   */
  readonly env?: { [name: string]: string };
  /**
   * Environment variables from Secret Manager, read by the machine each time that the container
   * starts; read access is granted. Neither the template nor the state holds the values. @default
   * none
   */
  readonly secretEnv?: { [name: string]: ISecret };
  /**
   * Size of the boot disk, which also holds the image's layers unpacked: 10 to 65536, with a GPU at
   * least 40.
   * @default 50, with a GPU 100
   */
  readonly bootDiskGiB?: number;
  /**
   * `pd-balanced`, `pd-ssd`, `pd-standard` or `hyperdisk-balanced`, as the machine series has them.
   * @default pd-balanced, on series that have only Hyperdisk hyperdisk-balanced
   */
  readonly bootDiskType?: string;
  /**
   * A Container-Optimized OS image, or the family whose newest image each new machine takes.
   * @default "projects/cos-cloud/global/images/family/cos-stable"
   */
  readonly bootImage?: string;
  /**
   * Size of `/dev/shm`, over which the processes of a model server with several GPUs talk. It is
   * taken from the machine's memory as it fills.
   * @default 64, with a GPU a quarter of the machine's memory as far as it is known, otherwise 8192
   */
  readonly shmSizeMiB?: number;
  /**
   * Time for one attempt to pull the image, 60 to 7200 seconds. A failed attempt is repeated.
   * @default 1800
   */
  readonly imagePullTimeoutSeconds?: number;
  /**
   * Time that the container gets between SIGTERM and SIGKILL, 1 to 3600 seconds. A machine that is
   * deleted gives it 90 seconds at most, a Spot machine 30.
   * @default 25
   */
  readonly stopGraceSeconds?: number;
  /**
   * The least CPU platform, for series that have several: `Intel Ice Lake`. @default Google's
   * choice
   */
  readonly minCpuPlatform?: string;
  /**
   * Only signed boot software and kernel modules; Google signs its GPU drivers for
   * Container-Optimized OS. @default true
   */
  readonly secureBoot?: boolean;
  /**
   * Gives the machines' account `roles/logging.logWriter` and `roles/monitoring.metricWriter` on
   * its project, without which the agents write nothing. Turn it off where that is granted
   * elsewhere: for an account of another project, and where whoever deploys may not change the
   * project's IAM policy. @default true
   */
  readonly grantTelemetryRoles?: boolean;
  /** Labels of the machines and their disks, beside the provider's default labels. @default none */
  readonly labels?: { [key: string]: string };
}

/**
 * What runs on each machine of a group: the machine, and the container on it. The container is the
 * one that Cloud Run runs: it listens on `PORT` and ends on SIGTERM. Every option may differ from
 * region to region. Each change makes a new instance template; the group replaces its machines one
 * after the other.
 */
export interface MachineOptions extends MachineSettings {
  /**
   * A machine type of Compute Engine: `g2-standard-8` (1 × L4), `a3-highgpu-8g` (8 × H100),
   * `n2-standard-4` (no GPU). GPU machine types are checked against the catalogue of sizes and
   * regions.
   */
  readonly machineType: string;
}
