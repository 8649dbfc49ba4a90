import type { ComputeHealthCheckConfig } from "@cdktf/provider-google/lib/compute-health-check";
import type { IConstruct } from "constructs";
import { checkInteger, checkPattern, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { probePort, probeSeconds, probeThreshold } from "../../google/health-check";

/** Timing of a health check. Limits: Compute API v1, HealthCheck, read 2026-11-22. */
export interface HealthCheckOptions {
  /** Port that answers; the firewall has to admit it. @default the port that serves requests */
  readonly port?: number;
  /** Seconds between checks, 1 to 300. @default 10 for load balancing, 30 for auto-healing */
  readonly intervalSeconds?: number;
  /**
   * Seconds until an unanswered check counts as failed, from 1 to `intervalSeconds`. @default 5, or
   * intervalSeconds where that is less
   */
  readonly timeoutSeconds?: number;
  /** Successes in a row that make a machine healthy, 1 to 10. @default 2 */
  readonly healthyThreshold?: number;
  /**
   * Failures in a row that make a machine unhealthy, 1 to 10. @default 3 for load balancing, 10 for
   * auto-healing
   */
  readonly unhealthyThreshold?: number;
  /**
   * Sends the line of the PROXY protocol first, for ports that expect it; not with gRPC. @default
   * false
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

/** What the answer decides: whether a machine gets requests, or whether it is made anew. */
export type HealthCheckUse = "loadBalancing" | "autoHealing";

const DEFAULTS = {
  loadBalancing: { intervalSeconds: 10, unhealthyThreshold: 3 },
  autoHealing: { intervalSeconds: 30, unhealthyThreshold: 10 },
};

/** The arguments that global and regional health checks share. */
export type HealthCheckArguments = Omit<ComputeHealthCheckConfig, "name" | "sourceRegions" | "lifecycle" | "dependsOn">;

/** How Google asks a machine how it is. */
export class HealthCheck {
  /** `GET path`; 200 is healthy, every other answer is not, redirects included. */
  public static http(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("http", options, path, options.host);
  }

  /** `GET path` by TLS; the certificate is not verified. */
  public static https(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("https", options, path, options.host);
  }

  /** `GET path` by HTTP/2 with TLS; the certificate is not verified. */
  public static http2(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("http2", options, path, options.host);
  }

  /** The gRPC health checking protocol, without TLS. */
  public static grpc(options: GrpcHealthCheckOptions = {}): HealthCheck {
    return new HealthCheck("grpc", options, undefined, undefined, options.service);
  }

  /** An open port; it says nothing about a model. */
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

  /** The port asked, where requests are served on `servingPort`. @internal */
  public _port(servingPort: number): number {
    return this.options.port ?? servingPort;
  }

  /** Throws where the firewall does not let health checks reach the port. @internal */
  public _checkAdmitted(where: IConstruct, servingPort: number, admitted: readonly number[]): void {
    const port = this._port(servingPort);
    if (admitted.includes(port)) return;
    throw new ValidationError(where, {
      what: "healthCheck.port",
      got: port,
      allowed: `a port that the firewall admits health checks to: ${admitted.join(", ")}`,
      fix: "ask one of these ports, or give the machines' autoHealing a health check on this port: its port is admitted too",
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
        fix: "check the port by HealthCheck.tcp(), or another port that expects no PROXY line",
      });
    }
    checkWithin(where, what("healthyThreshold"), options.healthyThreshold, probeThreshold);
    checkWithin(where, what("unhealthyThreshold"), options.unhealthyThreshold, probeThreshold);
  }
}
