/** The backend that a key for signed URLs is added to. */
export interface SigningTarget {
  readonly kind: "service" | "bucket";
  readonly backendName: string;
  readonly cdn: boolean;
}
