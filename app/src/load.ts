import { ApiError } from "./api-error.js";

/** Counts the requests under way and refuses those over the limit. */
export class Load {
  public current = 0;
  /** Set when the process is about to end. */
  public isDraining = false;

  public constructor(
    private readonly limit: number,
    private readonly readyLimit: number,
  ) {}

  /** Whether a load balancer should send more. */
  public get isBelowLimit(): boolean {
    return this.current < this.readyLimit;
  }

  /** @returns what to call, once, at the end of the request. */
  public enter(): () => void {
    if (this.current >= this.limit) {
      // 429, not 503: outlier detection takes a region's 5xx for failure, and one busy instance
      // must not cost the whole region.
      throw new ApiError(429, `${this.limit} requests are under way here: try again soon`, "overloaded", null, {
        "retry-after": "1",
      });
    }
    this.current++;
    return () => {
      this.current--;
    };
  }
}
