import type { TerraformStack } from "cdktf";
import {
  ContainerImage,
  ProcessingPipeline,
  type ProcessingPipelineProps,
  ResultStore,
  StoreLocation,
} from "../../lib";
import type { TerraformDocument } from "../../lib/topology/document";
import { synth, testStack } from "../support";

export const [BELGIUM, TOKYO, IOWA] = ["europe-west1", "asia-northeast1", "us-central1"] as const;
export const IMAGE = ContainerImage.fromReference(
  `europe-docker.pkg.dev/test-project/models/worker@sha256:${"0".repeat(64)}`,
);
export const key = (location: string) => `projects/p/locations/${location}/keyRings/r/cryptoKeys/k`;

/** A pipeline in Belgium and Tokyo, whose results go to a store of Europe. */
export function pipeline(
  options: Partial<ProcessingPipelineProps> = {},
  then?: (pipeline: ProcessingPipeline, stack: TerraformStack) => void,
): TerraformDocument {
  const stack = testStack();
  const results = options.results ?? new ResultStore(stack, "Results", { location: StoreLocation.multiRegion("EU") });
  const made = new ProcessingPipeline(stack, "Docs", { image: IMAGE, regions: [BELGIUM, TOKYO], ...options, results });
  then?.(made, stack);
  return synth(stack);
}

/** The same with nothing leaving a region. */
export function residentPipeline(
  options: Partial<ProcessingPipelineProps> = {},
  then?: (pipeline: ProcessingPipeline, stack: TerraformStack) => void,
): TerraformDocument {
  const stack = testStack();
  const regions = options.regions ?? [BELGIUM, TOKYO];
  const results = new ResultStore(stack, "Results", { location: StoreLocation.regions(regions) });
  const made = new ProcessingPipeline(stack, "Docs", { image: IMAGE, results, residency: true, ...options, regions });
  then?.(made, stack);
  return synth(stack);
}
