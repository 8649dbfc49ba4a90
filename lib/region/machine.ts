import type {
  ComputeRegionInstanceTemplateDisk,
  ComputeRegionInstanceTemplateGuestAccelerator,
  ComputeRegionInstanceTemplateScheduling,
  ComputeRegionInstanceTemplateServiceAccount,
  ComputeRegionInstanceTemplateShieldedInstanceConfig,
} from "@cdktf/provider-google/lib/compute-region-instance-template";
import type { ITerraformDependable } from "cdktf";
import type { IConstruct } from "constructs";
import type { IImage } from "../image/container-image";
import type { IServiceAccount } from "../project/service-account";
import type { MachineOptions } from "./machine-options";

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
  /** `onHostMaintenance` and `automaticRestart` of a standard machine; the group lays Spot over it. */
  readonly scheduling: ComputeRegionInstanceTemplateScheduling;
  readonly shieldedInstanceConfig: ComputeRegionInstanceTemplateShieldedInstanceConfig;
  readonly serviceAccount: ComputeRegionInstanceTemplateServiceAccount;
  readonly labels?: { [key: string]: string };
  readonly port: number;
  readonly hasGpu: boolean;
  /** Zones of the region that have the machine's GPU; undefined for no GPU, and where they are not known. */
  readonly zones?: string[];
  /** Machine types that Google sells as Spot and Flex-start only, not on demand. */
  readonly spotOrFlexOnly: boolean;
  /** Grants and APIs that must exist before the first machine boots. */
  readonly dependables: ITerraformDependable[];
}

/** What a machine of the region needs, checked. */
export declare function renderMachine(where: IConstruct, props: MachineProps): MachineArguments;
