import { BillingBudget, type BillingBudgetProps, Notify } from "../../lib";
import { allRules } from "../../lib/rules/all-rules";
import { evaluate } from "../../lib/rules/evaluate";
import { buildApi } from "../api/global-ai-api-support";
import { attributes, dependsOn, only, synth, testStack } from "../support";
import { expectTransition } from "../transition-support";

const BUDGET = "google_billing_budget";
const given: BillingBudgetProps = { billingAccount: "012345-6789AB-CDEF01", amountPerMonth: 3000 };

function withBudget(props: Partial<BillingBudgetProps> = {}) {
  const stack = testStack();
  new BillingBudget(stack, "Budget", { ...given, ...props });
  return synth(stack);
}

test("watches the project's month, and notifies of what was spent and what will be", () => {
  const document = withBudget();
  const budget = only(document, BUDGET);
  expect(attributes(budget)).toEqual({
    billing_account: "012345-6789AB-CDEF01",
    display_name: "test",
    amount: { specified_amount: { units: "3000" } },
    budget_filter: {
      projects: [expect.stringMatching(/^projects\/\$\{data\.google_project\..*\.number\}$/)],
      calendar_period: "MONTH",
    },
    threshold_rules: [
      { threshold_percent: 0.5, spend_basis: "CURRENT_SPEND" },
      { threshold_percent: 0.9, spend_basis: "CURRENT_SPEND" },
      { threshold_percent: 1, spend_basis: "CURRENT_SPEND" },
      { threshold_percent: 1, spend_basis: "FORECASTED_SPEND" },
    ],
  });
  expect(dependsOn(budget)).toEqual([only(document, "google_project_service", "/billingbudgets").address]);
});

test("notifies channels instead of mailing only", () => {
  const notificationChannels = ["projects/p/notificationChannels/1"];
  expect(only(withBudget({ notificationChannels }), BUDGET).values.all_updates_rule).toEqual({
    monitoring_notification_channels: notificationChannels,
  });
});

test("mails to those who are told of incidents, and not by other ways", () => {
  const document = buildApi({ rules: false }, (api) => {
    const notify = [Notify.email("oncall@example.com"), Notify.webhook("https://hooks.example.com/monitoring")];
    const { emailChannels: notificationChannels } = api.observe({ notify });
    new BillingBudget(api, "Budget", { ...given, notificationChannels });
  });
  const channels = document.ofType("google_monitoring_notification_channel");
  const { address } = channels.find(({ values }) => values.type === "email")!;
  expect(channels).toHaveLength(2);
  expect(only(document, BUDGET).values.all_updates_rule).toEqual({
    monitoring_notification_channels: [`\${${address}.name}`],
  });
  expect(evaluate(document, allRules).findings.filter(({ rule }) => rule.startsWith("budget-"))).toEqual([]);
});

test("amount and percentages change in place; another billing account gets another budget", () => {
  const before = withBudget();
  expectTransition(before, withBudget({ amountPerMonth: 5000, spentPercents: [80] }), { changed: ["Budget"] });
  expectTransition(before, withBudget({ billingAccount: "FFFFFF-6789AB-CDEF01" }), { replaced: ["Budget"] });
});

test.each<[string, Partial<BillingBudgetProps>, string]>([
  [
    "an account with its prefix",
    { billingAccount: "billingAccounts/012345-6789AB-CDEF01" },
    "three groups of six hexadecimal digits",
  ],
  ["an amount of 0", { amountPerMonth: 0 }, "amountPerMonth: got 0"],
  [
    "a share instead of a percentage",
    { spentPercents: [0.5] },
    "spentPercents: got 0.5, allowed is a whole number from 1 to 1000",
  ],
  ["no percentage", { spentPercents: [], forecastPercents: [] }, "at least one percentage"],
  [
    "six channels",
    { notificationChannels: Array(6).fill("projects/p/notificationChannels/1") },
    "notificationChannels: got",
  ],
])("fails for %s", (_, props, message) => {
  expect(() => withBudget(props)).toThrow(message);
});
