import type { LoggingMetric } from "@cdktf/provider-google/lib/logging-metric";
import type { LoggingProjectBucketConfig } from "@cdktf/provider-google/lib/logging-project-bucket-config";
import {
  MonitoringAlertPolicy,
  type MonitoringAlertPolicyConfig,
} from "@cdktf/provider-google/lib/monitoring-alert-policy";
import { MonitoringCustomService } from "@cdktf/provider-google/lib/monitoring-custom-service";
import { MonitoringDashboard } from "@cdktf/provider-google/lib/monitoring-dashboard";
import { MonitoringSlo } from "@cdktf/provider-google/lib/monitoring-slo";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed, checkLiteral, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { generatedName } from "../core/naming";
import { retentionDays } from "../google/logging";
import { gpuMachineSize } from "../google/machine-types";
import { nearest } from "../language/nearest";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { CloudRunRegion } from "../region/cloud-run/cloud-run-region";
import type { InstanceGroupRegion } from "../region/instance-group/instance-group-region";
import { ALERTS, type AlertFacts, type Watched, type Workload } from "./alerts";
import { burnConditions } from "./burn-rate";
import { dashboardJson, type Shown, type ShownObjective } from "./dashboard";
import { createLogMetrics } from "./inference-logs";
import type { InferenceMetrics, Measured } from "./inference-metrics";
import { keepLogs } from "./log-retention";
import type { Notify } from "./notify";
import { Slo, type SloPlace } from "./slo";
import type { UptimeProbe } from "./uptime-probe";

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
   * Where metrics of inference come from, by model and region: the time to the first token, time per
   * token, tokens. For charts, and for `Slo.firstToken`. @default none
   */
  readonly inferenceMetrics?: InferenceMetrics;
  /**
   * Keeps the logs of the load balancer and of the services for so many days, 1 to 3650, in a bucket
   * of their own, beside the project's `_Default`. @default they are in `_Default` alone
   */
  readonly logRetentionDays?: number;
  /** Where that bucket is: a region, `eu`, `us` or `global`; it cannot move. @default "global" */
  readonly logLocation?: string;
  /**
   * Requests that Monitoring sends from all over the world. Probes of a protected API need its key
   * in their headers. @default none
   */
  readonly probes?: UptimeProbe[];
  /**
   * Names of Pub/Sub subscriptions whose backlog and dead letters raise alerts. @default none
   */
  readonly subscriptions?: string[];
}

export interface ObservabilityProps extends ObservabilityOptions, ProviderOptions {
  /** Literal name of the URL map: all requests through it are observed, whatever answers them. */
  readonly urlMapName: string;
  /** Where `probes` ask: `https://api.example.com`. @default no probe of the global address */
  readonly url?: string;
  /** The API's name in titles. @default the construct path */
  readonly title?: string;
}

/** Regions of a service or of machines, and those of them that receive no requests. */
export interface CoverOptions {
  /** @default none */
  readonly drainingRegions?: string[];
}

/** Terraform deletes it after the dashboard has let go of it. Its id depends on its place alone. */
const SHOWN = { createBeforeDestroy: true };

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
  public readonly dashboard: MonitoringDashboard;
  /** With `logRetentionDays`. */
  public readonly logBucket?: LoggingProjectBucketConfig;
  /** With `InferenceMetrics.fromLogs()`. */
  public readonly inferenceMetrics: LoggingMetric[] = [];
  /**
   * Full resource names of the channels of `Notify.email`. A `BillingBudget` can mail to them:
   * `notificationChannels: api.observe({ … }).emailChannels`. It takes at most five.
   */
  public readonly emailChannels: string[];
  private readonly slos: Slo[];
  private readonly channels: string[];
  private readonly regions = new Set<string>();
  private readonly serving = new Set<string>();
  /** URL maps of regional endpoints, by region. */
  private readonly endpoints = new Map<string, string>();
  private readonly services: Workload[] = [];
  private readonly groups: Workload[] = [];
  private readonly subscriptions: string[];
  private readonly checks: { readonly id: string; readonly isTls: boolean }[] = [];
  private readonly title: string;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ObservabilityProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    this.subscriptions = [...(props.subscriptions ?? [])];
    this.slos = props.slos ?? [Slo.availability({ goal: 0.999 })];
    this.title = props.title ?? scope.node.path;
    this.check();
    const bound = props.notify.map((each) => ({ name: each._bind(this), isEmail: each._isEmail }));
    this.channels = [...new Set(bound.map(({ name }) => name))];
    this.emailChannels = [...new Set(bound.filter(({ isEmail }) => isEmail).map(({ name }) => name))];
    this.service = new MonitoringCustomService(this, "Service", {
      serviceId: generatedName(this, LONGEST_ID),
      displayName: this.title,
      userLabels: this.labels({}),
      dependsOn: ProjectServices.of(this).require("monitoring.googleapis.com"),
    });
    this.dashboard = new MonitoringDashboard(this, "Dashboard", {
      dashboardJson: Lazy.stringValue({ produce: () => dashboardJson(this.shown()) }),
      dependsOn: ProjectServices.of(this).require("monitoring.googleapis.com"),
    });
    const { logRetentionDays, logLocation = "global", urlMapName } = props;
    if (logRetentionDays !== undefined) {
      const options = { retentionDays: logRetentionDays, location: logLocation };
      this.logBucket = keepLogs(this, "Logs", options, () => {
        return { urlMapName, services: this.services.map(({ name }) => name) };
      });
    }
    if (props.url !== undefined) this.probe("worldwide", props.url);
    this.sync();
  }

  /**
   * Sends the probes to a regional endpoint too, so that its region is seen alone.
   *
   * @param urlMapName Literal name of the endpoint's URL map: its requests have objectives of their
   * own. The worldwide ones do not count them, because an objective is of one metric, and regional
   * load balancers have metrics of their own; nor should they, because such a request has no other
   * region to go to. Without the name, the endpoint has no objectives.
   */
  public coverEndpoint(region: string, url: string, urlMapName?: string): void {
    checkLiteral(this, "urlMapName", urlMapName);
    this.probe(region, url);
    if (urlMapName !== undefined) this.endpoints.set(region, urlMapName);
    this.sync();
  }

  private probe(place: string, url: string): void {
    if (!/^https?:\/\/[^/]+$/.test(url)) {
      throw new ValidationError(this, {
        what: "url",
        got: url,
        allowed: "https:// or http:// and a host, which may be a reference",
        fix: "pass the url of the API or of the regional endpoint",
      });
    }
    for (const probe of this.props.probes ?? []) {
      const id = `Probe ${probe._title.replaceAll("/", "|")} ${place}`;
      const { uptimeCheckId } = probe._bind(this, id, { url, title: `${this.title}, ${place}` });
      this.checks.push({ id: uptimeCheckId, isTls: url.startsWith("https://") });
    }
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
        hasGpu: resource.templateInput?.nodeSelector?.accelerator !== undefined,
      });
    }
    if (this.props.inferenceMetrics?._needsWriter) {
      for (const { serviceAccount } of regions) serviceAccount.grantProjectRole("roles/monitoring.metricWriter", this);
    }
    this.cover(regions, options);
  }

  /** Groups of machines behind the URL map. */
  public coverInstances(groups: InstanceGroupRegion[], options: CoverOptions = {}): void {
    for (const { region, resource, template, autoscaler } of groups) {
      const { maxReplicas } = autoscaler.autoscalingPolicyInput ?? {};
      const hasGpu = gpuMachineSize(template.machineTypeInput!) !== undefined || !!template.guestAcceleratorInput;
      this.groups.push({ name: resource.nameInput!, region, maxInstances: maxReplicas, hasGpu });
    }
    this.cover(groups, options);
  }

  /** Names of Pub/Sub subscriptions: their backlog and dead letters raise alerts. */
  public coverSubscriptions(names: string[]): void {
    this.subscriptions.push(...names);
    this.sync();
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
    const watched = this.watched();
    const fields = this.props.inferenceMetrics?._fields ?? [];
    if (this.services.length > 0 && this.inferenceMetrics.length < fields.length)
      this.inferenceMetrics.push(...createLogMetrics(this, fields, () => this.serviceNames()));
    for (const slo of this.slos) for (const place of this.placesOf(slo)) this.objective(slo, place);
    for (const alert of ALERTS) {
      const isWanted = !this.props.withoutAlerts?.includes(alert.id);
      if (isWanted && alert.applies(watched) && !this.node.tryFindChild(`Alert ${alert.id}`)) this.alert(alert);
    }
  }

  private serviceNames(): string[] {
    return [...new Set(this.services.map(({ name }) => name))].sort();
  }

  private measured(): Measured {
    return { scope: this, services: this.serviceNames() };
  }

  /** Where an objective holds, by the name of the place. */
  private placesOf({ _indicator }: Slo): (SloPlace & { readonly name: string })[] {
    const { urlMapName, inferenceMetrics } = this.props;
    const isOfServices = _indicator.kind === "firstToken";
    if (isOfServices && this.services.length === 0) return [];
    const firstToken = isOfServices ? inferenceMetrics!._firstToken(() => this.measured()) : undefined;
    const regions = isOfServices ? new Set(this.services.map(({ region }) => region)) : this.regions;
    return [
      { name: "worldwide", urlMapName, firstToken },
      ...[...regions].map((region) => ({ name: region, urlMapName, region, firstToken })),
      ...(isOfServices ? [] : [...this.endpoints]).map(([region, map]) => {
        return { name: `${region} endpoint`, urlMapName: map, region, isRegional: true };
      }),
    ];
  }

  private watched(): Watched {
    return {
      urlMapName: this.props.urlMapName,
      regions: [...this.serving],
      services: this.services,
      groups: this.groups,
      subscriptions: this.subscriptions,
      checks: this.checks.map((check) => check.id),
      tlsChecks: this.checks.filter((check) => check.isTls).map((check) => check.id),
      hasAvailabilitySlo: this.slos.some((slo) => slo._indicator.kind === "availability"),
      hasLatencySlo: this.slos.some((slo) => slo._indicator.kind === "latency"),
    };
  }

  private shown(): Shown {
    const objectives = this.slos.flatMap((slo): ShownObjective[] => {
      const [worldwide, ...places] = this.placesOf(slo).map(({ name }) => {
        const own = this.node.findChild(`Slo ${slo._indicator.id} ${name}`);
        return [name, (own.node.findChild("Resource") as MonitoringSlo).name] as const;
      });
      if (!worldwide) return [];
      return [{ title: promiseOf(slo._indicator), worldwide: worldwide[1], regions: Object.fromEntries(places) }];
    });
    const policies = this.node.findAll().filter((each) => each instanceof MonitoringAlertPolicy);
    return {
      ...this.watched(),
      title: this.title,
      objectives,
      policies: policies.map(({ name }) => name),
      inference: this.services.length === 0 ? [] : (this.props.inferenceMetrics?._charts(this.measured()) ?? []),
    };
  }

  /** An objective and the policy that pages when its budget burns. */
  private objective(slo: Slo, place: SloPlace & { readonly name: string }): void {
    const { id, goal, render } = slo._indicator;
    const what = `Slo ${id} ${place.name}`;
    if (this.node.tryFindChild(what)) return;
    const { region } = place;
    const promise = `${promiseOf(slo._indicator)}, ${place.name}`;
    const objective = new Construct(this, what);
    const resource = new MonitoringSlo(objective, "Resource", {
      service: this.service.serviceId,
      sloId: generatedName(objective, LONGEST_ID),
      displayName: promise,
      goal,
      rollingPeriodDays: 30,
      requestBasedSli: render(place),
      lifecycle: SHOWN,
      userLabels: this.labels({ region }),
      ...(place.firstToken && this.inferenceMetrics.length > 0 && { dependsOn: this.inferenceMetrics }),
    });
    this.policy(objective, "Burn", {
      displayName: `${this.title}: ${promise}`,
      severity: "CRITICAL",
      userLabels: this.labels({ alert: "burn", region, slo: resource.sloId }),
      documentation: documentation(
        `The error budget of "${promise}" burns so fast that it would not last.`,
        whatToDo(place),
        "burn",
      ),
      conditions: burnConditions(slo, place),
    });
  }

  private alert({ id, title, severity, seconds, query, threshold, means, act }: AlertFacts): void {
    const late = (text: (watched: Watched) => string) => Lazy.stringValue({ produce: () => text(this.watched()) });
    const duration = `${seconds}s`;
    this.policy(this, `Alert ${id}`, {
      displayName: `${this.title}: ${title}`,
      severity,
      userLabels: this.labels({ alert: id }),
      documentation: documentation(means, act, id),
      conditions: [
        {
          displayName: title,
          conditionPrometheusQueryLanguage: query && {
            query: late(query),
            duration,
            evaluationInterval: "60s",
            disableMetricValidation: true,
          },
          conditionThreshold: threshold && {
            filter: late(threshold.filter),
            duration,
            comparison: threshold.comparison,
            thresholdValue: threshold.value,
            aggregations: [
              {
                alignmentPeriod: `${threshold.alignmentSeconds}s`,
                perSeriesAligner: threshold.aligner,
                crossSeriesReducer: threshold.reducer,
                groupByFields: [...threshold.by],
              },
            ],
            trigger: { count: 1 },
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
      lifecycle: SHOWN,
      dependsOn: ProjectServices.of(this).require("monitoring.googleapis.com"),
    });
  }

  private labels(more: Readonly<Record<string, string | undefined>>): Record<string, string> {
    const given = Object.entries(more).filter((each): each is [string, string] => each[1] !== undefined);
    return { api: generatedName(this, LONGEST_ID), ...Object.fromEntries(given) };
  }

  private check(): void {
    const { urlMapName, withoutAlerts = [], probes = [], logRetentionDays, logLocation } = this.props;
    checkLiteral(this, "urlMapName", urlMapName);
    for (const slo of this.slos) slo._check(this);
    const untold = this.slos.find(({ _indicator }) => _indicator.kind === "firstToken");
    if (untold && !this.props.inferenceMetrics) {
      throw new ValidationError(this, {
        what: "slos",
        got: `Slo.firstToken without inferenceMetrics`,
        allowed: "together with inferenceMetrics: load balancers see no tokens",
        fix: "say where the services tell it: InferenceMetrics.fromLogs(), .managedPrometheus() or .otlp()",
      });
    }
    checkUnique(
      this,
      "slos",
      this.slos.map(({ _indicator }) => _indicator.id),
      "give each a name, or another route",
    );
    for (const probe of probes) probe._check(this);
    checkAllowed(this, "logRetentionDays", logRetentionDays, retentionDays);
    if (logLocation !== undefined && logRetentionDays === undefined) {
      throw new ValidationError(this, {
        what: "logLocation",
        got: logLocation,
        allowed: "together with logRetentionDays",
        fix: "say how long the logs are kept there",
      });
    }
    checkUnique(
      this,
      "probes",
      probes.map(({ _title }) => _title),
      "probe each path once",
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

function promiseOf({ goal, route, means }: Slo["_indicator"]): string {
  const percent = Number((goal * 100).toPrecision(6));
  return `${percent} % of requests${route === undefined ? "" : ` to ${route}`} ${means}`;
}

function whatToDo({ region, isRegional }: SloPlace): string {
  if (region === undefined)
    return "See whether one region's objective burns too: then drain it. If all do, undo the last deploy.";
  return isRegional
    ? `Requests to the endpoint of ${region} have no other region to go to. Look at the service there, and undo the last deploy.`
    : `Look at ${region} on the dashboard. If only this region is bad, drain it: \`drainingRegions\`, deploy.`;
}

function documentation(means: string, act: string, page: string) {
  return {
    mimeType: "text/markdown",
    content: `${means}\n\n**What to do.** ${act}\n\nMore in docs/observability.md, "${page}".`,
  };
}
