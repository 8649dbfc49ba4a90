import type { IConstruct } from "constructs";
import { checkAllowed, checkInteger, checkLiteral, checkPattern } from "../core/checks";
import { ValidationError } from "../core/errors";
import { MODEL_LOADING, mountPath } from "../google/cloud-run";
import type { IModelVersion } from "../region/model-version";

export interface ModelVersionOptions {
  /**
   * Size of all its files in GiB, above 0. The time that a startup probe allows follows from it.
   * @default not known: nothing is checked, and probes allow their usual time
   */
  readonly sizeGiB?: number;
  /** Where containers find the files. @default "/models/NAME", whatever the version */
  readonly mountPath?: string;
  /**
   * MiB that one instance reads in a second, from 1. Google publishes no figure, and programs differ
   * by a factor of 10: measure your own. @default 100
   */
  readonly readMiBPerSecond?: number;
  /**
   * Cloud Storage FUSE options besides `only-dir`, instead of the usual ones. @default
   * `metadata-cache-ttl-secs=-1`; with a GPU or 4096 MiB of memory `enable-buffered-read`, too
   */
  readonly mountOptions?: string[];
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const FIX = 'for example store.version("gemma3-4b", "2026-11")';

/** Files of a model in the buckets of a store. */
export class StoredModelVersion implements IModelVersion {
  public readonly folder: string;
  public readonly mountPath: string;
  public readonly sizeGiB?: number;
  public readonly loadSeconds: number;
  public readonly mountOptions?: string[];

  public constructor(
    where: IConstruct,
    model: string,
    version: string,
    options: ModelVersionOptions,
    private readonly buckets: () => readonly string[],
    public readonly bucketIn: (region: string, reader: IConstruct) => string,
  ) {
    for (const [what, value] of Object.entries({ model, version })) {
      checkLiteral(where, what, value);
      checkPattern(where, what, value, NAME, "1 to 63 letters, digits, dots, underscores and hyphens", FIX);
    }
    const { sizeGiB, readMiBPerSecond = MODEL_LOADING.mibPerSecond } = options;
    for (const what of ["sizeGiB", "readMiBPerSecond"] as const) checkLiteral(where, what, options[what]);
    if (sizeGiB !== undefined && !(sizeGiB > 0 && Number.isFinite(sizeGiB))) {
      throw new ValidationError(where, {
        what: "sizeGiB",
        got: sizeGiB,
        allowed: "a number above 0",
        fix: "give the size of all files, as `gcloud storage du --summarize` says",
      });
    }
    checkInteger(where, "readMiBPerSecond", readMiBPerSecond, 1, 100000, "give the MiB that one instance reads");
    this.folder = `models/${model}/${version}`;
    this.mountPath = options.mountPath ?? `/models/${model}`;
    checkAllowed(where, "mountPath", this.mountPath, mountPath);
    this.sizeGiB = sizeGiB;
    this.loadSeconds = secondsToRead(sizeGiB, readMiBPerSecond);
    this.mountOptions = options.mountOptions;
  }

  public get uploadUrls(): string[] {
    return this.buckets().map((bucket) => `gs://${bucket}/${this.folder}`);
  }
}

function secondsToRead(sizeGiB = 0, mibPerSecond: number): number {
  return Math.ceil((sizeGiB * 1024) / mibPerSecond);
}
