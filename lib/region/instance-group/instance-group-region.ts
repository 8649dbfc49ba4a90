import type { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import { ComputeRegionAutoscaler } from "@cdktf/provider-google/lib/compute-region-autoscaler";
import { ComputeRegionInstanceGroupManager } from "@cdktf/provider-google/lib/compute-region-instance-group-manager";
import { ComputeRegionInstanceTemplate } from "@cdktf/provider-google/lib/compute-region-instance-template";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../../core/checked";
import { ownDependables } from "../../core/dependables";
import { COMPUTE_NAME, generatedName, hashedSlug } from "../../core/naming";
import { regionFacts } from "../../core/regions";
import { RemovalPolicy } from "../../core/removal-policy";
import type { IImage } from "../../image/container-image";
import { setNewerAttribute } from "../../project/google-provider-version";
import { ProjectServices } from "../../project/project-services";
import { type ProviderOptions, useProvider } from "../../project/provider";
import { type IServiceAccount, ServiceAccount } from "../../project/service-account";
import { type MachineArguments, renderMachine } from "../machine/machine";
import type { IRegionNetwork } from "../network/network-target";
import { renderAutoscaling } from "./instance-autoscaling";
import { ExistingInstanceGroup } from "./instance-group-existing";
import type { InstanceGroupOptions } from "./instance-group-options";
import { type GroupPlan, planGroup } from "./instance-group-plan";
import type { IInstanceGroupTarget } from "./instance-group-target";
import { templateName } from "./template-name";

export interface InstanceGroupRegionProps extends InstanceGroupOptions, ProviderOptions {
  /** One of the 43 Google Cloud regions. */
  readonly region: string;
  readonly image: IImage;
  /** The machines use its subnet, without external addresses; its firewall gets their rule. */
  readonly network: IRegionNetwork;
  /**
   * What the machines and the container run as. @default a new account with the roles for pulling
   * the image, logs and metrics
   */
  readonly serviceAccount?: IServiceAccount;
  /**
   * With `PROTECT`, Terraform refuses to destroy or replace the group, which a change of zones or
   * port would do. Machines hold no data that the next deploy cannot recreate. @default
   * RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A group of machines that exists already, or is created elsewhere in the configuration. */
export interface ExistingInstanceGroupProps {
  readonly region: string;
  /**
   * URL of the instance group, not of its manager: `projects/P/regions/R/instanceGroups/NAME`, or
   * `…/zones/Z/instanceGroups/NAME`, with or without `https://www.googleapis.com/compute/v1/`. A
   * reference passes unchecked: `manager.instanceGroup`.
   */
  readonly instanceGroupUrl: string;
  /** The group's named port that serves requests. */
  readonly portName: string;
  /** The port that serves requests. */
  readonly port: number;
  /** Ports that the firewall opens to Google's health checks and front ends. @default [port] */
  readonly admittedPorts?: number[];
  /** ID or self link of the machines' VPC network. */
  readonly networkId: string;
  /**
   * The same network, if this stack creates firewall rules in it, for the proxies of regional load
   * balancers. Requires `tag`. @default the rules are managed elsewhere
   */
  readonly network?: IRegionNetwork;
  /** Network tag of the machines. Requires `network`. @default the rules are managed elsewhere */
  readonly tag?: string;
}

/**
 * Sources of Google's health checks and global load balancers
 * (docs.cloud.google.com/load-balancing/docs/health-check-concepts, as of 2026-11).
 */
const FRONT_ENDS = ["35.191.0.0/16", "130.211.0.0/22"];

/**
 * Machines of one region that run a container image: an instance template, a managed instance group
 * over several zones, its autoscaler and health check.
 *
 * Changing the machine or image creates a new template. The group then replaces its machines one by
 * one without losing capacity: old ones are deleted when the new ones are healthy. Changing zones
 * or port creates a new group, which takes over when its machines are healthy. Everything else
 * changes in place.
 */
@checked
export class InstanceGroupRegion extends Construct implements IInstanceGroupTarget {
  /**
   * An existing group, managed or not, or one created elsewhere in the configuration.
   *
   * @throws ValidationError for the URL of a manager, and for a group of another region.
   */
  public static fromExisting(scope: Construct, id: string, props: ExistingInstanceGroupProps): IInstanceGroupTarget {
    return new ExistingInstanceGroup(scope, id, props);
  }

  public readonly resource: ComputeRegionInstanceGroupManager;
  public readonly template: ComputeRegionInstanceTemplate;
  public readonly autoscaler: ComputeRegionAutoscaler;
  /** The auto-healing check; undefined with `AutoHealing.none()`. */
  public readonly healthCheck?: ComputeHealthCheck;
  public readonly serviceAccount: IServiceAccount;
  public readonly network: IRegionNetwork;
  public readonly region: string;
  /** Network tag of the machines. */
  public readonly tag: string;
  public readonly instanceGroupUrl: string;
  public readonly portName: string;
  public readonly port: number;
  public readonly admittedPorts: number[];
  public readonly networkId: string;
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: InstanceGroupRegionProps) {
    super(scope, id);
    useProvider(this, props.provider);
    regionFacts(this, props.region);
    this.region = props.region;
    this.network = props.network;
    this.networkId = props.network.networkId;
    this.serviceAccount = props.serviceAccount ?? new ServiceAccount(this, "ServiceAccount");
    const port = props.port ?? 8080;
    const healingPort = props.autoHealing ? props.autoHealing._port(port) : port;
    this.admittedPorts = [...new Set([port, ...(healingPort === undefined ? [] : [healingPort])])];
    const machine = renderMachine(this, {
      image: props.image,
      region: props.region,
      options: props,
      serviceAccount: this.serviceAccount,
      admittedPorts: this.admittedPorts,
    });
    const plan = planGroup(this, props, machine);
    this.port = machine.port;
    this.portName = `port-${this.port}`;
    this.tag = hashedSlug(this.node.path, COMPUTE_NAME.maxLength);
    this.healthCheck = plan.autoHealing._bind(this, this.port);
    const admitted = props.network.admit(`${this.firewallId()} health checks ${this.admittedPorts.join(" ")}`, {
      sourceRanges: FRONT_ENDS,
      ports: this.admittedPorts,
      targetTag: this.tag,
      description: "Health checks and load balancers of Google",
    });
    this.template = this.createTemplate(props, machine, plan);
    this.resource = this.createGroup(props, plan, [...admitted, ...machine.dependables]);
    if (plan.autoHealing._observes()) setNewerAttribute(this.resource, "on_failed_health_check", "DO_NOTHING");
    this.autoscaler = this.createAutoscaler(plan);
    this.instanceGroupUrl = this.resource.instanceGroup;
    this.dependables = admitted;
  }

  public admit(id: string, sourceRanges: string[]): ITerraformDependable[] {
    return this.network.admit(`${this.firewallId()} ${id} ${this.port}`, {
      sourceRanges,
      ports: [this.port],
      targetTag: this.tag,
    });
  }

  /** The path as an ID prefix. Another port is another rule; the old one stays until unused. */
  private firewallId(): string {
    return this.node.path.replaceAll("/", " ");
  }

  private createTemplate(
    props: InstanceGroupRegionProps,
    machine: MachineArguments,
    plan: GroupPlan,
  ): ComputeRegionInstanceTemplate {
    const template: ComputeRegionInstanceTemplate = new ComputeRegionInstanceTemplate(this, "Template", {
      name: templateName(this, () => template),
      region: props.region,
      machineType: machine.machineType,
      minCpuPlatform: machine.minCpuPlatform,
      guestAccelerator: machine.guestAccelerator,
      metadata: machine.metadata,
      disk: machine.disk,
      networkInterface: [{ subnetwork: props.network.subnetworkId(props.region), nicType: machine.nicType }],
      scheduling: plan.scheduling,
      shieldedInstanceConfig: machine.shieldedInstanceConfig,
      serviceAccount: machine.serviceAccount,
      reservationAffinity: plan.reservationAffinity,
      tags: [this.tag],
      labels: machine.labels,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(this).require("compute.googleapis.com"),
    });
    return template;
  }

  private createGroup(
    props: InstanceGroupRegionProps,
    plan: GroupPlan,
    dependsOn: readonly ITerraformDependable[],
  ): ComputeRegionInstanceGroupManager {
    const { zones = [] } = plan;
    const wait = plan.waitMinutes > 0;
    return new ComputeRegionInstanceGroupManager(this, "Resource", {
      // What replaces a group. Includes the ports: old machines would get requests or checks on a
      // port that they do not listen on.
      name: generatedName(this, COMPUTE_NAME, [
        props.region,
        [...zones].sort().join(" "),
        this.admittedPorts.join(" "),
      ]),
      region: props.region,
      baseInstanceName: hashedSlug(this.node.path, 50),
      distributionPolicyZones: zones.length > 0 ? [...zones] : undefined,
      distributionPolicyTargetShape: plan.distribution,
      instanceFlexibilityPolicy: plan.fallbacks,
      // The initial size: an empty group would take over at once. Later the autoscaler decides.
      targetSize: plan.scaling.minInstances,
      version: [{ instanceTemplate: this.template.selfLink }],
      namedPort: [{ name: this.portName, port: this.port }],
      updatePolicy: plan.updatePolicy,
      autoHealingPolicies: this.healthCheck && {
        healthCheck: this.healthCheck.id,
        initialDelaySec: plan.healingDelaySeconds,
      },
      // Always set: the provider keeps an omitted block.
      instanceLifecyclePolicy: { defaultActionOnFailure: "REPAIR", forceUpdateOnRepair: "NO" },
      waitForInstances: wait,
      waitForInstancesStatus: plan.waitStatus,
      // The provider uses this one for waiting after an update too.
      timeouts: wait ? { create: `${plan.waitMinutes}m` } : undefined,
      lifecycle: {
        createBeforeDestroy: true,
        ignoreChanges: ["target_size"],
        preventDestroy: props.removalPolicy === RemovalPolicy.PROTECT ? true : undefined,
      },
      dependsOn: ownDependables(this, [
        ...dependsOn,
        ...props.image.dependables,
        ...props.network.egressDependables(props.region),
        ...ProjectServices.of(this).require("compute.googleapis.com"),
      ]),
    });
  }

  private createAutoscaler(plan: GroupPlan): ComputeRegionAutoscaler {
    const { signals } = plan.scaling;
    return new ComputeRegionAutoscaler(this, "Autoscaler", {
      // The provider keeps a removed CPU target, so it is part of the name.
      name: `${generatedName(this, { ...COMPUTE_NAME, maxLength: 58 }, [this.resource.nameInput ?? ""])}-${
        signals.some((signal) => signal._isCpu()) ? "cpu" : "load"
      }`,
      region: this.region,
      target: this.resource.id,
      autoscalingPolicy: renderAutoscaling(this, plan.scaling),
    });
  }
}
