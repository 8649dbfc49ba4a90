import { relative } from "node:path";
import { type Changes, compare } from "../lib/changes/compare";
import { inWords } from "../lib/changes/words";
import { TerraformDocument } from "../lib/topology/document";
import { answering, type CommandResult } from "./command";
import { type Input, readInputs } from "./read-input";

export interface ChangesOptions {
  readonly json?: boolean;
}

const NOTHING = TerraformDocument.parse({});

/**
 * Compares two synths. Exit code 0: nothing is endangered; 1: something is; 2: input that cannot be
 * compared.
 */
export function changes(old: string, now: string, { json }: ChangesOptions = {}): CommandResult {
  return answering(() => {
    const compared = pairs(old, now).map(({ name, before, after }) => ({ name, ...compare(before, after) }));
    const isEndangered = compared.some(({ remarks }) => remarks.some(({ level }) => level === "danger"));
    const stdout = json
      ? JSON.stringify(compared.map(toJson), null, 2)
      : compared.map(({ name, ...each }) => `${name}: ${inWords(each).join("\n  ")}`).join("\n\n");
    return { exitCode: isEndangered ? 1 : 0, stdout: `${stdout}\n`, stderr: "" };
  });
}

/**
 * The modules of two folders by their place, or the only one of each; what only one of them has is
 * all new, or all removed.
 */
function pairs(old: string, now: string): { name: string; before: TerraformDocument; after: TerraformDocument }[] {
  const [before, after] = [readInputs([old]), readInputs([now])];
  if (before.length === 1 && after.length === 1)
    return [{ name: after[0]!.name, before: before[0]!.document, after: after[0]!.document }];
  const [was, is] = [byPlace(old, before), byPlace(now, after)];
  return [...new Set([...is.keys(), ...was.keys()])].map((place) => ({
    name: is.get(place)?.name ?? was.get(place)!.name,
    before: was.get(place)?.document ?? NOTHING,
    after: is.get(place)?.document ?? NOTHING,
  }));
}

function byPlace(root: string, inputs: readonly Input[]): Map<string, Input> {
  return new Map(inputs.map((input) => [relative(root, input.name).replace(/\/?[^/]*\.tf\.json$/, ""), input]));
}

function toJson({ name, changes: all, remarks }: Changes & { name: string }) {
  return {
    document: name,
    changes: all.map(({ kind, resource: { address, path = null }, differences, because }) => {
      return { kind, address, path, attributes: differences.map((each) => each.path), because };
    }),
    remarks: remarks.map(({ level, id, resource, what, safely }) => {
      return { level, id, address: resource?.address ?? null, path: resource?.path ?? null, what, safely };
    }),
  };
}
