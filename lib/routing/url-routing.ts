import { ComputeUrlMap } from "@cdktf/provider-google/lib/compute-url-map";
import { Construct } from "constructs";
import type { IBackend } from "../backend/backend";
import { checked } from "../core/checked";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { setNewerAttribute } from "../project/google-provider-version";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { CanaryProps } from "./canary";
import { checkRoute } from "./checked-route";
import { type ErrorResponses, renderErrorResponses } from "./error-responses";
import { redirectLoops } from "./redirect-loops";
import type { RouteProps } from "./route";
import { RouteTable } from "./route-table";
import { renderTests } from "./url-map-tests";

/** A URL map for a proxy. */
export interface IUrlMap {
  /** Self link. */
  readonly urlMapId: string;
}

export interface UrlRoutingProps extends ProviderOptions {
  /** Where requests go if no route matches. */
  readonly defaultBackend: IBackend;
  /**
   * Makes Google Cloud test, on each URL map update, that plain routes to a backend answer as
   * declared: at most 100 tests, one per host and path (Compute API v1, UrlMap.tests, read
   * 2026-11-22). If one fails, the update is refused and the old URL map stays. @default true
   */
  readonly urlMapTests?: boolean;
  /** Bodies of errors, in place of Google's HTML page. @default none */
  readonly errorResponses?: ErrorResponses;
}

/**
 * The URL map: which backend answers which host and path.
 *
 * A route without hosts applies to every host, and one for `*.example.com` to all hosts below it,
 * even those with their own routes; for the same path, the narrower host wins. Routes change in
 * place. The URL map is created before a predecessor is destroyed, so a rename causes no gap.
 */
@checked
export class UrlRouting extends Construct implements IUrlMap {
  public readonly resource: ComputeUrlMap;
  public readonly urlMapId: string;
  private readonly routes: RouteTable;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: UrlRoutingProps,
  ) {
    super(scope, id);
    useProvider(this, props.provider);
    this.routes = new RouteTable(this, props.defaultBackend);
    this.resource = new ComputeUrlMap(this, "Resource", {
      name: generatedName(this, COMPUTE_NAME),
      defaultService: props.defaultBackend.backendId,
      defaultCustomErrorResponsePolicy: props.errorResponses && renderErrorResponses(this, props.errorResponses),
      lifecycle: { createBeforeDestroy: true },
    });
    this.urlMapId = this.resource.id;
    this.node.addValidation({ validate: () => redirectLoops(this, this.routes.all()) });
  }

  /**
   * Sends these requests to a backend, to several by weight, or elsewhere.
   *
   * @throws ValidationError for what Google Cloud would refuse, and if another route has the same
   * host, path and conditions, or priority.
   */
  public addRoute(props: RouteProps): void {
    this.routes.add(checkRoute(this, props));
    this.write();
  }

  /**
   * Sends a part of the requests of one backend to another, on every route that leads to it, now or
   * later: a new version beside the stable one.
   *
   * @throws ValidationError for buckets, and if shares exceed 100 percent or headers are taken.
   */
  public addCanary(props: CanaryProps): void {
    this.routes.addCanary(props);
    this.write();
  }

  /** Throws for what `addRoute` would refuse. @internal */
  public _checkRoute(props: RouteProps): void {
    this.routes.checkFree(checkRoute(this, props));
  }

  /** Throws for what `addCanary` would refuse, before there is a backend. @internal */
  public _checkCanary(share: Omit<CanaryProps, "backend">): void {
    this.routes.checkCanary({ ...share, backend: { backendId: "new" } });
  }

  /** Plain values: cdktf writes late ones as attributes in HCL, where blocks belong. */
  private write(): void {
    this.resource.putHostRule(this.routes.hostRules());
    this.resource.putPathMatcher(this.routes.pathMatchers());
    const cachePolicies = this.routes.cachePolicies();
    if (cachePolicies) setNewerAttribute(this.resource, "cache_policy", cachePolicies);
    const tests = this.props.urlMapTests === false ? [] : renderTests(this.routes.all());
    if (tests.length > 0) this.resource.putTest(tests);
    else this.resource.resetTest();
  }
}
