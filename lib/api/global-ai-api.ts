import { Lazy, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { RegionBackendTarget } from "../backend/region-backend-target";
import { ServerlessBackend, type ServerlessBackendOptions } from "../backend/serverless-backend";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { type PipelineOptions, ProcessingPipeline } from "../data/processing-pipeline";
import type { IAnycastAddress } from "../frontend/anycast-address";
import { AnycastFrontend } from "../frontend/anycast-frontend";
import type { DnsZone, IDnsZone } from "../frontend/dns-zone";
import type { PlainHttp } from "../frontend/plain-http";
import type { RegionalEndpoint } from "../frontend/regional-endpoint";
import type { Tls } from "../frontend/tls";
import { Observability, type ObservabilityOptions } from "../observability/observability";
import { ProjectServices } from "../project/project-services";
import { useProvider } from "../project/provider";
import type { Access } from "../region/access";
import type { CloudRunOptions } from "../region/cloud-run/cloud-run-options";
import type { IRegionNetwork } from "../region/network/network-target";
import { RegionNetwork } from "../region/network/region-network";
import type { ErrorResponses } from "../routing/error-responses";
import type { RouteProps } from "../routing/route";
import { UrlRouting } from "../routing/url-routing";
import { GlobalAiRules } from "../rules/global-ai-rules";
import { type AnsweredRequests, answersAny, checkPercent, routeOf } from "./answered-requests";
import { type AddCanaryProps, canaryProps } from "./canary";
import { type InstancesOptions, MultiRegionInstances } from "./multi-region-instances";
import { MultiRegionService, type MultiRegionServiceProps, type ServiceOptions } from "./multi-region-service";
import { Residency } from "./residency";
import type { ResidencyOptions } from "./residency-options";

export interface GlobalAiApiProps extends MultiRegionServiceProps {
  /** `Tls.managed(["api.example.com"])`; plain HTTP needs an explicit `Tls.none()`. */
  readonly tls: Tls;
  /** An address reserved elsewhere. @default a new one */
  readonly ipv4Address?: IAnycastAddress;
  /** An address reserved elsewhere. @default a new one */
  readonly ipv6Address?: IAnycastAddress;
  /** Serves IPv6 too. @default true */
  readonly ipv6?: boolean;
  /** What port 80 does. @default PlainHttp.REDIRECT, with Tls.none() SERVE */
  readonly plainHttp?: PlainHttp;
  /** Bodies of errors, in place of Google's HTML page, at the global address. @default none */
  readonly errorResponses?: ErrorResponses;
  /** Lets Google Cloud verify every plain route on each URL map update. @default true */
  readonly urlMapTests?: boolean;
  /**
   * Zone in which the domains' records are created. Records of domains outside it stay in the
   * output `dns_records`. Removing the zone deletes its records. @default none: all records are
   * outputs only
   */
  readonly dnsZone?: IDnsZone;
  /** How long resolvers keep the records of `dnsZone`, from 0 seconds. @default 300 */
  readonly dnsTtlSeconds?: number;
  /**
   * Creates the A and AAAA records in `dnsZone`. With false, only the certificate authorization
   * records are created: use it while the domains are still served elsewhere. @default true
   */
  readonly dnsAddressRecords?: boolean;
  /**
   * Endpoints whose requests stay in one region, by region: `{ "europe-west1": { tls:
   * Tls.managed(["eu.api.example.com"]) } }`. They serve the API's services that answer on every
   * host; routes of `addRoute` apply to the global address only. Records go into `dnsZone`, or into
   * the output `dns_records`. @default none
   */
  readonly residency?: { [region: string]: ResidencyOptions };
  /** The VPC network of machines and regional endpoints. @default a new one, created when needed */
  readonly network?: IRegionNetwork;
  /**
   * Enables the Google Cloud APIs that the stack uses, for all its constructs. Turn it off if a
   * project factory does that. @default true
   */
  readonly enableApis?: boolean;
  /**
   * Judges the whole stack by the rulebook whenever it is synthesized: errors fail synth, warnings
   * go to standard error. `GlobalAiRules.attach` configures it, `GlobalAiRules.suppress` accepts a
   * finding. With false, this API does not turn the rules on. @default true
   */
  readonly rules?: boolean;
  /** Prefix of the Terraform outputs; required for a second API in one stack. @default none */
  readonly outputPrefix?: string;
}

type CalledService = Pick<ServiceOptions, "access" | "customAudiences">;

/** Another service of the API. Regions, draining, access and removal default to the API's. */
export interface AddServiceProps extends ServiceOptions, AnsweredRequests {
  /** @default the API's regions */
  readonly regions?: string[];
}

/**
 * Machines that answer some requests of the API. Without paths, hosts, headers and percent there is
 * no route: add one with `addRoute`. Regions, draining, network and access default to the API's.
 */
export interface AddInstancesProps extends InstancesOptions, AnsweredRequests {
  /** @default the API's regions */
  readonly regions?: string[];
}

/**
 * Work that is submitted to the API and processed later. Regions, draining, access and removal
 * default to the API's.
 */
export interface AddPipelineProps extends PipelineOptions, ServerlessBackendOptions {
  /** @default the API's regions */
  readonly regions?: string[];
  /** Paths that take work, as in `RouteProps`. @default ["/v1/batch"] */
  readonly paths?: string[];
  /** Hosts that take work, as in `RouteProps`. Not with `residency`. @default every host */
  readonly hosts?: string[];
  /** How the ingest services run. @default as in `CloudRunOptions` */
  readonly submission?: CloudRunOptions;
  /** Who may submit work. @default the API's access */
  readonly access?: Access;
}

/**
 * An AI model behind one global address: a Cloud Run service in each region, a backend service over
 * them, URL map, proxies and anycast addresses for IPv4 and IPv6.
 *
 * Terraform outputs, each prefixed with `outputPrefix`: `url`, `anycast_ipv4`, `anycast_ipv6`,
 * `dns_records` (to create at the domain's DNS), `dns_name_servers` (with a `DnsZone` created
 * here), `service_urls` and `service_names` (by service and region), `regional_endpoints` (with
 * `residency`: URL, address and self link of the backend service, by region), `pipelines` (with
 * `addPipeline`: buckets of ingest and results, topic, subscription and dead letters, by pipeline
 * and region).
 */
@checked
export class GlobalAiApi extends Construct {
  /** The service that answers what no route matches. */
  public readonly service: MultiRegionService;
  public readonly routing: UrlRouting;
  public readonly frontend: AnycastFrontend;
  private readonly services = new Map<string, MultiRegionService>();
  private readonly pipelines = new Map<string, ProcessingPipeline>();
  private readonly canaries = new Set<MultiRegionService>();
  private readonly instances: MultiRegionInstances[] = [];
  private readonly residency?: Residency;
  private ownNetwork?: IRegionNetwork;
  private observability?: Observability;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: GlobalAiApiProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    if (props.enableApis === false) ProjectServices.of(this).manageElsewhere();
    this.service = new MultiRegionService(this, "Service", { ...props, customAudiences: this.audiencesOf(props) });
    this.services.set(id, this.service);
    this.routing = new UrlRouting(this, "Routing", {
      defaultBackend: this.service.backend,
      urlMapTests: props.urlMapTests,
      errorResponses: props.errorResponses,
    });
    this.frontend = new AnycastFrontend(this, "Frontend", {
      urlMap: this.routing,
      tls: props.tls,
      ipv4Address: props.ipv4Address,
      ipv6Address: props.ipv6Address,
      ipv6: props.ipv6,
      plainHttp: props.plainHttp,
      dnsZone: props.dnsZone,
      dnsTtlSeconds: props.dnsTtlSeconds,
      dnsAddressRecords: props.dnsAddressRecords,
      removalPolicy: props.removalPolicy,
    });
    const { residency } = props;
    this.residency =
      residency &&
      new Residency(this, "Residency", {
        ...props,
        residency,
        service: this.service,
        network: () => this.neededNetwork(),
      });
    this.addOutputs();
    if (props.rules !== false) GlobalAiRules._attachOnce(TerraformStack.of(this));
  }

  /**
   * Adds a service that answers some paths, hosts or headers, or a percentage, by default in the
   * API's regions.
   */
  public addService(id: string, props: AddServiceProps): MultiRegionService {
    if (!answersAny(props)) {
      throw new ValidationError(this, {
        what: `addService("${id}")`,
        got: "neither paths, hosts, headers nor percent",
        allowed: "at least one of them",
        fix: 'set what it answers, for example paths: ["/v1/embeddings"]',
      });
    }
    this.checkNew("addService", id, props);
    const {
      regions = this.props.regions,
      access = this.props.access,
      removalPolicy = this.props.removalPolicy,
    } = props;
    const drainingRegions = this.drainingOf(regions, props.drainingRegions);
    const customAudiences = this.audiencesOf({ ...props, access });
    const inherited = { regions, access, removalPolicy, drainingRegions, customAudiences };
    const service = new MultiRegionService(this, id, { ...props, ...inherited });
    this.services.set(id, service);
    this.observability?.coverService(service.regions, { drainingRegions });
    this.addRoute(routeOf(props, service.backend, this.service.backend));
    if (!props.hosts) this.residency?.add(id, service, props);
    return service;
  }

  /**
   * Adds groups of machines, by default in the API's regions: for GPUs that Cloud Run does not
   * have, or several in one machine. They share the API's address and are selected by path, host,
   * header or percentage. A backend service cannot mix Cloud Run and instance groups, so Google
   * Cloud cannot choose between them by distance.
   */
  public addInstances(id: string, props: AddInstancesProps): MultiRegionInstances {
    this.checkNew("addInstances", id, props);
    const { regions = this.props.regions, access = this.props.access, network = this.neededNetwork() } = props;
    const drainingRegions = this.drainingOf(regions, props.drainingRegions);
    const instances = new MultiRegionInstances(this, id, { ...props, regions, access, network, drainingRegions });
    this.instances.push(instances);
    this.observability?.coverInstances(instances.regions, { drainingRegions });
    if (answersAny(props)) {
      this.addRoute(routeOf(props, instances.backend, this.service.backend));
      if (!props.hosts) this.residency?.add(id, instances, props);
    }
    return instances;
  }

  /**
   * Adds a pipeline that takes work at a path of the API: the nearest region's ingest service stores
   * it there, and the region's processor works on it. With `residency`, only the regional endpoints
   * take work, each for its own region.
   */
  public addPipeline(id: string, props: AddPipelineProps): ProcessingPipeline {
    const { regions = this.props.regions, access = this.props.access, paths = ["/v1/batch"], hosts } = props;
    this.checkNew("addPipeline", id, props.residency ? {} : { paths, hosts });
    const { removalPolicy = this.props.removalPolicy, submission } = props;
    const drainingRegions = this.drainingOf(regions, props.drainingRegions) ?? [];
    if (props.residency) this.checkResidencyOf(regions, drainingRegions, hosts);
    const pipeline = new ProcessingPipeline(this, id, { ...props, regions, removalPolicy, drainingRegions });
    const customAudiences = this.audiencesOf({ access, customAudiences: submission?.customAudiences });
    pipeline.addSubmission({ ...submission, access, customAudiences });
    if (!props.residency) {
      const backend = new ServerlessBackend(pipeline, "Backend", { ...props, targets: pipeline._targets, access });
      this.addRoute({ backend, paths, hosts });
    }
    const regional = (region: string) => {
      const target = pipeline._targets.find((each) => each.region === region);
      return target && RegionBackendTarget.cloudRun(target);
    };
    if (!hosts) this.residency?.add(id, { _regionTarget: regional }, { paths });
    if (this.pipelines.size === 0) this.addPipelineOutput();
    this.pipelines.set(id, pipeline);
    this.observability?.coverSubscriptions(subscriptionsOf(pipeline));
    return pipeline;
  }

  /** Throws unless every region that takes work has an endpoint of its own. */
  private checkResidencyOf(regions: string[], draining: string[], hosts: string[] | undefined): void {
    const endpoints = Object.keys(this.regionalEndpoints);
    const missing = regions.find((region) => !endpoints.includes(region) && !draining.includes(region));
    if (missing === undefined && hosts === undefined) return;
    throw new ValidationError(this, {
      what: missing === undefined ? "hosts" : "residency",
      got: missing ?? hosts,
      allowed: missing === undefined ? "unset with residency" : `regions with an endpoint: ${endpoints.join(", ")}`,
      fix:
        missing === undefined
          ? "remove it: the regional endpoints have hosts of their own"
          : `give the API residency: { "${missing}": { tls } }, or set residency: false here`,
    });
  }

  /**
   * Adds a new version beside a service of the API. It inherits all of the service's options,
   * regions that are added later too, and shares its service account. Promote it with one deploy:
   * give its image to the service and remove it; take it back by removing it.
   *
   * It takes its share on every route to the service's own backend, the residency endpoints
   * included; what `service.addBackend` has added stays with the service.
   *
   * @throws ValidationError if `of` is not a service of this API or itself a canary, if the
   * canaries of a service exceed 100 percent, and where a region has a value of its own for what
   * the canary sets.
   */
  public addCanary(id: string, props: AddCanaryProps): MultiRegionService {
    const { of = this.service, percent, headers } = props;
    this.checkNewId("addCanary", id);
    if (![...this.services.values()].includes(of) || this.canaries.has(of)) {
      throw new ValidationError(this, {
        what: "of",
        got: of.node.path,
        allowed: "a service of this API that is not itself a canary",
        fix: "pass what addService has returned, or leave it out for the API's own service",
      });
    }
    this.routing._checkCanary({ of: of.backend, percent, headers });
    const options = canaryProps(this, of._props, props);
    const { serviceAccount = of.serviceAccount } = options;
    const canary = new MultiRegionService(this, id, { ...options, serviceAccount });
    this.services.set(id, canary);
    this.canaries.add(canary);
    this.observability?.coverService(canary.regions, { drainingRegions: canary.drainingRegions });
    this.routing.addCanary({ of: of.backend, backend: canary.backend, percent, headers });
    this.residency?.addCanary(id, canary, of, { percent, headers });
    return canary;
  }

  /** The regional endpoints of `residency`, by region. */
  public get regionalEndpoints(): { [region: string]: RegionalEndpoint } {
    return Object.fromEntries(this.residency?.endpoints ?? []);
  }

  /**
   * The VPC network of machines and regional endpoints: the given one, or the one created for the
   * first of them; undefined until there are any.
   */
  public get network(): IRegionNetwork | undefined {
    return this.props.network ?? this.ownNetwork;
  }

  private neededNetwork(): IRegionNetwork {
    const { removalPolicy } = this.props;
    this.ownNetwork ??= this.network ?? new RegionNetwork(this, "Network", { removalPolicy });
    return this.ownNetwork;
  }

  /** Cloud Run accepts no token for a domain that it does not know. A wildcard is no audience. */
  private audiencesOf({ access, customAudiences = [] }: CalledService): string[] {
    if (!access?._needsToken) return customAudiences;
    const tls = [this.props.tls, ...Object.values(this.props.residency ?? {}).map((options) => options.tls)];
    const domains = tls.flatMap((each) => each._domains(this)).filter((domain) => !domain.startsWith("*."));
    return [...domains.map((domain) => `https://${domain}`), ...customAudiences];
  }

  /** A region that drains, drains for every part of the API that does not override it. */
  private drainingOf(regions: readonly string[], own: string[] | undefined): string[] | undefined {
    return own ?? this.props.drainingRegions?.filter((region) => regions.includes(region));
  }

  private checkNew(what: string, id: string, requests: AnsweredRequests): void {
    this.checkNewId(what, id);
    checkPercent(this, requests);
    if (answersAny(requests)) this.routing._checkRoute(routeOf(requests, this.service.backend, { backendId: "new" }));
  }

  private checkNewId(what: string, id: string): void {
    if (!this.services.has(id) && !this.node.tryFindChild(id)) return;
    throw new ValidationError(this, {
      what,
      got: id,
      allowed: "an id that is not in use in the API",
      fix: "choose another: outputs and names are derived from it",
    });
  }

  /**
   * Sends some requests to one backend (of this API by `service.addBackend`, or any other), to
   * several by weight, or to a redirect.
   */
  public addRoute(props: RouteProps): void {
    this.routing.addRoute(props);
  }

  /**
   * Objectives and alerts for all requests through the global address, worldwide and by region.
   * Services, machines, pipelines, canaries, routes and regions that are added later are covered too.
   */
  public observe(options: ObservabilityOptions): Observability {
    if (this.observability) {
      throw new ValidationError(this, {
        what: "observe",
        got: "a second call",
        allowed: "one call for an API",
        fix: "pass all channels and objectives to the first",
      });
    }
    this.observability = new Observability(this, "Observability", {
      ...options,
      urlMapName: this.routing.resource.nameInput!,
      url: this.frontend.url,
    });
    for (const { regions, drainingRegions } of this.services.values())
      this.observability.coverService(regions, { drainingRegions });
    for (const { regions, drainingRegions } of this.instances)
      this.observability.coverInstances(regions, { drainingRegions });
    for (const [region, { url, routing }] of Object.entries(this.regionalEndpoints))
      this.observability.coverEndpoint(region, url, routing.resource.nameInput);
    const subscriptions = [...this.pipelines.values()].flatMap(subscriptionsOf);
    if (subscriptions.length > 0) this.observability.coverSubscriptions(subscriptions);
    return this.observability;
  }

  private addOutputs(): void {
    const { frontend } = this;
    this.output("url", frontend.url, "Where clients reach the API");
    this.output("anycast_ipv4", frontend.ipv4.address, "Global IPv4 address");
    if (frontend.ipv6) this.output("anycast_ipv6", frontend.ipv6.address, "Global IPv6 address");
    const endpoints = Object.entries(this.regionalEndpoints);
    const records = [frontend, ...endpoints.map(([, endpoint]) => endpoint)].flatMap((each) => each.recordsToSet);
    this.output("dns_records", records, "Records to set at the DNS of the domains");
    if (endpoints.length > 0) {
      const byRegion = endpoints.map(([region, { url, address, backend }]) => [
        region,
        { url, address, backend_service: backend.selfLink },
      ]);
      this.output("regional_endpoints", Object.fromEntries(byRegion), "What stays in a region, by region");
    }
    const { nameServers } = (this.props.dnsZone ?? {}) as Partial<DnsZone>;
    if (nameServers) this.output("dns_name_servers", nameServers, "Name servers to set at the registrar of the zone");
    this.output(
      "service_urls",
      this.byServiceAndRegion("url"),
      "Base URL of each Cloud Run service, by service and region",
    );
    this.output(
      "service_names",
      this.byServiceAndRegion("serviceName"),
      "Name of each Cloud Run service, by service and region",
    );
  }

  private addPipelineOutput(): void {
    const buckets = Lazy.anyValue({
      produce: () =>
        Object.fromEntries(
          [...this.pipelines].map(([id, { regions }]) => [
            id,
            Object.fromEntries(
              regions.map(({ region, ingest, resultsBucketName, topic, subscription, deadLetters }) => [
                region,
                {
                  ingest_bucket: ingest.bucketName,
                  results_bucket: resultsBucketName,
                  topic: topic.id,
                  subscription: subscription.id,
                  dead_letters: deadLetters.subscription.id,
                },
              ]),
            ),
          ]),
        ),
    });
    this.output("pipelines", buckets, "Where work goes in and dead letters lie, by pipeline and region");
  }

  private byServiceAndRegion(field: "url" | "serviceName") {
    return Lazy.anyValue({
      produce: () =>
        Object.fromEntries(
          [...this.services].map(([id, service]) => [
            id,
            Object.fromEntries(service.regions.map((region) => [region.region, region[field]])),
          ]),
        ),
    });
  }

  private output(name: string, value: unknown, description: string): void {
    const outputName = `${this.props.outputPrefix ?? ""}${name}`;
    const stack = TerraformStack.of(this);
    const taken = stack.node
      .findAll()
      .some((child) => child instanceof TerraformOutput && child.friendlyUniqueId === outputName);
    if (taken || !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(outputName)) {
      throw new ValidationError(this, {
        what: "outputPrefix",
        got: this.props.outputPrefix ?? "",
        allowed: taken
          ? `a prefix under which the stack has no output "${name}" yet`
          : "letters, digits, hyphens and underscores, not starting with a digit",
        fix: 'set it, for example outputPrefix: "chat_"',
      });
    }
    new TerraformOutput(this, `Output ${name}`, { value, description }).overrideLogicalId(outputName);
  }
}

/** Where its work waits; those of dead letters would raise alerts for as long as any lies there. */
function subscriptionsOf({ regions }: ProcessingPipeline): string[] {
  return regions.map(({ subscription }) => subscription.nameInput!);
}
