import { ComputeRegionUrlMap } from "@cdktf/provider-google/lib/compute-region-url-map";
import { dependable } from "cdktf";
import { Construct } from "constructs";
import type { IBackend } from "../backend/backend";
import type { IRegionBackend } from "../backend/region-backend-service";
import { checked } from "../core/checked";
import { checkLiteral } from "../core/checks";
import { ownDependables } from "../core/dependables";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { CanaryProps } from "./canary";
import { checkRoute } from "./checked-route";
import { redirectLoops } from "./redirect-loops";
import type { RouteProps } from "./route";
import { backendsOf, RouteTable } from "./route-table";
import { renderTests } from "./url-map-tests";
import type { IUrlMap } from "./url-routing";

export interface RegionUrlRoutingProps extends ProviderOptions {
  readonly region: string;
  /** Where requests go if no route matches. */
  readonly defaultBackend: IRegionBackend;
  /** Makes Google Cloud test plain routes, as in `UrlRouting`. @default true */
  readonly urlMapTests?: boolean;
}

/**
 * The URL map of one region: which of its backends answers which host and path. Routes work as in
 * `UrlRouting`.
 *
 * Routes change in place. Its name contains a hash of the region, since the provider would look for
 * the existing one in the new region instead of replacing it.
 */
@checked
export class RegionUrlRouting extends Construct implements IUrlMap {
  public readonly resource: ComputeRegionUrlMap;
  public readonly urlMapId: string;
  public readonly region: string;
  private readonly routes: RouteTable;
  private readonly awaited = new Set<IBackend>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: RegionUrlRoutingProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    const { region, defaultBackend } = props;
    this.region = region;
    this.routes = new RouteTable(this, defaultBackend);
    this.checkBackend("defaultBackend", defaultBackend);
    this.resource = new ComputeRegionUrlMap(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME, [region]),
      region,
      defaultService: defaultBackend.backendId,
      lifecycle: { createBeforeDestroy: true },
    });
    this.urlMapId = this.resource.id;
    this.waitFor(defaultBackend);
    this.node.addValidation({ validate: () => redirectLoops(this, this.routes.all()) });
  }

  /**
   * Sends these requests to a backend of the region, to several by weight, or elsewhere.
   *
   * @throws ValidationError for backends outside this region, and for what `UrlRouting.addRoute`
   * refuses.
   */
  public addRoute(props: RouteProps): void {
    for (const backend of backendsOf(props)) this.checkBackend("backend", backend);
    const route = checkRoute(this, props);
    if (props.cdn) {
      throw new ValidationError(this, {
        what: "cdn",
        got: "a cache policy",
        allowed: "nothing on a regional URL map: Cloud CDN is in front of global ones",
        fix: "leave it out",
      });
    }
    this.routes.add(route);
    this.write();
    for (const backend of backendsOf(props)) this.waitFor(backend);
  }

  /**
   * Sends a part of the requests of one backend to another, as in `UrlRouting.addCanary`.
   *
   * @throws ValidationError for backends outside this region, and for what `UrlRouting.addCanary`
   * refuses.
   */
  public addCanary(props: CanaryProps): void {
    this.checkBackend("backend", props.backend);
    this.routes.addCanary(props);
    this.write();
    this.waitFor(props.backend);
  }

  /** Plain values: cdktf writes late ones as attributes in HCL, where blocks belong. */
  private write(): void {
    this.resource.putHostRule(this.routes.hostRules());
    this.resource.putPathMatcher(this.routes.pathMatchers());
    const tests = this.props.urlMapTests === false ? [] : renderTests(this.routes.all());
    if (tests.length > 0)
      this.resource.putTest(tests.map(({ host, path, service }) => ({ host, path, service: service! })));
    else this.resource.resetTest();
  }

  private waitFor(backend: IBackend): void {
    if (this.awaited.has(backend)) return;
    this.awaited.add(backend);
    const awaited = ownDependables(this, backend.routeDependables ?? []).map(dependable);
    if (awaited.length > 0) this.resource.dependsOn = [...(this.resource.dependsOn ?? []), ...awaited];
  }

  private checkBackend(what: string, backend: IBackend): void {
    checkLiteral(this, "region", this.region);
    const region = "region" in backend ? backend.region : "a global backend";
    if (region === this.region) return;
    throw new ValidationError(this, {
      what,
      got: region,
      allowed: `a backend of ${this.region}: a regional URL map leads to those of its own region only`,
      fix: `pass a RegionBackendService over a target in ${this.region}`,
    });
  }
}
