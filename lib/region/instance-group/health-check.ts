import type { ComputeHealthCheckConfig } from "@cdktf/provider-google/lib/compute-health-check";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkInteger, checkPattern, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { probePort, probeSeconds, probeThreshold } from "../../google/health-check";

/** Timing of a health check. Limits: Compute API v1, HealthCheck, read 2026-11-22. */
export interface HealthCheckOptions {
  /** Port to check; the firewall must admit it. @default the port that serves requests */
  readonly port?: number;
  /** Seconds between checks, 1 to 300. @default 10 for load balancing, 30 for auto-healing */
  readonly intervalSeconds?: number;
  /** Timeout of a check, from 1 to `intervalSeconds`. @default 5, or intervalSeconds if less */
  readonly timeoutSeconds?: number;
  /** Consecutive successes that make a machine healthy, 1 to 10. @default 2 */
  readonly healthyThreshold?: number;
  /**
   * Consecutive failures that make a machine unhealthy, 1 to 10. @default 3 for load balancing, 10
   * for auto-healing
   */
  readonly unhealthyThreshold?: number;
  /**
   * Sends the PROXY protocol header first, for ports that expect it; not with gRPC. @default false
   */
  readonly proxyProtocol?: boolean;
  /** Logs each change of a machine's health. @default true */
  readonly logging?: boolean;
}

export interface HttpHealthCheckOptions extends HealthCheckOptions {
  /** The `Host` header of the check. @default the machine's address */
  readonly host?: string;
}

export interface GrpcHealthCheckOptions extends HealthCheckOptions {
  /** The `service` field of the health check request. @default the server's overall health */
  readonly service?: string;
}

/** What the result decides: whether a machine gets requests, or whether it is recreated. */
export type HealthCheckUse = "loadBalancing" | "autoHealing";

const DEFAULTS = {
  loadBalancing: { intervalSeconds: 10, unhealthyThreshold: 3 },
  autoHealing: { intervalSeconds: 30, unhealthyThreshold: 10 },
};

/** The arguments common to global and regional health checks. */
export type HealthCheckArguments = Omit<ComputeHealthCheckConfig, "name" | "sourceRegions" | "lifecycle" | "dependsOn">;

/** How Google checks a machine. */
@checked
export class HealthCheck {
  /** `GET path`; only 200 is healthy, redirects are not. */
  public static http(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("http", options, path, options.host);
  }

  /** `GET path` over TLS; the certificate is not verified. */
  public static https(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("https", options, path, options.host);
  }

  /** `GET path` over HTTP/2 with TLS; the certificate is not verified. */
  public static http2(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("http2", options, path, options.host);
  }

  /** The gRPC health checking protocol, without TLS. */
  public static grpc(options: GrpcHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("grpc", options, undefined, undefined, options.service);
  }

  /** An open port; it does not show that a model is loaded. */
  public static tcp(options: HealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("tcp", options);
  }

  /** A TLS handshake on the port. */
  public static ssl(options: HealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("ssl", options);
  }

  private constructor(
    private readonly kind: "http" | "https" | "http2" | "grpc" | "tcp" | "ssl",
    private readonly options: HealthCheckOptions,
    private readonly path?: string,
    private readonly host?: string,
    private readonly service?: string,
  ) {}

  /** The checked port, if requests are served on `servingPort`. @internal */
  public _port(servingPort: number): number {
    return this.options.port ?? servingPort;
  }

  /** Throws if the firewall does not admit health checks to the port. @internal */
  public _checkAdmitted(where: IConstruct, servingPort: number, admitted: readonly number[]): void {
    const port = this._port(servingPort);
    if (admitted.includes(port)) return;
    throw new ValidationError(where, {
      what: "healthCheck.port",
      got: port,
      allowed: `a port that the firewall admits health checks to: ${admitted.join(", ")}`,
      fix: "check one of these ports, or use this port in the machines' autoHealing check, which opens it too",
    });
  }

  /** @internal */
  public _render(where: IConstruct, use: HealthCheckUse, servingPort: number): HealthCheckArguments {
    this.check(where, DEFAULTS[use].intervalSeconds);
    const { options } = this;
    const intervalSeconds = options.intervalSeconds ?? DEFAULTS[use].intervalSeconds;
    const port = this._port(servingPort);
    const tcp = {
      port,
      portSpecification: "USE_FIXED_PORT",
      proxyHeader: options.proxyProtocol ? "PROXY_V1" : undefined,
    };
    const http = { ...tcp, requestPath: this.path, host: this.host };
    return {
      checkIntervalSec: intervalSeconds,
      timeoutSec: options.timeoutSeconds ?? Math.min(5, intervalSeconds),
      healthyThreshold: options.healthyThreshold ?? 2,
      unhealthyThreshold: options.unhealthyThreshold ?? DEFAULTS[use].unhealthyThreshold,
      logConfig: { enable: options.logging ?? true },
      httpHealthCheck: this.kind === "http" ? http : undefined,
      httpsHealthCheck: this.kind === "https" ? http : undefined,
      http2HealthCheck: this.kind === "http2" ? http : undefined,
      grpcHealthCheck:
        this.kind === "grpc" ? { port, grpcServiceName: this.service, portSpecification: "USE_FIXED_PORT" } : undefined,
      tcpHealthCheck: this.kind === "tcp" ? tcp : undefined,
      sslHealthCheck: this.kind === "ssl" ? tcp : undefined,
    };
  }

  private check(where: IConstruct, defaultInterval: number): void {
    const { options } = this;
    const what = (field: string) => `healthCheck.${field}`;
    checkPattern(
      where,
      what("path"),
      this.path,
      /^\/[^\s?#]*$/,
      "a path that starts with /",
      'for example HealthCheck.http("/readyz")',
    );
    checkWithin(where, what("port"), options.port, probePort, "give the port that answers the check");
    checkWithin(where, what("intervalSeconds"), options.intervalSeconds, probeSeconds);
    checkInteger(
      where,
      what("timeoutSeconds"),
      options.timeoutSeconds,
      probeSeconds.min,
      options.intervalSeconds ?? defaultInterval,
      "a check must end before the next begins",
    );
    if (this.kind === "grpc" && options.proxyProtocol) {
      throw new ValidationError(where, {
        what: what("proxyProtocol"),
        got: true,
        allowed: "false with gRPC",
        fix: "use HealthCheck.tcp(), or check a port that expects no PROXY header",
      });
    }
    checkWithin(where, what("healthyThreshold"), options.healthyThreshold, probeThreshold);
    checkWithin(where, what("unhealthyThreshold"), options.unhealthyThreshold, probeThreshold);
  }
}
