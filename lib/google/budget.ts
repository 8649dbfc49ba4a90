import { topicId } from "./formats";
import { at, integer, items, length, matching, not, number, oneOf, set, unset } from "./limit";
import { atMostOne, exactlyOne, notEmpty, resourceType, when } from "./resource-type";
import { provider } from "./source";

const BUDGET = provider("google_billing_budget 7.45.0");
const VALIDATED = provider("google_billing_budget 7.45.0", "validate");
const FILTERS = "calendar_period credit_types credit_types_treatment custom_period labels projects resource_ancestors services subaccounts";
const specified = { credit_types_treatment: "INCLUDE_SPECIFIED_CREDITS" };

/** ID of a billing account. */
export const billingAccountId = matching(/^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/, "three groups of six hexadecimal digits, such as 012345-6789AB-CDEF01").fix(
  "copy it from the console, without billingAccounts/",
  BUDGET,
);

/** The channels that a budget notifies. */
export const budgetChannels = items(0, 5).fix("keep at most 5 channels", VALIDATED);

const billingBudget = resourceType("google_billing_budget", {
  group: "budget",
  replacedBy: ["billing_account"],
  defaults: { "budget_filter.credit_types_treatment": "INCLUDE_ALL_CREDITS" },
  limits: {
    display_name: length(0, 60).fix("shorten the name", BUDGET),
    "amount.last_period_amount": oneOf(true).fix("remove it, and use specified_amount", BUDGET),
    "threshold_rules.threshold_percent": [
      number(0).required().fix("give a share: 0.5 is half of the budget", BUDGET),
      number(0, 10).named("share").advice("It is a share, not a percentage: 50 is fifty times the budget.").fix("give a share: 0.5 is half of the budget", BUDGET),
    ],
    "budget_filter.projects[]": matching(/^projects\/[^/]+$/, "projects/NUMBER").fix("write projects/ before the number of the project", BUDGET),
    "budget_filter.services[]": matching(/^services\/[^/]+$/, "services/ID").fix("write services/ before the ID of the service", BUDGET),
    "budget_filter.resource_ancestors[]": matching(/^(folders|organizations)\/[^/]+$/, "folders/ID or organizations/ID").fix("write folders/ or organizations/ before the ID", BUDGET),
    ...at(["budget_filter.custom_period.start_date", "budget_filter.custom_period.end_date"], {
      day: integer(1, 31).fix("give 1 to 31", VALIDATED),
      month: integer(1, 12).fix("give 1 to 12", VALIDATED),
      year: integer(1, 9999).fix("give the year", VALIDATED),
    }),
    "all_updates_rule.pubsub_topic": topicId.from(BUDGET),
    "all_updates_rule.schema_version": oneOf("1.0").fix('use "1.0"', BUDGET),
    "all_updates_rule.monitoring_notification_channels": budgetChannels,
    "all_updates_rule.monitoring_notification_channels[]": matching(/^projects\/[^/]+\/notificationChannels\/[^/]+$/, "projects/PROJECT/notificationChannels/CHANNEL")
      .named("item")
      .refs({ google_monitoring_notification_channel: "id name" })
      .fix("use google_monitoring_notification_channel.NAME.id", BUDGET),
  },
  alternatives: [
    exactlyOne("specified_amount last_period_amount", { in: "amount", id: "amount" }).fix("keep one of them", VALIDATED),
    atMostOne("calendar_period custom_period", { in: "budget_filter", id: "period" }).fix("keep one of them", BUDGET),
  ],
  together: [
    ...notEmpty("budget_filter", VALIDATED, FILTERS),
    ...notEmpty("all_updates_rule", VALIDATED, "monitoring_notification_channels pubsub_topic"),
    when(specified, { credit_types: set() }, { in: "budget_filter", id: "credits" }).fix("list credit_types", BUDGET),
    when({ credit_types_treatment: not("INCLUDE_SPECIFIED_CREDITS") }, { credit_types: unset() }, { in: "budget_filter", id: "credits" }).fix(
      "set credit_types_treatment = INCLUDE_SPECIFIED_CREDITS, or remove credit_types",
      BUDGET,
    ),
  ],
});

export const budgetTypes = [billingBudget];
