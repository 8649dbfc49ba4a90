import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import type { ISecret } from "../project/secret";

const MEMBER =
  /^(user|serviceAccount|group):[^@\s:]+@[^@\s]+$|^domain:[a-z0-9.-]+$|^(principal|principalSet):\/\/\S+$|^allAuthenticatedUsers$/;

/** How far Identity-Aware Proxy is in force: the steps on the way from `Access.public()`. */
export enum IapStage {
  /** Everyone may still call as with `Access.public()`; the bindings are made. */
  GRANTS = "grants",
  /** Identity-Aware Proxy asks for a sign-in; Cloud Run does not check yet who forwards requests. */
  SIGN_IN = "sign-in",
  /** Cloud Run too refuses what Identity-Aware Proxy has not admitted. */
  ENFORCED = "enforced",
}

export interface IapOptions {
  /**
   * To put a public API in use behind a sign-in without a moment of 403, deploy each stage in turn.
   * @default IapStage.ENFORCED
   */
  readonly stage?: IapStage;
  /**
   * Client ID of your own OAuth client, created in the console; requires the secret too. Needed for
   * users outside the project's organization. @default a Google-managed client, for users of the
   * project's organization only
   */
  readonly oauthClientId?: string;
  /**
   * The client's secret, as a reference: a sensitive `TerraformVariable`. A literal is refused.
   * @default oauthClientSecretFrom
   */
  readonly oauthClientSecret?: string;
  /**
   * The client's secret, in Secret Manager. Terraform reads it, so the state contains it.
   * @default oauthClientSecret
   */
  readonly oauthClientSecretFrom?: ISecret;
}

/**
 * Who may call the Cloud Run service, once ingress has admitted the request.
 *
 * None of these checks API keys. Check a key at the edge (Cloud Armor) or in the container. An edge
 * check that a key is *present* keeps scanners and mistakes off your instances, but any text passes
 * as a key.
 */
@checked
export class Access {
  /**
   * Anyone whose request comes through the load balancer: Cloud Run's IAM check is off
   * (`invoker_iam_disabled`). The service is protected by its ingress setting, which admits only
   * the load balancer, and by the load balancer's checks (API keys, Cloud Armor).
   *
   * It does not authenticate callers: the container must (API keys, tokens). For public APIs.
   *
   * There is no binding, so there is no gap when regions are added or removed. An organization can
   * forbid it with the policy `constraints/run.managed.requireInvokerIam`
   * (docs.cloud.google.com/run/docs/securing/managing-access, read 2026-11-22).
   */
  public static public(): Access {
    return new Access("public", []);
  }

  /**
   * Only these IAM members, each with `roles/run.invoker`. Callers must send an identity token for
   * an audience of the service: `GlobalAiApi` accepts `https://DOMAIN` of its domains, see
   * `customAudiences`. The load balancer forwards the token but cannot add one, so browsers and
   * plain API clients cannot call it.
   *
   * It protects against everyone except the given Google identities, even if ingress is open to
   * `run.app`. Requests still reach Cloud Run's front end: a flood is refused there, not at the
   * edge. For programs with service accounts.
   *
   * @param members `user:…`, `serviceAccount:…`, `group:…`, `domain:…`, `principal://…`,
   * `principalSet://…`; for an account of this app its `iamMember`. An empty list admits nobody
   * until `grantInvoke` does.
   */
  public static members(members: string[]): Access {
    return new Access("members", members);
  }

  /**
   * People who sign in with Google: Identity-Aware Proxy on the backend services,
   * `roles/iap.httpsResourceAccessor` for these members, and `roles/run.invoker` for IAP's service
   * agent, which calls Cloud Run on their behalf.
   *
   * It stops everyone else before a request reaches Cloud Run. The container learns who is calling
   * from the header `x-goog-iap-jwt-assertion`, which it should verify. For people with browsers: a
   * client without sign-in gets a redirect or 401, and API keys do not help. It adds latency to
   * each request.
   *
   * Cloud CDN, outlier detection and Cloud Run service health do not work on a backend service with
   * IAP: `cdn` and every `Failover` except `automatic()` and `none()` are refused, and there is
   * **no failover** between regions (docs.cloud.google.com/iap/docs/enabling-cloud-run,
   * docs.cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts,
   * docs.cloud.google.com/run/docs/configuring/configure-service-health, read 2026-11-22).
   *
   * The service agent must exist before the first deploy: `gcloud beta services identity create
   * --service=iap.googleapis.com`.
   *
   * @param members Who may sign in, as in `Access.members`. An empty list admits nobody.
   */
  public static iap(members: string[], options: IapOptions = {}): Access {
    return new Access("iap", [], members, options);
  }

  private constructor(
    private readonly kind: "public" | "members" | "iap",
    /** Members with `roles/run.invoker`, except IAP's service agent. */
    public readonly invokers: string[],
    /** Members that Identity-Aware Proxy admits. */
    public readonly iapMembers: string[] = [],
    /** The OAuth client of Identity-Aware Proxy. */
    public readonly iapOptions: IapOptions = {},
  ) {}

  /** Whether Cloud Run's own IAM check is off. */
  public get isPublic(): boolean {
    return this.kind === "public" || (this._usesIap && this.stage !== IapStage.ENFORCED);
  }

  /** Whether Identity-Aware Proxy is in front of the service. */
  public get isIap(): boolean {
    return this._usesIap && this.stage !== IapStage.GRANTS;
  }

  /** Whether Identity-Aware Proxy has its bindings, in front of the service or not yet. @internal */
  public get _usesIap(): boolean {
    return this.kind === "iap";
  }

  private get stage(): IapStage {
    return this.iapOptions.stage ?? IapStage.ENFORCED;
  }

  /** Whether callers need an identity token for an audience of the service. @internal */
  public get _needsToken(): boolean {
    return this.kind === "members";
  }

  /** @internal */
  public _check(where: IConstruct): void {
    for (const member of [...this.invokers, ...this.iapMembers]) checkMember(where, member);
  }
}

/** Throws for a malformed IAM member, and for `allUsers`; references pass. */
export function checkMember(where: IConstruct, member: string): void {
  if (Token.isUnresolved(member) || MEMBER.test(member)) return;
  throw new ValidationError(where, {
    what: "access member",
    got: member,
    allowed: "user:…, serviceAccount:…, group:…, domain:…, principal://… or principalSet://…",
    fix:
      member === "allUsers"
        ? "use Access.public(), which needs no binding"
        : "write the member with its kind in front, as IAM does",
  });
}
