import { EdgeSecurity } from "../../../lib";
import { testStack } from "../../support";

describe("budget", () => {
  test("counts rules, those with an expression, and the subexpressions of the longest", () => {
    const security = EdgeSecurity.forAiApi(testStack(), "Security");
    expect(security.ruleCount).toBe(9);
    expect(security.expressionRuleCount).toBe(7);
    expect(security.mostSubexpressions).toBe(5);
  });

  test("costs per policy, rule and million requests", () => {
    expect(EdgeSecurity.forAiApi(testStack(), "Security").monthlyCostUsd(100)).toBe(5 + 9 + 75);
    expect(new EdgeSecurity(testStack(), "Security").monthlyCostUsd(0)).toBe(6);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("fails for %p million requests", (millions) => {
    expect(() => new EdgeSecurity(testStack(), "Security").monthlyCostUsd(millions)).toThrow(
      "[test/Security] requestsMillions: got",
    );
  });
});
