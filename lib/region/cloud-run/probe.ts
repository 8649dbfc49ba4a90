import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../../core/checked";
import { checkInteger, checkLiteral, checkPattern, checkWithin } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { containerPort, probePeriods, STARTUP_SECONDS } from "../../google/cloud-run";

/** Timing of all probes; the defaults depend on the use. */
export interface ProbeOptions {
  /** Port in the container. @default the port that serves requests */
  readonly port?: number;
  /**
   * Startup and liveness: seconds before the first probe, 0 to 600, with a GPU to 1800. @default 0
   */
  readonly initialDelaySeconds?: number;
  /**
   * Seconds between probes. Startup: 1 to 600, with a GPU to 1800; liveness: 1 to 3600; readiness:
   * 1 to 300. @default 10
   */
  readonly periodSeconds?: number;
  /** Timeout of a probe, from 1 to `periodSeconds`. @default 5, or periodSeconds if less */
  readonly timeoutSeconds?: number;
  /**
   * Consecutive failures that decide. For a startup probe, `failureThreshold × periodSeconds` is
   * the time to load the model: at most 600 seconds, with a GPU 1800. @default startup: as many as
   * make 240 seconds, with a GPU 900; others: 3
   */
  readonly failureThreshold?: number;
  /** Readiness: consecutive successes that bring an instance back. @default 2 */
  readonly successThreshold?: number;
}

export interface HttpProbeOptions extends ProbeOptions {
  /** Headers of the probe's request. @default none */
  readonly headers?: { [name: string]: string };
}

export interface GrpcProbeOptions extends ProbeOptions {
  /** The `service` field of the health check request. @default the server's overall health */
  readonly service?: string;
}

/** Which probe of a container it is; Cloud Run's limits differ. */
export type ProbeUse = "startup" | "liveness" | "readiness";

const DEFAULT_STARTUP_SECONDS = { withGpu: 900, withoutGpu: 240 };

/**
 * How Cloud Run checks a container. Any 2xx or 3xx HTTP answer is a success. HTTP probes use
 * HTTP/1, even on an h2c port.
 */
@checked
export class Probe {
  /** `GET path`. */
  public static http(path: string, options: HttpProbeOptions = {}): Probe {
    return new Probe("http", options, path, options.headers);
  }

  /** The gRPC health checking protocol, `grpc.health.v1.Health/Check`. */
  public static grpc(options: GrpcProbeOptions = {}): Probe {
    return new Probe("grpc", options, undefined, undefined, options.service);
  }

  /** An open port, for startup only: it does not show that a model is loaded. */
  public static tcp(options: ProbeOptions = {}): Probe {
    return new Probe("tcp", options);
  }

  private constructor(
    private readonly kind: "http" | "grpc" | "tcp",
    private readonly options: ProbeOptions,
    private readonly path?: string,
    private readonly headers?: { [name: string]: string },
    private readonly service?: string,
  ) {}

  /**
   * The probe for the bindings, checked for this use.
   *
   * @param neededSeconds What a startup probe must allow at least. @internal
   */
  public _render(where: IConstruct, use: ProbeUse, containerPort: number | undefined, gpu: boolean, neededSeconds = 0) {
    this.check(where, use, gpu);
    const { initialDelaySeconds, periodSeconds = 10, failureThreshold = 3, port = containerPort } = this.options;
    if (port === undefined) {
      throw new ValidationError(where, {
        what: `${use}Probe.port`,
        got: undefined,
        allowed: "a port: a sidecar has none that serves requests",
        fix: 'name the one that answers, for example Probe.http("/healthz", { port: 9090 })',
      });
    }
    return {
      initialDelaySeconds: use === "readiness" ? undefined : (initialDelaySeconds ?? 0),
      periodSeconds,
      timeoutSeconds: this.options.timeoutSeconds ?? Math.min(5, periodSeconds),
      failureThreshold: use === "startup" ? this.startupFailures(where, gpu, neededSeconds) : failureThreshold,
      successThreshold: use === "readiness" ? (this.options.successThreshold ?? 2) : undefined,
      httpGet:
        this.kind === "http"
          ? {
              path: this.path!,
              port,
              httpHeaders: this.headers && Object.entries(this.headers).map(([name, value]) => ({ name, value })),
            }
          : undefined,
      grpc: this.kind === "grpc" ? { port, service: this.service } : undefined,
      tcpSocket: this.kind === "tcp" ? { port } : undefined,
    };
  }

  /** As many as were asked for, or as make the default time, or more if the models need it. */
  private startupFailures(where: IConstruct, gpu: boolean, neededSeconds: number): number {
    const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold } = this.options;
    const [usual, longest] = [DEFAULT_STARTUP_SECONDS, STARTUP_SECONDS].map((limit) =>
      gpu ? limit.withGpu : limit.withoutGpu,
    ) as [number, number];
    const most = Math.max(1, Math.floor(longest / periodSeconds));
    const enough = Math.max(Math.floor(usual / periodSeconds), Math.ceil(neededSeconds / periodSeconds), 1);
    const failures = failureThreshold ?? Math.min(enough, most);
    const delay = Token.isUnresolved(initialDelaySeconds) ? 0 : initialDelaySeconds;
    const seconds = delay + failures * periodSeconds;
    if (Token.isUnresolved(failures) || seconds >= neededSeconds) return failures;
    throw new ValidationError(where, {
      what: "startupProbe",
      got: `${seconds} s`,
      allowed: `at least ${neededSeconds} s, which the models need to load`,
      fix: "leave failureThreshold out, or say how fast the weights are really read: readMiBPerSecond",
    });
  }

  private check(where: IConstruct, use: ProbeUse, gpu: boolean): void {
    const { options } = this;
    const what = (field: string) => `${use}Probe.${field}`;
    if (this.kind === "tcp" && use !== "startup") {
      throw new ValidationError(where, {
        what: `${use}Probe`,
        got: "Probe.tcp",
        allowed: "Probe.http or Probe.grpc",
        fix: "probe an HTTP path or the gRPC health service; TCP is for startup only",
      });
    }
    checkPattern(
      where,
      what("path"),
      this.path,
      /^\/[^\s?#]*$/,
      "a path that starts with /",
      'for example Probe.http("/healthz")',
    );
    if (this.headers && use === "readiness" && Object.keys(this.headers).length > 0) {
      throw new ValidationError(where, {
        what: what("headers"),
        got: this.headers,
        allowed: "none",
        fix: "remove them: Cloud Run sends no custom headers in readiness probes",
      });
    }
    const longest = gpu ? STARTUP_SECONDS.withGpu : STARTUP_SECONDS.withoutGpu;
    const maxPeriod = use === "startup" ? longest : probePeriods[`${use}_probe`].max;
    const seconds = "give a number of whole seconds within the limits";
    checkWithin(where, what("port"), options.port, containerPort, "give the port that answers the probe");
    checkInteger(where, what("initialDelaySeconds"), options.initialDelaySeconds, 0, longest, seconds);
    checkLiteral(where, what("periodSeconds"), options.periodSeconds);
    checkInteger(where, what("periodSeconds"), options.periodSeconds, 1, maxPeriod, seconds);
    checkInteger(
      where,
      what("timeoutSeconds"),
      options.timeoutSeconds,
      1,
      options.periodSeconds ?? 10,
      "a probe must end before the next begins",
    );
    checkInteger(where, what("failureThreshold"), options.failureThreshold, 1, 1000, "give a number of failures");
    checkInteger(where, what("successThreshold"), options.successThreshold, 1, 1000, "give a number of successes");
    if (use === "startup" && options.failureThreshold !== undefined) {
      const budget = options.failureThreshold * (options.periodSeconds ?? 10);
      if (budget > longest) {
        throw new ValidationError(where, {
          what: "startupProbe",
          got: `failureThreshold × periodSeconds = ${budget} s`,
          allowed: `at most ${longest} s ${gpu ? "with" : "without"} a GPU`,
          fix: "lower failureThreshold, and load the model faster: from a volume or from the image instead of the internet",
        });
      }
    }
  }
}
