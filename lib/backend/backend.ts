import type { ITerraformDependable } from "cdktf";

/** What a backend sends requests to: some routes cannot lead to each kind. */
export enum BackendKind {
  SERVERLESS = "serverless",
  INSTANCES = "instances",
  BUCKET = "bucket",
}

/** Something that routes can send requests to. */
export interface IBackend {
  /** Self link of the backend service or backend bucket. */
  readonly backendId: string;
  /** @default not known: routes to it are not checked for its kind */
  readonly backendKind?: BackendKind;
  /** What a URL map waits for before it sends requests here. @default nothing */
  readonly routeDependables?: ITerraformDependable[];
}

/** A backend as messages name it: its construct path, or its link. */
export function nameOfBackend(backend: IBackend & { readonly node?: { readonly path: string } }): string {
  return backend.node?.path ?? backend.backendId;
}
