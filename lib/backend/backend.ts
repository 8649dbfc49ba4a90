/** Something that routes can send requests to. */
export interface IBackend {
  /** Self link of the backend service or backend bucket. */
  readonly backendId: string;
}
