import { CloudRunV2Service } from "@cdktf/provider-google/lib/cloud-run-v2-service";
import { CloudRunV2ServiceIamMember } from "@cdktf/provider-google/lib/cloud-run-v2-service-iam-member";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { CLOUD_RUN_NAME, chosenName } from "../../core/naming";
import { regionFacts } from "../../core/regions";
import { RemovalPolicy } from "../../core/removal-policy";
import type { IImage } from "../../image/container-image";
import { setGcsMountOptions, setNewerAttribute } from "../../project/google-provider-version";
import type { IGrantee } from "../../project/grantee";
import { projectNumber } from "../../project/project-number";
import { ProjectServices } from "../../project/project-services";
import { type IServiceAccount, ServiceAccount } from "../../project/service-account";
import { Access, checkMember } from "../access";
import { renderContainer, renderImagePolicy, renderVolumes, renderVpcAccess } from "./cloud-run-container";
import { type CloudRunOptions, Ingress } from "./cloud-run-options";
import { resolveSizing } from "./cloud-run-sizing";
import { prerequisites } from "./prerequisites";

export interface CloudRunRegionProps extends CloudRunOptions {
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
export class CloudRunService extends Construct {
  public readonly resource: CloudRunV2Service;
  public readonly serviceAccount: IServiceAccount;
  public readonly region: string;
  public readonly serviceName: string;
  public readonly reportsHealth: boolean;
  public readonly http2: boolean;
  /** The bindings without which no traffic may arrive. @internal */
  protected readonly _invokers: CloudRunV2ServiceIamMember[] = [];

  public constructor(scope: Construct, id: string, props: CloudRunRegionProps) {
    super(scope, id);
    const access = props.access ?? Access.public();
    const sizing = resolveSizing(this, props);
    regionFacts(this, props.region);
    sizing.gpu._checkRegion(this, props.region);
    access._check(this);
    this.region = props.region;
    this.http2 = props.http2 ?? false;
    this.reportsHealth = props.readinessProbe !== undefined && sizing.minInstances >= 1;
    this.serviceName = chosenName(this, CLOUD_RUN_NAME, props.serviceName);
    const container = renderContainer(this, props.image.referenceIn(props.region), props, sizing);
    const volumes = renderVolumes(this, props.volumes ?? [], sizing.memoryMiB);
    this.serviceAccount = props.serviceAccount ?? new ServiceAccount(this, "ServiceAccount");

    this.resource = new CloudRunV2Service(this, "Resource", {
      name: this.serviceName,
      location: props.region,
      labels: props.labels,
      deletionProtection: (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT,
      ingress: props.ingress ?? Ingress.LOAD_BALANCER,
      invokerIamDisabled: access.isPublic,
      binaryAuthorization: renderImagePolicy(this, props),
      // Always set, with the mode: provider 7.0 and later keep the old minimum of an omitted block;
      // earlier versions show the API's own block as a difference on every plan.
      scaling: { scalingMode: "AUTOMATIC", minInstanceCount: sizing.minInstances },
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
        vpcAccess: renderVpcAccess(this, props.vpcEgress),
        containers: [container],
        volumes: volumes.length > 0 ? volumes : undefined,
      },
      // The default of 20 minutes is less than creation and startup probe may take.
      timeouts: sizing.gpu.accelerator ? { create: "45m", update: "45m" } : undefined,
      dependsOn: unique([
        ...ProjectServices.of(this).require("run.googleapis.com"),
        ...props.image.dependables,
        ...(props.imagePolicy?.dependables ?? []),
        ...prerequisites(this, this.serviceAccount, props.region, props),
      ]),
    });
    this.setNewerAttributes(props, sizing.gpu.accelerator !== undefined);
    for (const member of access.invokers) this.grantInvoke(member);
    if (access.isIap) this.grantIapAgent();
  }

  /** Base URL under `run.app`; it answers only as `ingress` allows. */
  public get url(): string {
    return this.resource.uri;
  }

  /**
   * Grants `roles/run.invoker`. No traffic arrives before the binding exists.
   *
   * @param member A literal IAM member: `serviceAccount:caller@project.iam.gserviceaccount.com`.
   * @throws ValidationError for what is not an IAM member, and for `allUsers`.
   */
  public grantInvoke(member: string): void {
    checkMember(this, member);
    const id = `Invoker ${member.replaceAll("/", "|")}`;
    if (!this.node.tryFindChild(id)) this._bindInvoker(id, member);
  }

  /** Grants `roles/run.invoker` to an account, such as the one of a subscription's pushes. */
  public grantInvokeTo(grantee: IGrantee): ITerraformDependable {
    const id = `Invoker ${grantee.grantKey.replaceAll("/", "|")}`;
    const existing = this.node.tryFindChild(id) as CloudRunV2ServiceIamMember | undefined;
    return existing ?? this._bindInvoker(id, grantee.iamMember);
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
    (props.volumes ?? []).forEach((volume, index) => {
      const options = volume._gcs?.options.mountOptions;
      if (options && options.length > 0) setGcsMountOptions(this.resource, index, options);
    });
  }
}

function unique(dependables: readonly ITerraformDependable[]): ITerraformDependable[] {
  return [...new Set(dependables)];
}
