import { items, length, matching, number } from "./limit";
import { exactlyOne, resourceType } from "./resource-type";
import { api, provider } from "./source";

const budgets = api("Cloud Billing Budget API v1");
const BUDGET_7 = provider("google_billing_budget 7.45.0");

/** ID of a billing account. */
export const billingAccountId = matching(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, "three groups of six hexadecimal digits, such as 012345-6789AB-CDEF01").fix(
  "copy it from the console, without billingAccounts/",
  BUDGET_7,
);

/** The channels that a budget notifies. */
export const budgetChannels = items(0, 5).fix("name at most 5 channels", budgets("NotificationsRule.monitoringNotificationChannels"));

const budget = resourceType("google_billing_budget", {
  group: "budget",
  replacedBy: ["billing_account"],
  limits: {
    display_name: length(0, 60).fix("shorten it", budgets("Budget.displayName")),
    "threshold_rules.threshold_percent": number(0).fix("write 50% as 0.5", budgets("ThresholdRule.thresholdPercent")),
    "all_updates_rule.monitoring_notification_channels": budgetChannels,
  },
  alternatives: [exactlyOne("specified_amount last_period_amount", { in: "amount", id: "amount" }).fix("give specified_amount", BUDGET_7)],
});

export const billingTypes = [budget];
