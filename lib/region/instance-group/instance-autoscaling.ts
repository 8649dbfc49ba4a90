import type {
  ComputeRegionAutoscalerAutoscalingPolicy,
  ComputeRegionAutoscalerAutoscalingPolicyScaleInControl,
} from "@cdktf/provider-google/lib/compute-region-autoscaler";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkInteger, checkUnique, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { autoscaling } from "../../google/instance-group";
import type { ScalingSchedule } from "./instance-group-options";
import { renderSchedule } from "./scaling-schedule";
import type { ScalingSignal } from "./scaling-signal";

/** What the autoscaler may do. */
export enum ScalingMode {
  /** Add and remove machines. */
  ON = "ON",
  /** Add machines, never remove any: for launch days. */
  ONLY_SCALE_OUT = "ONLY_SCALE_OUT",
  /** Nothing: the group keeps its size. */
  OFF = "OFF",
}

export interface ScaleInOptions {
  /**
   * Window over which the limit counts, and whose peak load bounds the shrinking: 60 to 3600
   * seconds. @default 600
   */
  readonly windowSeconds?: number;
}

/**
 * How fast a group may shrink. A limit keeps machines for the next wave of requests, at the price
 * of their idle time.
 */
@checked
export class ScaleIn {
  /** As the signals say, after Compute Engine's own ten-minute stabilization. */
  public static unlimited(): ScaleIn {
    return new ScaleIn("unlimited", 0);
  }

  /** At most this many machines within the window, 1 or more. */
  public static instances(count: number, options: ScaleInOptions = {}): ScaleIn {
    return new ScaleIn("fixed", count, options);
  }

  /** At most this percentage of the largest size within the window, 1 to 100. */
  public static percent(percent: number, options: ScaleInOptions = {}): ScaleIn {
    return new ScaleIn("percent", percent, options);
  }

  private constructor(
    private readonly kind: "unlimited" | "fixed" | "percent",
    private readonly amount: number,
    private readonly options: ScaleInOptions = {},
  ) {}

  /** @internal */
  public _render(where: IConstruct): ComputeRegionAutoscalerAutoscalingPolicyScaleInControl | undefined {
    if (this.kind === "unlimited") return undefined;
    const fix = "for a group that never shrinks use ScalingMode.ONLY_SCALE_OUT";
    checkInteger(where, `scaleIn.${this.kind}`, this.amount, 1, this.kind === "percent" ? 100 : 10000, fix);
    const { windowSeconds = 600 } = this.options;
    checkWithin(where, "scaleIn.windowSeconds", windowSeconds, autoscaling.scaleInWindow);
    return { maxScaledInReplicas: { [this.kind]: this.amount }, timeWindowSec: windowSeconds };
  }
}

/** Inputs of an autoscaler. */
export interface Autoscaling {
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly signals: readonly ScalingSignal[];
  readonly schedules: readonly ScalingSchedule[];
  readonly scaleIn: ScaleIn;
  readonly mode: ScalingMode;
  readonly initializationSeconds: number;
}

/** The autoscaler's policy, checked. */
export function renderAutoscaling(where: IConstruct, scaling: Autoscaling): ComputeRegionAutoscalerAutoscalingPolicy {
  const { minInstances, maxInstances, signals, schedules } = scaling;
  checkSignals(where, signals);
  checkSize(where, scaling);
  checkUnique(
    where,
    "scalingSchedules",
    schedules.map(({ name }) => name),
    "name each schedule differently",
  );
  checkWithin(where, "number of scalingSchedules", schedules.length, autoscaling.schedules);
  const fix = "give the time from a machine's creation until it serves";
  checkInteger(where, "initializationSeconds", scaling.initializationSeconds, 15, 3600, fix);
  const metrics = signals.flatMap((signal) => signal._metric(where) ?? []);
  return {
    minReplicas: minInstances,
    maxReplicas: maxInstances,
    cooldownPeriod: scaling.initializationSeconds,
    mode: scaling.mode,
    cpuUtilization: signals.map((signal) => signal._cpu(where)).find((each) => each !== undefined),
    loadBalancingUtilization: signals.map((signal) => signal._loadBalancing(where)).find((each) => each !== undefined),
    metric: metrics.length > 0 ? metrics : undefined,
    scaleInControl: scaling.scaleIn._render(where),
    scalingSchedules:
      schedules.length > 0 ? schedules.map((schedule) => renderSchedule(where, schedule, maxInstances)) : undefined,
  };
}

function checkSize(where: IConstruct, { minInstances, maxInstances, signals, schedules }: Autoscaling): void {
  checkInteger(where, "minInstances", minInstances, 0, 2000, "give a number of machines");
  checkInteger(where, "maxInstances", maxInstances, 1, 2000, "give a number of machines");
  if (minInstances > maxInstances) {
    throw new ValidationError(where, {
      what: "minInstances",
      got: minInstances,
      allowed: `at most maxInstances, ${maxInstances}`,
      fix: "raise maxInstances or lower minInstances",
    });
  }
  const behind = signals.find((signal) => signal._isLoadBalancing());
  const wakes = schedules.length > 0 || signals.some((signal) => signal._isOfGroup());
  if (minInstances > 0 || (wakes && !behind)) return;
  throw new ValidationError(where, {
    what: "minInstances",
    got: 0,
    allowed: behind
      ? "1 or more with ScalingSignal.loadBalancing: a load balancer sends nothing to an empty group"
      : "1 or more with signals that are measured on running machines: they never wake an empty group",
    fix: "keep one machine, or scale by ScalingSignal.metricPerGroup, ScalingSignal.queue or a schedule",
  });
}

function checkSignals(where: IConstruct, signals: readonly ScalingSignal[]): void {
  if (signals.length === 0) {
    throw new ValidationError(where, {
      what: "scaling",
      got: [],
      allowed: "at least one signal",
      fix: "leave scaling out for the default, or use ScalingMode.OFF",
    });
  }
  const keys = signals.map((signal) => signal._key());
  checkUnique(where, "scaling", keys, "a group has one target of a kind: keep one of the two");
}
