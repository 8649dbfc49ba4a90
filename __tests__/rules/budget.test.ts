import { changed, describeGroup, type Json, on, resourceAt } from "./rule-support";

const BUDGET = "google_billing_budget.month";
const MAIL = { type: "email", labels: { email_address: "oncall@example.com" } };

function valid(): Json {
  return {
    resource: {
      google_billing_budget: {
        month: {
          billing_account: "000000-000000-000000",
          display_name: "Inference",
          amount: { specified_amount: { units: "1000" } },
          budget_filter: { projects: ["projects/123456789012"], calendar_period: "MONTH" },
          threshold_rules: [{ threshold_percent: 0.5 }, { threshold_percent: 1, spend_basis: "FORECASTED_SPEND" }],
          all_updates_rule: { pubsub_topic: "projects/p/topics/budget", schema_version: "1.0" },
        },
        like_before: { billing_account: "${var.account}", amount: { last_period_amount: true } },
      },
    },
  };
}

describeGroup(
  "budget",
  valid,
  [
    ...on(
      BUDGET,
      ["budget-budget-filter-projects", "budget_filter.projects", ["my-project"]],
      ["budget-budget-filter-services", "budget_filter.services", ["95FF-2EF5-5EA1"]],
      ["budget-budget-filter-resource-ancestors", "budget_filter.resource_ancestors", ["123456789012"]],
      ["budget-amount", "amount.last_period_amount", true],
      ["budget-empty-block", "budget_filter", {}],
      ["budget-empty-block", "all_updates_rule", { schema_version: "1.0" }],
      ["budget-threshold-rules-threshold-percent-share", "threshold_rules.0.threshold_percent", 50],
      ["budget-credits", "budget_filter.credit_types", ["DISCOUNT"]],
      [
        "budget-credits",
        "budget_filter.credit_types_treatment",
        "INCLUDE_SPECIFIED_CREDITS",
        "budget_filter.credit_types",
      ],
      ["budget-period", "budget_filter.custom_period", { start_date: { year: 2026, month: 1, day: 1 } }],
    ),
    changed(
      "budget-email-channel",
      BUDGET,
      (document) => {
        const channels = { phone: { type: "sms", labels: { number: "+4930" } }, mail: MAIL };
        (document.resource as Json).google_monitoring_notification_channel = channels;
        resourceAt(document, BUDGET).all_updates_rule = {
          monitoring_notification_channels: ["mail", "phone"].map(
            (name) => `\${google_monitoring_notification_channel.${name}.id}`,
          ),
        };
      },
      { at: "all_updates_rule.monitoring_notification_channels.1" },
    ),
    changed("budget-amount", BUDGET, (document) => {
      resourceAt(document, BUDGET).amount = {};
    }),
  ],
  ["budget-threshold-rules-threshold-percent-share", "budget-email-channel"],
);
