import { checked } from "../core/checked";

export interface PullOptions {
  /** Instances that always run, each billed while it runs. 0 stops the region's work. @default 1 */
  readonly instances?: number;
  /**
   * CREMA or another controller sets the number of instances: Terraform uses `instances` only to
   * create the pool. @default false
   */
  readonly scaledElsewhere?: boolean;
}

/** How messages reach the processor. */
@checked
export class Delivery {
  /**
   * Pub/Sub sends each message to a Cloud Run service, which scales with the messages, down to 0
   * instances.
   */
  public static push(): Delivery {
    return new Delivery(undefined);
  }

  /**
   * A Cloud Run worker pool takes messages when it has time for them: for GPUs that should be busy
   * all the time, and for delivery exactly once. The number of instances is fixed.
   */
  public static pull(options: PullOptions = {}): Delivery {
    return new Delivery(options);
  }

  private constructor(
    /** Undefined for push. @internal */
    public readonly _pull?: PullOptions,
  ) {}
}
