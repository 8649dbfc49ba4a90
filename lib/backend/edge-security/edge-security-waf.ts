import type { ComputeSecurityPolicyRule } from "@cdktf/provider-google/lib/compute-security-policy";
import type { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkInteger, checkLiteral, checkUnique } from "../../core/checks";
import { ValidationError } from "../../core/errors";

/**
 * Preconfigured rule sets of Cloud Armor, based on the OWASP Core Rule Set 3.3 (the sets that
 * public configurations name, read 2026-11-22).
 */
export enum EdgeWafRuleSet {
  /** SQL injection */
  SQLI = "sqli",
  /** Cross-site scripting */
  XSS = "xss",
  /** Remote code execution */
  RCE = "rce",
  /** Local file inclusion */
  LFI = "lfi",
  /** Remote file inclusion */
  RFI = "rfi",
  /** HTTP request smuggling, response splitting and the like */
  PROTOCOL_ATTACK = "protocolattack",
  /** Node.js */
  NODEJS = "nodejs",
  /** Java */
  JAVA = "java",
  /** PHP */
  PHP = "php",
  /** User agents and paths of scanners */
  SCANNER_DETECTION = "scannerdetection",
  /** Session fixation */
  SESSION_FIXATION = "sessionfixation",
  /** Refuses methods other than GET, HEAD, POST and OPTIONS */
  METHOD_ENFORCEMENT = "methodenforcement",
}

/**
 * How the WAF treats requests with a body: all methods except GET, HEAD and OPTIONS, which are
 * always inspected in full.
 *
 * A prompt is free text: code, SQL and HTML are legitimate in it, and look like attacks.
 */
@checked
export class EdgeBodyInspection {
  /** The WAF inspects GET, HEAD and OPTIONS only. It never refuses a prompt. */
  public static none(): EdgeBodyInspection {
    return new EdgeBodyInspection("none");
  }

  /**
   * Inspects path, headers, cookies and the names of JSON members, but no values: it excludes all
   * parameters, which Google documents for the query string and the body. Only for bodies that
   * Content-Length shows to be short enough to read in full: Cloud Armor may fall back to matching
   * truncated JSON as plain text, prompts included.
   */
  public static withoutValues(): EdgeBodyInspection {
    return new EdgeBodyInspection("withoutValues");
  }

  /** Everything, as for a form. Refuses prompts that contain code: for APIs without free text. */
  public static full(): EdgeBodyInspection {
    return new EdgeBodyInspection("full");
  }

  private constructor(
    /** @internal */
    public readonly _kind: "none" | "withoutValues" | "full",
  ) {}
}

export interface WafOptions {
  readonly ruleSets: EdgeWafRuleSet[];
  readonly sensitivity: number;
  readonly optOutSignatures: string[];
  readonly bodies: EdgeBodyInspection;
  readonly inspectedBytes: number;
  /** Headers that hold secrets. */
  readonly secretHeaders: string[];
  readonly preview: boolean;
}

/**
 * Which sets share a rule, because a project has few rules with expressions. The place of a set is
 * fixed, so choosing another one never renumbers. Three sets, the method and the length are 5
 * subexpressions, the maximum.
 */
const GROUPS: readonly (readonly EdgeWafRuleSet[])[] = [
  [EdgeWafRuleSet.SQLI, EdgeWafRuleSet.XSS, EdgeWafRuleSet.RCE],
  [EdgeWafRuleSet.LFI, EdgeWafRuleSet.RFI, EdgeWafRuleSet.PROTOCOL_ATTACK],
  [EdgeWafRuleSet.NODEJS, EdgeWafRuleSet.JAVA, EdgeWafRuleSet.PHP],
  [EdgeWafRuleSet.SCANNER_DETECTION, EdgeWafRuleSet.SESSION_FIXATION, EdgeWafRuleSet.METHOD_ENFORCEMENT],
];
const FIRST_PRIORITY = 50_000;
const WITHOUT_BODY = "request.method.matches('^(GET|HEAD|OPTIONS)$')";
const SIGNATURE = /^owasp-crs-v030301-id\d{6}-([a-z]+)$/;

const setName = (set: EdgeWafRuleSet) => `${set}-v33-stable`;

/** Two rules per group of sets: for requests without a body, and with one. */
export function wafRules(owner: Construct, options: WafOptions): ComputeSecurityPolicyRule[] {
  const { ruleSets, sensitivity } = options;
  checkUnique(owner, "wafRuleSets", ruleSets, "name each rule set once");
  checkLiteral(owner, "wafSensitivity", sensitivity);
  checkInteger(owner, "wafSensitivity", sensitivity, 1, 4, "start with 1, which has the fewest false alarms");
  checkSignatures(owner, options);
  return GROUPS.flatMap((group, index) => {
    const sets = group.filter((set) => ruleSets.includes(set));
    return sets.length === 0 ? [] : groupRules(sets, FIRST_PRIORITY + index * 100, options);
  });
}

function groupRules(
  sets: readonly EdgeWafRuleSet[],
  priority: number,
  options: WafOptions,
): ComputeSecurityPolicyRule[] {
  const calls = sets.map((set) => call(set, options)).join(" || ");
  const rule = (at: number, expression: string, description: string, withoutValues: boolean) => ({
    priority: at,
    action: "deny(403)",
    description,
    match: { expr: { expression } },
    preconfiguredWafConfig: {
      exclusion: sets.map((set) => ({
        targetRuleSet: setName(set),
        // Random characters of a key match by accident, and a match may be logged with its text.
        requestHeader: options.secretHeaders.map((value) => ({ operator: "EQUALS", value })),
        requestQueryParam: withoutValues ? [{ operator: "EQUALS_ANY" }] : undefined,
      })),
    },
    preview: options.preview,
  });
  const names = sets.join(", ");
  const plain = rule(priority, `${WITHOUT_BODY} && (${calls})`, names, false);
  const kind = options.bodies._kind;
  if (kind === "none") return [plain];
  const fits = `int(request.headers['content-length']) <= ${options.inspectedBytes}`;
  const condition = kind === "full" ? `!${WITHOUT_BODY}` : `!${WITHOUT_BODY} && ${fits}`;
  const withBody = rule(
    // The exclusions differ, so a change of kind is another rule, never a partial update.
    priority + (kind === "full" ? 20 : 10),
    `${condition} && (${calls})`,
    kind === "full" ? `${names}: bodies` : `${names}: body names`,
    kind === "withoutValues",
  );
  return [plain, withBody];
}

function call(set: EdgeWafRuleSet, { sensitivity, optOutSignatures }: WafOptions): string {
  const out = optOutSignatures.filter((id) => SIGNATURE.exec(id)?.[1] === set);
  const list = out.length === 0 ? "" : `, 'opt_out_rule_ids': [${out.map((id) => `'${id}'`).join(", ")}]`;
  return `evaluatePreconfiguredWaf('${setName(set)}', {'sensitivity': ${sensitivity}${list}})`;
}

function checkSignatures(owner: Construct, { ruleSets, optOutSignatures }: WafOptions): void {
  checkUnique(owner, "wafOptOutSignatures", optOutSignatures, "name each signature once");
  for (const id of optOutSignatures) {
    checkLiteral(owner, "wafOptOutSignatures", id);
    const set = SIGNATURE.exec(id)?.[1];
    if (ruleSets.some((each) => each === set)) continue;
    throw new ValidationError(owner, {
      what: "wafOptOutSignatures",
      got: id,
      allowed: `signatures like owasp-crs-v030301-id942350-sqli, of the chosen sets: ${ruleSets.join(", ") || "none"}`,
      fix: "copy the id from preconfiguredExprIds in the log, or leave it out",
    });
  }
}
