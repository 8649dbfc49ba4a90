import type { IConstruct } from "constructs";

/** The weights of one version of a model, in every bucket of a `ModelStore`. */
export interface IModelVersion {
  /** Folder of its files in each bucket: `models/NAME/VERSION`. */
  readonly folder: string;
  /** Where containers find the files. */
  readonly mountPath: string;
  /** Size of all its files; undefined if it is not known. */
  readonly sizeGiB?: number;
  /** Estimated seconds until an instance has read all files; 0 if their size is not known. */
  readonly loadSeconds: number;
  /** Cloud Storage FUSE options besides `only-dir`. @default those for large sequential reads */
  readonly mountOptions?: string[];
  /** Where its files must be uploaded: `gs://BUCKET/models/NAME/VERSION`, one for each bucket. */
  readonly uploadUrls: string[];
  /**
   * Name of the bucket that a region reads.
   *
   * @param reader The construct that reads it, which an error names.
   * @throws ValidationError for a region that the store does not serve.
   */
  bucketIn(region: string, reader: IConstruct): string;
}

/** Seconds that reading all models takes, as far as their sizes are known. */
export function loadSeconds(models: readonly IModelVersion[] = []): number {
  return models.reduce((sum, model) => sum + model.loadSeconds, 0);
}
