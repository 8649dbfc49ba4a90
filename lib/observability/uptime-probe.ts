import {
  MonitoringUptimeCheckConfig,
  type MonitoringUptimeCheckConfigConfig,
} from "@cdktf/provider-google/lib/monitoring-uptime-check-config";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed, checkInteger, checkLiteral } from "../core/checks";
import { ValidationError } from "../core/errors";
import { probePath, probePeriod } from "../google/monitoring";
import { projectId } from "../project/project-number";
import { ProjectServices } from "../project/project-services";
import { providerProject } from "../project/provider";

export interface UptimeProbeOptions {
  /** Request headers, hidden in the console: a key that Cloud Armor asks for. @default none */
  readonly headers?: { [name: string]: string };
  /** Status codes that count as up. @default 2xx */
  readonly acceptedStatus?: number[];
  /** 60, 300, 600 or 900: how often each place asks. @default 60; 300 for inference */
  readonly periodSeconds?: number;
  /** 1 to 60; no longer than the period. @default 10; 60 for inference */
  readonly timeoutSeconds?: number;
}

export interface UptimeProbeGetOptions extends UptimeProbeOptions {
  /** Text of the answer's body. @default any answer */
  readonly contains?: string;
}

export interface UptimeProbeInferenceOptions extends UptimeProbeOptions {
  /** The JSON of the request: `{"model": "chat", "messages": […], "max_tokens": 1}`. */
  readonly body: string;
  /** JSONPath of what an answer must have: `$.choices[0].message.content`. */
  readonly answerPath: string;
  /** Regular expression (RE2) that the value there matches. @default any value: ".+" */
  readonly answerPattern?: string;
}

interface Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly options: UptimeProbeOptions;
  readonly defaults: { readonly periodSeconds: number; readonly timeoutSeconds: number };
  readonly body?: string;
  readonly matcher?: NonNullable<MonitoringUptimeCheckConfigConfig["contentMatchers"]>;
}

/** Where a probe asks. */
export interface ProbeTarget {
  /** `https://api.example.com`. */
  readonly url: string;
  /** The API or a region of it. */
  readonly title: string;
}

/**
 * A request that Monitoring sends to the API again and again, from the Americas, Europe and Asia,
 * through the anycast address, and to each regional endpoint. TLS certificates are validated. Every
 * place asks once a period.
 */
@checked
export class UptimeProbe {
  /** @param path Answers without an API key, or with the one in `headers`: `/healthz`. */
  public static get(path: string, options: UptimeProbeGetOptions = {}): UptimeProbe {
    const { contains } = options;
    return new UptimeProbe({
      ...{ method: "GET", path, options, defaults: { periodSeconds: 60, timeoutSeconds: 10 } },
      matcher: contains === undefined ? undefined : [{ content: contains, matcher: "CONTAINS_STRING" }],
    });
  }

  /**
   * Asks the model and looks at the answer, not only at its status. Each costs as much as a user's:
   * about 1,700 a day at the default period from six places, for each target.
   */
  public static inference(path: string, options: UptimeProbeInferenceOptions): UptimeProbe {
    const { body, answerPath, answerPattern = ".+" } = options;
    return new UptimeProbe({
      ...{ method: "POST", path, options, body, defaults: { periodSeconds: 300, timeoutSeconds: 60 } },
      matcher: [
        {
          content: answerPattern,
          matcher: "MATCHES_JSON_PATH",
          jsonPathMatcher: { jsonPath: answerPath, jsonMatcher: "REGEX_MATCH" },
        },
      ],
    });
  }

  /** @internal */
  public readonly _title: string;

  private constructor(private readonly request: Request) {
    this._title = `${request.method} ${request.path}`;
  }

  /** @internal */
  public _check(where: Construct): void {
    const { path, body, options } = this.request;
    checkLiteral(where, "path", path);
    checkAllowed(where, "path", path, probePath);
    checkInteger(where, "timeoutSeconds", options.timeoutSeconds, 1, 60, "answer within a minute");
    if (options.periodSeconds !== undefined)
      checkAllowed(where, "periodSeconds", `${options.periodSeconds}s`, probePeriod);
    for (const status of options.acceptedStatus ?? [])
      checkInteger(where, "acceptedStatus", status, 100, 599, "give HTTP status codes");
    if (body !== undefined && !Token.isUnresolved(body) && !isJson(body)) {
      throw new ValidationError(where, { what: "body", got: body, allowed: "JSON", fix: "use JSON.stringify" });
    }
  }

  /** @internal */
  public _bind(scope: Construct, id: string, { url, title }: ProbeTarget): MonitoringUptimeCheckConfig {
    const { method, path, options, defaults, body, matcher } = this.request;
    const isTls = url.startsWith("https://");
    const { headers, acceptedStatus = [] } = options;
    return new MonitoringUptimeCheckConfig(scope, id, {
      displayName: `${title}: ${this._title}`,
      period: `${options.periodSeconds ?? defaults.periodSeconds}s`,
      timeout: `${options.timeoutSeconds ?? defaults.timeoutSeconds}s`,
      checkerType: "STATIC_IP_CHECKERS",
      httpCheck: {
        ...{ path, port: isTls ? 443 : 80, useSsl: isTls, validateSsl: isTls, requestMethod: method },
        ...(body !== undefined && {
          body: Token.isUnresolved(body) ? Fn.base64encode(body) : Buffer.from(body).toString("base64"),
          contentType: "USER_PROVIDED",
          customContentType: "application/json",
        }),
        ...(headers && { headers, maskHeaders: true }),
        acceptedResponseStatusCodes:
          acceptedStatus.length > 0
            ? acceptedStatus.map((statusValue) => ({ statusValue }))
            : [{ statusClass: "STATUS_CLASS_2XX" }],
      },
      contentMatchers: matcher,
      monitoredResource: {
        type: "uptime_url",
        // The API adds the project; left out, it would be a difference that replaces the check.
        labels: { project_id: providerProject(scope) ?? projectId(scope), host: url.replace(/^https?:\/\//, "") },
      },
      dependsOn: ProjectServices.of(scope).require("monitoring.googleapis.com"),
      // Then a removed check is deleted after its alert has let go of it, which Monitoring asks for.
      lifecycle: { createBeforeDestroy: true },
    });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
