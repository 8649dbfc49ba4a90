import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import { nearest } from "../language/nearest";
import { TerraformDocument } from "../topology/document";
import { allRules, hasRule, ruleFacts } from "./all-rules";
import { evaluate, formatFinding } from "./evaluate";
import { inShort } from "./findings-text";
import { SUPPRESSIONS_KEY, type Suppression } from "./suppression";

export interface GlobalAiRulesOptions {
  /**
   * Ids of rules, or their beginnings, whose warnings fail synth too: `["failover-"]` where a
   * region may fail without an outage. @default none
   */
  readonly errors?: string[];
}

/**
 * The rulebook: what Google Cloud would reject half-way through a deploy, or accept and silently
 * get wrong. See docs/rules.md.
 */
@checked
export class GlobalAiRules {
  /**
   * Judges the stack whenever it is synthesized: the JSON as it will be applied, overrides and
   * constructs of other libraries included.
   *
   * All errors fail synth together; warnings and suppressed findings go to standard output.
   * Every `GlobalAiApi` does so for its stack, unless its `rules` are off. Attaching twice is once,
   * with the later options.
   *
   * @throws ValidationError when `errors` names no rule.
   */
  public static attach(stack: TerraformStack, options: GlobalAiRulesOptions = {}): void {
    for (const id of options.errors ?? []) {
      if (!hasRule((rule) => rule.startsWith(id))) throw unknownRule(stack, "errors", id);
    }
    GlobalAiRules._attachOnce(stack);
    OPTIONS.set(stack, options);
  }

  /** Attaches the rules and leaves the options of an earlier `attach` alone. @internal */
  public static _attachOnce(stack: TerraformStack): void {
    if (OPTIONS.has(stack)) return;
    OPTIONS.set(stack, {});
    stack.node.addValidation({ validate: () => judge(stack) });
  }

  /**
   * Says that a finding is meant, on this construct and everything below it. It stays visible in
   * the report, with the reason.
   *
   * @param rule The rule's id.
   * @param reason Why it is right here, in a sentence.
   * @throws ValidationError for an unknown rule or an empty reason.
   */
  public static suppress(construct: IConstruct, rule: string, reason: string): void {
    checkLiteral(construct, "reason", reason);
    if (!hasRule((id) => id === rule)) throw unknownRule(construct, "rule", rule);
    if (reason.trim().length < 10) {
      throw new ValidationError(construct, {
        what: "reason",
        got: reason,
        allowed: "a sentence of at least 10 characters",
        fix: "say why the finding is meant, for whoever reads the report",
      });
    }
    const stack = TerraformStack.of(construct);
    const listed = SUPPRESSIONS.get(stack) ?? [];
    listed.push({ rule, path: construct.node.path, reason });
    SUPPRESSIONS.set(stack, listed);
    stack.addOverride(`//.${SUPPRESSIONS_KEY}`, listed);
  }

  private constructor() {}
}

const OPTIONS = new WeakMap<TerraformStack, GlobalAiRulesOptions>();
const SUPPRESSIONS = new WeakMap<TerraformStack, Suppression[]>();

function unknownRule(where: IConstruct, what: string, got: string): ValidationError {
  const suggestion = nearest(
    got,
    ruleFacts().map((rule) => rule.id),
  );
  return new ValidationError(where, {
    what,
    got,
    allowed: "a rule of docs/rules.md",
    fix: suggestion ? `did you mean "${suggestion}"?` : "look the id up in docs/rules.md",
  });
}

function judge(stack: TerraformStack): string[] {
  const document = TerraformDocument.parse(JSON.parse(JSON.stringify(rendered(stack))));
  const { findings, suppressed } = evaluate(document, allRules, OPTIONS.get(stack));
  const aside = inShort({ findings: findings.filter(({ severity }) => severity === "warning"), suppressed });
  // Not to standard error, which cdktf shows as errors.
  if (aside.length > 0) process.stdout.write(`${aside.join("\n")}\n`);
  return findings.filter((finding) => finding.severity === "error").map(formatFinding);
}

/**
 * The JSON of the stack. What asks for it next is synth, right after its validations: that call
 * gets the same, since rendering takes most of its time.
 */
function rendered(stack: TerraformStack): unknown {
  // The stack's own method is back: here, after one call, or when synth has been left.
  const restore = () => Reflect.deleteProperty(stack, "toTerraform");
  restore();
  const json = stack.toTerraform();
  stack.toTerraform = () => {
    restore();
    return json;
  };
  queueMicrotask(restore);
  return json;
}
