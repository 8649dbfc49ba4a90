import type {
  ComputeRegionAutoscalerAutoscalingPolicyCpuUtilization,
  ComputeRegionAutoscalerAutoscalingPolicyLoadBalancingUtilization,
  ComputeRegionAutoscalerAutoscalingPolicyMetric,
} from "@cdktf/provider-google/lib/compute-region-autoscaler";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkAllowed, checkPattern } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { autoscaling } from "../../google/instance-group";
import { above } from "../../google/limit";
import { MACHINE_GPU } from "../../google/metrics";

export interface CpuSignalOptions {
  /**
   * Adds machines ahead of the load predicted from past weeks, for daily and weekly patterns. It
   * needs three days of history and only uses the CPU
   * (docs.cloud.google.com/compute/docs/autoscaler/predictive-autoscaling, read 2026-11-22).
   * @default false
   */
  readonly predictive?: boolean;
}

/** How to read the points of a metric. */
export enum MetricKind {
  /** The value itself. */
  GAUGE = "GAUGE",
  /** Growth per second of a counter. */
  DELTA_PER_SECOND = "DELTA_PER_SECOND",
  /** Growth per minute of a counter. */
  DELTA_PER_MINUTE = "DELTA_PER_MINUTE",
}

export interface InstanceMetricOptions {
  /**
   * Selects time series by label: `metric.labels.model = "chat"`. Only `=`, joined by `AND`.
   * Several series of one machine are added up. Older Google pages rule out filters on regional
   * groups; newer ones and the API allow them (2026-11-22; not tried). @default all
   */
  readonly filter?: string;
  /** @default MetricKind.GAUGE */
  readonly kind?: MetricKind;
}

const SUBSCRIPTION = /^(?:projects\/[a-z0-9:.-]+\/subscriptions\/)?([A-Za-z][A-Za-z0-9._~+%-]{2,254})$/;
const UNDELIVERED = "pubsub.googleapis.com/subscription/num_undelivered_messages";

/** What scales a group (Compute API v1, AutoscalingPolicy, read 2026-11-22). */
@checked
export class ScalingSignal {
  /**
   * Mean vCPU utilization. It says little about a model on a GPU.
   *
   * @param target Fraction above 0 and at most 1.
   */
  public static cpu(target: number, options: CpuSignalOptions = {}): ScalingSignal {
    return new ScalingSignal("cpu", target, undefined, options.predictive);
  }

  /**
   * How full the load balancer sees the group: the fraction of its backend's capacity. With a
   * backend that balances by requests (`maxRatePerInstance`), this scales by request rate; with one
   * that balances by utilization, by CPU. Application Load Balancers only
   * (docs.cloud.google.com/compute/docs/autoscaler/scaling-load-balancing, read 2026-11-22).
   *
   * @param target Fraction above 0 and at most 1.
   */
  public static loadBalancing(target: number): ScalingSignal {
    return new ScalingSignal("loadBalancing", target);
  }

  /**
   * A metric that each machine writes; its mean over the group is kept at the target. Requests in
   * flight or waiting in the model server are the best signal.
   *
   * @param metric Its type in Cloud Monitoring, never negative:
   * `custom.googleapis.com/inference/waiting_requests`. Written for the monitored resource
   * `gce_instance`.
   */
  public static metricPerInstance(metric: string, target: number, options: InstanceMetricOptions = {}): ScalingSignal {
    return new ScalingSignal("perInstance", target, metric, false, options.filter, options.kind);
  }

  /**
   * A metric of the whole group, such as the length of a queue, divided by the share per machine.
   * The metric must not depend on the group's size. It also wakes an empty group. Older Google
   * pages rule such metrics out for regional groups, which these are; newer ones, the API and
   * hashicorp/google 6.50.0 allow them
   * (docs.cloud.google.com/compute/docs/autoscaler/scaling-stackdriver-monitoring-metrics, several
   * copies read 2026-11-22; not tried).
   *
   * @param instanceShare The amount per machine.
   * @param filter Selects the one time series, beginning with its monitored resource:
   * `resource.type = "pubsub_subscription" AND resource.labels.subscription_id = "jobs"`. Only `=`,
   * joined by `AND`.
   */
  public static metricPerGroup(metric: string, instanceShare: number, filter: string): ScalingSignal {
    return new ScalingSignal("perGroup", instanceShare, metric, false, filter);
  }

  /**
   * GPU utilization in percent. Each machine writes it once a minute, as the mean over its GPUs;
   * Container-Optimized OS has no Ops Agent to do so (general knowledge, 2026-11).
   *
   * @param targetPercent Above 0 and at most 100.
   * @param metric Your own, instead of the one the machines write:
   * `custom.googleapis.com/serving/gpu_utilization`.
   */
  public static gpuUtilization(
    targetPercent: number,
    metric: string = MACHINE_GPU,
    options: InstanceMetricOptions = {},
  ): ScalingSignal {
    return new ScalingSignal("gpu", targetPercent, metric, false, options.filter, options.kind);
  }

  /**
   * The waiting messages of a Pub/Sub subscription.
   *
   * @param subscription Its name, or `projects/PROJECT/subscriptions/NAME`.
   * @param messagesPerInstance Number of waiting messages per machine.
   */
  public static queue(subscription: string, messagesPerInstance: number): ScalingSignal {
    return new ScalingSignal("perGroup", messagesPerInstance, UNDELIVERED, false, undefined, undefined, subscription);
  }

  private constructor(
    private readonly kind: "cpu" | "loadBalancing" | "perInstance" | "perGroup" | "gpu",
    private readonly target: number,
    private readonly metric: string = "",
    private readonly predictive = false,
    private readonly filter?: string,
    private readonly metricKind?: MetricKind,
    private readonly subscription?: string,
  ) {}

  /** Identifies what a group can have once. @internal */
  public _key(): string {
    const shown = [this.metric, this.filter, this.subscription].filter((part) => part);
    return [this.kind === "gpu" ? "perInstance" : this.kind, ...shown].join(" ");
  }

  /**
   * Whether it is measured outside the machines, so that it also wakes an empty group. @internal
   */
  public _isOfGroup(): boolean {
    return this.kind === "perGroup";
  }

  /** @internal */
  public _isLoadBalancing(): boolean {
    return this.kind === "loadBalancing";
  }

  /** @internal */
  public _isCpu(): boolean {
    return this.kind === "cpu";
  }

  /** @internal */
  public _cpu(where: IConstruct): ComputeRegionAutoscalerAutoscalingPolicyCpuUtilization | undefined {
    if (this.kind !== "cpu") return undefined;
    checkAllowed(where, "scaling.cpu", this.target, autoscaling.cpuTarget);
    return { target: this.target, predictiveMethod: this.predictive ? "OPTIMIZE_AVAILABILITY" : "NONE" };
  }

  /** @internal */
  public _loadBalancing(
    where: IConstruct,
  ): ComputeRegionAutoscalerAutoscalingPolicyLoadBalancingUtilization | undefined {
    if (this.kind !== "loadBalancing") return undefined;
    const fix = "give a share of the backend's capacity, such as 0.8";
    checkAllowed(where, "scaling.loadBalancing", this.target, above(0, 1), fix);
    return { target: this.target };
  }

  /** @internal */
  public _metric(where: IConstruct): ComputeRegionAutoscalerAutoscalingPolicyMetric | undefined {
    if (this.kind === "cpu" || this.kind === "loadBalancing") return undefined;
    const isGpu = this.kind === "gpu";
    const limit = isGpu ? above(0, 100) : above(0);
    checkAllowed(
      where,
      isGpu ? "scaling.gpuUtilization" : "scaling.metric",
      this.target,
      limit,
      "give the value to keep",
    );
    checkAllowed(where, "scaling.metric", this.metric, autoscaling.metricName);
    const filter = this.checkedFilter(where);
    if (this.kind === "perGroup") return { name: this.metric, singleInstanceAssignment: this.target, filter };
    return { name: this.metric, target: this.target, type: this.metricKind ?? MetricKind.GAUGE, filter };
  }

  private checkedFilter(where: IConstruct): string | undefined {
    const { filter, subscription, kind } = this;
    if (subscription !== undefined) {
      const fix = "name the subscription without its topic";
      checkPattern(where, "scaling.queue", subscription, SUBSCRIPTION, "a Pub/Sub subscription", fix);
      const name = Token.isUnresolved(subscription) ? subscription : SUBSCRIPTION.exec(subscription)![1];
      return `resource.type = "pubsub_subscription" AND resource.labels.subscription_id = "${name}"`;
    }
    if (filter === undefined || Token.isUnresolved(filter)) return filter;
    checkAllowed(where, "scaling.filter", filter, autoscaling.metricFilter);
    const bare = filter.replace(/"(\\.|[^"\\])*"/g, '""');
    const resource = /\bresource\.type\s*=\s*"([^"]*)"/.exec(filter)?.[1];
    if (kind === "perGroup" && (resource === undefined || resource === "gce_instance")) {
      throw new ValidationError(where, {
        what: "scaling.filter",
        got: filter,
        allowed: 'a filter with resource.type = "…", other than gce_instance, for a metric of the whole group',
        fix: "name the monitored resource that the metric is written for, or use metricPerInstance",
      });
    }
    if (kind !== "perGroup" && /\bresource\.labels?\./.test(bare)) {
      throw new ValidationError(where, {
        what: "scaling.filter",
        got: filter,
        allowed: "metric labels only: Compute Engine selects the group's machines itself",
        fix: "remove resource.labels from the filter",
      });
    }
    return filter;
  }
}
