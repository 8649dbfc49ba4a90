import { ValidationError } from "../core/errors";
import { nearest } from "../language/nearest";

/** What may be done to a region. */
export const REGION_COMMANDS = {
  start: "undo all of the below",
  stop: "refuse connections, and reset those that are open",
  break: "answer 503 to every request; the readiness probe does not notice",
  unready: "fail the readiness probe, and answer requests as before",
  slow: "lengthen the round trip by a time: slow REGION 300ms",
  drain: "take the region out of the load balancer, as drainingRegions does",
} as const;

export type RegionCommand = keyof typeof REGION_COMMANDS;

/** A line of the prompt, of a drill's step, or a button of the page. */
export type Command =
  | { readonly do: RegionCommand; readonly target: string; readonly ms?: number }
  | { readonly do: "from"; readonly place: string };

const EXAMPLES = `${Object.keys(REGION_COMMANDS).join(", ")} with a region, or from with a city`;

/**
 * Reads `stop europe-west1`, `slow api@us-central1 300ms` or `from tokyo`. A target is a region, or
 * one service in it: `api@us-central1`.
 *
 * @param targets Those that there are.
 * @throws ValidationError
 */
export function parseCommand(line: string, targets: readonly string[]): Command {
  const [verb = "", ...rest] = line.trim().split(/\s+/);
  if (verb === "from") {
    if (rest.length > 0) return { do: "from", place: rest.join(" ") };
    throw wrong("from", "", "a city, a region, or latitude,longitude", "for example: from tokyo");
  }
  if (!(verb in REGION_COMMANDS)) {
    const meant = nearest(verb, [...Object.keys(REGION_COMMANDS), "from"]);
    throw wrong("command", line, EXAMPLES, meant ? `did you mean "${meant}"?` : "type help for all of them");
  }
  const [target = "", amount] = rest;
  if (!targets.includes(target)) {
    const meant = nearest(target, targets);
    throw wrong("target", target, targets.join(", "), meant ? `did you mean "${meant}"?` : "name one of these");
  }
  if (verb !== "slow") return { do: verb as RegionCommand, target };
  return { do: "slow", target, ms: milliseconds(amount) };
}

function milliseconds(text = ""): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text) ?? [];
  if (number === undefined)
    throw wrong("slow", text, "a time such as 300ms or 2s", "for example: slow europe-west1 300ms");
  return Number(number) * (unit === "s" ? 1000 : 1);
}

function wrong(what: string, got: string, allowed: string, fix: string): ValidationError {
  return new ValidationError("preview", { what, got, allowed, fix });
}
