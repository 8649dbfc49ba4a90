import type { TerraformStack } from "cdktf";
import { checked } from "../core/checked";
import { checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import { TerraformDocument } from "../topology/document";
import { Topology } from "../topology/topology";
import { costOf } from "./cost";

export interface CostBudgetOptions {
  /** What the stack may cost a month while nobody uses it, at list prices in USD. */
  readonly maxUsdPerMonth: number;
  /**
   * Own prices in USD, by the id that `global-ai-api cost` shows: `cloud-run/nvidia-l4@tier2`.
   * @default list prices
   */
  readonly prices?: { [id: string]: number };
}

/** A limit on what a stack costs while nobody uses it: minimum instances, machines, rules. */
@checked
export class CostBudget {
  /**
   * Fails each synth of the stack that costs more. What has no known price is not in the sum:
   * `global-ai-api cost` names it.
   *
   * Attaching twice is once, with the later options.
   *
   * @throws ValidationError when the budget is not a number above 0.
   */
  public static attach(stack: TerraformStack, options: CostBudgetOptions): void {
    const { maxUsdPerMonth } = options;
    checkLiteral(stack, "maxUsdPerMonth", maxUsdPerMonth);
    if (!(maxUsdPerMonth > 0)) {
      throw new ValidationError(stack, {
        what: "maxUsdPerMonth",
        got: maxUsdPerMonth,
        allowed: "a number above 0, in USD",
        fix: "leave the budget out for none",
      });
    }
    const isAttached = OPTIONS.has(stack);
    OPTIONS.set(stack, options);
    if (!isAttached) stack.node.addValidation({ validate: () => judge(stack) });
  }

  private constructor() {}
}

const OPTIONS = new WeakMap<TerraformStack, CostBudgetOptions>();

function judge(stack: TerraformStack): string[] {
  const { maxUsdPerMonth, prices } = OPTIONS.get(stack)!;
  const document = TerraformDocument.parse(JSON.parse(JSON.stringify(stack.toTerraform())));
  const { items, usdPerMonth } = costOf(Topology.of(document), prices);
  if (usdPerMonth <= maxUsdPerMonth) return [];
  const largest = [...items].sort((a, b) => (b.usdPerMonth ?? 0) - (a.usdPerMonth ?? 0)).slice(0, 3);
  const named = largest.map(({ path, address, what, usdPerMonth: usd = 0 }) => {
    return `${usd.toFixed(2)} for ${what} (${path ?? address})`;
  });
  return [
    `budget: the stack costs ${usdPerMonth.toFixed(2)} USD a month while nobody uses it, the budget is ${maxUsdPerMonth}; the most is ${named.join(", ")}`,
  ];
}
