/** A region as a backend service needs it. */
export interface IRegionTarget {
  readonly region: string;
  /** Self link of the serverless NEG. */
  readonly negId: string;
  /**
   * Whether Cloud Run service health covers it: a readiness probe, a warm instance, and neither URL
   * mask nor tag on the NEG.
   */
  readonly reportsHealth: boolean;
  /** Whether the containers speak h2c. */
  readonly http2: boolean;
}
