import { Lazy, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkInteger } from "../core/checks";
import { ValidationError } from "../core/errors";
import type { IAnycastAddress } from "../frontend/anycast-address";
import { AnycastFrontend } from "../frontend/anycast-frontend";
import type { DnsZone, IDnsZone } from "../frontend/dns-zone";
import type { PlainHttp } from "../frontend/plain-http";
import type { RegionalEndpoint } from "../frontend/regional-endpoint";
import type { Tls } from "../frontend/tls";
import { Observability, type ObservabilityOptions } from "../observability/observability";
import { ProjectServices } from "../project/project-services";
import { useProvider } from "../project/provider";
import type { IRegionNetwork } from "../region/network/network-target";
import { RegionNetwork } from "../region/network/region-network";
import type { RouteProps } from "../routing/route";
import type { HeaderMatch } from "../routing/route-match";
import { UrlRouting } from "../routing/url-routing";
import { GlobalAiRules } from "../rules/global-ai-rules";
import { type InstancesOptions, MultiRegionInstances } from "./multi-region-instances";
import { MultiRegionService, type MultiRegionServiceProps, type ServiceOptions } from "./multi-region-service";
import { Residency, shared } from "./residency";
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
export interface AddServiceProps extends ServiceOptions {
  /** @default the API's regions */
  readonly regions?: string[];
  /** Paths it answers, as in `RouteProps`; or set `hosts`. @default every path of its hosts */
  readonly paths?: string[];
  /** Hosts it answers, as in `RouteProps`. @default every host */
  readonly hosts?: string[];
}

/**
 * Machines that answer some requests of the API. Regions, draining, network and access default to
 * the API's.
 */
export interface AddInstancesProps extends InstancesOptions {
  /** @default the API's regions */
  readonly regions?: string[];
  /**
   * Paths they answer, as in `RouteProps`. Without paths, hosts, headers and percent there is no
   * route: add one with `addRoute`. @default every path
   */
  readonly paths?: string[];
  /** Hosts they answer, as in `RouteProps`. @default every host */
  readonly hosts?: string[];
  /**
   * Headers that a request must all carry: `HeaderMatch.exact("x-model", "large")`. @default none
   */
  readonly headers?: HeaderMatch[];
  /**
   * Percentage of matching requests, 1 to 100; the API's own service gets the rest. @default 100
   */
  readonly percent?: number;
}

/**
 * An AI model behind one global address: a Cloud Run service in each region, a backend service over
 * them, URL map, proxies and anycast addresses for IPv4 and IPv6.
 *
 * Terraform outputs, each prefixed with `outputPrefix`: `url`, `anycast_ipv4`, `anycast_ipv6`,
 * `dns_records` (to create at the domain's DNS), `dns_name_servers` (with a `DnsZone` created
 * here), `service_urls` and `service_names` (by service and region), `regional_endpoints` (with
 * `residency`: URL, address and self link of the backend service, by region).
 */
@checked
export class GlobalAiApi extends Construct {
  /** The service that answers what no route matches. */
  public readonly service: MultiRegionService;
  public readonly routing: UrlRouting;
  public readonly frontend: AnycastFrontend;
  private readonly services = new Map<string, MultiRegionService>();
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

  /** Adds a service that answers some paths or hosts, by default in the API's regions. */
  public addService(id: string, props: AddServiceProps): MultiRegionService {
    if (props.paths === undefined && props.hosts === undefined) {
      throw new ValidationError(this, {
        what: `addService("${id}")`,
        got: "neither paths nor hosts",
        allowed: "paths, hosts or both",
        fix: 'set what it answers, for example paths: ["/v1/embeddings"]',
      });
    }
    this.checkNewId("addService", id);
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
    this.addRoute({ backend: service.backend, paths: props.paths, hosts: props.hosts });
    if (props.paths && !props.hosts) this.residency?.addService(id, service, props.paths);
    return service;
  }

  /**
   * Adds groups of machines, by default in the API's regions: for GPUs that Cloud Run does not
   * have, or several in one machine. They share the API's address and are selected by path, host,
   * header or percentage. A backend service cannot mix Cloud Run and instance groups, so Google
   * Cloud cannot choose between them by distance.
   */
  public addInstances(id: string, props: AddInstancesProps): MultiRegionInstances {
    this.checkNewId("addInstances", id);
    const { paths, hosts, headers, percent } = props;
    checkInteger(this, "percent", percent, 1, 100, "give the share of the machines; without it they get all");
    const { regions = this.props.regions, access = this.props.access, network = this.neededNetwork() } = props;
    const drainingRegions = this.drainingOf(regions, props.drainingRegions);
    const instances = new MultiRegionInstances(this, id, { ...props, regions, access, network, drainingRegions });
    this.instances.push(instances);
    this.observability?.coverInstances(instances.regions, { drainingRegions });
    if (paths ?? hosts ?? headers ?? percent) {
      const route = { paths, hosts, headers };
      this.addRoute({ ...route, ...shared(instances.backend, percent, this.service.backend) });
      if (!hosts) this.residency?.addInstances(id, instances, route, percent);
    }
    return instances;
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
   * Services, machines, routes and regions that are added later are covered too.
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
    for (const [region, { url }] of Object.entries(this.regionalEndpoints))
      this.observability.coverEndpoint(region, url);
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
