import { tmpdir } from "node:os";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { invokeAspects } from "cdktf/lib/synthesize/synthesizer";
import { type Block, type Resource, TerraformDocument } from "../lib/topology/document";

/** A stack of its own app, with the Google provider, for the constructs under test. */
export function testStack(name = "test"): TerraformStack {
  // One output folder for all: nothing is written to it before the app is synthesized.
  const stack = new TerraformStack(Testing.app({ outdir: tmpdir() }), name);
  new GoogleProvider(stack, "Google", { project: "test-project" });
  return stack;
}

/** What a stack synthesizes to, construct paths included. Runs the validations. */
export function synth(stack: TerraformStack): TerraformDocument {
  // Testing.synth leaves out the metadata that says which construct a resource came from, slowly.
  invokeAspects(stack);
  stack.runAllValidations();
  return TerraformDocument.parse(JSON.parse(JSON.stringify(stack.toTerraform())));
}

/** The one resource of a type, or the one whose construct path ends in `pathEnd`. */
export function only(document: TerraformDocument, type: string, pathEnd = ""): Resource {
  const found = document.ofType(type).filter((resource) => resource.path?.endsWith(pathEnd));
  if (found.length !== 1)
    throw new Error(
      `${found.length} resources of type ${type} at …${pathEnd}: ${found.map((each) => each.path).join(", ")}`,
    );
  return found[0]!;
}

/** Attributes of a resource without comments and lifecycle, for comparing. */
export function attributes(resource: Resource): Block {
  const { "//": _comment, lifecycle: _lifecycle, depends_on: _dependsOn, ...rest } = resource.values;
  return rest;
}

/** Addresses that a resource depends on explicitly. */
export function dependsOn(resource: Resource): string[] {
  return (resource.values.depends_on as string[] | undefined) ?? [];
}
