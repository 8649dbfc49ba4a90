import type { TerraformDocument } from "./document";
import { textOf } from "./value";

/**
 * The region of what a value names: as its path says, `projects/P/locations/REGION/…`, or its
 * resource in the document. Undefined where that is not known.
 */
export function locationOf(document: TerraformDocument, value: unknown): string | undefined {
  const path = /(?:^|\/)(?:locations|regions)\/([a-z0-9-]+)\//.exec(typeof value === "string" ? value : "");
  if (path) return path[1];
  const values = document.target(value)?.values;
  if (!values) return undefined;
  return textOf(values.region) ?? textOf(values.location) ?? locationOf(document, values.key_ring);
}
