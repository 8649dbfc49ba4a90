import { BillingBudget as BillingBudgetResource } from "@cdktf/provider-google/lib/billing-budget";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed, checkInteger, checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import { billingAccountId, budgetChannels } from "../google/budget";
import { projectNumber } from "./project-number";
import { ProjectServices } from "./project-services";
import { type ProviderOptions, useProvider } from "./provider";

export interface BillingBudgetProps extends ProviderOptions {
  /** ID of the billing account that pays for the project: `012345-6789AB-CDEF01`. */
  readonly billingAccount: string;
  /** What the project may cost a month, in whole units of the billing account's currency. */
  readonly amountPerMonth: number;
  /** Parts of the amount that were spent, in percent, at which to notify. @default [50, 90, 100] */
  readonly spentPercents?: number[];
  /** Parts of the amount that the month will cost, in percent. @default [100] */
  readonly forecastPercents?: number[];
  /**
   * Full resource names of at most five email notification channels of Cloud Monitoring, such as
   * `api.observe({ … }).emailChannels`. @default none: administrators and users of the billing
   * account get mail
   */
  readonly notificationChannels?: string[];
}

/**
 * Notifies when the project costs more than it should. Google Cloud does not stop anything: what
 * runs goes on, and figures are hours old.
 *
 * `CostBudget` judges before the deploy what will be paid while nobody uses it; this watches the
 * bill, with all that use costs. Deploying it needs `roles/billing.costsManager` on the billing
 * account, and with user credentials a provider with `userProjectOverride` and `billingProject`.
 */
@checked
export class BillingBudget extends Construct {
  public readonly resource: BillingBudgetResource;

  /** @throws ValidationError for an account, amount, percentage or number of channels out of range. */
  public constructor(scope: Construct, id: string, props: BillingBudgetProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const { billingAccount, amountPerMonth, spentPercents = [50, 90, 100], forecastPercents = [100] } = props;
    const { notificationChannels } = props;
    checkAllowed(this, "billingAccount", billingAccount, billingAccountId);
    checkInteger(this, "amountPerMonth", amountPerMonth, 1, 1e9, "give whole units of the account's currency");
    checkAllowed(this, "notificationChannels", notificationChannels, budgetChannels);
    for (const [what, percents] of Object.entries({ spentPercents, forecastPercents })) {
      for (const percent of percents) {
        checkLiteral(this, what, percent);
        checkInteger(this, what, percent, 1, 1000, "give a percentage of the amount");
      }
    }
    if (spentPercents.length + forecastPercents.length === 0) {
      throw new ValidationError(this, {
        what: "spentPercents",
        got: spentPercents,
        allowed: "at least one percentage, of what was spent or is forecast",
        fix: "leave both out for 50, 90 and 100%, and a forecast of 100%",
      });
    }
    this.resource = new BillingBudgetResource(this, "Resource", {
      billingAccount,
      displayName: TerraformStack.of(this).node.id.slice(0, 60),
      amount: { specifiedAmount: { units: String(amountPerMonth) } },
      budgetFilter: { projects: [`projects/${projectNumber(this)}`], calendarPeriod: "MONTH" },
      thresholdRules: [
        ...spentPercents.map((percent) => ({ thresholdPercent: percent / 100, spendBasis: "CURRENT_SPEND" })),
        ...forecastPercents.map((percent) => ({ thresholdPercent: percent / 100, spendBasis: "FORECASTED_SPEND" })),
      ],
      ...(notificationChannels && notificationChannels.length > 0
        ? { allUpdatesRule: { monitoringNotificationChannels: notificationChannels } }
        : {}),
      dependsOn: ProjectServices.of(this).require("billingbudgets.googleapis.com"),
    });
  }
}
