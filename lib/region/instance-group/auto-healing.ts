import { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import type { Construct } from "constructs";
import { checkWithin } from "../../core/checks";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import { healingDelay } from "../../google/instance-group";
import { ProjectServices } from "../../project/project-services";
import type { HealthCheck } from "./health-check";

export interface AutoHealingOptions {
  /**
   * How long a new machine may fail the check before it is recreated, 0 to 3600 seconds: more than
   * the image takes to pull and the model to load, or each machine is recreated for ever. A machine
   * that answers earlier counts from then on. @default 600, with a GPU 1800
   */
  readonly initialDelaySeconds?: number;
}

/**
 * What a group does about machines that run, but do not answer. A machine that has stopped or
 * vanished is recreated in any case.
 *
 * The same check tells a roll-out when a new machine is ready: without one, machines count as ready
 * when they have booted, long before a model is loaded, and the old ones go (Compute API v1,
 * ManagedInstance.currentAction VERIFYING, read 2026-11-22).
 */
export class AutoHealing {
  /**
   * Recreates a machine that fails the check. Its thresholds should be far laxer than those of the
   * load balancer's check, which only takes requests away: the defaults are ten failures in a row,
   * 30 seconds apart.
   *
   * @param check Not of the model's backlog: a machine that is busy for long would be recreated,
   * and its load would fall on the others.
   */
  public static by(check: HealthCheck, options: AutoHealingOptions = {}): AutoHealing {
    return new AutoHealing("by", check, options);
  }

  /**
   * Asks, but never recreates: the check only tells roll-outs when a new machine is ready. Needs
   * provider 7.39.0.
   */
  public static rolloutsOnly(check: HealthCheck): AutoHealing {
    return new AutoHealing("rolloutsOnly", check);
  }

  /** No check: machines that hang stay, and roll-outs do not wait for the container. */
  public static none(): AutoHealing {
    return new AutoHealing("none");
  }

  private constructor(
    private readonly kind: "by" | "rolloutsOnly" | "none",
    private readonly check?: HealthCheck,
    private readonly options: AutoHealingOptions = {},
  ) {}

  /** The port that is asked; undefined where none is. @internal */
  public _port(servingPort: number): number | undefined {
    return this.check?._port(servingPort);
  }

  /** Whether the group leaves machines that fail the check alone. @internal */
  public _observes(): boolean {
    return this.kind === "rolloutsOnly";
  }

  /** @internal */
  public _initialDelaySeconds(where: Construct, gpu: boolean): number {
    const { initialDelaySeconds } = this.options;
    const fix = "give a number of seconds, at most an hour";
    checkWithin(where, "autoHealing.initialDelaySeconds", initialDelaySeconds, healingDelay, fix);
    return initialDelaySeconds ?? (gpu ? 1800 : 600);
  }

  /**
   * The health check below the group. Of another port it is another check: the machines of the
   * group that is replaced then are still asked on theirs.
   * @internal
   */
  public _bind(where: Construct, servingPort: number): ComputeHealthCheck | undefined {
    if (!this.check) return undefined;
    const rendered = this.check._render(where, "autoHealing", servingPort);
    return new ComputeHealthCheck(where, "HealthCheck", {
      ...rendered,
      name: generatedName(where, COMPUTE_NAME, ["healing", String(this._port(servingPort))]),
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(where).require("compute.googleapis.com"),
    });
  }
}
