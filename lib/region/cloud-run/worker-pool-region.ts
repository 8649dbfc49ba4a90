import { CloudRunV2WorkerPool } from "@cdktf/provider-google/lib/cloud-run-v2-worker-pool";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkInteger } from "../../core/checks";
import { ownDependables } from "../../core/dependables";
import { ValidationError } from "../../core/errors";
import { CLOUD_RUN_NAME, chosenName } from "../../core/naming";
import { regionFacts } from "../../core/regions";
import { RemovalPolicy } from "../../core/removal-policy";
import { RESERVED_ENV } from "../../google/cloud-run";
import type { IImage } from "../../image/container-image";
import { ProjectServices } from "../../project/project-services";
import { type ProviderOptions, useProvider } from "../../project/provider";
import { type IServiceAccount, ServiceAccount } from "../../project/service-account";
import {
  renderImagePolicy,
  renderVolumes,
  renderVpcAccess,
  renderWorker,
  setNewerVolumeAttributes,
} from "./cloud-run-container";
import { workloadPrerequisites } from "./cloud-run-grants";
import type { ContainerOptions } from "./cloud-run-options";
import { resolveSizing } from "./cloud-run-sizing";

export interface WorkerPoolRegionProps extends ContainerOptions, ProviderOptions {
  /** One of the 43 Google Cloud regions. */
  readonly region: string;
  readonly image: IImage;
  /** Instances that always run, 0 to 10000 within quota. 0 stops the pool. @default 1 */
  readonly instances?: number;
  /**
   * Something else sets the number of instances while the pool runs, such as CREMA: Terraform then
   * uses `instances` only to create it. @default false
   */
  readonly scaledElsewhere?: boolean;
  /**
   * At most 49 characters. Changing it creates a new pool. @default generated from the construct
   * path
   */
  readonly poolName?: string;
  /** What the container runs as. @default a new account without any role */
  readonly serviceAccount?: IServiceAccount;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A Cloud Run worker pool in one region: containers that pull their work and serve no requests. The
 * number of instances is fixed, and each is billed as active even if it is idle
 * (docs.cloud.google.com/run/docs/configuring/workerpools/manual-scaling, read 2026-11-28).
 *
 * Name and region are its identity. Everything else changes in place, as a new revision.
 */
@checked
export class WorkerPoolRegion extends Construct {
  public readonly resource: CloudRunV2WorkerPool;
  public readonly serviceAccount: IServiceAccount;
  public readonly region: string;
  public readonly poolName: string;

  public constructor(scope: Construct, id: string, props: WorkerPoolRegionProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const { region, instances = 1 } = props;
    const sizing = resolveSizing(this, props);
    regionFacts(this, region);
    sizing.gpu._checkRegion(this, region);
    if (sizing.cpu < 1) {
      throw new ValidationError(this, {
        what: "cpu",
        got: sizing.cpu,
        allowed: "1 or more in a worker pool",
        fix: "set cpu: 1 or leave it out",
      });
    }
    checkInteger(this, "instances", instances, 0, 10000, "give a number of instances");
    this.region = region;
    this.poolName = chosenName(this, CLOUD_RUN_NAME, props.poolName);
    const image = props.image.referenceIn(region);
    const container = renderWorker(this, image, props, sizing, RESERVED_ENV.workerPool);
    const volumes = renderVolumes(this, props, sizing.memoryMiB);
    const hasGpu = sizing.gpu.accelerator !== undefined;
    this.serviceAccount = props.serviceAccount ?? new ServiceAccount(this, "ServiceAccount");
    this.resource = new CloudRunV2WorkerPool(this, "Resource", {
      name: this.poolName,
      location: region,
      labels: props.labels,
      deletionProtection: (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT,
      binaryAuthorization: renderImagePolicy(this, props),
      // Always with the mode: providers before 7.18 show the API's own as a difference on every plan.
      scaling: { scalingMode: "MANUAL", manualInstanceCount: instances },
      template: {
        serviceAccount: this.serviceAccount.email,
        encryptionKey: props.encryptionKey,
        nodeSelector: sizing.gpu.accelerator ? { accelerator: sizing.gpu.accelerator } : undefined,
        gpuZonalRedundancyDisabled: hasGpu ? !sizing.gpu.zonalRedundancy : undefined,
        vpcAccess: renderVpcAccess(this, props),
        containers: [container],
        volumes,
      },
      timeouts: hasGpu ? { create: "45m", update: "45m" } : undefined,
      lifecycle: props.scaledElsewhere ? { ignoreChanges: ["scaling"] } : undefined,
      dependsOn: ownDependables(this, [
        ...ProjectServices.of(this).require("run.googleapis.com"),
        ...workloadPrerequisites(this, this.serviceAccount, props),
      ]),
    });
    setNewerVolumeAttributes(this.resource, props, "template");
  }
}
