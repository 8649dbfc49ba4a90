import type { CelNode } from "./cel";
import type { Usage } from "./cloud-armor-language";

/**
 * Rule sets by version of the OWASP Core Rule Set that they come from, as public configurations
 * name them (2026-11-22).
 */
const COMMON = "sqli xss lfi rfi rce methodenforcement scannerdetection protocolattack php sessionfixation".split(" ");
const VERSIONS: readonly (readonly [suffix: string, categories: readonly string[]])[] = [
  ["", COMMON],
  ["-v33", [...COMMON, "java", "nodejs"]],
  ["-v422", [...COMMON, "java", "generic"]],
];
const KNOWN_SETS = new Set([
  ...VERSIONS.flatMap(([suffix, categories]) =>
    categories.flatMap((category) => [`${category}${suffix}-stable`, `${category}${suffix}-canary`]),
  ),
  ...["cve-canary", "json-sqli-canary"],
]);

/** How the signatures of a version of the rule sets begin. */
const SIGNATURES: Readonly<Record<string, string>> = { v33: "owasp-crs-v030301-", v422: "owasp-crs-v042200-" };

/** A call of a preconfigured rule set. */
export interface WafCall {
  /** Undefined where it is no literal. */
  readonly set?: string;
  readonly options?: CelNode;
  /**
   * Whether it is `evaluatePreconfiguredWaf()`, not its predecessor `evaluatePreconfiguredExpr()`.
   */
  readonly isWaf: boolean;
}

export function wafCallsOf({ calls }: Usage): WafCall[] {
  return ["evaluatePreconfiguredWaf", "evaluatePreconfiguredExpr"].flatMap((name) =>
    (calls.get(name) ?? []).map(({ args }) => ({
      set: literal(args[0]),
      options: args[1],
      isWaf: name === "evaluatePreconfiguredWaf",
    })),
  );
}

export function unknownSet({ set }: WafCall): string | undefined {
  return set === undefined || set.startsWith("sourceiplist-") || KNOWN_SETS.has(set) ? undefined : set;
}

/** The entries of the second argument of evaluatePreconfiguredWaf(), by key. */
function optionsOf({ options, isWaf }: WafCall): Map<string, CelNode> {
  if (!isWaf || options?.kind !== "map") return new Map();
  return new Map(options.entries.map(({ key, value }) => [literal(key) ?? "", value]));
}

export function optionProblem(call: WafCall): string | undefined {
  const options = optionsOf(call);
  for (const [key, value] of options) {
    if (!["sensitivity", "opt_in_rule_ids", "opt_out_rule_ids"].includes(key)) return `there is no option "${key}"`;
    if (key === "sensitivity") continue;
    if (value.kind !== "list") return `${key} is no list`;
    if (value.items.length > 128) return `${value.items.length} signatures in ${key}`;
  }
  const optIn = options.has("opt_in_rule_ids");
  if (optIn && options.has("opt_out_rule_ids")) return "opt_in_rule_ids and opt_out_rule_ids exclude each other";
  const sensitivity = options.get("sensitivity");
  const level = sensitivity?.kind === "literal" ? Number(sensitivity.value) : undefined;
  if (sensitivity && (level === undefined || !Number.isInteger(level) || level < 0 || level > 4))
    return "sensitivity is a whole number from 0 to 4";
  if (optIn && level !== 0) return "opt_in_rule_ids needs sensitivity 0";
  return level === 0 && !optIn ? "sensitivity 0 without opt_in_rule_ids evaluates nothing" : undefined;
}

/** A signature that a call names, of another version than its rule set. */
export function signatureProblem(call: WafCall): string | undefined {
  const start = SIGNATURES[/-(v33|v422)-/.exec(call.set ?? "")?.[1] ?? ""];
  if (start === undefined) return undefined;
  const options = optionsOf(call);
  const lists = [
    options.get("opt_in_rule_ids"),
    options.get("opt_out_rule_ids"),
    call.isWaf ? undefined : call.options,
  ];
  const signatures = lists.flatMap((list) => (list?.kind === "list" ? list.items.map(literal) : []));
  return signatures.find((id) => id?.startsWith("owasp-crs-v") && !id.startsWith(start));
}

function literal(node: CelNode | undefined): string | undefined {
  return node?.kind === "literal" && typeof node.value === "string" ? node.value : undefined;
}
