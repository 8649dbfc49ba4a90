import type { ComputeBackendServiceConfig } from "@cdktf/provider-google/lib/compute-backend-service";
import type { IConstruct } from "constructs";
import { checkWithin } from "../core/checks";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { connectionDrainingSec } from "../google/backend-service";
import type { Cdn } from "./cdn/cdn";
import { renderCustomHeaders } from "./custom-headers";
import type { LogFields } from "./log-fields";
import { renderLogging } from "./logging";
import { checkPolicyId } from "./security-policy";

/** How a backend service treats requests; the same for every region behind it. */
export interface BackendOptions {
  /** @default none: nothing is cached */
  readonly cdn?: Cdn;
  /** Share of requests that are logged, 0 to 1; 0 turns logging off. @default 1 */
  readonly logSampleRate?: number;
  /** Optional log fields: `LogFields.listed(["tls.protocol"])`. @default LogFields.none() */
  readonly logFields?: LogFields;
  /**
   * Headers added to requests, at most 16 and 8 KB. Values may contain variables such as
   * `{client_region}`: see `ClientHeaders`. @default none
   */
  readonly requestHeaders?: { [name: string]: string };
  /**
   * Headers added to responses, at most 16 and 8 KB. Values may contain variables such as
   * `{cdn_cache_status}` and `{cloud_trace_id}`, which leads to the request's trace and logs.
   * @default none
   */
  readonly responseHeaders?: { [name: string]: string };
  /** Compresses text responses if the client accepts it; not streamed tokens. @default false */
  readonly compression?: boolean;
  /**
   * How long requests to an instance that is being removed may still run, 0 to 3600 seconds. Google
   * documents it for instance groups and zonal NEGs
   * (docs.cloud.google.com/load-balancing/docs/enabling-connection-draining, from general
   * knowledge, 2026-11); Cloud Run requests end by their own timeout. @default 300
   */
  readonly connectionDrainingSeconds?: number;
  /** Id of a CLOUD_ARMOR policy, for requests that the cache does not answer. @default none */
  readonly securityPolicyId?: string;
  /** Id of a CLOUD_ARMOR_EDGE policy, applied to every request before the cache. @default none */
  readonly edgeSecurityPolicyId?: string;
}

/** Checks the options and renders them as arguments of a global backend service. */
export function renderBackendOptions(where: IConstruct, options: BackendOptions): ComputeBackendServiceConfig {
  checkWithin(where, "connectionDrainingSeconds", options.connectionDrainingSeconds, connectionDrainingSec);
  checkPolicyId(where, "securityPolicyId", options.securityPolicyId);
  checkPolicyId(where, "edgeSecurityPolicyId", options.edgeSecurityPolicyId);
  return {
    name: generatedName(where, COMPUTE_NAME),
    loadBalancingScheme: "EXTERNAL_MANAGED",
    connectionDrainingTimeoutSec: options.connectionDrainingSeconds,
    securityPolicy: options.securityPolicyId,
    edgeSecurityPolicy: options.edgeSecurityPolicyId,
    logConfig: renderLogging(where, options.logSampleRate, options.logFields),
    customRequestHeaders: renderCustomHeaders(where, "requestHeaders", options.requestHeaders),
    customResponseHeaders: renderCustomHeaders(where, "responseHeaders", options.responseHeaders),
    compressionMode: options.compression ? "AUTOMATIC" : undefined,
    enableCdn: options.cdn !== undefined,
    cdnPolicy: options.cdn?._render(where),
    lifecycle: { createBeforeDestroy: true },
  };
}
