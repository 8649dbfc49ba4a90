import { ComputeHealthCheck } from "@cdktf/provider-google/lib/compute-health-check";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import { healingDelay } from "../../google/instance-group";
import { ProjectServices } from "../../project/project-services";
import type { HealthCheck } from "./health-check";

export interface AutoHealingOptions {
  /**
   * How long a new machine may fail the check before it is recreated, 0 to 3600 seconds. Allow for
   * the image pull and model load, or each machine is recreated forever. The period ends at the
   * first success. @default 600, with a GPU 1800, and the time to load the models
   */
  readonly initialDelaySeconds?: number;
}

/**
 * What a group does about running machines that do not answer. Stopped or missing machines are
 * always recreated.
 *
 * The same check tells a rollout when a new machine is ready. Without one, machines count as ready
 * once they have booted, long before a model is loaded, and the old ones are deleted (Compute API
 * v1, ManagedInstance.currentAction VERIFYING, read 2026-11-22).
 */
@checked
export class AutoHealing {
  /**
   * Recreates a machine that fails the check. Its thresholds should be far laxer than those of the
   * load balancer's check, which only stops traffic. The defaults are ten consecutive failures, 30
   * seconds apart.
   *
   * @param check Must not test the model's backlog: busy machines would be recreated, and their
   * load would move to the others.
   */
  public static by(check: HealthCheck, options: AutoHealingOptions = {}): AutoHealing {
    return new AutoHealing("by", check, options);
  }

  /** Never recreates: only tells rollouts when a new machine is ready. Needs provider 7.39.0. */
  public static rolloutsOnly(check: HealthCheck): AutoHealing {
    return new AutoHealing("rolloutsOnly", check);
  }

  /** No check: hung machines stay, and rollouts do not wait for the container. */
  public static none(): AutoHealing {
    return new AutoHealing("none");
  }

  private constructor(
    private readonly kind: "by" | "rolloutsOnly" | "none",
    private readonly check?: HealthCheck,
    private readonly options: AutoHealingOptions = {},
  ) {}

  /** The checked port; undefined without a check. @internal */
  public _port(servingPort: number): number | undefined {
    return this.check?._port(servingPort);
  }

  /** Whether failing machines are left alone. @internal */
  public _observes(): boolean {
    return this.kind === "rolloutsOnly";
  }

  /** @param loadSeconds What the models take to load. @internal */
  public _initialDelaySeconds(where: Construct, gpu: boolean, loadSeconds = 0): number {
    const { initialDelaySeconds } = this.options;
    const fix = "give a number of seconds, at most an hour";
    checkWithin(where, "autoHealing.initialDelaySeconds", initialDelaySeconds, healingDelay, fix);
    const seconds = initialDelaySeconds ?? Math.min((gpu ? 1800 : 600) + loadSeconds, healingDelay.max);
    if (this.kind === "by" && !Token.isUnresolved(seconds) && seconds < loadSeconds) {
      throw new ValidationError(where, {
        what: "autoHealing.initialDelaySeconds",
        got: seconds,
        allowed: `at least ${loadSeconds}, which the models need to load`,
        fix: "leave it out, say how fast the weights are really read (readMiBPerSecond), or use AutoHealing.rolloutsOnly",
      });
    }
    return seconds;
  }

  /**
   * The health check below the group. Another port gets another check: the machines of a replaced
   * group are still checked on their own port.
   *
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
