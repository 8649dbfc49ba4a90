import type { IImagePolicy } from "../../image/image-policy";
import type { ISecret } from "../../project/secret";
import type { IModelVersion } from "../model-version";
import type { Gpu } from "./gpu";
import type { Probe } from "./probe";
import type { Sidecar } from "./sidecar";
import type { Volume } from "./volume";

/** Cloud Run's sandbox generations. */
export enum ExecutionEnvironment {
  /** Faster cold starts; needed below 1 CPU or below 512 MiB. */
  GEN1 = "EXECUTION_ENVIRONMENT_GEN1",
  /** Full Linux compatibility; needed for GPUs and Cloud Storage volumes. */
  GEN2 = "EXECUTION_ENVIRONMENT_GEN2",
}

/** Where requests to a service may come from. */
export enum Ingress {
  /** The load balancer and the project's VPC only, so that nobody bypasses CDN and Cloud Armor. */
  LOAD_BALANCER = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
  /** The project's VPC only. */
  INTERNAL = "INGRESS_TRAFFIC_INTERNAL_ONLY",
  /** The internet, even bypassing the load balancer. */
  ALL = "INGRESS_TRAFFIC_ALL",
}

/** Which outgoing traffic goes through the VPC. */
export enum VpcEgressTraffic {
  PRIVATE_RANGES_ONLY = "PRIVATE_RANGES_ONLY",
  ALL_TRAFFIC = "ALL_TRAFFIC",
}

/** Direct VPC egress: instances get addresses in a subnet. Set network, subnetwork or both. */
export interface DirectVpcEgress {
  /** Name or self link. @default the subnetwork's network */
  readonly network?: string;
  /**
   * Name or self link, in the service's region; size it for twice the maximum number of instances.
   * @default the one named like the network
   */
  readonly subnetwork?: string;
  /** Network tags for firewall rules. @default none */
  readonly tags?: string[];
  /** @default VpcEgressTraffic.PRIVATE_RANGES_ONLY */
  readonly traffic?: VpcEgressTraffic;
  /**
   * For a Shared VPC: grants the Cloud Run service agent `roles/compute.networkUser` on the
   * subnetwork and `roles/compute.networkViewer` on the host project, which it needs before the
   * first revision. The deployer must be allowed to grant them there. @default false: the host
   * project's administrators do
   */
  readonly grantNetworkUse?: boolean;
}

/**
 * Egress through a Serverless VPC Access connector, the alternative to Direct VPC egress: for
 * subnets without room for two addresses per instance.
 */
export interface VpcConnectorEgress {
  /** Its ID, `projects/PROJECT/locations/REGION/connectors/NAME`, in the service's region. */
  readonly connector: string;
  /** @default VpcEgressTraffic.PRIVATE_RANGES_ONLY */
  readonly traffic?: VpcEgressTraffic;
}

/**
 * A container and what it gets, the same for what serves requests and what pulls its work. Every
 * option may differ by region.
 *
 * Limits are Cloud Run's (docs.cloud.google.com/run/docs/configuring, read 2026-11-22).
 */
export interface ContainerOptions {
  /**
   * CPUs per instance: 1, 2, 4, 6 or 8; 20 to 44 with an RTX PRO 6000; or, services only, 0.08 to
   * 0.999, with a concurrency of 1 and CPU during requests only. @default 1, or the GPU's minimum
   */
  readonly cpu?: number;
  /**
   * Memory per instance in MiB. 1 CPU: up to 4096; 2: 8192; 4: 2048 to 16384; 6: 4096 to 24576; 8:
   * 4096 to 32768; 20 and more: 81920 to 180224. @default 1024 (512 below 1 CPU), or the minimum of
   * CPU and GPU
   */
  readonly memoryMiB?: number;
  /** @default Gpu.none() */
  readonly gpu?: Gpu;
  /** Replaces the image's entrypoint. @default the image's */
  readonly command?: string[];
  /** Replaces the image's arguments. @default the image's */
  readonly args?: string[];
  /** Plain environment variables, visible in the Terraform state and the console. @default none */
  readonly env?: { [name: string]: string };
  /** Environment variables from Secret Manager; read access is granted. @default none */
  readonly secretEnv?: { [name: string]: ISecret };
  /** @default none */
  readonly volumes?: Volume[];
  /** @default none: outgoing traffic goes to the internet directly */
  readonly vpcEgress?: DirectVpcEgress;
  /**
   * Key that encrypts the container image: `projects/P/locations/REGION/keyRings/R/cryptoKeys/K`,
   * in its own region. The Cloud Run service agent is granted its use. @default Google's keys
   */
  readonly encryptionKey?: string;
  /**
   * Checks each new revision's image by Binary Authorization: an `ImagePolicy`, or
   * `ImagePolicy.ofProject()` if it is managed elsewhere. Running revisions keep serving. @default
   * none: every image may be deployed
   */
  readonly imagePolicy?: IImagePolicy;
  /**
   * Deploys despite `imagePolicy` in an emergency, with this justification in the audit log. Every
   * revision is exempt while it is set: remove it afterwards. @default none
   */
  readonly imagePolicyBreakglass?: string;
  /** Labels of the service or job, besides the provider's default labels. @default none */
  readonly labels?: { [key: string]: string };
}

/** The container of a service or job, its weights and its way into a network. */
export interface WorkloadOptions extends ContainerOptions {
  /**
   * Weights from a `ModelStore`, each mounted read-only: `[store.version("gemma3-4b", "2026-11")]`.
   * Needs provider 7.4.0 and the second generation execution environment, the default. @default
   * none
   */
  readonly models?: IModelVersion[];
  /** Instead of `vpcEgress`. @default none */
  readonly vpcConnector?: VpcConnectorEgress;
  /**
   * Annotations of the service or job, for tools; not in Google's or Knative's namespaces. @default
   * none
   */
  readonly annotations?: { [key: string]: string };
}

/** What runs in a region: the container and how Cloud Run serves requests with it. */
export interface CloudRunOptions extends WorkloadOptions {
  /**
   * Warm instances in the region, across all serving revisions (the service-level minimum); billed
   * while idle. @default 0
   */
  readonly minInstances?: number;
  /**
   * Runs exactly this many instances instead of scaling with the requests; 0 stops the service.
   * Change it to scale by hand or by a program of your own. @default Cloud Run scales
   */
  readonly manualInstances?: number;
  /**
   * Maximum instances of a revision, 1 to 10000 within quota; quota counts this number. The load
   * balancer does not retry a full region's 429 elsewhere: size each region for its own peak.
   * @default 10, with a GPU 3 (a new project's quota)
   */
  readonly maxInstances?: number;
  /**
   * Requests that an instance serves at a time, 1 to 1000. With a GPU, set it to the model server's
   * batch size: beyond that, requests wait in the instance instead of starting another. @default
   * 80, with a GPU 16, below 1 CPU 1
   */
  readonly concurrency?: number;
  /**
   * Maximum duration of a request including its streamed response, 1 to 3600 seconds. @default 300
   */
  readonly timeoutSeconds?: number;
  /** Port that the container listens on; Cloud Run sets `PORT` to it. @default 8080 */
  readonly port?: number;
  /** The container speaks HTTP/2 without TLS (h2c), as gRPC servers do. @default false */
  readonly http2?: boolean;
  /** Containers beside the one that serves requests, at most 9. @default none */
  readonly sidecars?: Sidecar[];
  /**
   * Sidecars whose startup probe must succeed before the container that serves requests starts.
   * @default it starts at once
   */
  readonly startAfter?: string[];
  /**
   * When an instance may get requests. @default TCP on the port, 240 seconds, with a GPU 900, more
   * if `models` take longer to load
   */
  readonly startupProbe?: Probe;
  /** When to restart an instance. @default none */
  readonly livenessProbe?: Probe;
  /**
   * Whether an instance may receive requests now. If every region has one and `minInstances` of 1
   * or more, the load balancer fails over by Cloud Run service health. Needs provider 7.19.0.
   * @default none
   */
  readonly readinessProbe?: Probe;
  /**
   * Allocates CPU outside requests too (instance-based billing). GPUs need it. @default false, with
   * a GPU true
   */
  readonly cpuAlwaysAllocated?: boolean;
  /** More CPU while an instance starts. @default true */
  readonly startupCpuBoost?: boolean;
  /** @default ExecutionEnvironment.GEN2, below 1 CPU or 512 MiB GEN1 */
  readonly executionEnvironment?: ExecutionEnvironment;
  /** Sends a client's requests to the same instance while it exists. @default false */
  readonly sessionAffinity?: boolean;
  /** @default Ingress.LOAD_BALANCER */
  readonly ingress?: Ingress;
  /**
   * Audiences that a caller's identity token may name besides the service's own `run.app` URL:
   * `https://api.example.com`. The URL differs by region and no caller knows which region answers,
   * so behind a load balancer members need one (docs.cloud.google.com/run/docs/configuring/
   * custom-audiences, read 2026-11-28). In JSON at most 32768 characters. @default none;
   * `GlobalAiApi` with `Access.members` adds `https://DOMAIN` of each of its domains
   */
  readonly customAudiences?: string[];
  /** Disables the service's own `run.app` address. Needs provider 7.7.0. @default false */
  readonly defaultUrlDisabled?: boolean;
}
