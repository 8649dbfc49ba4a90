import {
  MonitoringAlertPolicy,
  type MonitoringAlertPolicyConfig,
} from "@cdktf/provider-google/lib/monitoring-alert-policy";
import { MonitoringCustomService } from "@cdktf/provider-google/lib/monitoring-custom-service";
import { MonitoringSlo } from "@cdktf/provider-google/lib/monitoring-slo";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkLiteral, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { generatedName } from "../core/naming";
import { nearest } from "../language/nearest";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { CloudRunRegion } from "../region/cloud-run/cloud-run-region";
import type { InstanceGroupRegion } from "../region/instance-group/instance-group-region";
import { ALERTS, type AlertFacts, type Watched, type Workload } from "./alerts";
import { burnConditions } from "./burn-rate";
import type { Notify } from "./notify";
import { Slo } from "./slo";

export interface ObservabilityOptions {
  /** Who is told of incidents. Without anybody, they are seen only by those who look. */
  readonly notify: Notify[];
  /**
   * What users are promised. Each holds worldwide and in every region, and has an alert for both.
   * @default 99.9 % availability
   */
  readonly slos?: Slo[];
  /**
   * Ids of alerts that are not wanted; docs/observability.md lists them. Those of objectives go with
   * the objective. @default none
   */
  readonly withoutAlerts?: string[];
  /**
   * Names of Pub/Sub subscriptions whose backlog and dead letters raise alerts. @default none
   */
  readonly subscriptions?: string[];
}

export interface ObservabilityProps extends ObservabilityOptions, ProviderOptions {
  /** Literal name of the URL map: all requests through it are observed, whatever answers them. */
  readonly urlMapName: string;
  /** The API's name in titles. @default the construct path */
  readonly title?: string;
}

/** Regions of a service or of machines, and those of them that receive no requests. */
export interface CoverOptions {
  /** @default none */
  readonly drainingRegions?: string[];
}

/** Of every name that has to be unique in a project. */
const LONGEST_ID = { maxLength: 63 };

/**
 * Objectives and alerts of an API. `GlobalAiApi.observe` creates it and covers all its regions,
 * services and machines, also those that are added later.
 *
 * Everything changes in place, except the ids of objectives and their service, which depend on the
 * construct path alone. A region that comes or goes brings or takes its own objectives and alerts,
 * and touches no other resource but queries that name it.
 */
@checked
export class Observability extends Construct {
  /** Of Monitoring: what the objectives are of. */
  public readonly service: MonitoringCustomService;
  private readonly slos: Slo[];
  private readonly channels: string[];
  private readonly regions = new Set<string>();
  private readonly serving = new Set<string>();
  private readonly services: Workload[] = [];
  private readonly groups: Workload[] = [];
  private readonly title: string;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ObservabilityProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    this.slos = props.slos ?? [Slo.availability({ goal: 0.999 })];
    this.title = props.title ?? scope.node.path;
    this.check();
    this.channels = [...new Set(props.notify.map((each) => each._bind(this)))];
    this.service = new MonitoringCustomService(this, "Service", {
      serviceId: generatedName(this, LONGEST_ID),
      displayName: this.title,
      userLabels: this.labels({}),
      dependsOn: ProjectServices.of(this).require("monitoring.googleapis.com"),
    });
    this.sync();
  }

  /** Regions of a Cloud Run service behind the URL map. */
  public coverService(regions: CloudRunRegion[], options: CoverOptions = {}): void {
    for (const { region, serviceName, resource, reportsHealth } of regions) {
      const { maxInstanceCount } = resource.templateInput?.scaling ?? {};
      const isManual = resource.scalingInput?.scalingMode === "MANUAL";
      this.services.push({
        name: serviceName,
        region,
        reportsHealth,
        maxInstances: isManual ? undefined : maxInstanceCount,
      });
    }
    this.cover(regions, options);
  }

  /** Groups of machines behind the URL map. */
  public coverInstances(groups: InstanceGroupRegion[], options: CoverOptions = {}): void {
    for (const { region, resource, autoscaler } of groups) {
      const { maxReplicas } = autoscaler.autoscalingPolicyInput ?? {};
      this.groups.push({ name: resource.nameInput!, region, maxInstances: maxReplicas });
    }
    this.cover(groups, options);
  }

  private cover(targets: readonly { readonly region: string }[], { drainingRegions = [] }: CoverOptions): void {
    for (const { region } of targets) {
      this.regions.add(region);
      if (!drainingRegions.includes(region)) this.serving.add(region);
    }
    this.sync();
  }

  /** Creates what is not there yet. What exists reads at synth what there is to watch. */
  private sync(): void {
    for (const slo of this.slos) {
      this.objective(slo);
      for (const region of this.regions) this.objective(slo, region);
    }
    const watched = this.watched();
    for (const alert of ALERTS) {
      const isWanted = !this.props.withoutAlerts?.includes(alert.id);
      if (isWanted && alert.applies(watched) && !this.node.tryFindChild(`Alert ${alert.id}`)) this.alert(alert);
    }
  }

  private watched(): Watched {
    return {
      urlMapName: this.props.urlMapName,
      regions: [...this.serving],
      services: this.services,
      groups: this.groups,
      subscriptions: this.props.subscriptions ?? [],
      hasAvailabilitySlo: this.slos.some((slo) => !slo._isLatency),
      hasLatencySlo: this.slos.some((slo) => slo._isLatency),
    };
  }

  /** An objective and the policy that pages when its budget burns. */
  private objective(slo: Slo, region?: string): void {
    const { id, goal, means, route, render } = slo._indicator;
    const place = region ?? "worldwide";
    const what = `Slo ${id} ${place}`;
    if (this.node.tryFindChild(what)) return;
    const labels = { url_map_name: this.props.urlMapName, ...(region !== undefined && { backend_scope: region }) };
    const promise = `${percent(goal)} of requests${route === undefined ? "" : ` to ${route}`} ${means}, ${place}`;
    const objective = new Construct(this, what);
    const resource = new MonitoringSlo(objective, "Resource", {
      service: this.service.serviceId,
      sloId: generatedName(objective, LONGEST_ID),
      displayName: promise,
      goal,
      rollingPeriodDays: 30,
      requestBasedSli: render(labels),
      userLabels: this.labels({ region }),
    });
    this.policy(objective, "Burn", {
      displayName: `${this.title}: ${promise}`,
      severity: "CRITICAL",
      userLabels: this.labels({ alert: "burn", region, slo: resource.sloId }),
      documentation: documentation(
        `The error budget of "${promise}" burns so fast that it would not last.`,
        region === undefined
          ? "See whether one region's objective burns too: then drain it. If all do, undo the last deploy."
          : `Look at ${region} on the dashboard. If only this region is bad, drain it: \`drainingRegions\`, deploy.`,
        "burn",
      ),
      conditions: burnConditions(slo, labels),
    });
  }

  private alert({ id, title, severity, seconds, query, means, act }: AlertFacts): void {
    this.policy(this, `Alert ${id}`, {
      displayName: `${this.title}: ${title}`,
      severity,
      userLabels: this.labels({ alert: id }),
      documentation: documentation(means, act, id),
      conditions: [
        {
          displayName: title,
          conditionPrometheusQueryLanguage: {
            query: Lazy.stringValue({ produce: () => query(this.watched()) }),
            duration: `${seconds}s`,
            evaluationInterval: "60s",
            disableMetricValidation: true,
          },
        },
      ],
    });
  }

  private policy(scope: Construct, id: string, config: Omit<MonitoringAlertPolicyConfig, "combiner">): void {
    new MonitoringAlertPolicy(scope, id, {
      ...config,
      combiner: "OR",
      notificationChannels: this.channels,
      alertStrategy: { autoClose: "3600s" },
      dependsOn: ProjectServices.of(this).require("monitoring.googleapis.com"),
    });
  }

  private labels(more: Readonly<Record<string, string | undefined>>): Record<string, string> {
    const given = Object.entries(more).filter((each): each is [string, string] => each[1] !== undefined);
    return { api: generatedName(this, LONGEST_ID), ...Object.fromEntries(given) };
  }

  private check(): void {
    const { urlMapName, withoutAlerts = [] } = this.props;
    checkLiteral(this, "urlMapName", urlMapName);
    for (const slo of this.slos) slo._check(this);
    checkUnique(
      this,
      "slos",
      this.slos.map(({ _indicator }) => _indicator.id),
      "give each a name, or another route",
    );
    const ids = ALERTS.map(({ id }) => id);
    for (const each of withoutAlerts) {
      if (ids.includes(each)) continue;
      const meant = nearest(each, ids);
      throw new ValidationError(this, {
        what: "withoutAlerts",
        got: each,
        allowed: ids.join(", "),
        fix: meant ? `did you mean "${meant}"?` : "remove it",
      });
    }
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

function documentation(means: string, act: string, page: string) {
  return {
    mimeType: "text/markdown",
    content: `${means}\n\n**What to do.** ${act}\n\nMore in docs/observability.md, "${page}".`,
  };
}
