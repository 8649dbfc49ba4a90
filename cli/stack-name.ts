import { blockOf, type TerraformDocument } from "../lib/topology/document";
import { textOf } from "../lib/topology/value";

/** The name of a document's stack, as CDKTF writes it. */
export function stackName({ json }: TerraformDocument): string | undefined {
  return textOf(blockOf(blockOf(json["//"])?.metadata)?.stackName);
}
