import { blocksOf, isBlock, type TerraformDocument } from "../topology/document";
import type { Finding } from "./rule";

/**
 * The key of the top-level comment under which suppressions travel in the JSON, so that the command
 * sees them too.
 */
export const SUPPRESSIONS_KEY = "global_ai_rules_suppressions";

export interface Suppression {
  readonly rule: string;
  /** Construct path: this construct and everything below it. */
  readonly path: string;
  readonly reason: string;
}

/** What the document says is meant. */
export function suppressionsOf(document: TerraformDocument): Suppression[] {
  const comment = document.json["//"];
  const listed = isBlock(comment) ? blocksOf(comment[SUPPRESSIONS_KEY]) : [];
  return listed.flatMap(({ rule, path, reason }) =>
    typeof rule === "string" && typeof path === "string" && typeof reason === "string" ? [{ rule, path, reason }] : [],
  );
}

/** The suppression that covers a finding, if any. */
export function suppressionFor(suppressions: readonly Suppression[], finding: Finding): Suppression | undefined {
  const { path } = finding;
  if (path === undefined) return undefined;
  return suppressions.find(
    (each) => each.rule === finding.rule && (path === each.path || path.startsWith(`${each.path}/`)),
  );
}
