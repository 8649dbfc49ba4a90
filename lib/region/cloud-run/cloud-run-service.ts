import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service";
import { CloudRunV2ServiceIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-service-iam-member";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkAllowed } from "../../core/checks";
import { ownDependables } from "../../core/dependables";
import { CLOUD_RUN_NAME, chosenName } from "../../core/naming";
import { regionFacts } from "../../core/regions";
import { RemovalPolicy } from "../../core/removal-policy";
import { idPart } from "../../core/spelled";
import { customAudiences, ownKeys } from "../../google/cloud-run";
import type { IImage } from "../../image/container-image";
import { setNewerAttribute } from "../../project/google-provider-version";
import { projectNumber } from "../../project/project-number";
import { ProjectServices } from "../../project/project-services";
import { type ProviderOptions, useProvider } from "../../project/provider";
import { type IServiceAccount, ServiceAccount } from "../../project/service-account";
import { Access, checkMember } from "../access";
import {
  renderContainers,
  renderImagePolicy,
  renderVolumes,
  renderVpcAccess,
  setNewerVolumeAttributes,
} from "./cloud-run-container";
import { workloadPrerequisites } from "./cloud-run-grants";
import { type CloudRunOptions, Ingress } from "./cloud-run-options";
import { resolveSizing } from "./cloud-run-sizing";
import { withModels } from "./model-mount";
import { instanceMemory } from "./sidecar";

export interface CloudRunRegionProps extends CloudRunOptions, ProviderOptions {
  /** One of the 43 Google Cloud regions. */
  readonly region: string;
  readonly image: IImage;
  /**
   * At most 49 characters. Changing it creates a new service. @default generated from the construct
   * path
   */
  readonly serviceName?: string;
  /** Who may call it. @default Access.public() */
  readonly access?: Access;
  /** What the container runs as. @default a new account without any role */
  readonly serviceAccount?: IServiceAccount;
  /** @default RemovalPolicy.PROTECT */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A Cloud Run service in one region, which nothing but its own address leads to. `CloudRunRegion`
 * adds what a load balancer needs.
 *
 * Name and region are its identity. Everything else changes in place, as a new revision that takes
 * over when its startup probe succeeds.
 */
@checked
export class CloudRunService extends Construct {
  public readonly resource: CloudRunV2Service;
  public readonly serviceAccount: IServiceAccount;
  public readonly region: string;
  public readonly serviceName: string;
  /**
   * Whether Cloud Run service health covers it: a readiness probe, a warm instance, and neither URL
   * mask nor tag on the NEG.
   */
  public readonly reportsHealth: boolean;
  /** Whether the containers speak h2c. */
  public readonly http2: boolean;
  /** The bindings without which no traffic may arrive. @internal */
  protected readonly _invokers: CloudRunV2ServiceIamMember[] = [];

  public constructor(scope: Construct, id: string, props: CloudRunRegionProps) {
    super(scope, id);
    useProvider(this, props.provider);
    regionFacts(this, props.region);
    const workload = withModels(this, props);
    const access = props.access ?? Access.public();
    const sizing = resolveSizing(this, workload);
    sizing.gpu._checkRegion(this, props.region);
    access._check(this);
    const audiences = [...new Set(props.customAudiences)];
    checkAllowed(this, "customAudiences", audiences, customAudiences);
    this.region = props.region;
    this.http2 = props.http2 ?? false;
    this.reportsHealth = props.readinessProbe !== undefined && sizing.warmInstances >= 1;
    this.serviceName = chosenName(this, CLOUD_RUN_NAME, props.serviceName);
    const containers = renderContainers(this, workload, sizing);
    const volumes = renderVolumes(this, workload, instanceMemory(sizing.memoryMiB, props.sidecars));
    const vpcAccess = renderVpcAccess(this, props);
    for (const what of ["labels", "annotations"] as const) checkAllowed(this, what, props[what], ownKeys);
    this.serviceAccount = props.serviceAccount ?? new ServiceAccount(this, "ServiceAccount");

    this.resource = new CloudRunV2Service(this, "Resource", {
      name: this.serviceName,
      location: props.region,
      labels: props.labels,
      annotations: props.annotations,
      deletionProtection: (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT,
      ingress: props.ingress ?? Ingress.LOAD_BALANCER,
      invokerIamDisabled: access.isPublic,
      customAudiences: audiences.length > 0 ? audiences : undefined,
      binaryAuthorization: renderImagePolicy(this, props),
      // Always set, with the mode: provider 7.0 and later keep the old minimum of an omitted block;
      // earlier versions show the API's own block as a difference on every plan.
      scaling:
        sizing.manualInstances === undefined
          ? { scalingMode: "AUTOMATIC", minInstanceCount: sizing.minInstances }
          : { scalingMode: "MANUAL", manualInstanceCount: sizing.manualInstances },
      template: {
        serviceAccount: this.serviceAccount.email,
        timeout: `${props.timeoutSeconds ?? 300}s`,
        maxInstanceRequestConcurrency: sizing.concurrency,
        executionEnvironment: sizing.executionEnvironment,
        sessionAffinity: props.sessionAffinity ?? false,
        encryptionKey: props.encryptionKey,
        scaling: { minInstanceCount: 0, maxInstanceCount: sizing.maxInstances },
        nodeSelector: sizing.gpu.accelerator ? { accelerator: sizing.gpu.accelerator } : undefined,
        gpuZonalRedundancyDisabled: sizing.gpu.accelerator ? !sizing.gpu.zonalRedundancy : undefined,
        vpcAccess,
        containers,
        volumes,
      },
      // The default of 20 minutes is less than creation and startup probe may take.
      timeouts: sizing.gpu.accelerator ? { create: "45m", update: "45m" } : undefined,
      dependsOn: ownDependables(this, [
        ...ProjectServices.of(this).require("run.googleapis.com"),
        ...workloadPrerequisites(this, this.serviceAccount, workload),
      ]),
    });
    setNewerVolumeAttributes(this.resource, workload, "template");
    this.setNewerAttributes(props, sizing.gpu.accelerator !== undefined);
    for (const member of access.invokers) this.grantInvoke(member);
    if (access._usesIap) this.grantIapAgent();
  }

  /** Base URL under `run.app`; it answers only as `ingress` allows. */
  public get url(): string {
    return this.resource.uri;
  }

  /**
   * Grants `roles/run.invoker`. No traffic arrives before the binding exists.
   *
   * @returns The binding, for what must wait for it.
   * @param member An IAM member: `serviceAccount:caller@project.iam.gserviceaccount.com`, or the
   * `iamMember` of an account of this app.
   * @throws ValidationError for what is not an IAM member, and for `allUsers`.
   */
  public grantInvoke(member: string): ITerraformDependable {
    checkMember(this, member);
    const id = `Invoker ${idPart(this, member)}`;
    const existing = this.node.tryFindChild(id) as CloudRunV2ServiceIamMember | undefined;
    return existing ?? this._bindInvoker(id, member);
  }

  /** Identity-Aware Proxy calls the service as its service agent, whoever has signed in. */
  private grantIapAgent(): void {
    const agent = `service-${projectNumber(this)}@gcp-sa-iap.iam.gserviceaccount.com`;
    const apis = ProjectServices.of(this).require("iap.googleapis.com");
    this._bindInvoker("Invoker IAP service agent", `serviceAccount:${agent}`, apis);
  }

  /** @internal */
  protected _bindInvoker(id: string, member: string, dependsOn?: ITerraformDependable[]): CloudRunV2ServiceIamMember {
    const binding = new CloudRunV2ServiceIamMember(this, id, {
      name: this.resource.name,
      location: this.resource.location,
      role: "roles/run.invoker",
      member,
      dependsOn,
    });
    this._invokers.push(binding);
    return binding;
  }

  private setNewerAttributes(props: CloudRunRegionProps, gpu: boolean): void {
    const readiness = props.readinessProbe?._render(this, "readiness", props.port ?? 8080, gpu);
    if (readiness) {
      setNewerAttribute(this.resource, "readiness_probe", {
        period_seconds: readiness.periodSeconds,
        timeout_seconds: readiness.timeoutSeconds,
        failure_threshold: readiness.failureThreshold,
        success_threshold: readiness.successThreshold,
        ...(readiness.httpGet && { http_get: { path: readiness.httpGet.path, port: readiness.httpGet.port } }),
        ...(readiness.grpc && {
          grpc: { port: readiness.grpc.port, ...(readiness.grpc.service && { service: readiness.grpc.service }) },
        }),
      });
    }
    if (props.defaultUrlDisabled) setNewerAttribute(this.resource, "default_uri_disabled", true);
  }
}
